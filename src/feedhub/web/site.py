"""A hub's whole site: its published files, and the pages that are answered live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock
from feedhub.web.answers import Answer
from feedhub.web.audience import Audience
from feedhub.web.callers import caller_of
from feedhub.web.files import Look, PublishedFiles
from feedhub.web.live import Live, LivePages
from feedhub.web.quick import QuickRequest
from feedhub.web.shield import Shield, Traffic

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["build_site"]


def build_site(
    publish_dir: Path,
    live: Live | None,
    *,
    clock: Clock,
    look: Look | None = None,
    gone: Callable[[str], bool] | None = None,
    audience: Audience | None = None,
    traffic: Traffic | None = None,
    further: Mapping[str, ASGIApp] | None = None,
    memory: int = 64 << 20,
) -> ASGIApp:
    """Return the ASGI application of a hub.

    ``live`` answers the live pages (None: a folder of files and nothing else); ``gone`` tells of a
    published path whether it was taken away for good (410), such as
    `PublishedFolder.was_removed`; ``audience`` counts readers of feeds and pages; ``further`` are
    applications by the path they own, such as ``/subscribe``; ``memory`` bounds the bytes of
    content kept. Paths of ``further`` come first, then live pages, then files.
    """
    counted = traffic or Traffic()
    files = PublishedFiles(
        publish_dir,
        clock,
        look=look,
        gone=gone,
        on_read=_counting(audience, clock) if audience else None,
        memory=memory,
    )
    pages = LivePages(live, clock, files, counted.text) if live else None
    only_https = look is not None and look.base_url.startswith("https://")
    site = _Site(files, pages, dict(further or {}))
    return Shield(site, clock, counted, only_https=only_https, quick=site.quick)


class _Site:
    """Chooses who answers."""

    def __init__(
        self, files: PublishedFiles, pages: LivePages | None, further: Mapping[str, ASGIApp]
    ) -> None:
        self._files = files
        self._pages = pages
        self._further = further

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._choose(scope["path"])(scope, receive, send)

    def quick(self, request: QuickRequest, client: Any) -> Answer | None:
        """Answer a simple request for a file at once, or None."""
        target = request.target.partition(b"?")[0]
        if b"%" in target or self._choose(target.decode("ascii")) is not self._files:
            return None
        return self._files.quick(request.method, request.target, request.headers, client)

    def _choose(self, path: str) -> ASGIApp:
        for own, app in self._further.items():
            if path == own or path.startswith(own.rstrip("/") + "/"):
                return app
        if self._pages is not None and self._pages.knows(path):
            return self._pages
        return self._files


def _counting(audience: Audience, clock: Clock) -> Callable[[str, Mapping[str, str], Any], None]:
    def note(path: str, headers: Mapping[str, str], client: Any) -> None:
        audience.note(
            path,
            user_agent=headers.get("user-agent", ""),
            caller=caller_of(client, headers),
            now=clock.now(),
        )

    return note
