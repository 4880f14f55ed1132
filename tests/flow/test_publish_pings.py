"""A hub that was told to tell a WebSub hub tells it every change, whatever happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from tests.flow.stocked import START, add, configured

from feedhub.app import App
from feedhub.deliver.websub import next_try, ping_form

FEEDS = {
    f"https://hub.example/{path}.{suffix}"
    for path in ("feeds/all", "sources/a/feed", "places/phuong-a/feed", "topics/y-te/feed")
    for suffix in ("atom", "rss", "json")
}


class WebSubHub:
    """A WebSub hub on loopback; ``status`` is what it answers next."""

    def __init__(self) -> None:
        self.status = 202
        self.told: list[tuple[str, dict[str, list[str]]]] = []
        hub = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hub.told.append((self.headers["Content-Type"], parse_qs(body.decode())))
                self.send_response(hub.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def topics(self) -> list[str]:
        """The feeds it was told of."""
        return [form["hub.url"][0] for _, form in self.told]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class MovableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = START + timedelta(days=9)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture
def websub() -> Iterator[WebSubHub]:
    hub = WebSubHub()
    yield hub
    hub.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


def open_app(folder: Path, websub: WebSubHub, clock: MovableClock, *, told: bool = True) -> App:
    """Open a hub with one source and some news."""
    configured(folder)
    file = folder / "feedhub.toml"
    text = file.read_text(encoding="utf-8")
    if told:
        text = text.replace("[hub]\n", f'[hub]\nwebsub_hub = "http://{websub.address}/"\n')
    text += f'[collect]\nper_host_gap = "0s"\nallow_private = ["{websub.address}"]\n'
    file.write_text(text, encoding="utf-8")
    from feedhub.config.load import load_settings

    app = App(load_settings(file), clock)
    app.register()
    return app


def waiting(app: App) -> int:
    """How many feeds the WebSub hub has yet to hear of."""
    with app.store.reading() as tx:
        return len(tx.pings.due(datetime.max.replace(tzinfo=START.tzinfo), 1_000))


def test_each_changed_feed_is_told_once(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock
) -> None:
    app = open_app(tmp_path, websub, clock)
    app.publish()
    app.ping(patience=30)
    websub.told.clear()
    add(app.store, [1])
    app.publish()
    app.ping(patience=30)
    assert sorted(websub.topics) == sorted(FEEDS)
    kind, form = websub.told[0]
    assert kind == "application/x-www-form-urlencoded"
    assert form["hub.mode"] == ["publish"]
    app.publish()
    app.publish(full=True)
    app.ping(patience=30)
    assert len(websub.told) == len(FEEDS)
    assert waiting(app) == 0
    app.close()


def test_a_failing_hub_is_told_again_later_and_holds_nothing_up(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock
) -> None:
    app = open_app(tmp_path, websub, clock)
    websub.status = 500
    add(app.store, [1])
    app.publish()
    app.ping(patience=30)
    failed = len(set(websub.topics))
    assert failed >= len(FEEDS)
    assert waiting(app) == failed
    app.ping(patience=30)
    assert len(websub.told) == failed  # not before its time
    websub.status = 202
    clock.moment += timedelta(minutes=1)
    app.ping(patience=30)
    assert set(websub.topics[failed:]) == set(websub.topics[:failed])
    assert waiting(app) == 0
    app.close()


def test_a_change_outlives_the_process(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock
) -> None:
    app = open_app(tmp_path, websub, clock)
    add(app.store, [1])
    app.publish()
    app.close()  # before it said a word
    app = open_app(tmp_path, websub, clock)
    app.ping(patience=30)
    assert set(websub.topics) >= FEEDS
    assert waiting(app) == 0
    app.close()


def test_a_killed_publishing_loses_no_word(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(tmp_path, websub, clock)
    app.publish()
    app.ping(patience=30)
    websub.told.clear()
    add(app.store, [1])
    laid = 0
    write = app.folder.write

    def killed(path: str, data: bytes) -> bool:
        nonlocal laid
        laid += 1
        if laid > 8:
            raise KeyboardInterrupt
        return write(path, data)

    monkeypatch.setattr(app.folder, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        app.publish()
    app.close()
    app = open_app(tmp_path, websub, clock)
    app.publish()
    app.ping(patience=30)
    assert set(websub.topics) >= FEEDS
    app.close()


def test_without_a_hub_nothing_is_said(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock
) -> None:
    app = open_app(tmp_path, websub, clock, told=False)
    add(app.store, [1])
    app.publish()
    app.ping(patience=5)
    assert websub.told == []
    assert waiting(app) == 0
    assert b'rel="hub"' not in (app.settings.publish_dir / "feeds/all.atom").read_bytes()
    app.close()


def test_a_feed_that_changes_while_it_is_told_is_told_again(
    tmp_path: Path, websub: WebSubHub, clock: MovableClock
) -> None:
    app = open_app(tmp_path, websub, clock)
    with app.store.writing() as tx:
        tx.pings.add(["https://hub.example/feeds/all.atom"], clock.now())
    with app.store.reading() as tx:
        (early,) = tx.pings.due(clock.now(), 9)
    clock.moment += timedelta(seconds=1)
    with app.store.writing() as tx:
        tx.pings.add([early.topic], clock.now())
        tx.pings.done(early)
        tx.pings.put_off(early, clock.now() + timedelta(days=1))
        (late,) = tx.pings.due(clock.now(), 9)
        assert late.tries == 0
    app.close()


def test_waits_grow_and_end() -> None:
    waits = [next_try(tries, START) for tries in range(20)]
    known = [moment for moment in waits if moment]
    assert known == sorted(known)
    assert START + timedelta(seconds=10) == known[0]
    assert timedelta(hours=12) < sum((m - START for m in known), timedelta()) < timedelta(days=2)
    assert waits[-1] is None


def test_the_message_is_a_form() -> None:
    assert ping_form("https://hub.example/feeds/đô.atom") == (
        b"hub.mode=publish&hub.url=https%3A%2F%2Fhub.example%2Ffeeds%2F%C4%91%C3%B4.atom"
    )
