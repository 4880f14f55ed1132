"""Which shape the database has, and bringing it to the newest."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store.engine import WRITING, sqlite_path
from feedhub.store.wal import WriteAheadLog
from feedhub.store.words import cause

__all__ = ["NEWEST", "current_revision", "find_problems", "migrate"]

#: the last migration of this version of FeedHub
NEWEST = "0002"

_FOLDER = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """Return the shape's name, None for an empty database; raise ``StoreError`` if unreadable."""
    try:
        with engine.connect() as connection:
            _check_encoding(connection)
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {cause(error)}") from error


def _check_encoding(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise StoreError(
                f"the database is encoded in {encoding}, and no town's name fits into that; "
                "make it anew with: createdb --encoding=UTF8 --template=template0"
            )


def migrate(engine: Engine) -> str | None:
    """Bring the database to the newest shape in one transaction; return the shape it had before.

    An SQLite file that has a shape already is copied first, beside itself.
    Raise ``StoreError`` for a database that a newer FeedHub has written: it is left as it is.
    """
    before = current_revision(engine)
    if before == NEWEST:
        return before
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in known:
        raise StoreError(
            f'the database was written by a newer FeedHub (its shape is "{before}", this version '
            f'knows shapes up to "{NEWEST}"); install that version, or restore the copy made '
            "before the upgrade. Nothing was changed"
        )
    path = sqlite_path(engine.url)
    if path is not None and before is not None:
        _copy(engine, path.with_name(f"{path.name}.before-{NEWEST}"))
    try:
        with (
            WriteAheadLog(path).writing() if path else nullcontext(),
            engine.connect().execution_options(**WRITING) as connection,
            connection.begin(),
            warnings.catch_warnings(),
        ):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(f"the database could not be brought up to date: {cause(error)}") from error
    return before


def _copy(engine: Engine, copy: Path) -> None:
    """Keep the database as it was before an upgrade; a copy that is there already stays."""
    if copy.exists():
        return
    fresh = copy.with_name(f".{copy.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:  # VACUUM runs outside any transaction
                driver.execute("VACUUM INTO ?", (str(fresh),))
        fresh.replace(copy)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        fresh.unlink(missing_ok=True)
        raise StoreError(
            f"the database was not brought up to date: its copy {copy} "
            f"could not be written: {error}"
        ) from error


def find_problems(connection: Connection) -> tuple[str, ...]:
    """Read the whole database; return what is wrong with it, in words."""
    if connection.dialect.name == "sqlite":
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        problems = [f"the file is damaged: {line}" for line in found if line != "ok"]
        return (*problems, *(f"a row of {row[0]} points to nothing" for row in orphans))
    problems = []
    for name in inspect(connection).get_table_names():
        quoted = connection.dialect.identifier_preparer.quote(name)
        # reads every row, long texts too; where pages carry checksums they are compared
        rows = f"SELECT sum(length(line::text)) FROM {quoted} AS line"  # noqa: S608 - our own names
        connection.exec_driver_sql(rows)
    for name, parent in connection.exec_driver_sql(_UNCHECKED):
        problems.append(f"{name} may point to nothing in {parent}: its rule is not in force")
    unseen = connection.exec_driver_sql(_UNSEARCHED).scalar()
    if unseen:
        problems.append(f"{unseen} entries cannot be found by searching")
    return tuple(problems)


#: foreign keys that were switched off by hand, so that rows may point to nothing
_UNCHECKED = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
    " WHERE contype = 'f' AND NOT convalidated"
)
_UNSEARCHED = (
    "SELECT count(*) FROM entries LEFT JOIN search ON search.entry_number = entries.number"
    " WHERE search.entry_number IS NULL"
)
