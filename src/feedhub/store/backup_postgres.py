"""Copies of a PostgreSQL database, made and put back by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store.engine import open_engine, parse_url

__all__ = ["dump", "put_dump_back"]

#: what a dump of a hub has in it, as ``pg_restore --list`` writes it
_OURS = " TABLE DATA {schema} alembic_version "


def _run(program: str, url: str | None, *arguments: str | Path) -> str:
    """Run one of PostgreSQL's programs; the password goes by the environment, which no one sees."""
    path = shutil.which(program)
    if path is None:
        raise StoreError(
            f'this needs PostgreSQL\'s program {program}: install "postgresql-client" '
            "(of the server's version or a newer one)"
        )
    environment = dict(os.environ)
    command: list[str | Path] = [path, *arguments]
    if url is not None:
        parsed = parse_url(url).set(drivername="postgresql")
        if parsed.password:
            environment["PGPASSWORD"] = str(parsed.password)
        plain = parsed.set(password=None).render_as_string(hide_password=False)
        command += ["--dbname", plain, "--no-password"]
    done = subprocess.run(  # noqa: S603 - a program of the system, arguments of the operator
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"{program} ended with {done.returncode}"]
        raise StoreError(f"{program}: {words[0]}")
    return done.stdout


def dump(url: str, target: Path) -> None:
    """Write the database as of one moment to ``target``, in ``pg_dump``'s custom format."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            schema = _schema(connection)
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {error.__cause__ or error}") from error
    finally:
        engine.dispose()
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--schema={schema}")
    _run("pg_dump", url, *options, "--file", target)


def put_dump_back(url: str, backup: Path, *, aside: str) -> str:
    """Put a dump in the place of the hub's tables; return the schema that keeps the old ones.

    Whole or not at all: where the dump cannot be read, the old tables are put in their place again.
    """
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            schema = _schema(connection)
        if _OURS.format(schema=schema) not in _run("pg_restore", None, "--list", backup):
            raise StoreError(f"{backup} is no backup of a hub in the schema {schema}")
        kept = aside.replace("-", "_")
        _swap(engine, schema, kept)
        try:
            options = ("--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error")
            _run("pg_restore", url, *options, f"--schema={schema}", backup)
        except StoreError:
            _swap_back(engine, schema, kept)
            raise
    except SQLAlchemyError as error:
        raise StoreError(f"the backup could not be put back: {error.__cause__ or error}") from error
    finally:
        engine.dispose()
    return kept


def _schema(connection: Connection) -> str:
    """Return the schema the hub's tables are in, the first of the search path."""
    return str(connection.execute(text("SELECT current_schema()")).scalar())


def _swap(engine: Engine, schema: str, kept: str) -> None:
    with engine.begin() as connection:
        name = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(f"ALTER SCHEMA {name(schema)} RENAME TO {name(kept)}")
        connection.exec_driver_sql(f"CREATE SCHEMA {name(schema)}")


def _swap_back(engine: Engine, schema: str, kept: str) -> None:
    with engine.begin() as connection:
        name = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(f"DROP SCHEMA {name(schema)} CASCADE")
        connection.exec_driver_sql(f"ALTER SCHEMA {name(kept)} RENAME TO {name(schema)}")
