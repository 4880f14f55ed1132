"""What the hub knows about itself: minted once, or counted up."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from feedhub.store.bulk import ask, insertion
from feedhub.store.tables import facts

__all__ = ["FactRows"]

_SET = insertion(facts, clash=["value"])


class FactRows:
    """The facts of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """Return a fact, or None."""
        found = ask(self._connection, "SELECT value FROM facts WHERE key = ?", [key]).scalar()
        return None if found is None else str(found)

    def set(self, key: str, value: str) -> None:
        """Write a fact."""
        _SET.run(self._connection, [{"key": key, "value": value}])

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
