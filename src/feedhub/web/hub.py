"""The live pages of a hub: what its server answers at the moment it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from feedhub import __version__
from feedhub.app import App
from feedhub.errors import StoreError
from feedhub.flow.mailing.desk import Asked, Desk
from feedhub.flow.publishing.live import (
    LiveSite,
    figures,
    pulls_page,
    search_feed,
    search_page,
    status_page,
)
from feedhub.flow.publishing.statistics import Counted, keep_counts, statistics_page
from feedhub.web.audience import PAGES, Audience
from feedhub.web.live import Health

__all__ = ["HubPages"]

#: a hub none of whose sources answered for this long is not ready
_SILENCE = timedelta(hours=26)
#: seconds between two writings of what was counted; the service also writes when it ends
_KEEP_EVERY = 300.0


class HubPages:
    """Answers ``web.live.Live`` out of an open hub."""

    def __init__(self, app: App, audience: Audience | None = None) -> None:
        self._app = app
        self._audience = audience or Audience()
        self._site = LiveSite()
        self._desk = Desk(self._site)
        self._kept = app.clock.monotonic()

    def status_page(self, language: str) -> bytes:
        """Return /status/ as it is now."""
        if self._app.clock.monotonic() - self._kept > _KEEP_EVERY:
            self.keep_counts()
        now = self._app.clock.now()
        return status_page(
            self._site,
            self._app.settings,
            self._app.store,
            now,
            language,
            alarms=self._app.alarms.words(),
        )

    def pulls_page(self, language: str, source_id: str) -> bytes | None:
        """Return the newest pulls of a source; None when there is no such source."""
        return pulls_page(self._site, self._app.settings, self._app.store, language, source_id)

    def search_page(self, language: str, query: Mapping[str, str]) -> bytes:
        """Return the answer to a search."""
        return search_page(self._site, self._app.settings, self._app.store, language, query)

    def search_feed(self, suffix: str, query: Mapping[str, str]) -> bytes | None:
        """Return a search as a feed; None when nothing was asked for."""
        return search_feed(self._site, self._app.settings, self._app.store, suffix, query)

    def statistics_page(self, language: str) -> bytes:
        """Return /statistics/ as it is now."""
        self.keep_counts()
        return statistics_page(self._site, self._app.settings, self._app.store, language)

    def desk_page(
        self,
        page: str,
        *,
        post: bool,
        language: str,
        fields: Mapping[str, Sequence[str]],
        caller: str,
    ) -> tuple[int, bytes]:
        """Answer at the desk: somebody signs up, confirms, changes or leaves."""
        asked = Asked(page=page, post=post, language=language, fields=fields, caller=caller)
        app = self._app
        return self._desk.answer(app.settings, app.store, app.clock.now(), asked)

    def too_often_page(self, language: str) -> bytes:
        """Return the page for somebody who asks too often."""
        return self._desk.too_often(self._app.settings, self._app.store, language)

    def keep_counts(self) -> None:
        """Write down how many readers were counted since the service began."""
        self._kept = self._app.clock.monotonic()
        finished = self._audience.take_finished(self._app.clock.now())
        keep_counts(
            self._app.store,
            [
                Counted(
                    channel="" if one.channel == PAGES else one.channel,
                    day=one.day,
                    requests=one.requests,
                    people=one.people,
                )
                for one in (*finished, *self._audience.today())
            ],
        )

    def health(self) -> Health:
        """Tell that the process answers."""
        return Health(ok=True, facts={"version": __version__})

    def ready(self) -> Health:
        """Tell whether the database answers and sources are being read."""
        try:
            if self._app.clock.monotonic() - self._kept > _KEEP_EVERY:
                self.keep_counts()
            facts = figures(self._app.settings, self._app.store, self._app.clock.now())
        except StoreError as error:
            return Health(ok=False, facts={"database": str(error)})
        silent = facts["seconds_since_success"]
        alarms = self._app.alarms.words()
        ok = not alarms and (silent is None or silent < _SILENCE.total_seconds())
        return Health(ok=ok, facts={**facts, "alarms": "; ".join(alarms) or None})

    def metrics_text(self) -> str:
        """Return the hub's figures in the Prometheus text format."""
        from feedhub.flow.figures import hub_figures
        from feedhub.web.metrics import figures_text

        app = self._app
        alarms = len(app.alarms.words())
        return figures_text(hub_figures(app.settings, app.store, app.clock.now(), alarms))
