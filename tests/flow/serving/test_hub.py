"""Serving criteria asked of the real command: ``feedhub run`` over one small source."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import pytest
from tests.flow.serving.ground import Reply, Site

from feedhub.clock import SystemClock
from feedhub.deliver import PublishedFolder
from feedhub.web import WebServer, build_site

pytest.importorskip("feedhub.cli.main", reason="needs the command")

ENTRIES = "".join(
    f"<item><title>Thông báo số {number} của phường</title>"
    f"<link>http://portal.example/tin/{number}</link><guid>tin-{number}</guid>"
    f"<pubDate>Mon, 0{number} Jun 2026 08:00:00 +0700</pubDate>"
    f"<description>Nội dung thông báo số {number}, gửi bà con trong phường.</description></item>"
    for number in range(1, 9)
)
SOURCE = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Phường Mẫu</title>'
    f"<link>http://portal.example/</link><description>Tin</description>{ENTRIES}</channel></rss>"
)
CONFIG = """
[hub]
title = "Hub thử"
base_url = "http://hub.example/"
data_dir = "var"
[collect]
every = "30m"
allow_private = ["{portal}"]
robots = "none"
[serve]
bind = "127.0.0.1:0"
[[sources]]
id = "phuong-mau"
name = "Phường Mẫu"
url = "http://{portal}/tin.rss"
kind = "feed"
[[channels]]
id = "all"
title = "Tất cả tin"
"""
FEED, RSS, JSON = "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, python_path: str) -> Iterator[Site]:
    base = tmp_path_factory.mktemp("hub")
    with PublishedFolder(base / "portal") as folder:
        folder.write("tin.rss", SOURCE.encode())
    portal = WebServer(build_site(base / "portal", None, clock=SystemClock()))
    address = portal.start("127.0.0.1:0")
    file = base / "feedhub.toml"
    file.write_text(CONFIG.format(portal=address), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "feedhub", "-c", str(file), "run"],
        stderr=subprocess.PIPE,
        cwd=base,
        text=True,
        env={**os.environ, "PYTHONPATH": python_path},
    )
    told: list[str] = []
    reader = threading.Thread(target=lambda: told.extend(process.stderr or ()))
    reader.start()
    try:
        yield _when_published(process, told, base)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(30) == 0, "".join(told)
        finally:
            process.kill()
            process.wait()
            reader.join()
            assert process.stderr is not None
            process.stderr.close()
            assert portal.stop()


def _when_published(process: subprocess.Popen[str], told: list[str], base: Path) -> Site:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "".join(told)
        found = re.search(r"http://(127\.0\.0\.1:\d+)/", "".join(told))
        if found:
            site = Site(found[1], base)
            reply = site.ask(FEED)
            whole = reply.status == 200 and "Thông báo số 8".encode() in reply.body
            if whole and b"/stories/" in site.ask("/").body:
                return site
        time.sleep(0.1)
    raise AssertionError("nothing was published: " + "".join(told))


def again(hub: Site, target: str, **headers: str) -> Reply:
    """Ask for something with its own tag as If-None-Match."""
    return hub.ask(target, if_none_match=hub.ask(target, **headers)["etag"], **headers)


def story(hub: Site) -> str:
    """The address of one story's page."""
    found = re.search(r'href="[^"]*?(/stories/[^"/]+/)"', hub.ask("/").body.decode())
    assert found, "the front page links to no story"
    return found[1]


def blocked_by_its_own_policy(page: bytes) -> list[str]:
    """What a browser would not load or apply on a page under our Content-Security-Policy."""
    text = page.decode()
    scripts = re.findall(r"<script(?![^>]*application/ld\+json)[^>]*>", text)
    styles = re.findall(r"<style[^>]*>|<[^>]*\sstyle=[^>]*>", text)
    handlers = re.findall(r"<[^>]*\son[a-z]+=[^>]*>", text)
    foreign = re.findall(
        r"<(?:img|link|source|iframe|object|embed)\b[^>]*\s(?:src|data)=\"(?:https?:)?//[^>]*>",
        text,
    )
    return [*scripts, *styles, *handlers, *foreign]


