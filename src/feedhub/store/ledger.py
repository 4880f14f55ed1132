"""Every request the hub made, summed by day, host and kind."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from feedhub.model.ledger import LedgerLine
from feedhub.store.bulk import insertion
from feedhub.store.tables import ledger

__all__ = ["LedgerRows"]

_COLUMNS = tuple(column.name for column in ledger.columns)
_ADD = insertion(ledger, summed=("requests", "unchanged", "failed", "bytes"))


class LedgerRows:
    """The ledger of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, lines: Iterable[LedgerLine]) -> None:
        """Add requests to the sums of their day, host and kind."""
        values = ([getattr(line, name) for name in _COLUMNS] for line in lines)
        _ADD.run_values(self._connection, values)

    def lines(self, *, since: str, host: str = "") -> tuple[LedgerLine, ...]:
        """Return the sums from a day (YYYY-MM-DD) on, of all hosts or the one named."""
        query = select(ledger).where(ledger.c.day >= since)
        if host:
            query = query.where(ledger.c.host == host)
        found = self._connection.execute(query.order_by(ledger.c.day, ledger.c.host, ledger.c.kind))
        return tuple(LedgerLine(**row) for row in found.mappings())

    def forget(self, before: str) -> None:
        """Drop the days before a day (YYYY-MM-DD)."""
        self._connection.execute(delete(ledger).where(ledger.c.day < before))
