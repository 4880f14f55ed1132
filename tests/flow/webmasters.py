"""The ways servers behave, each named as a webmaster would call it."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import zstandard
from tests.unit.fetch.town import Behaviour, Seen, Town, answer_bytes

__all__ = ["CASES", "MOMENTS", "Case", "slug"]

#: the moments of the four pulls; the last comes more than a day after all others
MOMENTS = [
    datetime(2026, 3, 10, 1, 0, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 6, 12, 40)
]
RSS = {"Content-Type": "application/rss+xml"}


def rss(*numbers: int) -> bytes:
    """Write a feed of numbered notices."""
    rows = "".join(
        f"<item><title>Thông báo số {number}</title><guid>tag:{number}</guid>"
        f"<link>https://town.example/{number}</link>"
        f"<pubDate>Mon, 09 Mar 2026 0{number}:00:00 GMT</pubDate></item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>Tin</title>{rows}</channel></rss>'.encode()


FEED = rss(1, 2)


def feed(body: bytes = FEED, **headers: str) -> Behaviour:
    """Answer with a feed."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Town.plain(200, body, {**RSS, **names})


def conditional(body: bytes = FEED, **validators: str) -> Behaviour:
    """Answer 304 to whoever sends these validators back, byte for byte, and else with a feed."""
    whole, same = feed(body, **validators), status(304, **validators)
    sent = {"ETag": "if-none-match", "Last_Modified": "if-modified-since"}

    async def answer(seen: Seen, writer: asyncio.StreamWriter) -> None:
        held = all(seen.header(sent[name]) == value for name, value in validators.items())
        await (same if held else whole)(seen, writer)

    return answer


