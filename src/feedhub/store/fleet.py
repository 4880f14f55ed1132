"""Who is in the fleet, and who does what: the processes that live, and their claims.

A process lives as long as it says so; the time is the database's, so machines whose clocks differ
agree. What a dead process claimed is free. A process that was frozen and taken for dead is told so
before it can write anything (`Store.writing`), so its work is never done twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, delete, insert, literal_column, select
from sqlalchemy import update as change

from feedhub.store.engine import insert_for
from feedhub.store.tables import claims, holders, hosts

__all__ = ["LASTING", "FleetRows"]

#: a process that said nothing for this long is dead; every writing transaction says something, and
#: a process that has nothing to write says so once a second
LASTING = timedelta(seconds=30)

_MICROSECOND = timedelta(microseconds=1)
_NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)",
}


class FleetRows:
    """The fleet as of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _now(self) -> ColumnElement[int]:
        return literal_column(_NOW[self._connection.dialect.name], BigInteger)

    def enlist(self, holder: str, lasting: timedelta = LASTING) -> None:
        """Add a process. Its id is ``<where it runs>/<random>``.

        Whoever ran at the same place before is dead, for only one process can.
        """
        place = holder.partition("/")[0]
        query = select(holders.c.id).where(holders.c.id.startswith(f"{place}/", autoescape=True))
        self._remove(self._connection.execute(query).scalars().all())
        until = self._now() + lasting // _MICROSECOND
        self._connection.execute(insert(holders).values(id=holder, until=until))

    def renew(self, holder: str, lasting: timedelta = LASTING) -> bool:
        """Say that a process lives; False when it was taken for dead meanwhile."""
        until = self._now() + lasting // _MICROSECOND
        changed = self._connection.execute(
            change(holders).where(holders.c.id == holder).values(until=until)
        )
        return bool(changed.rowcount)

    def leave(self, holder: str) -> None:
        """Take a process out; what it claimed is free."""
        self._remove([holder])

    def bury(self) -> tuple[str, ...]:
        """Take out the processes that died; return their ids."""
        query = select(holders.c.id).where(holders.c.until < self._now())
        dead = tuple(self._connection.execute(query).scalars())
        self._remove(dead)
        return dead

    def _remove(self, ids: Collection[str]) -> None:
        if ids:
            self._connection.execute(delete(claims).where(claims.c.holder_id.in_(ids)))
            self._connection.execute(delete(holders).where(holders.c.id.in_(ids)))

    def living(self) -> tuple[str, ...]:
        """Return the ids of the processes in the fleet."""
        return tuple(
            self._connection.execute(select(holders.c.id).order_by(holders.c.id)).scalars()
        )

    def claim(self, name: str, holder: str) -> bool:
        """Claim something for a process; False when it is claimed already, also by itself."""
        statement = insert_for(self._connection, claims).values(name=name, holder_id=holder)
        statement = statement.on_conflict_do_nothing(index_elements=["name"])
        made = self._connection.execute(statement.returning(claims.c.name))
        return made.first() is not None

    def release(self, names: Iterable[str], holder: str) -> None:
        """Give claims back."""
        self._connection.execute(
            delete(claims).where(claims.c.name.in_(list(names)), claims.c.holder_id == holder)
        )

    def holder_of(self, name: str) -> str | None:
        """Return which process claimed something, None where nobody did."""
        query = select(claims.c.holder_id).where(claims.c.name == name)
        return self._connection.execute(query).scalar()

    def claimed(self, prefix: str) -> frozenset[str]:
        """Return all that is claimed and whose name begins with ``prefix``."""
        query = select(claims.c.name).where(claims.c.name.startswith(prefix, autoescape=True))
        return frozenset(self._connection.execute(query).scalars())

    def forget_hosts(self, keep: timedelta) -> None:
        """Drop the hosts that were not asked for so long and want no rest any more."""
        until = self._now() - keep // _MICROSECOND
        self._connection.execute(
            delete(hosts).where(
                hosts.c.next_allowed_at < until,
                hosts.c.quiet_until.is_(None) | (hosts.c.quiet_until < self._now()),
            )
        )
