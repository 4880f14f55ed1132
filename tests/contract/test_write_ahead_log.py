"""SQLite's write-ahead log: folded when it is long, and never while anybody writes."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from tests.flow.towns import environment

from feedhub.store import schema
from feedhub.store.engine import WRITING, open_engine
from feedhub.store.store import Store

WRITER = """
import sys
from feedhub.store.store import Store
store = Store.open(sys.argv[1])
with store.writing() as tx:
    tx.facts.set("other", "1")
    print("writing", flush=True)
    sys.stdin.readline()
print("done", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database stands."""
    return tmp_path / "feedhub.sqlite3"


def old_database(path: Path) -> None:
    """Make a database as the first version left it."""
    config = Config()
    config.set_main_option("script_location", str(schema._FOLDER))
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()


def fill(store: Store, megabytes: int) -> None:
    for number in range(2 * megabytes):
        with store.writing() as tx:
            # other letters each time: pages that stay as they are would not be written
            tx.facts.set("long", chr(65 + number % 26) * 500_000)


def log_size(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def test_the_log_stays_short_however_much_is_written(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}")
    fill(store, 60)
    assert log_size(path) < 18_000_000
    store.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_keeps_the_log_and_nobody_waits(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}")
    with store.writing() as tx:
        tx.facts.set("seen", "before")
    with store.reading() as reader:
        assert reader.facts.get("seen") == "before"
        fill(store, 20)
        with store.writing() as tx:
            tx.facts.set("seen", "after")
        assert reader.facts.get("seen") == "before"
        assert log_size(path) > 20_000_000
    fill(store, 2)  # what nobody looks at any more is folded, and the log begun anew
    fill(store, 1)
    assert log_size(path) < 6_000_000
    store.close()


def test_nothing_is_folded_while_another_process_writes(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
    log = store._log
    assert log is not None
    fill(store, 1)
    other = subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{path}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        grown = log._size
        log._size = lambda: 100_000_000  # type: ignore[method-assign]  # long enough to be folded
        assert not log.fold(store.engine)
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "done\n"
        assert log.fold(store.engine)
        log._size = grown  # type: ignore[method-assign]
        with store.reading() as tx:
            assert tx.facts.get("other") == "1"
    finally:
        other.kill()
        other.communicate(timeout=10)
        store.close()


def test_a_log_that_does_not_fit_the_disk_is_folded_later(path: Path) -> None:
    """What was committed stands in the log; whoever wrote it is told nothing."""
    store = Store.open(f"sqlite:///{path}")
    log = store._log
    assert log is not None
    fill(store, 2)
    log._size = lambda: 100_000_000  # type: ignore[method-assign]  # long enough to be folded
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        log.fold(store.engine)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with store.writing() as tx:
        tx.facts.set("seen", "after")
    log._tried_at = 0
    assert log.fold(store.engine)
    store.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT length(value) FROM facts WHERE key = 'long'").fetchone()


def test_a_copy_is_made_before_an_upgrade_and_only_then(path: Path) -> None:
    old_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO facts VALUES ('told', 'once')")
    Store.open(f"sqlite:///{path}").close()
    Store.open(f"sqlite:///{path}").close()
    (copy,) = path.parent.glob("*.before-*")
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT value FROM facts").fetchall() == [("once",)]
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    fresh = path.with_name("fresh.sqlite3")
    Store.open(f"sqlite:///{fresh}").close()
    assert not list(path.parent.glob("fresh*.before-*"))
