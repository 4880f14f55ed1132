"""A source whose hub pushes its news to us."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from tests.flow.test_watched_sources import rows
from tests.flow.towns import Hub, Page, Town

from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.config.load import load_settings
from feedhub.flow.collecting.pushing import wants_push
from feedhub.model.push import Push

START = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)


class WebSubHub:
    """A hub that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        hub = self

        class Hearing(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.asked.append({name: values[0] for name, values in parse_qs(body).items()})
                self.send_response(202)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hearing)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def websub() -> Iterator[WebSubHub]:
    """A running hub."""
    found = WebSubHub()
    yield found
    found.server.shutdown()
    found.server.server_close()


def publish(towns: Town, websub: WebSubHub, last: int) -> None:
    towns.feed("/a", *rows(0, last))
    link = f'<http://{websub.address}/>; rel="hub", <{towns.url("/a")}>; rel="self"'
    towns.pages["/a"] = Page(towns.pages["/a"].body, headers={"Link": link})


@pytest.fixture
def app(hub: Hub, towns: Town, websub: WebSubHub) -> Iterator[App]:
    """A hub of ours that has read the source once."""
    publish(towns, websub, 3)
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\n',
        private=f'{towns.address}", "{websub.address}',
        more="websub = true\n",
    )
    opened = App(load_settings(hub.config), SetClock(START))
    opened.collect(["a"])
    yield opened
    opened.close()


def push_of(app: App) -> Push:
    with app.store.reading() as tx:
        push = tx.pushes.of_source("a")
    assert push is not None
    return push


def verify(app: App, push: Push, **changes: str) -> tuple[int, str]:
    query = {"hub.mode": "subscribe", "hub.topic": push.topic, "hub.challenge": "c-7", **changes}
    return app.hear_from_hub(push.token, query, None)


def test_the_hub_is_asked_once_and_only_its_own_question_is_answered(
    app: App, websub: WebSubHub, towns: Town
) -> None:
    push = push_of(app)
    (wish,) = websub.asked
    assert wish["hub.topic"] == towns.url("/a")
    assert wish["hub.callback"].endswith(f"/websub/{push.token}")
    assert app.hear_from_hub("guess", {}, None)[0] == 404
    assert verify(app, push, **{"hub.topic": "http://other.example/"})[0] == 404
    assert verify(app, push) == (200, "c-7")
    app.collect(["a"])
    assert len(websub.asked) == 1


def test_a_lease_is_renewed_before_it_ends(app: App, websub: WebSubHub) -> None:
    verify(app, push_of(app), **{"hub.lease_seconds": "259200"})
    assert isinstance(app.clock, SetClock)
    app.clock.moment += timedelta(days=1)
    app.collect(["a"])
    assert len(websub.asked) == 1
    app.clock.moment += timedelta(days=1, hours=6)
    app.collect(["a"])
    assert len(websub.asked) == 2


def test_a_delivery_makes_the_source_due_and_a_forged_one_does_not(app: App) -> None:
    push = push_of(app)
    verify(app, push)
    with app.store.writing() as tx:  # as over https, where a secret is agreed
        tx.pushes.save(Push(**{**_values(push_of(app)), "secret": "s3"}))
    assert isinstance(app.clock, SetClock)
    app.clock.moment += timedelta(minutes=2)
    assert not app.due()
    body = b"<rss/>"
    assert app.hear_from_hub(push.token, {}, (body, "sha256=" + "0" * 64))[0] == 202
    assert not app.due()
    signature = "sha256=" + hmac.new(b"s3", body, "sha256").hexdigest()
    assert app.hear_from_hub(push.token, {}, (body, signature))[0] == 202
    assert app.due()


def test_pulls_are_rare_while_the_hub_delivers_and_not_when_it_keeps_news_back(
    app: App, websub: WebSubHub, towns: Town
) -> None:
    push = push_of(app)
    verify(app, push)
    with app.store.writing() as tx:
        tx.pushes.save(Push(**{**_values(push_of(app)), "delivered_at": app.clock.now()}))
    assert isinstance(app.clock, SetClock)

    def wait_after(last: int) -> timedelta:
        publish(towns, websub, last)
        app.clock.moment += timedelta(hours=1)  # type: ignore[attr-defined]  # a SetClock
        app.collect(["a"])
        with app.store.reading() as tx:
            return tx.sources.states()["a"].next_due_at - app.clock.now()

    assert wait_after(3) >= timedelta(hours=12)
    assert wait_after(4) < timedelta(hours=12)


def _values(push: Push) -> dict[str, object]:
    return {name: getattr(push, name) for name in Push.__slots__}


@pytest.mark.parametrize(
    ("base_url", "wanted"),
    [
        ("https://news.example.org/", True),
        ("https://8.8.8.8/", True),
        ("http://127.0.0.1:8000/", False),
        ("http://localhost/", False),
        ("http://10.1.2.3/", False),
        ("http://hub.local/", False),
    ],
)
def test_hubs_are_asked_only_where_they_could_reach_us(
    hub: Hub, base_url: str, wanted: bool
) -> None:
    hub.config.write_text(f'[hub]\nbase_url = "{base_url}"\n')
    assert wants_push(load_settings(hub.config)) is wanted
