"""What hubs agreed to send us (WebSub), one agreement a source."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, true, update

from feedhub.model.push import Push
from feedhub.store.tables import pushes, sources

__all__ = ["PushRows"]

#: pulls that deliveries ask for are at least this far apart
_NOT_SOONER = timedelta(minutes=1)


class PushRows:
    """The agreements of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_source(self, source_id: str) -> Push | None:
        """Return what was agreed about a source."""
        query = select(pushes).where(pushes.c.source_id == source_id)
        row = self._connection.execute(query).mappings().first()
        return Push(**row) if row else None

    def all(self, among: Collection[str] | None = None) -> dict[str, Push]:
        """Return all agreements, or those of some sources, by source."""
        some = true() if among is None else pushes.c.source_id.in_(sorted(among))
        found = self._connection.execute(select(pushes).where(some)).mappings()
        return {row["source_id"]: Push(**row) for row in found}

    def of_token(self, token: str) -> Push | None:
        """Return the agreement whose callback address ends with a token."""
        query = select(pushes).where(pushes.c.token == token)
        row = self._connection.execute(query).mappings().first()
        return Push(**row) if row else None

    def of_retired(self, now: datetime) -> tuple[Push, ...]:
        """Return what still runs about sources that left the config."""
        query = (
            select(pushes)
            .join(sources, sources.c.id == pushes.c.source_id)
            .where(sources.c.retired_at.is_not(None), pushes.c.granted_until > now)
            .order_by(pushes.c.source_id)
        )
        return tuple(Push(**row) for row in self._connection.execute(query).mappings())

    def save(self, push: Push) -> None:
        """Remember an agreement in the place of the source's earlier one."""
        self._connection.execute(delete(pushes).where(pushes.c.source_id == push.source_id))
        self._connection.execute(insert(pushes).values(**asdict(push)))

    def make_due(self, source_id: str, now: datetime) -> None:
        """Let a source be pulled now; a minute after its last pull at the soonest."""
        query = select(sources.c.pulled_at).where(sources.c.id == source_id)
        pulled = self._connection.execute(query).scalar()
        at = max(now, pulled + _NOT_SOONER) if pulled else now
        self._connection.execute(
            update(sources)
            .where(sources.c.id == source_id, sources.c.next_due_at > at)
            .values(next_due_at=at, due_reason="its hub says that it has news")
        )