TOMORROW = formatdate(4102444800, usegmt=True)
LONG_AGO = formatdate(0, usegmt=True)
HUB = Callable[[Site], bool]
# "names itself" and "no hub": the app has to give build_site its Look (base URL, WebSub hub)
CRITERIA: dict[str, HUB] = {
    # validators and conditions
    "tag is strong": lambda h: h.ask(FEED)["etag"].startswith('"'),
    "tag is stable": lambda h: h.ask(FEED)["etag"] == h.ask(FEED)["etag"],
    "last-modified is not later than date": lambda h: (
        parsedate_to_datetime((r := h.ask(FEED))["last-modified"])
        <= parsedate_to_datetime(r["date"])
    ),
    "304 by tag": lambda h: again(h, FEED).status == 304,
    "304 for rss": lambda h: again(h, RSS).status == 304,
    "304 for json": lambda h: again(h, JSON).status == 304,
    "304 for the front page": lambda h: again(h, "/").status == 304,
    "304 by weak tag": lambda h: (
        h.ask(FEED, if_none_match="W/" + h.ask(FEED)["etag"]).status == 304
    ),
    "304 by list": lambda h: h.ask(FEED, if_none_match='"x", ' + h.ask(FEED)["etag"]).status == 304,
    "304 by star": lambda h: h.ask(FEED, if_none_match="*").status == 304,
    "304 to head": lambda h: h.ask(FEED, method="HEAD", if_none_match="*").status == 304,
    "200 for another tag": lambda h: h.ask(FEED, if_none_match='"x"').status == 200,
    "tag goes before date": lambda h: (
        h.ask(FEED, if_none_match='"x"', if_modified_since=TOMORROW).status == 200
    ),
    "304 by date": lambda h: (
        h.ask(FEED, if_modified_since=h.ask(FEED)["last-modified"]).status == 304
    ),
    "200 for an older date": lambda h: h.ask(FEED, if_modified_since=LONG_AGO).status == 200,
    "nonsense date is passed over": lambda h: h.ask(FEED, if_modified_since="x").status == 200,
    "304 keeps tag, caching and vary": lambda h: all(
        again(h, FEED).get(name) for name in ("etag", "cache-control", "vary")
    ),
    "304 has no content headers": lambda h: again(h, FEED).get("content-type") is None,
    "412 by if-match": lambda h: h.ask(FEED, if_match='"x"').status == 412,
    "412 by if-unmodified-since": lambda h: h.ask(FEED, if_unmodified_since=LONG_AGO).status == 412,
    # methods
    "head has no body and the length": lambda h: (
        int(h.ask(FEED, method="HEAD")["content-length"]) == len(h.ask(FEED).body)
    ),
    "405 for post": lambda h: h.ask(FEED, method="POST").status == 405,
    "405 says what is allowed": lambda h: "GET" in h.ask("/", method="DELETE")["allow"],
    "options": lambda h: h.ask("/", method="OPTIONS").status == 204,
    "trace is refused": lambda h: h.ask("/", method="TRACE").status == 405,
    # codings
    "brotli": lambda h: h.ask(FEED, accept_encoding="br")["content-encoding"] == "br",
    "brotli opens": lambda h: h.ask(FEED, accept_encoding="br").opened() == h.ask(FEED).body,
    "gzip opens": lambda h: h.ask(FEED, accept_encoding="gzip").opened() == h.ask(FEED).body,
    "vary, also plain": lambda h: h.ask(FEED)["vary"] == "Accept-Encoding",
    "q-values": lambda h: (
        h.ask(FEED, accept_encoding="br;q=0.1, gzip")["content-encoding"] == "gzip"
    ),
    "q=0": lambda h: h.ask(FEED, accept_encoding="br;q=0").get("content-encoding") is None,
    "star": lambda h: h.ask(FEED, accept_encoding="*")["content-encoding"] == "br",
    "406 when all is refused": lambda h: h.ask(FEED, accept_encoding="*;q=0").status == 406,
    "a tag per coding": lambda h: (
        len({h.ask(FEED, accept_encoding=c)["etag"] for c in ("br", "gzip", "identity")}) == 3
    ),
    "304 per coding": lambda h: again(h, FEED, accept_encoding="br").status == 304,
    # ranges
    "206": lambda h: h.ask(FEED, range="bytes=0-9").body == h.ask(FEED).body[:10],
    "the end of a file": lambda h: h.ask(FEED, range="bytes=-5").body == h.ask(FEED).body[-5:],
    "content-range": lambda h: h.ask(FEED, range="bytes=0-9")["content-range"].startswith("bytes "),
    "416": lambda h: h.ask(FEED, range="bytes=99999999-").status == 416,
    "several parts": lambda h: "multipart" in h.ask(FEED, range="bytes=0-1,5-6")["content-type"],
    "if-range with the tag": lambda h: (
        h.ask(FEED, range="bytes=0-9", if_range=h.ask(FEED)["etag"]).status == 206
    ),
    "if-range with another": lambda h: h.ask(FEED, range="bytes=0-9", if_range='"x"').status == 200,
    # media types and links
    "atom type": lambda h: h.ask(FEED)["content-type"] == "application/atom+xml; charset=utf-8",
    "rss type": lambda h: h.ask(RSS)["content-type"] == "application/rss+xml; charset=utf-8",
    "json type": lambda h: h.ask(JSON)["content-type"] == "application/feed+json",
    "page type": lambda h: h.ask("/")["content-type"] == "text/html; charset=utf-8",
    "opml type": lambda h: h.ask("/opml.xml")["content-type"] == "text/x-opml; charset=utf-8",
    "robots type": lambda h: h.ask("/robots.txt")["content-type"] == "text/plain; charset=utf-8",
    "a feed names itself": lambda h: (
        '<http://hub.example/feeds/all.atom>; rel="self"' in h.ask(FEED)["link"]
    ),
    "no hub is advertised without one": lambda h: (
        "hub" not in h.ask(FEED)["link"].partition(";")[2]
    ),
    "feeds are asked for every time": lambda h: h.ask(FEED)["cache-control"] == "no-cache",
    # scripts of other sites
    "feeds are open": lambda h: (
        h.ask(FEED, origin="http://x")["access-control-allow-origin"] == "*"
    ),
    "pages are not": lambda h: (
        h.ask("/", origin="http://x").get("access-control-allow-origin") is None
    ),
    "preflight": lambda h: (
        "GET"
        in h.ask(FEED, method="OPTIONS", origin="http://x", access_control_request_method="GET")[
            "access-control-allow-methods"
        ]
    ),
    # addresses
    "story page": lambda h: h.ask(story(h)).status == 200,
    "english page": lambda h: h.ask("/en/").status == 200,
    "a folder without slash is moved": lambda h: h.ask("/feeds")["location"] == "/feeds/",
    "404": lambda h: h.ask("/nope").status == 404,
    "404 is plain text": lambda h: h.ask("/nope")["content-type"].startswith("text/plain"),
    "no dot segments": lambda h: h.ask("/../feedhub.toml").status in {400, 404},
    "no encoded dot segments": lambda h: h.ask("/%2e%2e/feedhub.toml").status in {400, 404},
    "no encoded slashes": lambda h: h.ask("/..%2ffeedhub.toml").status in {400, 404},
    "no hidden files": lambda h: h.ask("/.feedhub/manifest").status == 404,
    "no backslashes": lambda h: h.ask("/feeds\\all.atom").status == 404,
    "no slashes in a row": lambda h: h.ask("//feeds/all.atom").status == 404,
    "no zero bytes": lambda h: h.ask("/index.html%00").status == 400,
    "no other host by redirect": lambda h: h.ask("//evil.example/").get("location") is None,
    "414": lambda h: h.ask("/" + "a" * 4000).status == 414,
    # protection
    "policy without unsafe": lambda h: "unsafe" not in h.ask("/")["content-security-policy"],
    "policy on errors": lambda h: "'none'" in h.ask("/nope")["content-security-policy"],
    "policy on 304": lambda h: "'none'" in again(h, "/")["content-security-policy"],
    "nosniff": lambda h: h.ask(FEED)["x-content-type-options"] == "nosniff",
    "no framing": lambda h: h.ask("/")["x-frame-options"] == "DENY",
    "referrer": lambda h: bool(h.ask("/")["referrer-policy"]),
    "powers": lambda h: "geolocation=()" in h.ask("/")["permissions-policy"],
    "no cookie": lambda h: h.ask("/").get("set-cookie") is None,
    "no name of the server": lambda h: h.ask("/").get("server") is None,
    "nothing on the front page is blocked": lambda h: (
        not blocked_by_its_own_policy(h.ask("/").body)
    ),
    "nothing on a story page is blocked": lambda h: (
        not blocked_by_its_own_policy(h.ask(story(h)).body)
    ),
    "nothing on the status page is blocked": lambda h: (
        not blocked_by_its_own_policy(h.ask("/status/").body)
    ),
    "style sheets are there and kept": lambda h: all(
        h.ask(path)["cache-control"].endswith("immutable")
        for path in re.findall(
            r'rel="stylesheet" href="(?:http://hub.example)?([^"]+)', h.ask("/").body.decode()
        )
    ),
    # live
    "status": lambda h: h.ask("/status/").status == 200,
    "status in english": lambda h: h.ask("/en/status/").status == 200,
    "search": lambda h: h.ask("/search/?q=thong+bao").status == 200,
    "search is bounded": lambda h: h.ask("/search/?q=" + "a" * 500).status == 400,
    "health": lambda h: h.ask("/healthz").status == 200,
    "metrics on this machine": lambda h: h.ask("/metrics").status == 200,
    "metrics not through a proxy": lambda h: (
        h.ask("/metrics", x_forwarded_for="192.0.2.1").status == 404
    ),
}


@pytest.mark.parametrize("criterion", CRITERIA)
def test_serving(hub: Site, criterion: str) -> None:
    assert CRITERIA[criterion](hub)
