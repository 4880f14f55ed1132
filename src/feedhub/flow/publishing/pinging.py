"""Tells the WebSub hub which feeds changed, while nothing ever waits for it.

Which feeds the hub has yet to hear of stands in the database (``flow.publishing.publish``
writes it), so neither a killed process nor a silent hub loses a change.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, wait
from datetime import datetime

from feedhub.clock import Clock
from feedhub.deliver.websub import next_try, ping_form
from feedhub.errors import FetchError
from feedhub.fetch.client import Fetched, Fetcher, Request
from feedhub.model.push import Ping
from feedhub.store.store import Store

__all__ = ["Pinger"]

#: messages under way at a time: the hub is one host, and collecting uses the same door
_AT_ONCE = 4

_log = logging.getLogger(__name__)


class Pinger:
    """Sends what is due to one hub, an answer at a time. Not for several threads."""

    def __init__(self, hub: str, store: Store, fetcher: Fetcher, clock: Clock) -> None:
        self._hub = hub
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._under_way: dict[Future[Fetched], Ping] = {}

    def beat(self) -> int:
        """Take the answers that came and send what is due; return how many are under way."""
        now = self._clock.now()
        self._take([future for future in self._under_way if future.done()], now)
        free = _AT_ONCE - len(self._under_way)
        if free > 0:
            asked = {ping.topic for ping in self._under_way.values()}
            with self._store.reading() as tx:
                due = tx.pings.due(now, free + len(asked))
            fresh = [ping for ping in due if ping.topic not in asked][:free]
            for ping in fresh:
                if not self._send(ping):
                    break
        return len(self._under_way)

    def settle(self, seconds: float = 0.0) -> None:
        """Send what is due; wait for the answers so many seconds at most, sending on meanwhile."""
        end = self._clock.monotonic() + seconds
        while self.beat():
            left = end - self._clock.monotonic()
            if left <= 0:
                return
            wait(self._under_way, timeout=left, return_when="FIRST_COMPLETED")

    def _send(self, ping: Ping) -> bool:
        request = Request(url=self._hub, kind="call", method="POST", content=ping_form(ping.topic))
        try:
            future = self._fetcher.submit(request)
        except RuntimeError:  # the fetch door is closed: the next process goes on
            return False
        self._under_way[future] = ping
        return True

    def _take(self, done: list[Future[Fetched]], now: datetime) -> None:
        answered = [(self._under_way.pop(future), future) for future in done]
        answered = [(ping, future) for ping, future in answered if not future.cancelled()]
        if not answered:
            return
        with self._store.writing() as tx:
            for ping, future in answered:
                error = future.exception()
                if error is not None and not isinstance(error, FetchError):
                    raise error
                until = next_try(ping.tries, now) if error else None
                if until is not None:
                    tx.pings.put_off(ping, until)
                    continue
                tx.pings.done(ping)
                if error is not None:
                    _log.warning("the WebSub hub was not told of %s: %s", ping.topic, error)
