"""Who holds a hub: one daemon at a time, one writer at a time.

On SQLite the locks are the kernel's (flock), in the data folder: they fall when their process ends,
however it ends. On PostgreSQL they are the server's (advisory locks of a session) and hold on every
machine: they fall with the connection, and when the process that holds one is frozen.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import SQLAlchemyError

from feedhub.clock import Clock
from feedhub.errors import ConfigError, DataFolderHeldError, StoreError
from feedhub.store.engine import open_engine

__all__ = ["advisory_key", "hold", "hold_database"]

_PAUSE = 0.1

#: milliseconds of silence after which the server ends a session that holds a lock, and the seconds
#: between two signs of life: a frozen process must not hold up the fleet for two minutes
_SILENCE = 60_000
_SIGN = 15.0

_HOLDER = (
    "SELECT application_name, client_addr FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND ((classid::bigint << 32) | objid::bigint) = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def advisory_key(name: str) -> int:
    """Return the number of a named lock of PostgreSQL, the same on every machine."""
    digest = blake2b(f"feedhub {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextlib.contextmanager
def hold(data_dir: Path, name: str, clock: Clock, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock ``name`` of a data folder while the block runs.

    Waits up to ``patience`` seconds for another holder to let go, then raises
    ``DataFolderHeldError`` naming its process id. Raises ``ConfigError`` where the folder may not
    be written, ``StoreError`` where the disk refuses.
    """
    path = data_dir / f"{name}.lock"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unusable(data_dir, error) from error
    try:
        end = clock.monotonic() + patience
        while not _taken(descriptor):
            if clock.monotonic() >= end:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                raise DataFolderHeldError(
                    f"another FeedHub (process {holder or 'unknown'}) works on {data_dir}"
                )
            clock.sleep(_PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def _unusable(data_dir: Path, error: OSError) -> ConfigError | StoreError:
    words = f"cannot use the data folder {data_dir}: {error.strerror}"
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}:
        remedy = "let this user write there, or name another folder"
        return ConfigError(f"{words}; {remedy}", key="hub.data_dir")
    return StoreError(words)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def hold_database(
    url: str,
    name: str,
    clock: Clock,
    *,
    shared: bool = False,
    patience: float = 0.0,
    lasting: bool = False,
) -> Iterator[None]:
    """Hold the lock ``name`` of a PostgreSQL database, on all machines, while the block runs.

    Any number may hold it ``shared``, and nobody else meanwhile. Waits up to ``patience`` seconds,
    then raises ``DataFolderHeldError`` naming the holder. Raises ``StoreError`` at the end of the
    block when the lock was lost meanwhile: somebody else may have worked beside it. A ``lasting``
    lock is taken again instead, once the database is back.
    """
    session = _Session(url, name, shared=shared)
    try:
        end = clock.monotonic() + patience
        while not session.take():
            if clock.monotonic() >= end:
                who = session.holder()
                raise DataFolderHeldError(f"another FeedHub ({who}) works on this database")
            clock.sleep(_PAUSE)
        with _signs_of_life(session, lasting=lasting):
            yield
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be held: {error.__cause__ or error}") from error
    finally:
        session.close()


class _Session:
    """A connection of its own, which a lock belongs to."""

    def __init__(self, url: str, name: str, *, shared: bool) -> None:
        self._engine = open_engine(url)
        self._key = advisory_key(name)
        self._question = f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}(%s)"
        self._connection: Connection | None = None

    def _ask(self, question: str, *values: object) -> CursorResult[Any]:
        if self._connection is None:
            fresh = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            fresh.exec_driver_sql(f"SET idle_session_timeout = {_SILENCE}")
            self._connection = fresh
        return self._connection.exec_driver_sql(question, values or None)

    def take(self) -> bool:
        """Take the lock; False while somebody else has it."""
        return bool(self._ask(self._question, self._key).scalar())

    def holder(self) -> str:
        """Return who has it, in words."""
        found = self._ask(_HOLDER, self._key).first()
        if found is None:
            return "unknown"
        return f"{found.application_name} at {found.client_addr or 'this machine'}"

    def sign(self) -> None:
        """Say that this process lives."""
        self._ask("SELECT 1")

    def close(self) -> None:
        """Let go of the lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        self._engine.dispose()


@contextlib.contextmanager
def _signs_of_life(session: _Session, *, lasting: bool) -> Iterator[None]:
    ended = threading.Event()
    lost: list[SQLAlchemyError] = []

    def tell() -> None:
        while not ended.wait(_SIGN):
            try:
                session.sign()
            except SQLAlchemyError as error:
                if not lasting:
                    lost.append(error)
                    return
                session.close()
                with contextlib.suppress(SQLAlchemyError):
                    session.take()

    teller = threading.Thread(target=tell, name="lock", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
    if lost:
        raise lost[0]
    if not lasting:
        session.sign()
