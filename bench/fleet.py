"""What a fleet pulls: one process and two over one PostgreSQL, in the same run on one machine.

Sources on 20 loopback hosts (``polling/``) are pulled by running ``feedhub run`` processes with
``engine = "procrastinate"``: first ``cold`` (nothing stored yet), then ``304`` (nothing changed).
Timed from the moment they are due until the last pull is written. On one machine two processes
share its cores, so what counts is that two are no slower than one and no source is pulled twice.
Prints one line of figures; needs Debian's ``postgresql``.

    fleet.py [SOURCES] [ENTRIES]
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(Path(__file__).parent)]

import psycopg  # noqa: E402 - the folders of the tests and benches come first
from tests.flow.test_service import free_port  # noqa: E402
from tests.postgres import server  # noqa: E402

from poll import origin  # noqa: E402
from polling.feeds import Shape  # noqa: E402

SECONDS = 600


@contextlib.contextmanager
def fleet(folder: Path, urls: list[str], there: str, processes: int) -> Iterator[None]:
    """Run so many processes of one hub."""
    sources = "".join(
        f'[[sources]]\nid = "t{number}"\nurl = "{url}"\nevery = "1d"\nbackfill = 100\n'
        for number, url in enumerate(urls)
    )
    running = []
    for number in range(processes):
        own = folder / str(number)
        own.mkdir(parents=True)
        (own / "feedhub.toml").write_text(
            f'[hub]\ntitle = "Bench"\ndatabase_url = "{there}"\npublish_dir = "{folder}/public"\n'
            '[collect]\nper_host = 50\nper_host_gap = "0s"\nallow_private = ["127.0.0.1"]\n'
            '[service]\nengine = "procrastinate"\ndoes = ["pull"]\n'
            f'[serve]\nbind = "127.0.0.1:{free_port()}"\n'
            f"{sources}",
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "feedhub", "-c", str(own / "feedhub.toml"), "run"]
        paths = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
        log = (own / "log").open("wb")
        running.append(subprocess.Popen(command, env=paths, stdout=log, stderr=log))
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def ask(there: str, query: str) -> int:
    with psycopg.connect(there, autocommit=True) as connection:
        found = connection.execute(query.encode()).fetchone()
    return int(found[0]) if found and found[0] is not None else 0


def wait(done: Callable[[], bool]) -> float:
    """Return the seconds until something is so."""
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < SECONDS
        time.sleep(0.05)
    return time.monotonic() - started


def measure(folder: Path, processes: int, shape: Shape) -> tuple[float, float, float]:
    """Return pulls a second, cold and with 304, and bytes of database an entry."""
    there = server().database()
    pulls = "SELECT count(*) FROM pulls"
    with origin(shape) as town:
        town.turn("cold")
        with fleet(folder, town.urls, there, processes):
            wait(lambda: ask(there, "SELECT count(*) FROM pg_tables WHERE tablename = 'pulls'") > 0)
            wait(lambda: ask(there, pulls) > 0)
            cold = wait(lambda: ask(there, pulls) >= shape.feeds)
            town.turn("304")
            with psycopg.connect(there, autocommit=True) as connection:
                connection.execute("UPDATE sources SET next_due_at = 0")
            quiet = wait(lambda: ask(there, pulls) >= 2 * shape.feeds)
        most = "SELECT max(n) FROM (SELECT count(*) AS n FROM pulls GROUP BY source_id) AS each"
        assert ask(there, most) == 2, "a source was pulled twice in a round"
        entries = ask(there, "SELECT count(*) FROM entries")
        size = ask(there, "SELECT pg_database_size(current_database())") / entries
    server().drop(there)
    return shape.feeds / cold, shape.feeds / quiet, size


def main() -> None:
    """Measure and print."""
    sources, entries = ([int(word) for word in sys.argv[1:]] + [400, 10])[:2]
    said = []
    for processes in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            shape = Shape(sources, entries)
            cold, quiet, size = measure(Path(folder), processes, shape)
        said.append(f"{processes}: {cold:.0f} cold, {quiet:.0f} unchanged")
    print(
        f"fleet: {sources} sources of {entries} entries, pulls a second by processes: "
        f"{'; '.join(said)}; {size / 1000:.1f} kB of PostgreSQL an entry"
    )


if __name__ == "__main__":
    main()
