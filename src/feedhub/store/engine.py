"""Opens the database, and the only place that knows which one it is.

SQLite: write-ahead log, one writer at a time (``BEGIN IMMEDIATE``), readers never wait. PostgreSQL:
one writer at a time in the whole fleet (an advisory lock held by the transaction), readers see one
unchanging state (``REPEATABLE READ``). Commits are synced to disk by both, so what was announced
survives a power cut. Why one writer on PostgreSQL too: docs/decisions/150-postgresql.md.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store.tables import metadata
from feedhub.store.wal import NO_FOLDING

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

__all__ = [
    "READING",
    "WRITING",
    "insert_for",
    "is_postgres",
    "open_engine",
    "parse_url",
    "sqlite_path",
]

#: seconds a writer waits for another one before it gives up
BUSY_TIMEOUT = 60

#: errors that reach a log name no values: people's addresses are among them
_HIDE = True

#: the advisory lock of the fleet's one writer: "FEEDHUB" in ASCII
_WRITER = 0x46454544485542

#: connections one process keeps and, for a moment, adds; threads beyond them wait their turn
_KEPT, _ADDED, _WAIT = 8, 8, 120

#: what every session says about itself. A transaction that stands idle (its process was frozen) and
#: a connection whose machine is gone are ended by the server, so neither holds up the fleet.
_SESSION = {
    "lock_timeout": BUSY_TIMEOUT * 1000,
    "idle_in_transaction_session_timeout": 600_000,
    "tcp_keepalives_idle": 20,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}
#: milliseconds after which a writing transaction that does nothing is broken off
_IDLE_WRITER = 60_000


#: execution options that say what a connection is for; without one nothing is promised
READING: Final = {"feedhub_purpose": "reading"}
WRITING: Final = {"feedhub_purpose": "writing"}


def parse_url(url: str) -> URL:
    """Return a database URL with its driver; plain ``postgresql://`` means psycopg.

    Raises ``StoreError`` for what is no URL.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError(f"cannot open the database: {error}") from error
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def is_postgres(url: str) -> bool:
    """Tell whether a URL is one of PostgreSQL."""
    return parse_url(url).get_backend_name() == "postgresql"


def sqlite_path(url: str | URL) -> Path | None:
    """Return the file of an SQLite URL, or None for other databases."""
    parsed = parse_url(url) if isinstance(url, str) else url
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def open_engine(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL; raise ``StoreError`` when that cannot be."""
    parsed = parse_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _open_sqlite(parsed)
        if parsed.get_backend_name() == "postgresql":
            return _open_postgres(parsed)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(f"cannot open the database: {error}") from error
    raise StoreError(
        f'FeedHub keeps its data in SQLite or PostgreSQL, not in "{parsed.get_backend_name()}"'
    )


def _open_sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # last in, first out: the pages a connection holds are worthless once another one has written
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT},
        hide_parameters=_HIDE,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # pysqlite would open transactions by its own rules; SQLAlchemy's are used instead
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "cache_size = -8192",
            *NO_FOLDING,
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = _purpose(connection) == "writing"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _open_postgres(url: URL) -> Engine:
    from feedhub.store import mail_tables

    for table in (*metadata.tables.values(), *mail_tables.metadata.tables.values()):
        for index in table.indexes:
            # said there, "postgresql_where" would load the dialect for those who never need it
            if "where" in index.info:
                index.dialect_options["postgresql"]["where"] = index.info["where"]
    options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    arguments: dict[str, Any] = {
        "client_encoding": "utf8",
        "keepalives_idle": 20,
        "keepalives_interval": 10,
    }
    if "options" not in url.query:
        arguments["options"] = options
    if "application_name" not in url.query:
        arguments["application_name"] = f"feedhub {os.getpid()} on {socket.gethostname()}"[:63]
    engine = create_engine(
        url,
        connect_args=arguments,
        hide_parameters=_HIDE,
        pool_pre_ping=True,
        pool_size=_KEPT,
        max_overflow=_ADDED,
        pool_timeout=_WAIT,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        purpose = _purpose(connection)
        if purpose == "writing":
            # with READ COMMITTED every statement after this one sees what earlier writers did
            connection.exec_driver_sql(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, true),"
                " pg_advisory_xact_lock(%s)",
                (str(_IDLE_WRITER), _WRITER),
            )
        elif purpose == "reading":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine


def _purpose(connection: Connection) -> str:
    return str(connection.get_execution_options().get("feedhub_purpose", ""))


def insert_for(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the dialect's INSERT, which can say what to do on a conflict."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)
