"""Copies of the database, made and put back whole."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

from feedhub.errors import StoreError
from feedhub.store.backup_postgres import dump, put_dump_back
from feedhub.store.engine import is_postgres, sqlite_path

__all__ = ["back_up", "put_back"]


def _path(url: str) -> Path:
    path = sqlite_path(url)
    if path is None:
        raise StoreError("this database is in memory and has no file")
    return path


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA integrity_check").fetchone()
            known = database.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            ).fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a database: {error}") from error
    if found != ("ok",):
        raise StoreError(f"{path} is damaged: {found[0]}")
    if known is None:
        raise StoreError(f"{path} is no FeedHub database")


def back_up(url: str, target: Path) -> None:
    """Copy the database to ``target``, which must not exist; the hub may go on meanwhile.

    The copy is made beside the target and moved into place, so a target that exists is whole.
    """
    if target.exists():
        raise StoreError(f"{target} exists already; choose another name")
    fresh = target.with_name(f".{target.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        if is_postgres(url):
            dump(url, fresh)
        else:
            with closing(sqlite3.connect(_path(url))) as database:
                database.execute("VACUUM INTO ?", (str(fresh),))
        fresh.replace(target)
    except StoreError:
        fresh.unlink(missing_ok=True)
        raise
    except (sqlite3.Error, OSError) as error:
        fresh.unlink(missing_ok=True)
        raise StoreError(f"the backup could not be written: {error}") from error


def _fold(database: Path) -> None:
    """Fold the log in before the file is moved away from it; a damaged file is kept as it is."""
    with contextlib.suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_back(url: str, backup: Path, *, aside: str) -> str:
    """Put a backup in the place of the database; return where the old one was moved, if any.

    ``aside`` is added to the old file's name, or names the schema of PostgreSQL that keeps the old
    tables. The caller holds the hub.
    """
    if not backup.is_file():
        raise StoreError(f"there is no file {backup}")
    if is_postgres(url):
        return f"the schema {put_dump_back(url, backup, aside=aside)}"
    target = _path(url)
    _check(backup)
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    kept = target.with_name(f"{target.name}.{aside}") if target.exists() else None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("VACUUM INTO ?", (str(fresh),))
        if kept is not None:
            _fold(target)
            kept.hardlink_to(target)
        fresh.replace(target)
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as error:
        fresh.unlink(missing_ok=True)
        raise StoreError(f"the backup could not be put back: {error}") from error
    return str(kept or "")
