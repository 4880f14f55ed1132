"""Faults 10 and 13 to 25: the machine under the hub, its disk, its clock and its limits."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.contract.test_write_ahead_log import old_database
from tests.faults.ground import entry, fill, killed_at, mounted, numbers, run_with, writable
from tests.flow.test_service import ask, check_whole, daemon, free_port, wait_for
from tests.flow.towns import Hub, Town, environment

from feedhub.clock import SystemClock
from feedhub.service.steps import ClockWatch


def configure(hub: Hub, towns: Town, *, more: str = "", every: str = "1h") -> None:
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\nbackfill = 1000\nevery = "{every}"\n',
        private=towns.address,
        more=more,
    )


def log_of(hub: Hub) -> str:
    return (hub.folder / "log").read_text(encoding="utf-8")


class MovedClock(SystemClock):
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)
        self.passed = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.passed

    def wait(self, seconds: float, *, and_set: timedelta = timedelta()) -> None:
        self.passed += seconds
        self.moment += timedelta(seconds=seconds) + and_set


@pytest.mark.parametrize("days", [1, -1])
def test_10_a_clock_that_was_set_is_noticed_once(days: int) -> None:
    """One line in the log; that due work runs once is in tests/flow/test_watched_sources.py."""
    clock = MovedClock()
    watch = ClockWatch(clock)
    clock.wait(5)
    assert not watch.step()
    clock.wait(5, and_set=timedelta(seconds=0.5))  # corrected little by little
    assert not watch.step()
    clock.wait(5, and_set=timedelta(days=days))
    assert watch.step() == timedelta(days=days)
    clock.wait(5)
    assert not watch.step()


def test_13_14_two_services_and_commands_beside_one(hub: Hub, towns: Town) -> None:
    """The second service names the first; commands wait their turn and never find a lock."""
    port = free_port()
    towns.feed("/a", entry(1))
    configure(hub, towns, more=f'[serve]\nbind = "127.0.0.1:{port}"\n', every="1s")
    with daemon(hub) as process:
        wait_for(port, "/feeds/all.json", "số 1 ".encode())
        second = hub.run("run", ok=False)
        assert second.returncode == 75
        assert f"process {process.pid}" in second.stderr
        said: list[subprocess.CompletedProcess[str]] = []

        def command(*arguments: str) -> None:
            said.append(hub.run(*arguments, ok=False))

        towns.feed("/a", entry(2), entry(1))
        commands = [
            threading.Thread(target=command, args=arguments)
            for arguments in (
                ("collect", "--all"),
                ("publish", "--full"),
                ("sources", "list", "--json"),
                ("db", "backup", str(hub.folder / "copy.sqlite3")),
                ("stories", "list"),
            )
        ]
        for one in commands:
            one.start()
        for one in commands:
            one.join(90)
        for done in said:
            assert "locked" not in done.stdout + done.stderr
            assert done.returncode in {0, 2}, done.stderr
        wait_for(port, "/feeds/all.json", "số 2 ".encode())
        assert "locked" not in log_of(hub)
    assert numbers(hub) == [1, 2]


def test_15_16_the_disk_is_full(tmp_path: Path, towns: Town) -> None:
    """It fails in words, the old site stays whole, and the hub goes on by itself."""
    with ExitStack() as stack:
        data = stack.enter_context(mounted(tmp_path / "var", "12m"))
        hub = Hub(tmp_path)
        hub.public = stack.enter_context(mounted(tmp_path / "site", "12m"))
        towns.feed("/a", entry(1))
        port = free_port()
        configure(
            hub,
            towns,
            every="1s",
            more=f'[serve]\nbind = "127.0.0.1:{port}"\n',
        )
        text = hub.config.read_text(encoding="utf-8")
        hub.config.write_text(text.replace("[hub]\n", '[hub]\npublish_dir = "site"\n'))
        with daemon(hub) as process:
            wait_for(port, "/feeds/all.json", "số 1 ".encode())
            # where files are published
            stone = fill(hub.public)
            towns.feed("/a", entry(2), entry(1))
            page = wait_for(port, "/status/", b"the disk is full").decode()
            assert "make room and it goes on" in page
            assert json.loads(ask(port, "/readyz")[2])["ok"] is False
            check_whole(hub)
            stone.unlink()
            wait_for(port, "/feeds/all.json", "số 2 ".encode())
            # where the database is
            stone = fill(data)
            towns.feed("/a", *(entry(n, text=f"{n} " * 20_000) for n in (3, 2, 1)))
            wait_for(port, "/status/", b"make room on the disk")
            assert b"make room and it goes on" not in ask(port, "/status/")[2]
            check_whole(hub)
            stone.unlink()
            wait_for(port, "/feeds/all.json", "số 3 ".encode())
            wait_for(port, "/readyz", b'"ok": true')
            assert b'role="alert"' not in ask(port, "/status/")[2]
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        told = [line for line in log_of(hub).splitlines() if "ERROR" in line]
        assert 2 <= len(told) <= 6, told  # once for each, not once a second
        with closing(sqlite3.connect(data / "feedhub.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_17_the_log_cannot_be_written(hub: Hub, towns: Town) -> None:
    """The service serves and follows its sources all the same."""
    port = free_port()
    towns.feed("/a", entry(1))
    configure(hub, towns, more=f'[serve]\nbind = "127.0.0.1:{port}"\n', every="1s")
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(
            hub.command("-v", "run"), env=environment(), cwd=hub.folder, stdout=full, stderr=full
        )
    try:
        wait_for(port, "/feeds/all.json", "số 1 ".encode())
        good = hub.config.read_text(encoding="utf-8")
        hub.config.write_text("[hub\n")
        process.send_signal(signal.SIGHUP)
        wait_for(port, "/status/", b"not reloaded")  # which the log could not be told
        hub.config.write_text(good)
        towns.feed("/a", entry(2), entry(1))
        wait_for(port, "/feeds/all.json", "số 2 ".encode())
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in {0, 120}  # 120: Python could not flush its own output
    finally:
        process.kill()
        process.wait(10)


def test_18_the_data_folder_cannot_be_written(tmp_path: Path, towns: Town) -> None:
    """It refuses to start with the path and the reason (78)."""
    hub = Hub(tmp_path)
    with mounted(tmp_path / "var", "8m") as data:
        port = free_port()
        towns.feed("/a", entry(1))
        configure(hub, towns, more=f'[serve]\nbind = "127.0.0.1:{port}"\n', every="1s")
        with daemon(hub) as process:
            wait_for(port, "/feeds/all.json", "số 1 ".encode())
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        with writable(data, yes=False):
            refused = hub.run("run", ok=False)
            assert refused.returncode == 78, refused.stderr
            assert str(data) in refused.stderr
            assert "Read-only file system" in refused.stderr
            assert "hub.data_dir" in refused.stderr
            doctor = hub.run("doctor", ok=False).stdout
            assert re.search(r"TROUBLE +disk: .*cannot be written: look at its owner", doctor), (
                doctor
            )


def test_20_bytes_of_the_database_are_flipped(hub: Hub, towns: Town) -> None:
    """It is found at the start, left as it is, and set aside when a backup is put back."""
    towns.feed("/a", *(entry(n, text=f"{n} " * 3000) for n in range(20, 0, -1)))
    configure(hub, towns)
    hub.run("collect")
    hub.run("publish")
    backup = hub.folder / "backup.sqlite3"
    hub.run("db", "backup", str(backup))
    database = hub.folder / "var" / "feedhub.sqlite3"
    body = bytearray(database.read_bytes())
    for at in range(4096 * 3, len(body), 4096 * 2):
        body[at : at + 64] = os.urandom(64)
    database.write_bytes(body)
    site = hub.files()
    refused = hub.run("run", ok=False)
    assert refused.returncode == 1
    assert "is damaged" in refused.stderr
    assert "feedhub db restore" in refused.stderr
    assert database.read_bytes() == bytes(body)
    assert hub.files() == site
    doctor = hub.run("doctor", ok=False)
    assert doctor.returncode == 1
    assert re.search(r"TROUBLE +database", doctor.stdout), doctor.stdout
    restored = hub.run("db", "restore", str(backup))
    (aside,) = database.parent.glob("feedhub.sqlite3.before-restore-*")
    assert str(aside) in restored.stdout
    assert aside.read_bytes()[4096 * 3 : 4096 * 3 + 64] == bytes(body[4096 * 3 : 4096 * 3 + 64])
    hub.run("publish")
    assert hub.files() == site


def test_21_22_a_newer_shape_and_a_killed_migration(hub: Hub, towns: Town) -> None:
    """A newer database is refused with both versions; a migration begins again cleanly."""
    configure(hub, towns)
    database = hub.folder / "var" / "feedhub.sqlite3"
    database.parent.mkdir()
    old_database(database)
    killed_at("alembic.operations.ops:CreateTableOp.to_table", hub, "db", "migrate", call=3)
    with closing(sqlite3.connect(database)) as found:
        assert found.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert not found.execute("SELECT 1 FROM sqlite_master WHERE name = 'digests'").fetchone()
    assert len(list(database.parent.glob("*.before-*"))) == 1
    assert "from 0001" in hub.run("db", "migrate").stdout
    assert "sound" in hub.run("db", "check").stdout
    with closing(sqlite3.connect(database)) as found, found:
        found.execute("UPDATE alembic_version SET version_num = '0999'")
    before = database.read_bytes()
    refused = hub.run("run", ok=False)
    assert refused.returncode == 1
    assert '"0999"' in refused.stderr
    assert 'up to "0' in refused.stderr
    assert database.read_bytes() == before


def test_24_file_handles_are_used_up(hub: Hub, towns: Town) -> None:
    """Fewer requests at once, and no source fails for it."""
    count = 60
    for number in range(count):
        towns.feed(f"/{number}", entry(number))
    sources = "".join(
        f'[[sources]]\nid = "s{number}"\nurl = "{towns.url(f"/{number}")}"\n'
        for number in range(count)
    )
    hub.configure(sources, private=towns.address, more="in_flight = 200\n")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))"
    done = run_with(limit, hub, "collect", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["total"]["failed"] == 0


def test_25_a_document_takes_all_memory(hub: Hub, towns: Town) -> None:
    """The child that reads it dies, the hub does not, and the other source is read.

    That a child which goes beyond its memory is replaced is in tests/flow/test_confined.py; here
    the limit is brought about for the real command by allowing children very little.
    """
    towns.feed("/plain", entry(1))
    towns.feed("/large", *(entry(n, text="dài " * 3000) for n in range(40)))
    hub.configure(
        "".join(
            f'[[sources]]\nid = "{name}"\nurl = "{towns.url("/" + name)}"\n'
            for name in ("plain", "large")
        ),
        private=towns.address,
    )
    little = (
        "import feedhub.flow.collecting.confined as one\n"
        "one._CONFINEMENT = one.Confinement(memory=1024 * 1024)"
    )
    done = run_with(little, hub, "collect", "--json")
    rows = {row["source"]: row for row in json.loads(done.stdout)["sources"]}
    assert rows["plain"]["outcome"] == "ok"
    assert rows["large"]["outcome"] == "failed"
    assert "too much time or memory" in rows["large"]["message"]
