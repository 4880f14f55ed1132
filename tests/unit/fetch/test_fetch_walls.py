"""Bot walls are recognised as such, and ordinary pages are not taken for walls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.fetch.town import Town

from feedhub.errors import Blocked
from feedhub.fetch.address import parse_address
from feedhub.fetch.client import Fetcher, Request
from feedhub.fetch.walls import find_wall

HERE = parse_address("http://portal.test/feed")
HTML = {"Content-Type": "text/html"}
WALLS = {
    "cloudflare by its header": (403, {"cf-mitigated": "challenge"}, b""),
    "cloudflare by its script": (
        503,
        HTML,
        (
            b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
            b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/x"></script></body></html>'
        ),
    ),
    "cloudflare with status 200": (
        200,
        HTML,
        b"<!DOCTYPE html><html><body><script src='/cdn-cgi/challenge-platform/x'></script></body>",
    ),
    "aws": (202, {"x-amzn-waf-action": "challenge"}, b""),
    "vercel": (429, {"x-vercel-mitigated": "challenge"}, b""),
    "sucuri": (403, {"x-sucuri-block": "GEO02"}, b"<html>Access Denied</html>"),
    "datadome": (403, HTML, b"<html><script src='https://ct.captcha-delivery.com/c.js'></script>"),
    "imperva": (
        200,
        HTML,
        (
            b'<html style="height:100%"><head></head><body><iframe src="/_Incapsula_Resource?x=1">'
            b"Request unsuccessful.</iframe></body></html>"
        ),
    ),
    "ddos-guard": (403, HTML, b"<!doctype html><title>DDoS-Guard</title>Checking your browser"),
    "anubis": (200, HTML, b'<!doctype html><body><script id="anubis_challenge">{}</script>Wait'),
    "akamai": (
        403,
        HTML,
        b"<HTML><BODY>Access Denied https://errors.edgesuite.net/1</BODY></HTML>",
    ),
    "a cookie by script": (
        200,
        HTML,
        (
            b'<html><body><script>document.cookie="D1N=ab12;path=/";window.location.reload(true);'
            b"</script></body></html>"
        ),
    ),
    "testcookie": (
        200,
        HTML,
        (
            b'<html><body><script src="/aes.js"></script><script>var a=slowAES.decrypt(c,2,a,b);'
            b"</script></body></html>"
        ),
    ),
    "a bare script that comes back": (
        200,
        HTML,
        b"<script>var k='x'.split('');document.cookie='v='+k;location.href='/?again=1'</script>",
    ),
}


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("kind", ["feed", "page"])
def test_a_wall_is_told_from_an_answer(town: Town, fetcher: Fetcher, kind: str, wall: str) -> None:
    status, headers, body = WALLS[wall]
    town.answers("/feed", status, body, headers)
    error = fetcher.submit(Request(url=town.url("/feed"), kind=kind)).exception(20)
    assert isinstance(error, Blocked)
    assert error.status == status
    assert "a bot wall stands in front" in str(error)


WORDS = "Ủy ban nhân dân thông báo lịch tiếp công dân định kỳ trong tháng. ".encode()
NO_WALLS = {
    "a feed": (200, b"<?xml version='1.0'?><rss><channel/></rss>"),
    "nothing": (200, b""),
    "a tiny page": (200, b"<html><body><h1>Tin</h1><a href='/1'>Mot</a></body></html>"),
    "a page with a script that sets a cookie": (
        200,
        (
            b"<html><script>document.cookie='x=1';location.href</script>"
            b"<body><a href='/1'>tin</a></body></html>"
        ),
    ),
    "an article behind cloudflare": (
        200,
        b"<html><body><p>" + WORDS * 20 + b"</p>"
        b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></body></html>",
    ),
    "an article about captchas": (200, b"<html><body>captcha " + WORDS * 10 + b"</body></html>"),
    "text": (200, b"document.cookie location.href"),
    "json": (200, b'{"version": "https://jsonfeed.org/version/1.1"}'),
    "a large page of scripts": (
        200,
        b"<html><script>location.href" + b"x" * 20_000 + b"</script></html>",
    ),
    "a plain 403": (403, b"<html><body>Forbidden</body></html>"),
    "a plain 503": (503, b"<html><body>Maintenance, back at 8</body></html>"),
    "a redirect by meta": (
        200,
        b"<html><head><meta http-equiv='refresh' content='0; url=/vi'></head></html>",
    ),
}


@pytest.mark.parametrize(("status", "body"), NO_WALLS.values(), ids=NO_WALLS)
def test_an_ordinary_answer_is_no_wall(status: int, body: bytes) -> None:
    assert find_wall(HERE, status, (("content-type", "text/html"),), body, None) is None


@given(st.binary(max_size=500), st.sampled_from([200, 403, 404, 503]))
def test_any_bytes_are_weighed(body: bytes, status: int) -> None:
    for start in (b"", b"<html>", b"<script>location.href", b"<html><script"):
        find_wall(HERE, status, (), start + body, None)


def test_no_sample_of_a_real_page_is_taken_for_a_wall(samples: Path) -> None:
    walls = []
    for line in (samples / "INDEX.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        file = samples / str(record["file"])
        if file.is_file() and find_wall(HERE, 200, (), file.read_bytes(), None):
            walls.append(file.name)
    assert not walls
