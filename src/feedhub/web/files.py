"""The published folder over HTTP: an ASGI application.

What a feed reader, a browser or a cache may ask is answered by the letter of RFC 9110; every
answer carries the headers of `feedhub.web.security`. Content is read once, packed once and kept in
bounded memory, so a tag, a length and a body always belong together, whatever the publisher does
meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock
from feedhub.web.answers import Answer, Headers, answer, coding_of, plain
from feedhub.web.media import Kind, is_feed_path
from feedhub.web.paths import BadTarget, location_of, path_of
from feedhub.web.security import (
    BARE_POLICY,
    OPEN_TO_SCRIPTS,
    SAFE_HEADERS,
    feed_policy,
    page_policy,
    plain_headers,
)
from feedhub.web.snapshots import Snapshot, Snapshots

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = [
    "Look",
    "PublishedFiles",
    "answer_aside",
    "refuse_body",
    "request_headers",
    "send_answer",
]

_ALLOW = b"GET, HEAD, OPTIONS"
_CHUNK = 256 << 10  # what is handed to a slow reader's connection at a time
_LARGEST_BODY = 1 << 20  # of a request that should have none
_SLOW_TO_PACK = 64 << 10  # packing more than this does not hold up other readers
_MOVED = b"public, max-age=3600"
_OF_TEXT = frozenset({b"content-type", b"content-security-policy"})
_READ_METHODS = frozenset({"GET", "HEAD"})
_ASKED_WITH = (
    b"Accept, Accept-Language, Cache-Control, Content-Type, If-Match, If-Modified-Since,"
    b" If-None-Match, If-Range, If-Unmodified-Since, Range, User-Agent, X-Requested-With"
)
_PREFLIGHT: Headers = [
    *OPEN_TO_SCRIPTS,
    (b"access-control-allow-methods", _ALLOW),
    (b"access-control-allow-headers", _ASKED_WITH),
    (b"access-control-max-age", b"86400"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the folder is shown. ``base_url`` ends with a slash; ``websub_hub`` is empty without
    one; ``image_origins`` are sources of images on pages beyond our own, such as ``https:``."""

    base_url: str = ""
    websub_hub: str = ""
    image_origins: Sequence[str] = ()


