"""Which shape the database has, and bringing it to the newest."""

from __future__ import annotations

import warnings
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store.engine import WRITING

__all__ = ["NEWEST", "current_revision", "migrate"]

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
        raise StoreError(f"the database cannot be read: {error.__cause__ or error}") from error


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
            f'the database was written by a newer FeedHub (its shape is "{before}"); '
            "install that version, or restore the backup made before the upgrade"
        )
    try:
        with (
            engine.connect().execution_options(**WRITING) as connection,
            connection.begin(),
            warnings.catch_warnings(),
        ):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(f"the database could not be brought up to date: {error}") from error
    return before
