"""What the hub makes of sources that answer and are not what they usually are."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.flow.towns import Hub, Page, Town

from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.config.load import load_settings
from feedhub.flow.publishing.standing import live_standings
from feedhub.model.page import SourceHealth
from feedhub.model.pull import Outcome, PullRecord
from feedhub.model.trouble import KeptNotice, TroubleKind

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Watched:
    """A hub in this process, pulled at chosen moments."""

    def __init__(self, hub: Hub, towns: Town, *ids: str, more: str = "", source: str = "") -> None:
        sources = "".join(
            f'[[sources]]\nid = "{name}"\nurl = "{towns.url("/" + name)}"\n{source}' for name in ids
        )
        hub.configure(sources, private=towns.address, more=more)
        self.towns = towns
        self.clock = SetClock(START)
        self.app = App(load_settings(hub.config), self.clock)

    def pull(self, name: str = "a", *, accept: bool = False, after: timedelta = DAY) -> PullRecord:
        self.clock.moment += after
        (record,) = self.app.collect([name], accept=accept)
        return record

    def notices(self) -> list[tuple[str, TroubleKind, bool]]:
        return [(kept.source_id, kept.notice.kind, kept.notice.over) for kept in self.kept()]

    def kept(self) -> tuple[KeptNotice, ...]:
        with self.app.store.reading() as tx:
            return tx.notices.after(0)

    def entries(self, name: str = "a") -> int:
        with self.app.store.reading() as tx:
            return tx.entries.counts().get(name, 0)


@contextmanager
def watched(
    hub: Hub, towns: Town, *ids: str, more: str = "", source: str = ""
) -> Iterator[Watched]:
    """Open a hub over sources of the towns."""
    found = Watched(hub, towns, *ids, more=more, source=source)
    try:
        yield found
    finally:
        found.app.close()


def rows(first: int, last: int, *, dated: bool = True) -> list[dict[str, str]]:
    found = []
    for number in range(last, first - 1, -1):
        moment = START + number * timedelta(hours=6)
        row = {
            "title": f"Thông báo số {number} của thị trấn",
            "guid": f"urn:{number}",
            "link": f"https://town.example/{number}",
            "text": f"Nội dung riêng của tin {number}.",
        }
        if dated:
            row["date"] = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
        found.append(row)
    return found


def usual_week(hub: Watched) -> None:
    """Pull a source that has one new notice a day and always lists ten."""
    for day in range(6):
        hub.towns.feed("/a", *rows(day, day + 9))
        assert hub.pull().outcome is Outcome.OK
    assert hub.notices() == []


def test_an_empty_document_is_held_told_once_and_over_once(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
        kept = one.entries()
        towns.feed("/a")
        first, second = one.pull(), one.pull()
        assert (first.outcome, second.outcome) == (Outcome.HELD, Outcome.HELD)
        assert "0 of the usual 10 entries" in first.message
        assert "collect a --accept" in first.message
        assert one.notices() == [("a", TroubleKind.EMPTY, False)]
        assert one.entries() == kept
        towns.feed("/a", *rows(6, 15))
        assert one.pull().outcome is Outcome.OK
        assert one.notices()[1:] == [("a", TroubleKind.EMPTY, True)]


def test_what_is_held_back_is_told_in_a_word_a_feed_and_the_history(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
        one.app.publish()
        feed = hub.public / "status/feed.json"
        before = feed.stat().st_mtime_ns
        assert json.loads(feed.read_bytes())["items"] == []
        one.app.publish()
        assert feed.stat().st_mtime_ns == before
        towns.feed("/a")
        one.pull()
        with one.app.store.reading() as tx:
            (standing,) = live_standings(one.app.settings, tx, one.clock.now())
        assert standing.health is SourceHealth.HELD
        towns.pages.pop("/a")
        one.pull()
        with one.app.store.reading() as tx:
            (standing,) = live_standings(one.app.settings, tx, one.clock.now())
        assert standing.health is SourceHealth.FAILING
        towns.feed("/a", *rows(6, 15))
        one.pull()
        one.app.publish()
        titles = [entry["title"] for entry in json.loads(feed.read_bytes())["items"]]
        assert "0 of the usual 10 entries" in titles[1]
        assert titles[0].endswith(": đã qua – it lists entries again")
    assert "/status/feed.atom" in (hub.public / "status/index.html").read_text(encoding="utf-8")
    assert "/status/feed.rss" in (hub.public / "feeds/index.html").read_text(encoding="utf-8")
    pulls = hub.json("sources", "history", "a")["pulls"]
    assert [pull["outcome"] for pull in pulls[:4]] == ["ok", "failed", "held", "ok"]
    assert [pull["status"] for pull in pulls[:3]] == [200, 404, 200]
    assert pulls[0]["entries"] == 10
    assert pulls[0]["bytes"] == len(towns.pages["/a"].body)
    assert pulls[0]["ms"] > 0
    assert pulls[0]["at"].startswith("2026-03-11T01:00")
    shown = hub.run("sources", "history", "a", "--limit", "3").stdout
    assert "held back" in shown
    assert len(shown.splitlines()) == 4
    assert hub.run("sources", "history", "b", ok=False).returncode == 78


def test_text_that_cannot_be_read_is_told_as_long_as_it_is_damaged(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        towns.feed("/a", *rows(0, 9))
        whole = towns.pages["/a"].body
        towns.pages["/a"] = Page(whole.replace("riêng".encode(), b"ri\xc3\x28ng", 1))
        assert "1 character could not be read as utf-8" in one.pull().message
        one.pull()  # unchanged, and as damaged as before
        with one.app.store.reading() as tx:
            (standing,) = live_standings(one.app.settings, tx, one.clock.now())
        assert standing.health is SourceHealth.FRESH
        assert "damaged" in standing.message
        towns.pages["/a"] = Page(whole)
        assert one.pull().message == ""


def test_the_document_of_before_ends_a_trouble_too(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
        before = towns.pages["/a"]
        towns.feed("/a")
        assert one.pull().outcome is Outcome.HELD
        towns.pages["/a"] = before
        assert one.pull().outcome is Outcome.UNCHANGED
        assert one.notices()[1:] == [("a", TroubleKind.EMPTY, True)]


def test_a_flood_is_held_until_somebody_accepts_it_and_is_usual_then(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
        kept = one.entries()
        towns.feed("/a", *rows(6, 95))
        held = one.pull()
        assert held.outcome is Outcome.HELD
        assert (held.counts.new, held.counts.pending) == (0, 81)
        assert held.counts.seen == held.counts.pending + held.counts.known
        assert one.entries() == kept
        assert one.pull(accept=True).counts.new == 81
        assert one.entries() == kept + 81
        assert all(over for _, _, over in one.notices()[-1:])
        assert "accepted" in one.kept()[-1].notice.words
        towns.feed("/a", *rows(60, 149))
        assert one.pull().outcome is Outcome.OK


def test_entries_that_lost_their_dates_are_not_published(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
        towns.feed("/a", *rows(6, 15, dated=False))
        held = one.pull()
        assert held.outcome is Outcome.HELD
        assert "carry no date" in held.message


def test_a_new_rule_of_the_operator_makes_a_new_normal(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        usual_week(one)
    towns.feed("/a")
    with watched(hub, towns, "a", source='place = "Huế"\n') as changed:
        changed.clock.moment = START + 10 * DAY
        assert changed.pull().outcome is Outcome.OK


def test_a_source_that_fell_silent_is_late_in_words(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        for day in range(28):
            towns.feed("/a", *rows(4 * day, 4 * day + 9))
            one.pull()
        assert one.notices() == []
        for _ in range(4):
            one.pull()
        assert one.notices() == [("a", TroubleKind.LATE, False)]
        with one.app.store.reading() as tx:
            (standing,) = live_standings(one.app.settings, tx, one.clock.now())
        assert standing.health is SourceHealth.LATE
        assert "nothing new for" in standing.message
        towns.feed("/a", *rows(120, 129))
        one.pull()
        assert one.notices()[-1] == ("a", TroubleKind.LATE, True)


def test_a_source_that_keeps_failing_is_told_at_the_third_time(hub: Hub, towns: Town) -> None:
    with watched(hub, towns, "a") as one:
        towns.feed("/a", *rows(0, 9))
        one.pull()
        page = towns.pages.pop("/a")
        told = []
        for _ in range(4):
            one.pull()
            told.append(len(one.notices()))
        assert told == [0, 0, 1, 1]
        towns.pages["/a"] = page
        one.pull()
        assert one.notices() == [
            ("a", TroubleKind.FAILING, False),
            ("a", TroubleKind.FAILING, True),
        ]


def test_a_network_that_is_down_is_one_alarm_and_no_sources_fault(hub: Hub, towns: Town) -> None:
    hosts = [f"127.0.0.{number}" for number in range(11, 15)]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    hub.configure(
        "".join(f'[[sources]]\nurl = "http://{host}:{port}/rss"\n' for host in hosts),
        private='", "'.join(hosts),
    )
    clock = SetClock(START)
    app = App(load_settings(hub.config), clock)
    try:
        for _ in range(5):
            clock.moment += DAY
            assert {one.outcome for one in app.collect()} == {Outcome.FAILED}
        with app.store.reading() as tx:
            (alarm,) = tx.notices.after(0)
            states = tx.sources.states().values()
        assert alarm.notice.kind is TroubleKind.NETWORK
        assert "none of 4 sources" in alarm.notice.words
        assert {(one.failures, one.failing_since) for one in states} == {(0, None)}
        assert all(one.next_due_at - clock.now() < timedelta(hours=1) for one in states)
    finally:
        app.close()


@pytest.mark.parametrize("jump", [-DAY, DAY, timedelta(hours=1), -timedelta(hours=1)])
def test_after_a_clock_jump_due_work_runs_once(hub: Hub, towns: Town, jump: timedelta) -> None:
    """An hour each way is what a machine set to local time does at a change of summer time."""
    towns.feed("/a", *rows(0, 9))
    with watched(hub, towns, "a") as one:
        one.pull()
        assert one.app.collect() == ()
        one.clock.moment += jump
        assert [record.source_id for record in one.app.collect()] == ["a"]
        assert one.app.collect() == ()
        assert not one.app.due()


class Room:
    """A chat room's webhook."""

    def __init__(self) -> None:
        self.status = 204
        self.heard: list[dict[str, Any]] = []
        room = self

        class Hearing(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if room.status < 300:
                    room.heard.append(json.loads(body))
                self.send_response(room.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Hearing)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def room() -> Iterator[Room]:
    """A webhook that hears."""
    found = Room()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_a_webhook_is_told_once_and_again_if_it_did_not_hear(
    hub: Hub, towns: Town, room: Room, tmp_path: Path
) -> None:
    towns.feed("/a", *rows(0, 9))
    hub.configure(
        f'[[sources]]\nid = "a"\nname = "Làng A"\nurl = "{towns.url("/a")}"\n'
        f'[[alerts]]\nwebhook = "http://{room.address}/hook"\n',
        private=f'{towns.address}", "{room.address}',
    )
    clock = SetClock(START)
    app = App(load_settings(hub.config), clock)
    try:
        app.collect(["a"])
        towns.pages["/a"] = Page(b"", "text/plain", 410)
        room.status = 500
        clock.moment += DAY
        app.collect(["a"])
        assert room.heard == []
        room.status = 200
        clock.moment += DAY / 2
        app.collect(["a"])
        (message,) = room.heard
        assert message["text"].startswith("Làng A: ")
        (notice,) = message["notices"]
        assert (notice["source"], notice["kind"], notice["over"]) == ("a", "failing", False)
        app.collect(["a"])
        assert len(room.heard) == 1
        towns.feed("/a", *rows(0, 9))
        clock.moment += DAY
        app.collect(["a"])
        assert [one["over"] for one in room.heard[1]["notices"]] == [True]
    finally:
        app.close()


def test_an_operator_is_written_to_once_and_again_on_recovery(hub: Hub, towns: Town) -> None:
    towns.feed("/a", *rows(0, 9))
    hub.configure(
        f'[[sources]]\nid = "a"\nname = "Làng A"\nurl = "{towns.url("/a")}"\n'
        '[[alerts]]\nmail = "clerk@town.example"\n',
        private=towns.address,
    )
    clock = SetClock(START)
    app = App(load_settings(hub.config), clock)
    outbox = app.settings.data_dir / "outbox"

    def subjects() -> list[str]:
        app.mail()
        mails = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in outbox.glob("*")]
        assert {mail["To"] for mail in mails} <= {"clerk@town.example"}
        return sorted(mail["Subject"] for mail in mails)

    try:
        app.collect(["a"])
        assert subjects() == []
        towns.pages["/a"] = Page(b"", "text/plain", 410)
        clock.moment += DAY
        app.collect(["a"])
        (trouble,) = subjects()
        assert trouble.startswith("Làng A: ")
        app.collect(["a"])
        assert subjects() == [trouble]
        towns.feed("/a", *rows(0, 9))
        clock.moment += DAY
        app.collect(["a"])
        assert len(subjects()) == 2
    finally:
        app.close()


def test_every_request_is_in_the_ledger(hub: Hub, towns: Town) -> None:
    towns.feed("/a", *rows(0, 9))
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\n'
        f'[[sources]]\nid = "b"\nurl = "{towns.url("/missing")}"\n',
        private=towns.address,
    )
    hub.run("collect", ok=False)
    hub.run("sources", "check", "a")
    found = hub.json("ledger")
    assert found["robots"] == "pages"
    (line,) = found["lines"]
    assert (line["host"], line["kind"]) == ("127.0.0.1", "feed")
    assert (line["requests"], line["failed"]) == (len(towns.asked), 1) == (3, 1)
    assert line["bytes"] > 2 * len(towns.pages["/a"].body)
    assert "127.0.0.1" in hub.run("ledger").stdout
    assert hub.json("ledger", "other.example")["lines"] == []
