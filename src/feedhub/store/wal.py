"""When the write-ahead log of SQLite is folded into the database file: never beside a writer.

SQLite before 3.51.3 can lose committed pages when a checkpoint runs while another connection, of
any process, commits and begins the log anew (the WAL-reset bug; Debian 12 ships 3.40.1). So no
connection of ours folds the log by itself. A writer holds a lock (flock) shared with other writers;
whoever finds the log long takes it alone, which nobody gets while anything is written, and folds.
Why: docs/decisions/162-write-ahead-log.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError

__all__ = ["NO_FOLDING", "WriteAheadLog"]

#: what every connection is told: fold nothing by yourself; a log begun anew is cut short
NO_FOLDING = ("wal_autocheckpoint = 0", "journal_size_limit = 0")

#: bytes of log from which it is folded, and by which it must have grown since the last try (a
#: reader that stays in it keeps it long)
_LONG = 16 * 1024 * 1024
_GROWN = 1024 * 1024

_log = logging.getLogger(__name__)


class WriteAheadLog:
    """The log of one database file, and the lock beside it."""

    def __init__(self, database: Path) -> None:
        self._lock = database.with_name(database.name + "-lock")
        self._log = database.with_name(database.name + "-wal")
        self._tried_at = 0

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Write while the block runs; waits for whoever is folding. Raises ``StoreError``."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def fold(self, engine: Engine) -> bool:
        """Fold the log into the database if it is long and nobody writes; tell whether it did.

        A full disk is no trouble here: what was committed stands in the log, and is folded later.
        """
        size = self._size()
        if size < self._tried_at:
            self._tried_at = 0  # begun anew
        if size < _LONG or size < self._tried_at + _GROWN:
            return False
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with engine.connect() as connection:
                driver = connection.connection.driver_connection
                if driver is not None:  # outside any transaction, where SQLAlchemy would open one
                    driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except BlockingIOError:
            return False  # somebody writes, and will look at the log after that
        except (SQLAlchemyError, sqlite3.Error) as error:
            _log.info("the write-ahead log was not folded: %s", error)
        finally:
            os.close(descriptor)
        self._tried_at = size
        return True

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def _open(self) -> int:
        try:
            return os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"the database cannot be written: {self._lock}: {error.strerror}"
            ) from error
