"""Messages to hubs and webhooks, and the ledger of everything that went out."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import pytest
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Seen, Town, answer_bytes

from feedhub.errors import BadStatus, FetchError, Refused, TooLarge
from feedhub.fetch.client import Exchange, Fetcher, Request


def call(url: str, **wish: object) -> Request:
    return Request(url=url, kind="call", method="POST", content=b"a=1&b=2", **wish)


class Mailbox:
    """Takes in what is sent to it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        reader = writer.transport.get_protocol()._stream_reader  # type: ignore[union-attr]
        self.bodies.append(await reader.readexactly(int(seen.header("content-length") or 0)))
        writer.write(answer_bytes(202, b"taken"))


def test_a_message_arrives_whole(town: Town, fetcher: Fetcher) -> None:
    box = Mailbox()
    town.behaves("/hook", box.take)
    wish = call(town.url("/hook"), content_type="text/x", headers=(("X-Hub", "1"),))
    answer = fetcher.submit(wish).result(20)
    assert answer.status == 202
    assert answer.body == b"taken"
    assert box.bodies == [b"a=1&b=2"]
    (seen,) = town.seen
    assert (seen.method, seen.header("content-type"), seen.header("x-hub")) == (
        "POST",
        "text/x",
        "1",
    )


def test_two_equal_messages_are_two_messages(town: Town, fetcher: Fetcher) -> None:
    box = Mailbox()
    town.behaves("/hook", box.take)
    for future in [fetcher.submit(call(town.url("/hook"))) for _ in range(3)]:
        future.result(20)
    assert len(box.bodies) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308, 404, 500])
def test_a_message_follows_no_redirect(town: Town, fetcher: Fetcher, status: int) -> None:
    town.answers("/hook", status, headers={"Location": "/other"})
    error = fetcher.submit(call(town.url("/hook"))).exception(20)
    assert isinstance(error, BadStatus)
    assert error.status == status
    assert town.targets() == ["/hook"]


def test_a_message_passes_the_same_guard(town: Town, make_fetcher: MakeFetcher) -> None:
    error = make_fetcher(allow_private=()).submit(call(town.url("/hook"))).exception(20)
    assert isinstance(error, Refused)
    assert not town.seen


def test_a_message_asks_no_robots(town: Town, make_fetcher: MakeFetcher) -> None:
    town.answers("/robots.txt", body=b"User-agent: *\nDisallow: /")
    town.answers("/hook", 200)
    make_fetcher(robots="all").submit(call(town.url("/hook"))).result(20)
    assert town.targets() == ["/hook"]


def test_every_request_is_in_the_ledger(town: Town, make_fetcher: MakeFetcher) -> None:
    ledger: list[Exchange] = []
    fetcher = make_fetcher(ledger=ledger.append, robots="pages")
    town.answers("/old", 301, headers={"Location": "/new"})
    town.answers("/new", body=b"12345")
    fetcher.submit(Request(url=town.url("/old"), kind="page")).result(20)
    assert [(entry.url, entry.kind, entry.status, entry.wire_bytes) for entry in ledger] == [
        (town.url("/robots.txt"), "robots", 404, 12),
        (town.url("/old"), "page", 301, 0),
        (town.url("/new"), "page", 200, 5),
    ]
    now = datetime.now(UTC)  # noqa: TID251 - compared with the system clock under test
    assert all(entry.host == "127.0.0.1" and entry.at <= now for entry in ledger)


def test_what_failed_is_in_the_ledger_too(town: Town, make_fetcher: MakeFetcher) -> None:
    ledger: list[Exchange] = []
    fetcher = make_fetcher(ledger=ledger.append, max_bytes=10)
    town.answers("/large", body=b"x" * 100)
    town.behaves("/broken", town.raw(b"", close=True))
    assert isinstance(fetcher.submit(Request(url=town.url("/large"))).exception(20), TooLarge)
    assert isinstance(fetcher.submit(Request(url=town.url("/broken"))).exception(20), FetchError)
    assert [(entry.status, entry.wire_bytes > 10) for entry in ledger] == [(200, True), (0, False)]


def test_what_was_refused_never_went_out(town: Town, make_fetcher: MakeFetcher) -> None:
    ledger: list[Exchange] = []
    fetcher = make_fetcher(ledger=ledger.append)
    for url in ("ftp://portal.test/", "http://10.0.0.1/"):
        assert isinstance(fetcher.submit(Request(url=url)).exception(20), Refused)
    assert not ledger


PAGE = b"<html>" + b"nichts gefunden " * 20_000
PACKED = gzip.compress(PAGE)
ERRORS = {
    "a large page": answer_bytes(404, PAGE),
    "a large packed page": answer_bytes(404, PACKED, {"Content-Encoding": "gzip"}),
    "half a packed page": answer_bytes(404, PACKED[:-50], {"Content-Encoding": "gzip"}),
    "garbage said to be packed": answer_bytes(404, b"\x1f\x8bxxxx", {"Content-Encoding": "gzip"}),
    "packed beyond reason": answer_bytes(404, b"x", {"Content-Encoding": "gzip," * 9}),
    "a page that breaks off": answer_bytes(404, b"half", length=100),
}


@pytest.mark.parametrize("answer", ERRORS.values(), ids=ERRORS)
def test_an_error_status_counts_however_its_page_ends(
    town: Town, fetcher: Fetcher, answer: bytes
) -> None:
    town.behaves("/feed", town.raw(answer, close=True))
    error = fetcher.submit(Request(url=town.url("/feed"))).exception(20)
    assert isinstance(error, BadStatus)
    assert error.status == 404


def test_a_wall_is_recognised_in_a_packed_page(town: Town, fetcher: Fetcher) -> None:
    wall = b"<html><script src='/cdn-cgi/challenge-platform/x'></script>" + b" " * 30_000
    town.answers("/feed", 403, gzip.compress(wall), {"Content-Encoding": "gzip"})
    assert "bot wall" in str(fetcher.submit(Request(url=town.url("/feed"))).exception(20))