async def lie(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Say "not modified" to every conditional request, whatever was published since."""
    lies = seen.header("if-none-match") is not None
    await (status(304) if lies else feed(rss(3, 1, 2), ETag='"1"'))(seen, writer)


def status(code: int, **headers: str) -> Behaviour:
    """Answer with a status and a short page."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Town.plain(code, b"" if code in {204, 304} else b"<html>x</html>", names)


def redirect(code: int, location: str) -> Behaviour:
    return Town.plain(code, b"", {"Location": location})


async def drip(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"<rss>" * 9999)
        await writer.drain()


async def endless_headers(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n" * 999)
        await writer.drain()


async def reset(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(answer_bytes(200, b"half", RSS, length=9999))
    await writer.drain()
    writer.transport.abort()


@dataclass
class Case:
    """One source: what its server does request by request, and what each pull must say.

    ``says`` holds per pull the outcome, or the outcome and words of the message; the last stays.
    """

    does: tuple[Behaviour, ...]
    says: tuple[str, ...] = ("ok", "unchanged")
    path: str = ""
    more: dict[str, tuple[Behaviour, ...]] = field(default_factory=dict)
    config: str = ""
    town: str = "main"


GONE, FAILED, OK, SAME = "gone", "failed", "ok", "unchanged"
ZEROS = bytes(30_000_000)
WALL = b"<html><script src='/cdn-cgi/challenge-platform/x'></script></html>"
COOKIE_WALL = b"<html><script>document.cookie='D1N=1';location.reload()</script></html>"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><rss><channel><title>&m;</title></channel></rss>"
)

CASES: dict[str, Case] = {
    # asking
    "answers well": Case((feed(),), (OK, SAME)),
    "sends an etag": Case((conditional(ETag='"a b"'),)),
    "sends a weak etag": Case((conditional(ETag='W/"x"'),)),
    "sends an etag without quotes": Case((conditional(ETag="abc"),)),
    "sends last-modified": Case((conditional(Last_Modified="Mon, 09 Mar 2026 00:00:00 GMT"),)),
    "sends a date of its own making": Case((conditional(Last_Modified="yesterday"),)),
    "dates with letters nobody can send back": Case((feed(Last_Modified="hôm qua"),)),
    "renews its etag with a 304": Case(
        (feed(ETag='"1"'), status(304, ETag='"2"'), conditional(ETag='"2"'))
    ),
    "stops sending an etag": Case((feed(ETag='"1"'), feed(rss(1, 2, 3))), (OK, OK, SAME)),
    "moves its etag though nothing changed": Case(
        (feed(ETag='"1"'), feed(ETag='"2"'), conditional(ETag='"2"'))
    ),
    "breaks down between two answers": Case(
        (feed(ETag='"1"'), status(500), conditional(ETag='"1"')), (OK, FAILED, SAME)
    ),
    "says 304 for ever": Case((feed(ETag='"1"'), lie), (OK, SAME, SAME, OK)),
    "says 304 unasked": Case((status(304),), ("failed 304",)),
    "sends the same bytes each time": Case((feed(),), (OK, SAME)),
    "publishes between two pulls": Case((feed(), feed(rss(3, 1, 2))), (OK, OK, SAME)),
    "sets a cookie": Case((feed(Set_Cookie="id=1; Path=/"),), (OK, SAME)),
    "has a query": Case((feed(),), (OK, SAME), path="/rss?id=%7E1&b=%C3%A9+x&a=%27"),
    "has Vietnamese letters in its address": Case((feed(),), (OK, SAME), path="/tin-tức"),
    "feeds two sources": Case((Town.plain(200, FEED, RSS, after=1.5),), path="/shared"),
    "feeds two sources, the second": Case((Town.plain(200, FEED, RSS, after=1.5),), path="/shared"),
    "names no type": Case((Town.plain(200, FEED),), (OK, SAME)),
    "calls its feed html": Case(
        (Town.plain(200, FEED, {"Content-Type": "text/html"}),), (OK, SAME)
    ),
    "answers 203": Case((Town.plain(203, FEED, RSS),), (OK, SAME)),
    # packing
    "packs with gzip": Case((feed(gzip.compress(FEED), Content_Encoding="gzip"),)),
    "packs with brotli": Case((feed(brotli.compress(FEED), Content_Encoding="br"),)),
    "packs with zstd": Case((feed(zstandard.compress(FEED), Content_Encoding="zstd"),)),
    "packs with deflate": Case((feed(zlib.compress(FEED), Content_Encoding="deflate"),)),
    "says gzip and packs nothing": Case((feed(Content_Encoding="gzip"),), (OK, SAME)),
    "packs twice": Case((feed(gzip.compress(gzip.compress(FEED)), Content_Encoding="gzip, gzip"),)),
    # redirects
    **{
        f"redirects with {code}": Case(
            (redirect(code, f"/there/{code}"),), more={f"/there/{code}": (feed(),)}, says=(OK, SAME)
        )
        for code in (301, 302, 303, 307, 308)
    },
    "redirects to Vietnamese letters": Case(
        (redirect(302, "/tìm".encode().decode("latin-1")),), more={"/t%C3%ACm": (feed(),)}
    ),
    "redirects in a circle": Case(
        (redirect(302, "/circle"),),
        more={"/circle": (redirect(302, "/circle/"),), "/circle/": (redirect(302, "/circle"),)},
        says=("failed circle",),
    ),
    "redirects without end": Case(
        (redirect(302, "/end/0"),),
        more={f"/end/{n}": (redirect(302, f"/end/{n + 1}"),) for n in range(9)},
        says=("failed more than 5 redirects",),
    ),
    "redirects nowhere": Case((status(302),), ("failed without saying where",)),
    "redirects to a file": Case((redirect(302, "file:///etc/passwd"),), ("failed web address",)),
    "redirects to a script": Case((redirect(302, "javascript:alert(1)"),), ("failed web address",)),
    "redirects inside": Case((redirect(302, "http://10.0.0.1/"),), ("failed public internet",)),
    "redirects to the cloud's own address": Case(
        (redirect(302, "http://169.254.169.254/latest/"),), ("failed public internet",)
    ),
    "redirects to another spelling of loopback": Case(
        (redirect(302, "http://0x7f.1:8000/"),), ("failed public internet",)
    ),
    "redirects with a user name": Case(
        (redirect(302, "http://a@town.example/"),), ("failed user name",)
    ),
    "redirects with a backslash": Case(
        (redirect(302, "http://10.0.0.1\\@town.example/"),), ("failed backslash",)
    ),
    # ends
    "asks for a password": Case((status(401),), ("failed password",)),
    "forbids": Case((status(403),), ("failed forbids",)),
    "has lost the feed": Case((status(404),), ("failed no such document",)),
    "is gone for good": Case((status(410),), ("gone gone for good",)),
    "is a teapot": Case((status(418),), ("failed 418",)),
    "withholds for legal reasons": Case((status(451),), ("failed legal",)),
    "breaks down": Case((status(500),), ("failed broken down",)),
    "has a bad gateway": Case((status(502),), ("failed gateway",)),
    "is being worked on": Case((status(503),), ("failed worked on",)),
    "has a slow gateway": Case((status(504),), ("failed too slow",)),
    "answers an unknown status": Case((status(599),), ("failed no known status",)),
    "answers nothing with 204": Case((status(204),), ("failed 204",)),
    "answers a part with 206": Case((status(206),), ("failed 206",)),
    "recovers alone": Case((status(404), status(500), feed()), (FAILED, FAILED, OK, SAME)),
    # limits of time
    "hangs": Case((Town.hang,), ("failed within 4 seconds",)),
    "drips": Case((drip,), ("failed within 4 seconds",)),
    "answers late but in time": Case((Town.plain(200, FEED, RSS, after=0.7),), (OK, SAME)),
    # limits of size and shape
    "never ends": Case((endless,), ("failed larger than 1,000,000 bytes",)),
    "never ends its headers": Case((endless_headers,), ("failed not HTTP",)),
    "is too large": Case((feed(b"x" * 1_000_001),), ("failed larger than",)),
    "sends a gzip bomb": Case(
        (feed(gzip.compress(ZEROS), Content_Encoding="gzip"),), ("failed too large once inflated",)
    ),
    "sends a brotli bomb": Case(
        (feed(brotli.compress(ZEROS, quality=5), Content_Encoding="br"),),
        ("failed too large once inflated",),
    ),
    "sends a zstd bomb": Case(
        (feed(zstandard.compress(ZEROS), Content_Encoding="zstd"),),
        ("failed too large once inflated",),
    ),
    "sends less than it says": Case(
        (Town.raw(answer_bytes(200, FEED, {**RSS, "ETag": '"x"'}, length=9999), close=True),),
        ("failed cut short",),
    ),
    "breaks off a chunk": Case(
        (Town.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<rss", close=True),),
        ("failed cut short",),
    ),
    "breaks off its gzip": Case(
        (Town.raw(answer_bytes(200, gzip.compress(FEED)[:-9], {"Content-Encoding": "gzip"})),),
        ("failed damaged",),
    ),
    "resets the connection": Case((reset,), (FAILED,)),
    "hangs up": Case((Town.raw(b"", close=True),), ("failed without an answer",)),
    "does not speak HTTP": Case((Town.raw(b"SSH-2.0-x\r\n", close=True),), ("failed not HTTP",)),
    "tears one answer and mends it": Case(
        (Town.raw(answer_bytes(200, FEED[:90], {"ETag": '"x"'}, length=999), close=True), feed()),
        (FAILED, OK, SAME),
    ),
    # what is no feed
    "sends nothing": Case((feed(b""),), (FAILED,)),
    "sends a page": Case(
        (Town.plain(200, b"<html><body><p>Bao tri</p></body></html>"),), (FAILED,)
    ),
    "sends an error page with 200": Case(
        (feed(), Town.plain(200, b"<html><h1>Database error</h1></html>"), feed()),
        (OK, FAILED, SAME),
    ),
    "sends an empty feed after a full one": Case((feed(), feed(rss())), (OK, OK, SAME)),
    "sends an entity bomb": Case((feed(BOMB),)),
    "sends a challenge": Case((Town.plain(403, WALL),), ("failed bot wall",)),
    "sends a challenge with 503": Case((Town.plain(503, WALL),), ("failed bot wall",)),
    "sends a challenge with 200": Case((Town.plain(200, WALL),), ("failed bot wall",)),
    "sets a cookie by script": Case((Town.plain(200, COOKIE_WALL),), ("failed bot wall",)),
    "raises a wall for one pull": Case(
        (feed(), Town.plain(403, b"", {"cf-mitigated": "challenge"}), feed()),
        (OK, "failed bot wall", SAME),
    ),
    # other hosts
    "asks for rest": Case(
        (Town.plain(429, b"", {"Retry-After": "7200"}), feed()),
        ("failed too often", OK, SAME),
        town="429",
    ),
    "asks for rest until a moment": Case(
        (
            Town.plain(
                503, b"", {"Retry-After": format_datetime(MOMENTS[1] - timedelta(hours=1), True)}
            ),
            feed(),
        ),
        (FAILED, OK, SAME),
        town="503",
    ),
    "has a certificate nobody knows": Case((feed(),), ("failed does not know",), town="tls"),
    "has an expired certificate": Case(
        (feed(),), ("failed expired",), town="expired", config='ca_file = "{authority}"\n'
    ),
    "has a certificate the operator trusts": Case(
        (feed(),), (OK, SAME), town="tls", config='ca_file = "{authority}"\n'
    ),
    "closes its pages to robots": Case(
        (Town.plain(200, b"<html/>"),),
        ("failed robots.txt",),
        town="robots",
        config='kind = "listing"\n[sources.listing]\nentry = "li"\n',
    ),
    "closes its pages but not its feed": Case((feed(),), (OK, SAME), town="robots"),
}


def slug(name: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in name.lower())
