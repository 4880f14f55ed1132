"""Faults 1 to 8: a process that is killed or told to end, at every point that matters."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import connect

import pytest
from tests.faults.ground import entry, killed_at, numbers
from tests.flow.test_service import check_whole, daemon, free_port, wait_for
from tests.flow.towns import Hub, Town, environment


@pytest.fixture
def town_hub(hub: Hub, towns: Town) -> Hub:
    """A hub with one source of three entries, which nobody has pulled."""
    towns.feed("/a", *map(entry, (3, 2, 1)))
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\nbackfill = 1000\n',
        private=towns.address,
    )
    return hub


def entries(hub: Hub) -> list[str]:
    with closing(connect(hub.folder / "var" / "feedhub.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [guid for (guid,) in database.execute("SELECT guid FROM entries ORDER BY guid")]


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("feedhub.fetch.client:Fetcher.submit", id="01_before_the_fetch"),
        pytest.param(
            "feedhub.dedupe.identity:match_entries", id="02_between_the_fetch_and_the_store"
        ),
        pytest.param(
            "feedhub.store.sources:SourceRows.add_pulls", id="03_in_the_store_transaction"
        ),
    ],
)
def test_01_to_03_killed(town_hub: Hub, point: str) -> None:
    """The source is pulled again by the next round, and no entry is there twice or in part."""
    killed_at(point, town_hub, "collect")
    assert entries(town_hub) == []
    row = town_hub.collected()["a"]
    assert (row["outcome"], row["new"]) == ("ok", 3)
    assert len(entries(town_hub)) == 3


@pytest.mark.parametrize(
    ("point", "call"),
    [
        pytest.param("feedhub.deliver.files:PublishedFolder.write", 12, id="04_in_mid_publish"),
        pytest.param("feedhub.deliver.files:PublishedFolder._replace", 4, id="04_in_mid_file"),
        pytest.param("feedhub.deliver.files:PublishedFolder.flush", 1, id="05_before_it_is_kept"),
    ],
)
def test_04_05_killed_while_publishing(town_hub: Hub, towns: Town, point: str, call: int) -> None:
    """What readers see is whole all the time; the next publishing takes over and leaves no stray.

    Files are replaced one by one in the order of their links (decision 012); there is no tree to
    swap, so "before the swap" is before the batch is synced and kept in mind.
    """
    town_hub.run("collect")
    town_hub.run("publish")
    towns.feed("/a", *map(entry, (5, 4, 3, 2, 1)))
    town_hub.run("collect", "a")
    killed_at(point, town_hub, "publish", call=call)
    check_whole(town_hub)
    town_hub.run("publish")
    check_whole(town_hub)
    assert numbers(town_hub) == [1, 2, 3, 4, 5]
    assert not list((town_hub.public / ".feedhub" / "new").iterdir())


def test_07_the_parsers_child_is_killed(hub: Hub, towns: Town) -> None:
    """That source fails this time and says so; the others go on, and it comes back."""
    towns.feed("/plain", entry(1))
    towns.feed("/large", entry(2, text="dài " * 100_000))  # read by a child
    hub.configure(
        "".join(
            f'[[sources]]\nid = "{name}"\nurl = "{towns.url("/" + name)}"\n'
            for name in ("plain", "large")
        ),
        private=towns.address,
    )
    process = subprocess.Popen(
        hub.command("collect", "--json"),
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=hub.folder,
    )
    stopped = threading.Event()
    killer = threading.Thread(target=_kill_readers, args=(process.pid, stopped))
    killer.start()
    try:
        said, _ = process.communicate(timeout=60)
    finally:
        stopped.set()
        killer.join()
    assert process.returncode == 1
    assert '"source": "plain", "outcome": "ok"' in said
    assert '"source": "large", "outcome": "failed"' in said
    assert "too much time or memory" in said
    assert hub.collected("large")["large"]["outcome"] == "ok"


def _kill_readers(parent: int, stopped: threading.Event) -> None:
    """Kill every child of a process that reads documents, as soon as there is one."""
    while not stopped.wait(0.02):
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                words = status.read_text().rpartition(")")[2].split()
                command = (status.parent / "cmdline").read_bytes()
                if int(words[1]) == parent and b"collecting.confined" in command:
                    os.kill(int(status.parent.name), signal.SIGKILL)


def test_08_told_to_end_in_a_slow_pull(hub: Hub, towns: Town) -> None:
    """It ends within thirty seconds with 0, and what was published stays and is added to."""
    with _slow_server() as address:
        port = free_port()
        towns.feed("/a", entry(1))
        hub.configure(
            f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\n'
            f'[[sources]]\nid = "slow"\nurl = "http://{address}/"\n',
            private=f'{towns.address}", "{address}',
            more=f'timeout = "60s"\n[serve]\nbind = "127.0.0.1:{port}"\n',
        )
        hub.run("collect", "a")
        with daemon(hub) as process:
            wait_for(port, "/feeds/all.json", "số 1 ".encode())
            time.sleep(1)  # the slow pull is under way
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            assert time.monotonic() - began < 10
        towns.feed("/a", entry(2), entry(1))
        assert hub.collected("a")["a"]["new"] == 1


class _slow_server:  # noqa: N801 - used like a function
    """A server that takes connections and never answers."""

    def __enter__(self) -> str:
        import socket

        self._listener = socket.create_server(("127.0.0.1", 0))
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._listener.close()


def test_19_the_published_folder_is_gone(town_hub: Hub) -> None:
    """It is made again by the next publishing, with the same addresses."""
    town_hub.run("collect")
    town_hub.run("publish")
    before = {path: data for path, (_, data) in town_hub.files().items()}
    subprocess.run(["rm", "-r", str(town_hub.public)], check=True)
    town_hub.run("publish")
    after = {path: data for path, (_, data) in town_hub.files().items()}
    assert after.keys() == before.keys()
    assert [path for path in before if before[path] != after[path]] == []


def test_60_files_can_be_read_by_a_web_server_of_another_user(town_hub: Hub) -> None:
    """Whatever the umask of whoever runs the hub."""
    old = os.umask(0o077)
    try:
        town_hub.run("collect")
        town_hub.run("publish")
    finally:
        os.umask(old)
    for path in town_hub.public.rglob("*"):
        if ".feedhub" not in path.parts:
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path
