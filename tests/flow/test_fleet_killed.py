"""The promise of a fleet: whichever of its processes dies, the work of the hub is done once."""

from __future__ import annotations

import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql
from tests.flow.manyhosts import ManyHosts, many_hosts
from tests.flow.test_service import check_whole
from tests.flow.test_workers import Worker, workers
from tests.postgres import server
from tests.postoffice import PostOffice, post_office

from feedhub.clock import SystemClock
from feedhub.store.holding import advisory_key

HOSTS, SOURCES, PER_HOST, READERS = 20, 200, 2, 40


def words(path: str, number: int) -> str:
    return " ".join(f"w{path[2:]}n{number}k{k}" for k in range(20))


def feed(round_number: int, path: str) -> bytes:
    """Return what a source shows in a round: one entry more in each."""
    items = "".join(
        f"<item><title>Bản tin {number} của nguồn {path[2:]}</title>"
        f"<guid>urn:{path[1:]}:{number}</guid><link>https://x.example{path}/{number}</link>"
        f"<description>{words(path, number)}</description></item>"
        for number in range(round_number, -1, -1)
    )
    body = f'<rss version="2.0"><channel><title>{path}</title>{items}</channel></rss>'
    return body.encode()


class Kills:
    """When which process was killed."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def kill(self, worker: Worker) -> None:
        worker.end(signal.SIGKILL)
        self.at.append(time.monotonic())

    def between(self, start: float, end: float) -> bool:
        return any(start < at < end for at in self.at)


@pytest.fixture
def there() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    made = server().database()
    yield made
    server().drop(made)


def until(true: Callable[[], object], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def sources(hosts: ManyHosts) -> str:
    return "".join(
        f'[[sources]]\nid = "s{number}"\nevery = "1h"\nbackfill = 9\n'
        f'url = "http://127.0.0.1:{hosts.ports[number % HOSTS]}/s{number}"\n'
        for number in range(SOURCES)
    )


def query(there: str, words: str) -> list[tuple[object, ...]]:
    with psycopg.connect(there) as connection:
        return connection.execute(words.encode()).fetchall()


def asked_twice_without_reason(hosts: ManyHosts, since: float, kills: Kills) -> list[str]:
    """Return the sources that were asked again though nobody who asked them was killed."""
    moments: dict[str, list[float]] = defaultdict(list)
    for one in hosts.asked:
        if one.at >= since:
            moments[one.path].append(one.at)
    return [
        path
        for path, times in moments.items()
        if not all(kills.between(*pair) for pair in pairwise(times))
    ]


def mailing_process(there: str) -> int:
    """Return the process id of whoever mails at this moment, 0 if nobody does."""
    key = advisory_key("mail") % 2**64
    holder = (
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
    )
    with psycopg.connect(there) as connection:
        found = connection.execute(holder, (key >> 32, key % 2**32)).fetchall()
    return int(str(found[0][0]).split()[1]) if found else 0


@pytest.mark.timeout(400)
def test_workers_that_are_killed_lose_double_and_tear_nothing(tmp_path: Path, there: str) -> None:
    shown = 0
    kills = Kills()
    with many_hosts(HOSTS, lambda path: feed(shown, path)) as hosts, post_office() as office:
        office.pause = 0.05
        private = '", "'.join(f"127.0.0.1:{port}" for port in [*hosts.ports, office.port])
        made = [
            Worker(tmp_path, there, name, sources(hosts), private=private, more=mail(office))
            for name in ("one", "other")
        ]
        one, other = made
        subscribe(one)
        with workers(*made):
            # the first round: each is killed while it works, and comes again
            for least, worker in ((20, one), (60, other), (100, one)):
                until(lambda least=least: len(hosts.asked) >= least, "sources are asked")
                kills.kill(worker)
                worker.start()
            pulled = "SELECT count(DISTINCT source_id) FROM pulls WHERE outcome = 'ok'"
            until(lambda: query(there, pulled) == [(SOURCES,)], "every source is pulled")
            once = "SELECT count(*) FROM pulls GROUP BY source_id"
            assert Counter(query(there, once)) == {(1,): SOURCES}
            assert asked_twice_without_reason(hosts, 0, kills) == []

            # the second round: one dies for good, and the other does all
            shown, since = 1, time.monotonic()
            make_due(there)
            until(lambda: len(hosts.asked) >= SOURCES + 30, "sources are asked again")
            kills.kill(one)
            died = time.monotonic()
            twice = (
                "SELECT count(*) FROM"
                " (SELECT source_id FROM pulls GROUP BY source_id HAVING count(*) = 2) AS done"
            )
            until(lambda: query(there, twice) == [(SOURCES,)], "every source is pulled twice", 120)
            assert time.monotonic() - died < 120
            assert Counter(query(there, once)) == {(2,): SOURCES}
            assert asked_twice_without_reason(hosts, since, kills) == []

            # the digest: whoever mails is killed in the middle
            one.start()
            both = "SELECT count(*) FROM holders"
            until(lambda: query(there, both) == [(2,)], "both are back")
            make_digest_due(there)
            until(lambda: len(office.received) >= 8, "letters are sent")
            number = mailing_process(there)
            for worker in made:
                if worker.process is not None and worker.process.pid == number:
                    kills.kill(worker)
                    worker.start()
            left = "SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'unknown')"
            until(lambda: query(there, left) == [(0,)], "all letters are sent")
            site = "SELECT value FROM facts WHERE key = 'published_sequence'"
            newest = "SELECT max(sequence)::text FROM stories"
            until(lambda: query(there, site) == query(there, newest), "the site is up to date")
            for worker in made:
                assert worker.end(signal.SIGTERM) == 0
    assert max(hosts.most_at_once.values()) <= PER_HOST
    assert len(hosts.most_at_once) == HOSTS

    letters = Counter(one.recipient for one in office.received)
    assert len(letters) >= READERS - 1
    assert set(letters.values()) == {1}
    unknown = "SELECT count(*) FROM deliveries WHERE state = 'unknown'"
    assert query(there, unknown)[0][0] <= 1  # the one that was under way: the hub says so

    assert query(there, "SELECT count(*), count(DISTINCT guid) FROM entries") == [
        (2 * SOURCES, 2 * SOURCES)
    ]
    check_whole(one.hub)
    for number in range(SOURCES):
        page = (one.hub.public / "sources" / f"s{number}" / "index.html").read_text()
        assert f"Bản tin 1 của nguồn {number}<" in page
    assert "Traceback" not in one.log + other.log


def mail(office: PostOffice) -> str:
    """Return the settings of a digest whose cut-off was an hour ago."""
    at = SystemClock().now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(hours=1)
    return (
        f'[mail]\nsender = "tin@hub.example"\nsmtp = "smtp://127.0.0.1:{office.port}"\n'
        f'[[digests]]\nid = "daily"\nat = "{at:%H:%M}"\n'
    )


def subscribe(worker: Worker) -> None:
    worker.hub.run("db", "migrate")
    rows = "".join(f"r{number}@x.example,2026-01-01,form,vâng,daily\n" for number in range(READERS))
    listed = worker.hub.folder / "list.csv"
    listed.write_text("address,when,how,words,digests\n" + rows, encoding="utf-8")
    assert f"{READERS} subscribed" in worker.hub.run("subscribers", "import", str(listed)).stdout


def make_due(there: str) -> None:
    """Let the hour pass after which every source is pulled again."""
    with psycopg.connect(there) as connection:
        connection.execute("UPDATE sources SET next_due_at = 0")


def make_digest_due(there: str) -> None:
    """Let everybody have subscribed before the last cut-off."""
    now = SystemClock().now()
    values = [round((now - timedelta(days=days)).timestamp() * 1_000_000) for days in (0, 2)]
    with psycopg.connect(there) as connection:
        for table in ("digests", "subscriptions"):
            due = sql.SQL("UPDATE {} SET next_due_at = %s, told_upto = %s")
            connection.execute(due.format(sql.Identifier(table)), values)
