"""What the hub knows about itself: minted once, or counted up."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from feedhub.store.engine import insert_for
from feedhub.store.tables import facts

__all__ = ["FactRows"]


class FactRows:
    """The facts of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """Return a fact, or None."""
        query = select(facts.c.value).where(facts.c.key == key)
        return self._connection.execute(query).scalar()

    def set(self, key: str, value: str) -> None:
        """Write a fact."""
        statement = insert_for(self._connection, facts).values(key=key, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )

    def forget(self, key: str) -> None:
        """Drop a fact."""
        self._connection.execute(delete(facts).where(facts.c.key == key))

    def counter(self, key: str) -> int:
        """Return how far a counter has counted, 0 before its first use."""
        return int(self.get(f"counter:{key}") or 0)

    def take(self, key: str, count: int) -> int:
        """Take ``count`` numbers of a counter and return the first of them; they begin at 1."""
        last = self.counter(key)
        if count:
            self.set(f"counter:{key}", str(last + count))
        return last + 1

    def database_bytes(self) -> int:
        """Return how large the database is on the disk."""
        if self._connection.dialect.name == "postgresql":
            query = "SELECT pg_database_size(current_database())"
        else:
            query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return int(self._connection.exec_driver_sql(query).scalar() or 0)
