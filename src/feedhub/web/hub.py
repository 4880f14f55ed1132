"""The live pages of a hub: what its server answers at the moment it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from feedhub import __version__
from feedhub.app import App
from feedhub.errors import StoreError
from feedhub.flow.live import LiveSite, figures, search_feed, search_page, status_page
from feedhub.web.live import Health

__all__ = ["HubPages"]

#: a hub none of whose sources answered for this long is not ready
_SILENCE = timedelta(hours=26)


class HubPages:
    """Answers ``web.live.Live`` out of an open hub."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._site = LiveSite()

    def status_page(self, language: str) -> bytes:
        """Return /status/ as it is now."""
        now = self._app.clock.now()
        return status_page(self._site, self._app.settings, self._app.store, now, language)

    def search_page(self, language: str, query: Mapping[str, str]) -> bytes:
        """Return the answer to a search."""
        return search_page(self._site, self._app.settings, self._app.store, language, query)

    def search_feed(self, suffix: str, query: Mapping[str, str]) -> bytes | None:
        """Return a search as a feed; None when nothing was asked for."""
        return search_feed(self._site, self._app.settings, self._app.store, suffix, query)

    def health(self) -> Health:
        """Tell that the process answers."""
        return Health(ok=True, facts={"version": __version__})

    def ready(self) -> Health:
        """Tell whether the database answers and sources are being read."""
        try:
            facts = figures(self._app.settings, self._app.store, self._app.clock.now())
        except StoreError as error:
            return Health(ok=False, facts={"database": str(error)})
        silent = facts["seconds_since_success"]
        ok = silent is None or silent < _SILENCE.total_seconds()
        return Health(ok=ok, facts=facts)

    def metrics_text(self) -> str:
        """Return the hub's figures in the Prometheus text format."""
        facts = figures(self._app.settings, self._app.store, self._app.clock.now())
        lines = []
        for name, value in facts.items():
            if value is not None:
                lines += [f"# TYPE feedhub_{name} gauge", f"feedhub_{name} {value}"]
        return "\n".join(lines) + "\n"
