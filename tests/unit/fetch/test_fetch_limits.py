"""How much of a stranger's answer is taken in, on the wire and opened."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Iterator

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Seen, Town, answer_bytes

from feedhub.errors import FetchError, TooLarge, Unreachable
from feedhub.fetch.client import Fetcher, Request
from feedhub.fetch.inflate import InflatedTooLarge, TornBody, inflate

LIMIT = 100_000
ZEROS = bytes(50_000_000)
PACKED = {
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
    "br": brotli.compress(ZEROS, quality=5),
    "zstd": zstandard.compress(ZEROS),
}


@pytest.fixture
def limited(make_fetcher: MakeFetcher) -> Fetcher:
    return make_fetcher(max_bytes=LIMIT)


def failure(fetcher: Fetcher, url: str) -> FetchError:
    error = fetcher.submit(Request(url=url)).exception(20)
    assert isinstance(error, FetchError), error
    return error


def test_a_body_at_the_limit_is_taken(town: Town, limited: Fetcher) -> None:
    town.answers("/feed", body=b"x" * LIMIT)
    assert len(limited.submit(Request(url=town.url("/feed"))).result(20).body) == LIMIT


def test_a_body_above_the_limit_is_refused(town: Town, limited: Fetcher) -> None:
    town.answers("/feed", body=b"x" * (LIMIT + 1))
    error = failure(limited, town.url("/feed"))
    assert isinstance(error, TooLarge)
    assert "100,000 bytes" in str(error)


async def never_end(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def never_end_in_chunks(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("behaviour", [never_end, never_end_in_chunks])
def test_an_endless_body_is_cut_off(town: Town, limited: Fetcher, behaviour: object) -> None:
    town.behaves("/feed", behaviour)  # type: ignore[arg-type]  # a list of behaviours
    assert isinstance(failure(limited, town.url("/feed")), TooLarge)


async def endless_error(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 No\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_redirect(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Go\r\nLocation: /feed\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def test_of_an_endless_error_page_only_the_beginning_is_read(town: Town, limited: Fetcher) -> None:
    town.behaves("/feed", endless_error)
    assert failure(limited, town.url("/feed")).status == 404


def test_an_endless_body_of_a_redirect_is_not_read(town: Town, limited: Fetcher) -> None:
    town.behaves("/start", endless_redirect)
    town.answers("/feed", body=b"x")
    assert limited.submit(Request(url=town.url("/start"))).result(20).body == b"x"


async def endless_headers(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        writer.write(b"".join(b"X-%d: %s\r\n" % (number + n, b"y" * 1000) for n in range(50)))
        number += 50
        await writer.drain()


@pytest.mark.parametrize(
    "behaviour",
    [
        endless_headers,
        Town.raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 1_000_000 + b"\r\n\r\n"),
        Town.raw(b"HTTP/1.1 200 " + b"y" * 1_000_000 + b"\r\n\r\n"),
        Town.raw(b"y" * 1_000_000),
    ],
    ids=["many headers", "one long header", "a long status line", "no head"],
)
def test_headers_without_end_are_cut_off_at_once(
    town: Town, limited: Fetcher, behaviour: object
) -> None:
    town.behaves("/feed", behaviour)  # type: ignore[arg-type]  # a list of behaviours
    error = failure(limited, town.url("/feed"))
    assert isinstance(error, Unreachable)
    assert "not HTTP" in str(error)


@pytest.mark.parametrize("encoding", sorted(PACKED))
def test_a_bomb_is_stopped_at_the_limit(town: Town, limited: Fetcher, encoding: str) -> None:
    packed = PACKED[encoding]
    assert len(packed) < LIMIT
    town.answers("/feed", body=packed, headers={"Content-Encoding": encoding})
    error = failure(limited, town.url("/feed"))
    assert isinstance(error, TooLarge)
    assert "inflated" in str(error)


def test_a_bomb_on_an_error_page_harms_nobody(town: Town, limited: Fetcher) -> None:
    town.answers("/feed", 404, PACKED["br"], {"Content-Encoding": "br"})
    assert isinstance(failure(limited, town.url("/feed")), FetchError)


@pytest.mark.parametrize("layers", [2, 4, 100])
def test_a_body_packed_again_and_again_is_refused(layers: int) -> None:
    body = ZEROS
    for _ in range(min(layers, 3)):
        body = gzip.compress(body)
    with pytest.raises((InflatedTooLarge, TornBody)):
        inflate(body, ", ".join(["gzip"] * layers), LIMIT)


def test_a_zstd_window_of_gigabytes_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = packer.compress(bytes(200_000)) + packer.flush()
    with pytest.raises(TornBody):
        inflate(body, "zstd", LIMIT * 10)


@given(st.binary(max_size=2000), st.sampled_from([*sorted(PACKED), "gzip, br", "what"]))
def test_whatever_bytes_come_are_opened_or_refused(body: bytes, encoding: str) -> None:
    try:
        assert len(inflate(body, encoding, LIMIT)) <= LIMIT
    except (TornBody, InflatedTooLarge):
        return


def pack(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "gzip":
            return gzip.compress(body)
        case "deflate":
            return zlib.compress(body)
        case "br":
            return brotli.compress(body)
        case _:
            return zstandard.compress(body)


@given(st.binary(max_size=5000), st.sampled_from(sorted(PACKED)), st.data())
def test_what_was_packed_comes_out_and_what_was_cut_does_not(
    body: bytes, encoding: str, data: st.DataObject
) -> None:
    packed = pack(body, encoding)
    assert inflate(packed, encoding, 5000) == body
    cut = data.draw(st.integers(4, max(4, len(packed) - 1)))
    if cut < len(packed):
        with pytest.raises(TornBody):
            inflate(packed[:cut], encoding, 5000)


def test_no_more_at_once_than_the_hub_allows(town: Town, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(in_flight=7, per_host=100)
    futures = list(ask_many(town, fetcher, 40))
    assert all(future.result(20).body == b"x" for future in futures)
    assert town.most_at_once == 7


def test_no_more_at_once_than_one_host_allows(town: Town, make_fetcher: MakeFetcher) -> None:
    futures = list(ask_many(town, make_fetcher(per_host=2), 12))
    assert all(future.result(20).body == b"x" for future in futures)
    assert town.most_at_once == 2


def ask_many(town: Town, fetcher: Fetcher, count: int) -> Iterator:  # type: ignore[type-arg]
    for number in range(count):
        town.answers(f"/{number}", body=b"x", after=0.05)
        yield fetcher.submit(Request(url=town.url(f"/{number}")))


def test_requests_to_one_host_keep_their_distance(town: Town, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(per_host=5, per_host_gap=0.2)
    for number in range(4):
        town.answers(f"/{number}", body=b"x")
    started = time.monotonic()
    futures = [fetcher.submit(Request(url=town.url(f"/{number}"))) for number in range(4)]
    for future in futures:
        future.result(20)
    assert time.monotonic() - started > 0.6


def test_waiting_for_one_s_turn_does_not_count_against_the_deadline(
    town: Town, make_fetcher: MakeFetcher
) -> None:
    fetcher = make_fetcher(per_host=1, timeout=1.0)
    futures = list(ask_many(town, fetcher, 25))  # 0.05 s each, one after another
    assert all(future.result(20).body == b"x" for future in futures)


def test_a_slow_host_does_not_hold_another_up(make_fetcher: MakeFetcher) -> None:
    with Town() as slow, Town() as quick:
        fetcher = make_fetcher(per_host=1, per_host_gap=5.0)
        slow.behaves("/feed", slow.hang)
        quick.answers("/feed", body=b"x")
        fetcher.submit(Request(url=slow.url("/feed")))
        assert fetcher.submit(Request(url=quick.url("/feed"))).result(4).body == b"x"


def test_a_connection_is_used_again(town: Town, fetcher: Fetcher) -> None:
    ports = set()

    async def note(_: Seen, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        writer.write(answer_bytes(200, b"x"))

    town.behaves("/feed", note)
    for _ in range(5):
        fetcher.submit(Request(url=town.url("/feed"))).result(20)
    assert len(ports) == 1


def test_a_server_that_closes_idle_connections_is_asked_anew(town: Town, fetcher: Fetcher) -> None:
    town.behaves("/feed", town.raw(answer_bytes(200, b"x"), close=True))
    for _ in range(10):
        assert fetcher.submit(Request(url=town.url("/feed"))).result(20).body == b"x"
