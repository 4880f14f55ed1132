"""Several processes over one PostgreSQL do the work of one hub."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.flow.test_service import ask, free_port, wait_for
from tests.flow.towns import Hub, Town, environment
from tests.postgres import server


@pytest.fixture
def there() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    made = server().database()
    yield made
    server().drop(made)


class Worker:
    """One process of a fleet: a data folder and a web server of its own, one published folder."""

    def __init__(
        self, folder: Path, there: str, name: str, sources: str, *, private: str, more: str = ""
    ) -> None:
        self.port = free_port()
        self.hub = Hub(folder / name, there)
        self.hub.folder.mkdir()
        self.hub.public = folder / "public"
        self.hub.configure(
            sources,
            private=private,
            more='[service]\nengine = "procrastinate"\n'
            f'[serve]\nbind = "127.0.0.1:{self.port}"\n{more}',
        )
        text = self.hub.config.read_text()
        assert "per_host = 16" in text
        text = text.replace("per_host = 16", "per_host = 2")
        self.hub.config.write_text(
            text.replace("[collect]", f'publish_dir = "{self.hub.public}"\n[collect]')
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.hub.folder / "log").open("ab")
        self.process = subprocess.Popen(
            self.hub.command("run"), env=environment(), cwd=self.hub.folder, stdout=log, stderr=log
        )
        log.close()

    def end(self, number: signal.Signals, seconds: float = 30) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)

    @property
    def log(self) -> str:
        return (self.hub.folder / "log").read_text()


@contextmanager
def workers(*those: Worker) -> Iterator[None]:
    """Run workers; whatever happens, they are ended by their process ids."""
    try:
        for one in those:
            one.start()
        yield
    finally:
        for one in those:
            if one.process is not None and one.process.poll() is None:
                one.process.kill()
                one.process.wait(10)


def source(towns: Town, name: str, every: str = "1s") -> str:
    return f'[[sources]]\nid = "{name}"\nurl = "{towns.url("/" + name)}"\nevery = "{every}"\n'


def row(number: int) -> dict[str, str]:
    return {"title": f"Bản tin số {number} của phường", "guid": f"urn:{number}"}


def test_a_worker_outlives_a_restart_of_the_database(
    tmp_path: Path, there: str, towns: Town
) -> None:
    towns.feed("/a", row(1))
    one = Worker(tmp_path, there, "1", source(towns, "a"), private=towns.address)
    with workers(one):
        wait_for(one.port, "/feeds/all.json", "số 1 ".encode())
        for _ in range(2):
            with psycopg.connect(there, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            time.sleep(0.5)
        towns.feed("/a", row(2), row(1))
        wait_for(one.port, "/feeds/all.json", "số 2 ".encode(), seconds=60)
        assert one.end(signal.SIGTERM) == 0
    assert "Traceback" not in one.log
    assert one.hub.column("SELECT guid FROM entries ORDER BY guid") == ["urn:1", "urn:2"]


def test_two_workers_serve_one_site_and_take_over_from_each_other(
    tmp_path: Path, there: str, towns: Town
) -> None:
    towns.feed("/a", row(1))
    one, other = (
        Worker(tmp_path, there, name, source(towns, "a"), private=towns.address)
        for name in ("1", "2")
    )
    with workers(one, other):
        for worker in (one, other):
            wait_for(worker.port, "/feeds/all.json", "số 1 ".encode())
        towns.feed("/a", row(2), row(1))
        wait_for(one.port, "/feeds/all.json", "số 2 ".encode())
        assert ask(other.port, "/status/")[0] == 200

        # a command works beside them, and waits for the host if it must
        towns.feed("/a", row(3), row(2), row(1))
        report = one.hub.collected("a")
        assert report["a"]["outcome"] in {"ok", "unchanged"}
        wait_for(other.port, "/feeds/all.json", "số 3 ".encode())
        refused = one.hub.run("db", "move", "--to", f"sqlite:///{tmp_path}/x", ok=False)
        assert refused.returncode == 75

        started = time.monotonic()
        assert one.end(signal.SIGTERM) == 0
        assert time.monotonic() - started < 30
        towns.feed("/a", row(4), row(3))
        wait_for(other.port, "/feeds/all.json", "số 4 ".encode())
        good = other.hub.config.read_text()
        towns.feed("/b", row(5))
        other.hub.config.write_text(good + source(towns, "b"))
        assert other.process is not None
        other.process.send_signal(signal.SIGHUP)
        wait_for(other.port, "/feeds/all.json", "số 5 ".encode())
        assert other.end(signal.SIGTERM) == 0
    assert "Traceback" not in one.log + other.log
    guids = one.hub.column("SELECT guid FROM entries ORDER BY guid")
    assert guids == [f"urn:{number}" for number in range(1, 6)]
    assert one.hub.column("SELECT count(*) FROM holders") == [0]
