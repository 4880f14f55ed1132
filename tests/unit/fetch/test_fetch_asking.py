"""How the hub asks: what goes over the wire, and what comes back as a document."""

from __future__ import annotations

import asyncio
import gzip
import logging
import threading
import zlib

import brotli
import pytest
import zstandard
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Town, answer_bytes

from feedhub.errors import BadStatus, Unreachable
from feedhub.fetch.client import Fetcher, Request
from feedhub.fetch.visit import Visitor
from feedhub.model.document import Document, NotModified, Validators

TEXT = "Thông báo về việc cấp nước sạch".encode() * 50


def fetch(fetcher: Fetcher, url: str, **wish: object) -> Document:
    answer = fetcher.submit(Request(url=url, **wish)).result(20)
    assert isinstance(answer, Document)
    return answer


def test_gives_the_document_as_sent(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=TEXT, headers={"Content-Type": "text/xml; charset=utf-8"})
    document = fetch(fetcher, town.url("/feed"))
    assert document.body == TEXT
    assert document.status == 200
    assert document.content_type == "text/xml; charset=utf-8"
    assert document.url == document.requested_url == town.url("/feed")
    assert document.moved_to is None
    assert document.wire_bytes == len(TEXT)
    assert document.fetched_at.tzinfo is not None


def test_says_who_it_is_and_how_to_reach_us(town: Town, make_fetcher: MakeFetcher) -> None:
    town.answers("/feed", body=b"x")
    fetch(make_fetcher(contact="mailto:hub@example.org"), town.url("/feed"))
    agent = town.seen[0].header("user-agent") or ""
    assert agent.startswith("FeedHub/")
    assert "mailto:hub@example.org" in agent


def test_sends_nothing_that_tells_on_readers(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=b"x", headers={"Set-Cookie": "track=1; Path=/"})
    for _ in range(2):
        fetch(fetcher, town.url("/feed"))
    for seen in town.seen:
        names = {key for key, _ in seen.headers}
        assert names <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_tells_of_each_request_where_more_is_to_be_said(
    town: Town, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    town.answers("/tin?c=%7E1", body=b"x")
    with caplog.at_level(logging.INFO, "feedhub.fetch"):
        fetch(fetcher, town.url("/tin?c=%7E1"))
    assert caplog.messages == [f"GET {town.url('/tin?c=%7E1')}: 200"]


def test_asks_for_feeds_as_feeds_and_pages_as_pages(town: Town, fetcher: Fetcher) -> None:
    town.answers("/x", body=b"x")
    fetch(fetcher, town.url("/x"), kind="feed")
    fetch(fetcher, town.url("/x"), kind="page")
    feed, page = (seen.header("accept") or "" for seen in town.seen)
    assert feed.startswith("application/atom+xml")
    assert page.startswith("text/html")


@pytest.mark.parametrize(
    "target",
    [
        "/a%7Eb%2Fc;v=1?q=%C3%A9+x%20y&z=%2B%27%28&b=1&a=2",
        "/web/guest/-/thong-bao?p_p_id=101&_101_struts=%2Fx",
        "/?",
    ],
)
def test_changes_nothing_in_the_address(town: Town, fetcher: Fetcher, target: str) -> None:
    asked = target.removesuffix("?") if target == "/?" else target
    town.answers(asked, body=b"x")
    fetch(fetcher, town.url(target))
    assert town.targets() == [asked]


def test_drops_the_fragment(town: Town, fetcher: Fetcher) -> None:
    town.answers("/a", body=b"x")
    fetch(fetcher, town.url("/a#top"))
    assert town.targets() == ["/a"]


def test_asks_for_vietnamese_addresses(town: Town, fetcher: Fetcher) -> None:
    town.answers("/th%C3%B4ng-b%C3%A1o?t%C3%ACm=n%C6%B0%E1%BB%9Bc%20s%E1%BA%A1ch", body=b"x")
    document = fetch(fetcher, town.url("/thông-báo?tìm=nước sạch"))
    assert document.body == b"x"


PACKED = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "gzip by its old name": ("x-gzip", gzip.compress(TEXT)),
    "gzip in two members": ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
    "brotli": ("br", brotli.compress(TEXT)),
    "zstd": ("zstd", zstandard.compress(TEXT)),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate without its wrapping": ("deflate", zlib.compress(TEXT, wbits=-15)),
    "twice": ("gzip, br", brotli.compress(gzip.compress(TEXT))),
    "gzip that is none": ("gzip", TEXT),
    "zstd that is none": ("zstd", TEXT),
    "a charset for an encoding": ("utf-8", TEXT),
    "identity": ("identity", TEXT),
}


