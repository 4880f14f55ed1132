"""The tasks of one process of a fleet: each calls the flow that does it on one machine too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from feedhub.app import App
from feedhub.flow.alerts import send_alerts
from feedhub.flow.collecting.collect import pull_due
from feedhub.flow.collecting.network import notice_network
from feedhub.flow.collecting.pushing import leave_retired
from feedhub.flow.fleet import PUBLISHED_PULL, Ringing, hosts_of, look
from feedhub.flow.upkeep import tidy
from feedhub.model.pull import PullRecord, SourceState

__all__ = ["FleetTasks"]

#: seconds that the WebSub hub is waited for
_PING_SECONDS = 5.0


class FleetTasks:
    """What this process does in the fleet, under one config. Tasks may run side by side."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.parts = app.collect_parts()
        self._hosts = hosts_of(app.settings)
        self._gate = threading.Lock()
        self._since = app.clock.now()
        self._records: list[PullRecord] = []
        self._before: dict[str, SourceState] = {}

    def look(self) -> Ringing | None:
        """Return what is due; None where another process says so."""
        wanted = look(self.app.settings, self.app.store, self.app.clock.now())
        return wanted and replace(wanted, mail=self.app.mail_due())

    def pull(self, host: str) -> None:
        """Pull the sources of a host that are due."""
        done = pull_due(self.parts, self._hosts.get(host, ()))
        with self._gate:
            self._records += done.records.values()
            self._before |= done.before

    def publish(self) -> None:
        """Publish what changed; raise ``DataFolderHeldError`` where another process is at it."""
        with self.app.store.reading() as tx:
            newest = tx.sources.newest_pull()
        self.app.publish(patience=0)
        with self.app.store.writing() as tx:
            tx.facts.set(PUBLISHED_PULL, str(newest))

    def mail(self, stopped: Callable[[], bool]) -> None:
        """Make the digests that are due and send what waits, if no other process does."""
        if self.app.mail_due() and self.app.mail(stopped, patience=0).made.pages:
            self.publish()

    def ping(self) -> None:
        """Tell the WebSub hub which feeds changed."""
        self.app.ping(patience=_PING_SECONDS)

    def upkeep(self) -> None:
        """Put away what is old and tell operators what is new."""
        now = self.app.clock.now()
        leave_retired(self.parts)
        tidy(self.app.settings, self.app.store, now)
        send_alerts(self.parts)

    def end_round(self) -> None:
        """Tell a network that is down from sources that are, by this process's last pulls."""
        with self._gate:
            records, before, since = self._records, self._before, self._since
            self._records, self._before, self._since = [], {}, self.app.clock.now()
        self.app.write_ledger()
        if len({urlsplit(before[one.source_id].url).hostname for one in records}) > 1:
            notice_network(self.parts, records, before, since)
