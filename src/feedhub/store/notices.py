"""What operators were told about sources, newest last."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select

from feedhub.model.trouble import KeptNotice, Notice, TroubleKind
from feedhub.store.tables import notices

__all__ = ["NoticeRows"]

#: notices kept; older ones are dropped
_MOST_KEPT = 2000


class NoticeRows:
    """The notices of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: str, at: datetime, told: Iterable[Notice]) -> None:
        """Write down what is told; ``source_id`` is empty where it is about no source."""
        values = [
            {
                "source_id": source_id,
                "at": at,
                "kind": str(one.kind),
                "words": one.words,
                "over": one.over,
            }
            for one in told
        ]
        if values:
            self._connection.execute(insert(notices), values)
            newest = select(func.max(notices.c.number)).scalar_subquery()
            self._connection.execute(delete(notices).where(notices.c.number < newest - _MOST_KEPT))

    def retract(self, source_ids: Collection[str], since: datetime) -> None:
        """Take back what was written about sources from a moment on: it was not their trouble."""
        self._connection.execute(
            delete(notices).where(notices.c.source_id.in_(source_ids), notices.c.at >= since)
        )

    def after(self, number: int, limit: int = 100) -> tuple[KeptNotice, ...]:
        """Return the notices after a number, oldest first."""
        query = select(notices).where(notices.c.number > number).order_by(notices.c.number)
        return self._kept(query.limit(limit))

    def newest(self, limit: int) -> tuple[KeptNotice, ...]:
        """Return the newest notices, newest first."""
        return self._kept(select(notices).order_by(notices.c.number.desc()).limit(limit))

    def _kept(self, query: Select[Any]) -> tuple[KeptNotice, ...]:
        return tuple(
            KeptNotice(
                number=row["number"],
                source_id=row["source_id"],
                at=row["at"],
                notice=Notice(kind=TroubleKind(row["kind"]), words=row["words"], over=row["over"]),
            )
            for row in self._connection.execute(query).mappings()
        )

    def last_before(self, moment: datetime) -> int:
        """Return the number of the last notice before a moment, 0 if there is none."""
        query = select(func.max(notices.c.number)).where(notices.c.at < moment)
        return self._connection.execute(query).scalar() or 0