@pytest.mark.parametrize(("encoding", "packed"), PACKED.values(), ids=PACKED)
def test_opens_what_servers_pack(
    town: Town, fetcher: Fetcher, encoding: str, packed: bytes
) -> None:
    town.answers("/feed", body=packed, headers={"Content-Encoding": encoding})
    document = fetch(fetcher, town.url("/feed"))
    assert document.body == TEXT
    assert document.wire_bytes == len(packed)
    assert town.seen[0].header("accept-encoding") == "gzip, br, zstd"


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        ('"abc"', "Mon, 23 Nov 2026 08:00:00 GMT"),
        ('W/"a;b,c"', None),
        ("no-quotes-at-all", None),
        (None, "yesterday or so"),
        (None, "hôm qua".encode().decode("latin-1")),
        ('"\u00c3\u00b4"', None),
    ],
)
def test_sends_validators_back_untouched(
    town: Town, fetcher: Fetcher, etag: str | None, last_modified: str | None
) -> None:
    headers = {}
    if etag:
        headers["ETag"] = etag
    if last_modified:
        headers["Last-Modified"] = last_modified
    town.behaves("/feed", town.plain(200, b"x", headers), town.plain(304))
    first = fetch(fetcher, town.url("/feed"))
    assert first.validators == Validators(etag=etag, last_modified=last_modified)
    again = fetcher.submit(Request(url=town.url("/feed"), validators=first.validators)).result(20)
    assert isinstance(again, NotModified)
    assert again.validators == first.validators
    assert town.seen[1].header("if-none-match") == etag
    assert town.seen[1].header("if-modified-since") == last_modified


@pytest.mark.parametrize("etag", ['"\xf4"', '"\u1ed9"', "\x85", "a\nb"])
def test_a_validator_that_cannot_be_sent_is_left_out(
    town: Town, fetcher: Fetcher, etag: str
) -> None:
    town.answers("/feed", body=b"x")
    fetch(fetcher, town.url("/feed"), validators=Validators(etag=etag))
    assert town.seen[0].header("if-none-match") is None


def test_takes_new_validators_from_a_304(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", 304, headers={"ETag": '"new"'})
    old = Validators(etag='"old"', last_modified="Mon, 23 Nov 2026 08:00:00 GMT")
    answer = fetcher.submit(Request(url=town.url("/feed"), validators=old)).result(20)
    assert answer.validators == Validators(etag='"new"', last_modified=old.last_modified)


def test_forgets_validators_the_server_no_longer_sends(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=b"x")
    document = fetch(fetcher, town.url("/feed"), validators=Validators(etag='"old"'))
    assert document.validators == Validators()


def test_asks_in_full_when_told_to(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=b"x")
    fetch(fetcher, town.url("/feed"), validators=Validators(etag='"old"'), full=True)
    assert town.seen[0].header("if-none-match") is None


def test_a_304_nobody_asked_for_is_an_error(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", 304)
    with pytest.raises(BadStatus, match="304"):
        fetch(fetcher, town.url("/feed"))


TORN = {
    "shorter than its length": answer_bytes(200, TEXT, {"ETag": '"x"'}, length=len(TEXT) + 10),
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nhello",
    "half the headers": b"HTTP/1.1 200 OK\r\nContent-Le",
    **{
        f"half of {encoding}": answer_bytes(
            200, packed[:-6], {"Content-Encoding": encoding}, length=None
        )
        for encoding, packed in list(PACKED.values())[:6]
    },
}


@pytest.mark.parametrize("answer", TORN.values(), ids=TORN)
def test_half_a_document_is_no_document(town: Town, fetcher: Fetcher, answer: bytes) -> None:
    town.behaves("/feed", town.raw(answer, close=True))
    with pytest.raises(Unreachable):
        fetch(fetcher, town.url("/feed"))


def test_one_request_for_two_sources_with_one_address(town: Town, fetcher: Fetcher) -> None:
    town.answers("/feed", body=TEXT, after=0.3)
    wish = Request(url=town.url("/feed"))
    futures = [fetcher.submit(wish) for _ in range(5)]
    assert [future.result(20).body for future in futures] == [TEXT] * 5
    assert len(town.seen) == 1


def test_may_be_asked_from_many_threads(town: Town, fetcher: Fetcher) -> None:
    bodies: list[bytes] = []

    def ask(number: int) -> None:
        bodies.append(fetch(fetcher, town.url(f"/{number}")).body)

    for number in range(10):
        town.answers(f"/{number}", body=str(number).encode())
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(bodies) == [str(number).encode() for number in range(10)]


def test_what_a_library_breaks_off_is_told_to_all_who_wait(
    town: Town, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that nobody answers for would hold up its round for ever."""

    async def broken_off(_self: Visitor, _request: Request) -> Document:
        await asyncio.sleep(0.05)
        raise asyncio.CancelledError

    town.answers("/feed", body=TEXT)
    with monkeypatch.context() as patched:
        patched.setattr(Visitor, "visit", broken_off)
        futures = [fetcher.submit(Request(url=town.url("/feed"))) for _ in range(2)]
        for future in futures:
            with pytest.raises(Unreachable, match="broken off"):
                future.result(10)
    assert fetch(fetcher, town.url("/feed")).body == TEXT
