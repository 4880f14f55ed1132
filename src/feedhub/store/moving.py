"""Moves a hub from one database to another, from SQLite to PostgreSQL or back.

Every table is copied as it is, row by row: ids, numbers, history, what was announced and what waits
to be sent. The search index is made anew by the database that will be asked.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store.engine import READING, WRITING, open_engine
from feedhub.store.mail_tables import metadata
from feedhub.store.schema import NEWEST, current_revision, migrate
from feedhub.store.search import SearchRows
from feedhub.store.tables import entries
from feedhub.text.search_forms import search_forms

__all__ = ["move_to"]

#: rows in memory at a time; an entry may be 200 KB
_BATCH = 200


def move_to(
    url: str, target: str, *, told: Callable[[str, int], None] = lambda _table, _rows: None
) -> dict[str, int]:
    """Copy the whole database at ``url`` into the empty one at ``target``; return rows by table.

    All or nothing: in one transaction there, out of one unchanging state here, and counted again
    at the end. ``told`` hears of each table that was copied. The caller holds the hub. Raises
    ``StoreError``; then the target is as empty as it was.
    """
    here, there = open_engine(url), open_engine(target)
    try:
        if current_revision(here) != NEWEST:
            raise StoreError('bring the database up to date first: "feedhub db migrate"')
        migrate(there)
        copied = _copy(here, there, told)
        with there.begin() as connection:
            connection.exec_driver_sql("ANALYZE")  # so that its first questions are answered well
        return copied
    except SQLAlchemyError as error:
        words = getattr(error, "orig", None) or error
        raise StoreError(f"the database could not be moved: {words}") from error
    finally:
        here.dispose()
        there.dispose()


def _copy(here: Engine, there: Engine, told: Callable[[str, int], None]) -> dict[str, int]:
    copied: dict[str, int] = {}
    with (
        here.connect().execution_options(**READING) as source,
        source.begin(),
        there.connect().execution_options(**WRITING) as target,
        target.begin(),
    ):
        for table in metadata.sorted_tables:
            if _count(target, table):
                raise StoreError(f"the new database is not empty: there are rows in {table.name}")
        for table in metadata.sorted_tables:
            copied[table.name] = _copy_table(source, target, table)
            if copied[table.name] != _count(target, table):
                raise StoreError(f"not all rows of {table.name} arrived; nothing was kept")
            told(table.name, copied[table.name])
        _index(target)
        if target.dialect.name == "postgresql":
            _count_on(target)
    return copied


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def _copy_table(source: Connection, target: Connection, table: Table) -> int:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)
    rows = source.execute(query)
    count = 0
    for part in rows.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in part])
        count += len(part)
    return count


def _index(target: Connection) -> None:
    """Make the search index of all entries."""
    search, last = SearchRows(target), 0
    while True:
        columns = (
            entries.c.number,
            entries.c.title,
            entries.c.text,
            entries.c.summary,
        )
        query = select(*columns).where(entries.c.number > last)
        found = target.execute(query.order_by(entries.c.number).limit(_BATCH)).all()
        if not found:
            return
        search.index((row.number, search_forms(row.title, row.text, row.summary)) for row in found)
        last = found[-1].number


def _count_on(target: Connection) -> None:
    """Let PostgreSQL count on where the rows that were copied end."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, Integer):
            target.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)"),
                {
                    "table": table.name,
                    "column": column.name,
                    "next": (target.execute(select(func.max(column))).scalar() or 0) + 1,
                },
            )