class PublishedFiles:
    """Serves one published folder.

    ``gone`` tells of a path such as ``stories/abc/index.html`` whether it was taken away for good:
    it is then answered 410. ``on_read`` is told of each answered request for a feed or
    a page: its path, the headers and the client of the request. ``memory`` bounds the bytes of
    content kept.
    """

    def __init__(
        self,
        root: Path,
        clock: Clock,
        *,
        look: Look | None = None,
        gone: Callable[[str], bool] | None = None,
        on_read: Callable[[str, Mapping[str, str], Any], None] | None = None,
        memory: int = 64 << 20,
    ) -> None:
        self._look = look or Look()
        self._gone = gone or _never
        self._on_read = on_read
        self._snapshots = Snapshots(root, lambda: clock.now().timestamp(), limit=memory)
        self._page_policy = page_policy(self._look.image_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method: str = scope["method"]
        headers = request_headers(scope)
        target: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
        query: bytes = scope["query_string"]
        result = await refuse_body(headers, receive) or self._find(method, target, query, headers)
        if isinstance(result, Snapshot):
            before = result.cost
            done = await answer_aside(result, headers, method, self.fixed_headers)
            self._after(
                result,
                done,
                before=before,
                method=method,
                headers=headers,
                client=scope.get("client"),
            )
            result = done
        await send_answer(send, result, method)

    def quick(
        self, method: str, target: bytes, headers: Mapping[str, str], client: Any
    ) -> Answer | None:
        """Answer a GET or HEAD without a body at once; None when that would take long."""
        path, _, query = target.partition(b"?")
        result = self._find(method, path, query, headers)
        if not isinstance(result, Snapshot):
            return result
        if len(result.body) > _CHUNK:
            return None
        before = result.cost
        done = answer(result, headers, method, fixed=self.fixed_headers, pack_up_to=_SLOW_TO_PACK)
        if done is not None:
            self._after(result, done, before=before, method=method, headers=headers, client=client)
        return done

    def _after(
        self,
        snapshot: Snapshot,
        done: Answer,
        *,
        before: int,
        method: str,
        headers: Mapping[str, str],
        client: Any,
    ) -> None:
        if snapshot.cost != before:
            self._snapshots.account(snapshot)
        read = snapshot.kind.feed or snapshot.path.endswith(".html")
        if self._on_read and read and method == "GET" and done.status < 400:
            self._on_read(snapshot.path, headers, client)

    def fixed_headers(self, snapshot: Snapshot) -> Headers:
        """Return the headers of a file that no request changes."""
        kind = snapshot.kind
        fixed = [
            (b"cache-control", kind.cache.encode("ascii")),
            (b"content-security-policy", self._policy(kind)),
            (
                b"cross-origin-resource-policy",
                b"cross-origin" if kind.embeddable else b"same-origin",
            ),
            *SAFE_HEADERS,
        ]
        if kind.open:
            fixed += OPEN_TO_SCRIPTS
        if kind.feed and self._look.base_url:
            fixed.append((b"link", self._link(snapshot.path)))
        return fixed

    def _policy(self, kind: Kind) -> bytes:
        if kind.is_page:
            return self._page_policy
        return feed_policy() if kind.open else BARE_POLICY

    def _link(self, path: str) -> bytes:
        own = self._look.base_url.rstrip("/") + location_of(path, b"")
        links = [f'<{own}>; rel="self"']
        if self._look.websub_hub:
            links.append(f'<{self._look.websub_hub}>; rel="hub"')
        return ", ".join(links).encode("ascii", "ignore")

    def _find(
        self, method: str, target: bytes, query: bytes, headers: Mapping[str, str]
    ) -> Snapshot | Answer:
        if target == b"*" and method == "OPTIONS":
            return _options(headers, open_to_scripts=False)
        try:
            path = path_of(target)
        except BadTarget as bad:
            return plain(bad.status)
        open_to_scripts = is_feed_path(path)
        if method == "OPTIONS":
            return _options(headers, open_to_scripts=open_to_scripts)
        extra = OPEN_TO_SCRIPTS if open_to_scripts else []
        if method not in _READ_METHODS:
            return plain(405, (b"allow", _ALLOW), *extra)
        try:
            found = self._look_up(path, query)
        except PermissionError:
            return plain(403, *extra)
        except OSError:
            return plain(500, *extra)
        if found is not None:
            return found
        status = 410 if self._is_gone(path) else 404
        return self._told_as_page(status, path, headers) or plain(status, *extra)

    def _told_as_page(self, status: int, path: str, headers: Mapping[str, str]) -> Answer | None:
        """Answer a person's browser with the published page for this error, if there is one.

        The page is ``404.html``, or ``en/404.html`` for addresses below ``en/``.
        """
        if "text/html" not in headers.get("accept", ""):
            return None
        folder = path.split("/")[1]
        for name in (f"/{folder}/{status}.html", f"/{status}.html"):
            try:
                page = self._snapshots.get(name)
            except OSError:
                return None
            if page is not None:
                own = [pair for pair in plain_headers(len(page.body)) if pair[0] not in _OF_TEXT]
                kind = (b"content-type", b"text/html; charset=utf-8")
                policy = (b"content-security-policy", self._page_policy)
                return Answer(status, [kind, policy, *own, *SAFE_HEADERS], page.body)
        return None

    def _look_up(self, path: str, query: bytes) -> Snapshot | Answer | None:
        if path.endswith("/"):
            return self._snapshots.get(path + "index.html")
        found = self._snapshots.get(path)
        if found is None and self._snapshots.get(path + "/index.html") is not None:
            return self.moved(path + "/", query)
        if found is not None and path.endswith((".br", ".gz")) and self._snapshots.get(path[:-3]):
            return None  # a packed copy is no address of its own
        return found

    def moved(self, path: str, query: bytes) -> Answer:
        """Return the answer that sends a reader to another path of this site."""
        where = location_of(path, query).encode("ascii")
        rest = [pair for pair in plain_headers(0) if pair[0] != b"cache-control"]
        head: Headers = [(b"location", where), (b"cache-control", _MOVED)]
        return Answer(308, [*rest, *SAFE_HEADERS, *head])

    def _is_gone(self, path: str) -> bool:
        name = path[1:]
        if name.endswith("/") or not name:
            return self._gone(name + "index.html")
        return self._gone(name) or self._gone(name + "/index.html")


def _never(_path: str) -> bool:
    return False


async def answer_aside(
    snapshot: Snapshot,
    headers: Mapping[str, str],
    method: str,
    fixed: Callable[[Snapshot], Headers],
) -> Answer:
    """Answer a GET or HEAD; what takes long to pack is packed in a thread."""
    result = answer(snapshot, headers, method, fixed=fixed, pack_up_to=_SLOW_TO_PACK)
    if result is None:
        coding = coding_of(snapshot, headers)
        if coding is not None:
            await asyncio.to_thread(snapshot.variant, coding)
        result = answer(snapshot, headers, method, fixed=fixed)
    return result or plain(500)


def request_headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by lower-case name; repeated ones as one list."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def refuse_body(headers: Mapping[str, str], receive: Receive) -> Answer | None:
    """Read past a body nobody asked for, so that the answer arrives (RFC 9112, 9.6).

    Returns the answer to one that is too large to be read past.
    """
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return None
    passed = 0
    while True:
        message = await receive()
        passed += len(message.get("body", b""))
        if passed > _LARGEST_BODY:
            return plain(413, (b"connection", b"close"))
        if not message.get("more_body", False):
            return None


async def send_answer(send: Send, result: Answer, method: str) -> None:
    """Send an answer; to HEAD, its headers alone."""
    await send({"type": "http.response.start", "status": result.status, "headers": result.headers})
    body = b"" if method == "HEAD" else result.body
    for start in range(0, max(len(body), 1), _CHUNK):
        piece = body[start : start + _CHUNK]
        more = start + _CHUNK < len(body)
        await send({"type": "http.response.body", "body": piece, "more_body": more})


def _options(headers: Mapping[str, str], *, open_to_scripts: bool) -> Answer:
    head: Headers = [(b"allow", _ALLOW), *SAFE_HEADERS, (b"content-length", b"0")]
    head.append((b"content-security-policy", BARE_POLICY))
    if open_to_scripts:
        asked = "access-control-request-method" in headers
        head += _PREFLIGHT if asked else OPEN_TO_SCRIPTS
    return Answer(204, [pair for pair in head if pair[0] != b"content-length"])
