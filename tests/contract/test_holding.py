"""Locks that hold on every machine, and copies by PostgreSQL's own programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.contract.test_store import NOW, TOWN, keep
from tests.flow.towns import environment
from tests.postgres import server

from feedhub.clock import SystemClock
from feedhub.errors import DataFolderHeldError, StoreError
from feedhub.store import holding
from feedhub.store.backup import back_up, put_back
from feedhub.store.holding import hold_database
from feedhub.store.store import Store

_HOLD = """
import sys, time
from feedhub.clock import SystemClock
from feedhub.store.holding import hold_database
with hold_database(sys.argv[1], "work", SystemClock()):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def there() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    made = server().database()
    yield made
    server().drop(made)


def test_one_holds_a_database_or_many_share_it(there: str) -> None:
    clock = SystemClock()
    with (
        hold_database(there, "work", clock, shared=True),
        hold_database(there, "work", clock, shared=True),
    ):
        with hold_database(there, "other", clock):
            pass
        with (
            pytest.raises(DataFolderHeldError, match=f"feedhub {os.getpid()} on"),
            hold_database(there, "work", clock, patience=0.3),
        ):
            raise AssertionError
    with hold_database(there, "work", clock):
        pass


def test_the_lock_of_a_killed_process_falls(there: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, there], env=environment(), stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DataFolderHeldError), hold_database(there, "work", SystemClock()):
            raise AssertionError
        holder.send_signal(signal.SIGKILL)
        with hold_database(there, "work", SystemClock(), patience=10):
            pass
    finally:
        holder.kill()
        holder.wait(10)
        assert holder.stdout is not None
        holder.stdout.close()


def test_a_lock_that_was_lost_is_told(there: str) -> None:
    with (
        pytest.raises(StoreError, match="cannot be held"),
        hold_database(there, "work", SystemClock()),
        psycopg.connect(there, autocommit=True) as other,
    ):
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")


def test_a_lasting_lock_is_taken_again(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_SIGN", 0.05)
    with (
        hold_database(there, "daemon", SystemClock(), lasting=True),
        psycopg.connect(there, autocommit=True) as other,
    ):
        query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
        first = other.execute(query).fetchone()
        other.execute("SELECT pg_terminate_backend(%s)", first)
        end = time.monotonic() + 10
        while other.execute(query).fetchone() in {None, first}:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_a_dump_is_put_back_whole_and_the_old_tables_are_kept(there: str, tmp_path: Path) -> None:
    store = Store.open(there)
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
    back_up(there, tmp_path / "backup")
    with pytest.raises(StoreError, match="exists already"):
        back_up(there, tmp_path / "backup")
    with store.writing() as tx:
        keep(tx, "b")
    store.engine.dispose()
    assert put_back(there, tmp_path / "backup", aside="before-1") == "the schema before_1"
    with store.reading() as tx:
        assert set(tx.stories.ids()) == {"s-a"}
    with psycopg.connect(there) as connection:
        kept = connection.execute("SELECT count(*) FROM before_1.stories").fetchone()
    assert kept == (2,)
    store.close()


def test_what_is_no_dump_changes_nothing(there: str, tmp_path: Path) -> None:
    store = Store.open(there)
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
    back_up(there, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "torn").write_bytes(whole[: len(whole) - 3000])
    (tmp_path / "junk").write_bytes(b"junk")
    for name in ("torn", "junk"):
        store.engine.dispose()
        with pytest.raises(StoreError):
            put_back(there, tmp_path / name, aside="before-1")
    with store.reading() as tx:
        assert set(tx.sources.states()) == {"town"}
    store.close()


def test_a_missing_program_is_named(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="postgresql-client"):
        back_up(there, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []
