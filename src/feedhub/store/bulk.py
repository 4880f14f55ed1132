"""Many rows at once, past SQLAlchemy's own work.

Compiling a statement and looking at each value through its type costs more than SQLite itself does
for a row. What a pull reads and writes goes to the driver as it is: the columns and what their
types do are taken from the tables, once, so there is one truth. Why: docs/decisions/170-storing.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import JSON, Boolean, Column, Connection, CursorResult, Table
from sqlalchemy.exc import DBAPIError

from feedhub.store.column_types import UtcTime, Words, as_moment, as_number
from feedhub.text.storable import storable

_Value = TypeVar("_Value")

__all__ = ["Bulk", "Shape", "ask", "chunks", "insertion", "marks", "updating"]


def marks(count: int, each: str = "?") -> str:
    """Return so many places for values, as they stand between brackets."""
    return ", ".join(repeat(each, count))


#: bound parameters per statement stay well under SQLite's limit
_CHUNK = 300
#: rows that are read at once
_AT_ONCE = 500


def chunks(values: Collection[_Value]) -> Iterable[list[_Value]]:
    """Cut values into lists that fit one statement."""
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def ask(connection: Connection, sql: str, values: Iterable[object] = ()) -> CursorResult[Any]:
    """Run a statement; ``?`` is the place of a value, on every database, and stands nowhere else.

    ``values`` are as the driver takes them: moments as numbers.
    """
    return connection.exec_driver_sql(_placed(connection, sql), tuple(values))


def _placed(connection: Connection, sql: str) -> str:
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")


class Shape:
    """Some columns, read; the first of them says which table they are looked for in."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._names = tuple(column.name for column in columns)
        listed = ", ".join(f"{column.table.name}.{column.name}" for column in columns)
        self._sql = f"SELECT {listed} FROM {columns[0].table.name} "  # noqa: S608 - our own names
        self._readers = [_reader(column) for column in columns]

    def ask(
        self, connection: Connection, rest: str, values: Iterable[object] = ()
    ) -> Iterator[dict[str, Any]]:
        """Give the rows that the ``rest`` of the statement asks for, each by its columns' names.

        ``rest`` and ``values`` are as ``ask`` takes them.
        """
        # SQLAlchemy's result looks at each column anew, which costs more than to fetch a few rows
        cursor = connection.connection.cursor()
        sql, values = _placed(connection, self._sql + rest), tuple(values)
        base = connection.dialect.loaded_dbapi.Error
        try:
            cursor.execute(sql, values)
            while part := cursor.fetchmany(_AT_ONCE):
                read = [
                    column if reader is None else map(reader, column)
                    for reader, column in zip(self._readers, zip(*part, strict=True), strict=True)
                ]
                for row in zip(*read, strict=True):
                    yield dict(zip(self._names, row, strict=True))
        except base as error:
            raise DBAPIError.instance(sql, None, error, base, hide_parameters=True) from error
        finally:
            cursor.close()


class Bulk:
    """A statement that is run for each of many rows."""

    def __init__(self, sql: str, columns: Sequence[Column[Any]]) -> None:
        """Take a statement with a ``?`` for each of these columns, in their order."""
        self._sql = sql
        self._pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(
            *(column.name for column in columns)
        )
        self._writers = [_writer(column) for column in columns]

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it for rows that name a value for each column; no row, no statement."""
        self.run_values(connection, map(self._pick, rows))

    def run_values(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Run it for rows of values in the order of the columns; no row, no statement."""
        columns = list(zip(*rows, strict=True))
        if columns:
            written = [
                column if write is None else write(column)
                for write, column in zip(self._writers, columns, strict=True)
            ]
            self.put(connection, list(zip(*written, strict=True)))

    def put(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Run it for at least one row whose values are as the driver takes them."""
        connection.exec_driver_sql(_placed(connection, self._sql), rows)


def insertion(
    table: Table,
    names: Sequence[str] = (),
    *,
    clash: Sequence[str] = (),
    summed: Sequence[str] = (),
) -> Bulk:
    """Return the insertion of rows of a table: of some columns, or of all.

    A row that stands there already, by the table's primary key, takes the columns ``clash`` of the
    new one, and adds the columns ``summed`` to its own.
    """
    columns = [table.c[name] for name in names] if names else list(table.columns)
    named = ", ".join(column.name for column in columns)
    sql = f"INSERT INTO {table.name} ({named}) VALUES ({marks(len(columns))})"  # noqa: S608 - our own names
    taken = [f"{name} = excluded.{name}" for name in clash]
    taken += [f"{name} = {table.name}.{name} + excluded.{name}" for name in summed]
    if taken:
        key = ", ".join(column.name for column in table.primary_key)
        sql += f" ON CONFLICT ({key}) DO UPDATE SET {', '.join(taken)}"
    return Bulk(sql, columns)


def updating(table: Table, names: Sequence[str], *, by: str) -> Bulk:
    """Return the change of some columns of the rows that one column names, the last of a row."""
    changed = ", ".join(f"{name} = ?" for name in names)
    sql = f"UPDATE {table.name} SET {changed} WHERE {by} = ?"  # noqa: S608 - our own names
    return Bulk(sql, [table.c[name] for name in (*names, by)])


_Values = Sequence[Any]


def _writer(column: Column[Any]) -> Callable[[_Values], Iterable[Any]] | None:
    """Return what gives a column's values as the driver takes them; None where they are so."""
    if isinstance(column.type, UtcTime):
        return _numbers
    if isinstance(column.type, Words):
        return _words
    if isinstance(column.type, JSON):
        return _json
    return None


def _numbers(moments: _Values) -> Iterable[int | None]:
    return [None if moment is None else as_number(moment) for moment in moments]


def _words(texts: _Values) -> Iterable[str | None]:
    together = "".join(filter(None, texts))
    if storable(together) is together:  # nearly always, and one look is faster than many
        return texts
    return [text and storable(text) for text in texts]


def _json(values: _Values) -> Iterable[str | None]:
    return [
        "[]" if value == [] else None if value is None else json.dumps(value) for value in values
    ]


def _reader(column: Column[Any]) -> Callable[[Any], object] | None:
    """Return what reads a value that the driver gave; None where it is what is meant."""
    if isinstance(column.type, UtcTime):
        return _moment
    if isinstance(column.type, Boolean):
        return bool
    if isinstance(column.type, JSON):
        return _loaded
    return None


def _moment(value: int | None) -> datetime | None:
    return None if value is None else as_moment(value)


def _loaded(value: Any) -> object:
    """Read JSON that the driver has not read yet."""
    if value == "[]":
        return []
    return json.loads(value) if isinstance(value, str) else value
