"""Counts every request that goes out, and writes the sums down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from feedhub.model.ledger import LedgerLine

if TYPE_CHECKING:
    from feedhub.fetch.client import Exchange
    from feedhub.store.store import Store

__all__ = ["Tally", "robots_words"]

#: hosts that are told apart between two writings; what strangers' redirects add is bounded
_MOST_LINES = 10_000
_OTHER_HOSTS = "(other hosts)"


class Tally:
    """Sums of requests that are not written down yet. May be told from any thread."""

    def __init__(self, day_of: Callable[[datetime], str]) -> None:
        self._day_of = day_of
        self._gate = threading.Lock()
        #: day, host and kind -> how many requests, unchanged, failed, and bytes
        self._sums: dict[tuple[str, str, str], list[int]] = {}

    def note(self, exchange: Exchange) -> None:
        """Count one request."""
        host = exchange.host[:255]
        with self._gate:
            if len(self._sums) >= _MOST_LINES:
                host = _OTHER_HOSTS
            sums = self._sums.setdefault(
                (self._day_of(exchange.at), host, exchange.kind), [0, 0, 0, 0]
            )
            sums[0] += 1
            sums[1] += exchange.status == 304
            sums[2] += not 0 < exchange.status < 400
            sums[3] += exchange.wire_bytes

    def write(self, store: Store) -> None:
        """Move the sums into the database."""
        with self._gate:
            sums, self._sums = self._sums, {}
        lines = [
            LedgerLine(
                day=day,
                host=host,
                kind=kind,
                requests=requests,
                unchanged=unchanged,
                failed=failed,
                bytes=size,
            )
            for (day, host, kind), (requests, unchanged, failed, size) in sums.items()
        ]
        if lines:
            with store.writing() as tx:
                tx.ledger.add(lines)


def robots_words(choice: str) -> str:
    """Say for whom robots.txt is asked, as the operator chose."""
    return {
        "pages": "robots.txt is asked before pages and listings, not before feeds",
        "all": "robots.txt is asked before every request",
        "none": "robots.txt is not asked: the operator chose so",
    }[choice]
