"""A hub (WebSub) that tells the running service of a source's news, over TLS and signed."""

from __future__ import annotations

import hmac
import signal
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from tests.flow.test_service import daemon as running
from tests.flow.test_service import free_port, row, wait_for
from tests.flow.towns import Hub, Page, Town

from feedhub.clock import SystemClock

CERTIFICATES = Path(__file__).parents[1] / "unit/fetch/certificates"


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Ask as a hub does; return status and body."""
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class WebSubHub:
    """A hub that verifies every wish before it grants it."""

    def __init__(self) -> None:
        self.wishes: Queue[dict[str, str]] = Queue()
        self.false_answers: list[int] = []
        hub = self

        class Hearing(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                wish = {name: values[0] for name, values in parse_qs(body).items()}
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                threading.Thread(target=hub.verify, args=(wish,), daemon=True).start()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hearing)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "good.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def verify(self, wish: dict[str, str]) -> None:
        """Ask back, first about a topic that nobody wished for."""
        question = {
            "hub.mode": wish["hub.mode"],
            "hub.topic": "https://other.example/feed",
            "hub.challenge": "nobody-knows",
            "hub.lease_seconds": "864000",
        }
        self.false_answers.append(ask(f"{wish['hub.callback']}?{urlencode(question)}")[0])
        question["hub.topic"] = wish["hub.topic"]
        status, said = ask(f"{wish['hub.callback']}?{urlencode(question)}")
        self.wishes.put({**wish, "granted": str(status == 200 and said == b"nobody-knows")})


@pytest.fixture
def websub() -> Iterator[WebSubHub]:
    """A running hub."""
    found = WebSubHub()
    yield found
    found.server.shutdown()
    found.server.server_close()


def configure(hub: Hub, towns: Town, websub: WebSubHub, port: int, *names: str) -> None:
    sources = "".join(
        f'[[sources]]\nid = "{name}"\nurl = "{towns.url("/" + name)}"\nevery = "{every}"\n'
        for name, every in {"a": "1h", "b": "1s"}.items()
        if name in names
    )
    hub.config.write_text(
        f'[hub]\nbase_url = "http://127.0.0.1:{port}/"\ncontact = "mailto:t@example.org"\n'
        f'[collect]\nper_host_gap = "0s"\nwebsub = true\n'
        f'allow_private = ["{towns.address}", "{websub.address}"]\n'
        f'[serve]\nbind = "127.0.0.1:{port}"\n{sources}',
        encoding="utf-8",
    )


def publish(towns: Town, websub: WebSubHub, *entries: dict[str, str]) -> None:
    towns.feed("/a", *entries)
    link = f'<https://{websub.address}/>; rel="hub", <{towns.url("/a")}>; rel="self"'
    towns.pages["/a"] = Page(towns.pages["/a"].body, headers={"Link": link})


def test_a_hub_is_verified_believed_when_it_signs_and_left_with_the_source(
    hub: Hub, towns: Town, websub: WebSubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    port = free_port()
    publish(towns, websub, row(1))
    towns.feed("/b", row(100))
    configure(hub, towns, websub, port, "a", "b")
    with running(hub) as process:
        wish: dict[str, Any] = websub.wishes.get(timeout=30)
        assert (wish["hub.mode"], wish["granted"]) == ("subscribe", "True")
        assert websub.false_answers == [404]
        callback, secret = wish["hub.callback"], wish["hub.secret"].encode()
        wait_for(port, "/feeds/all.json", "số 1 ".encode())
        asked = towns.asked.count("/a")
        publish(towns, websub, row(2), row(1))
        body = towns.pages["/a"].body
        forged = "sha256=" + hmac.new(b"guessed", body, "sha256").hexdigest()
        assert ask(callback, body, **{"X-Hub-Signature": forged})[0] == 202
        assert ask(callback.rsplit("/", 1)[0] + "/guessed", body)[0] == 404
        towns.feed("/b", row(101), row(100))
        wait_for(port, "/feeds/all.json", "số 101 ".encode())
        assert towns.asked.count("/a") == asked  # rounds went by and the forged one had no effect
        signed = "sha256=" + hmac.new(secret, body, "sha256").hexdigest()
        assert ask(callback, body, **{"X-Hub-Signature": signed})[0] == 202
        # the source is asked once an hour; the news makes it due a minute after its last pull
        told = {one["id"]: one["next_try"] for one in hub.json("sources", "list")["sources"]}
        due = datetime.fromisoformat(told["a"]) - SystemClock().now()
        assert due <= timedelta(minutes=1)
        configure(hub, towns, websub, port, "b")
        process.send_signal(signal.SIGHUP)
        left = websub.wishes.get(timeout=30)
        assert (left["hub.mode"], left["granted"]) == ("unsubscribe", "True")
        assert left["hub.topic"] == towns.url("/a")
    assert websub.wishes.empty()
