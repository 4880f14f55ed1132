"""Which feeds changed without their WebSub hub knowing: kept until the hub has been told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from feedhub.model.push import Ping
from feedhub.store.engine import insert_for
from feedhub.store.tables import pings

__all__ = ["PingRows"]


class PingRows:
    """The pings of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, topics: Collection[str], now: datetime) -> None:
        """Note that feeds changed; one that waits already is due at once and counts anew."""
        values = [{"topic": topic, "due_at": now, "tries": 0} for topic in topics]
        if values:
            statement = insert_for(self._connection, pings)
            fresh = {"due_at": statement.excluded.due_at, "tries": 0}
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=["topic"], set_=fresh), values
            )

    def due(self, now: datetime, limit: int) -> tuple[Ping, ...]:
        """Return the pings to be sent now, longest overdue first."""
        query = select(pings).where(pings.c.due_at <= now)
        found = self._connection.execute(query.order_by(pings.c.due_at, pings.c.topic).limit(limit))
        return tuple(Ping(**row) for row in found.mappings())

    def done(self, ping: Ping) -> None:
        """Forget a ping, unless its feed has changed again since."""
        self._connection.execute(delete(pings).where(*_same(ping)))

    def put_off(self, ping: Ping, until: datetime) -> None:
        """Count a failed try and wait, unless the feed has changed again since."""
        values = {"due_at": until, "tries": ping.tries + 1}
        self._connection.execute(update(pings).where(*_same(ping)).values(**values))


def _same(ping: Ping) -> tuple[ColumnElement[bool], ...]:
    return (pings.c.topic == ping.topic, pings.c.due_at == ping.due_at)
