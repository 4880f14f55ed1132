"""Every way a server fails us, each with its own words."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Seen, Town, answer_bytes

from feedhub.errors import BadStatus, FetchError, Gone, Refused, Unreachable
from feedhub.fetch.client import Fetcher, Request
from feedhub.fetch.failures import parse_retry_after
from feedhub.fetch.transport import AiohttpTransport

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def failure(fetcher: Fetcher, url: str, **wish: object) -> FetchError:
    error = fetcher.submit(Request(url=url, **wish)).exception(20)
    assert isinstance(error, FetchError), error
    return error


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "wrong one"),
        (401, "asks for a password"),
        (403, "forbids"),
        (404, "no such document"),
        (406, "no form of the document"),
        (418, "418"),
        (429, "too often"),
        (451, "legal reasons"),
        (500, "broken down"),
        (502, "gateway"),
        (503, "overloaded"),
        (504, "too slow"),
        (599, "no known status"),
        (204, "204"),
        (206, "206"),
        (300, "300"),
    ],
)
def test_an_error_status_is_told_in_its_own_words(
    town: Town, fetcher: Fetcher, status: int, words: str
) -> None:
    town.answers("/feed", status, b"" if status == 204 else b"sorry")
    error = failure(fetcher, town.url("/feed"))
    assert isinstance(error, BadStatus)
    assert error.status == status
    assert words in str(error)
    assert town.url("/feed") in str(error)


def test_410_is_gone_for_good(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", 410)
    error = failure(fetcher, town.url("/feed"))
    assert isinstance(error, Gone)
    assert "gone for good" in str(error)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "there is no host named portal.test"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "network down"),
        (UnicodeError("label too long"), "there is no host named portal.test"),
        (None, "there is no host named portal.test"),
    ],
)
def test_an_unknown_name_is_told_as_such(
    make_fetcher: MakeFetcher, problem: Exception | None, words: str
) -> None:
    def lookup(host: str, port: int) -> Iterable[str]:
        if problem:
            raise problem
        return []

    error = failure(make_fetcher(lookup=lookup), "http://portal.test/")
    assert isinstance(error, Unreachable)
    assert words in str(error)


def test_a_name_server_that_hangs_ends_at_the_deadline(make_fetcher: MakeFetcher) -> None:
    def lookup(host: str, port: int) -> Iterable[str]:
        time.sleep(6)
        return ["127.0.0.1"]

    started = time.monotonic()
    error = failure(make_fetcher(lookup=lookup, timeout=0.3), "http://portal.test/")
    assert "within 0.3 seconds" in str(error)
    assert time.monotonic() - started < 5


def test_a_closed_port_is_told_as_such(fetcher: Fetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = failure(fetcher, f"http://127.0.0.1:{port}/")
    assert isinstance(error, Unreachable)
    assert f"takes no connections on port {port}" in str(error)


def test_the_second_address_of_a_name_is_tried(town: Town, make_fetcher: MakeFetcher) -> None:
    def lookup(host: str, port: int) -> Iterable[str]:
        return ["127.0.0.9", "127.0.0.1"]

    town.answers("/feed", body=b"x")
    fetcher = make_fetcher(lookup=lookup)
    future = fetcher.submit(Request(url=f"http://portal.test:{town.port}/feed"))
    assert future.result(20).body == b"x"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"<html>no head at all</html>\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "not HTTP"),
        (answer_bytes(200, b"half", length=100), "cut short"),
    ],
)
def test_an_answer_that_is_none_is_told_as_such(
    town: Town, fetcher: Fetcher, answer: bytes, words: str
) -> None:
    town.behaves("/feed", town.raw(answer, close=True))
    error = failure(fetcher, town.url("/feed"))
    assert isinstance(error, Unreachable)
    assert words in str(error)


def test_a_connection_reset_in_mid_body_is_told_as_such(town: Town, fetcher: Fetcher) -> None:
    async def reset(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer_bytes(200, b"half", length=100))
        await writer.drain()
        writer.transport.abort()

    town.behaves("/feed", reset)
    assert isinstance(failure(fetcher, town.url("/feed")), Unreachable)


async def drip(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _letter in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_headers(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        writer.write(b"X-%d: y\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.05)


async def early_hints_for_ever(_: Seen, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("behaviour", [Town.hang, drip, drip_headers, early_hints_for_ever])
def test_the_deadline_is_total(town: Town, make_fetcher: MakeFetcher, behaviour: object) -> None:
    town.behaves("/feed", behaviour)  # type: ignore[arg-type]  # a list of behaviours
    started = time.monotonic()
    error = failure(make_fetcher(timeout=0.5), town.url("/feed"))
    assert isinstance(error, Unreachable)
    assert "within 0.5 seconds" in str(error)
    assert time.monotonic() - started < 8


def test_redirects_share_one_deadline(town: Town, make_fetcher: MakeFetcher) -> None:
    for number in range(4):
        town.answers(f"/{number}", 302, headers={"Location": f"/{number + 1}"}, after=0.3)
    error = failure(make_fetcher(timeout=0.7), town.url("/0"))
    assert isinstance(error, Unreachable)
    assert len(town.seen) <= 3


def test_hundreds_that_hang_do_not_delay_the_others(town: Town, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(in_flight=400, per_host=400, timeout=20)
    for number in range(300):
        town.behaves(f"/hang/{number}", town.hang)
    for number in range(50):
        town.answers(f"/{number}", body=b"x")
    hanging = [fetcher.submit(Request(url=town.url(f"/hang/{n}"))) for n in range(300)]
    started = time.monotonic()
    for future in [fetcher.submit(Request(url=town.url(f"/{n}"))) for n in range(50)]:
        assert future.result(10).body == b"x"
    assert time.monotonic() - started < 9
    assert not any(future.done() for future in hanging)


def test_closing_breaks_off_what_is_in_flight(town: Town, make_fetcher: MakeFetcher) -> None:
    town.behaves("/feed", town.hang)
    fetcher = make_fetcher(in_flight=2)
    futures = [fetcher.submit(Request(url=town.url("/feed"), accept=str(n))) for n in range(9)]
    while not town.seen:
        time.sleep(0.01)
    started = time.monotonic()
    fetcher.close()
    assert time.monotonic() - started < 5
    assert all(future.cancelled() for future in futures)
    with pytest.raises(RuntimeError, match="closed"):
        fetcher.submit(Request(url=town.url("/feed")))
    fetcher.close()


def test_a_wish_that_was_taken_back_harms_nobody(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=b"x", after=0.2)
    wish = Request(url=town.url("/feed"))
    first, second = fetcher.submit(wish), fetcher.submit(wish)
    first.cancel()
    assert second.result(20).body == b"x"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["120", format_datetime(NOW + timedelta(days=3650), usegmt=True)])
def test_retry_after_is_handed_on_and_kept_for_the_whole_host(
    town: Town, fetcher: Fetcher, status: int, form: str
) -> None:
    town.answers("/a", status, headers={"Retry-After": form})
    town.answers("/b", body=b"x")
    error = failure(fetcher, town.url("/a"))
    assert error.retry_after is not None
    assert error.retry_after >= 119
    second = failure(fetcher, town.url("/b"))
    assert isinstance(second, BadStatus)
    assert second.status == status
    assert second.retry_after is not None
    assert 100 < second.retry_after <= 86400
    assert "asked us" in str(second)
    assert town.targets() == ["/a"]


def test_429_without_a_time_gives_the_host_a_minute(town: Town, fetcher: Fetcher) -> None:
    town.answers("/a", 429)
    failure(fetcher, town.url("/a"))
    error = failure(fetcher, town.url("/b"))
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60


def test_503_without_a_time_says_nothing_about_the_host(town: Town, fetcher: Fetcher) -> None:
    town.answers("/a", 503)
    town.answers("/b", body=b"x")
    assert failure(fetcher, town.url("/a")).retry_after is None
    assert fetcher.submit(Request(url=town.url("/b"))).result(20).body == b"x"


def test_a_short_rest_ends(town: Town, fetcher: Fetcher) -> None:
    town.behaves("/a", town.plain(429, headers={"Retry-After": "1"}), town.plain(200, b"x"))
    failure(fetcher, town.url("/a"))
    time.sleep(1.1)
    assert fetcher.submit(Request(url=town.url("/a"))).result(20).body == b"x"


class JumpingClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return NOW + self.shift

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_jump_of_the_clock_does_not_shut_a_host_out(
    town: Town, make_fetcher: MakeFetcher, jump: timedelta
) -> None:
    clock = JumpingClock()
    fetcher = make_fetcher(clock=clock)
    town.behaves("/a", town.plain(429, headers={"Retry-After": "600"}), town.plain(200, b"x"))
    failure(fetcher, town.url("/a"))
    clock.shift = jump
    assert fetcher.submit(Request(url=town.url("/a"))).result(20).body == b"x"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 09:10:00 GMT", 600),
        ("Monday, 23-Nov-26 09:10:00 GMT", 600),
        ("Mon Nov 23 09:10:00 2026", 600),
        ("Mon, 23 Nov 2026 16:10:00 +0700", 600),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
        (None, None),
    ],
)
def test_reads_retry_after_in_every_form(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_is_too_strange_to_read(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_an_address_that_is_none_fails_alone(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=b"x")
    bad = fetcher.submit(Request(url="ftp://portal.test/feed"))
    good = fetcher.submit(Request(url=town.url("/feed")))
    assert isinstance(bad.exception(20), Refused)
    assert good.result(20).body == b"x"


def test_errors_that_are_each_others_causes_are_told_as_any(
    town: Town, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries raise one error again and again; who follows the causes must come to an end."""

    async def fail(_self: AiohttpTransport, _request: httpx.Request) -> httpx.Response:
        first, second = ConnectionResetError("reset"), httpx.ReadError("reset")
        first.__cause__, second.__cause__ = second, first
        raise first

    town.answers("/feed", body=b"x")
    with monkeypatch.context() as patched:
        patched.setattr(AiohttpTransport, "handle_async_request", fail)
        assert "broke" in str(failure(fetcher, town.url("/feed")))
    assert fetcher.submit(Request(url=town.url("/feed"))).result(20)
