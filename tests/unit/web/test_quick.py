from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.web.quick import quick_request

SIMPLE = b"GET /feeds/all.atom?x=1 HTTP/1.1\r\nHost: hub.example\r\nAccept: */*\r\n\r\n"


def test_a_simple_request() -> None:
    request = quick_request(SIMPLE + b"GET /next")
    assert request is not None
    assert (request.method, request.target) == ("GET", b"/feeds/all.atom?x=1")
    assert request.headers == {"host": "hub.example", "accept": "*/*"}
    assert request.size == len(SIMPLE)


def test_repeated_fields_are_one_list_and_blanks_are_trimmed() -> None:
    request = quick_request(
        b'HEAD / HTTP/1.1\r\nhost:\tx \r\nIf-None-Match: "a"\r\nIF-NONE-MATCH:"b"\r\n\r\n'
    )
    assert request is not None
    assert request.headers == {"host": "x", "if-none-match": '"a", "b"'}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET",
        SIMPLE[:-2],
        SIMPLE.replace(b"GET", b"POST"),
        SIMPLE.replace(b"GET", b"get"),
        SIMPLE.replace(b"1.1", b"1.0"),
        SIMPLE.replace(b"1.1", b"2.0"),
        SIMPLE.replace(b"\r\n", b"\n"),
        SIMPLE.replace(b" /feeds", b" http://x/feeds"),
        SIMPLE.replace(b" /feeds", b"  /feeds"),
        SIMPLE.replace(b"Host", b"Hos t"),
        SIMPLE.replace(b"Host", b"Not-Host"),
        SIMPLE.replace(b"Host: hub.example", b"Host:"),
        SIMPLE.replace(b"Accept:", b"Host:"),
        SIMPLE.replace(b"Accept:", b" Accept:"),
        SIMPLE.replace(b"Accept:", b"Accept :"),
        SIMPLE.replace(b"*/*", b"a\x00b"),
        SIMPLE.replace(b"*/*", b"a\rb"),
        SIMPLE.replace(b"Accept: */*", b"Content-Length: 3"),
        SIMPLE.replace(b"Accept: */*", b"Content-Length: 0"),
        SIMPLE.replace(b"Accept: */*", b"Transfer-Encoding: chunked"),
        SIMPLE.replace(b"Accept: */*", b"Expect: 100-continue"),
        SIMPLE.replace(b"Accept: */*", b"Upgrade: h2c"),
        SIMPLE.replace(b"Accept: */*", b"Connection: close"),
        SIMPLE.replace(b"Accept: */*", b"Connection: keep-alive, upgrade"),
        SIMPLE.replace(b"*/*", b"a" * 9000),
        b"\r\n" + SIMPLE,
    ],
)
def test_everything_else_goes_the_ordinary_way(data: bytes) -> None:
    assert quick_request(data) is None


@given(st.binary(max_size=200))
def test_any_bytes_may_come(data: bytes) -> None:
    assert quick_request(data) is None
    request = quick_request(b"GET /" + data + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert request is None or (b" " not in request.target and request.target.isascii())
