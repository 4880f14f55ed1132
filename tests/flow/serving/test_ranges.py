"""Parts of files (RFC 9110, section 14)."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import formatdate

import pytest
from tests.flow.serving.ground import ATOM, Site


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-4", b"4", "bytes 4-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("BYTES=0-0", b"0", "bytes 0-0/10"),
        ("bytes=0-0,50-60", b"0", "bytes 0-0/10"),
        ("bytes= 2-3", b"23", "bytes 2-3/10"),
    ],
)
def test_one_part(site: Site, asked: str, part: bytes, told: str) -> None:
    reply = site.ask("/digits.txt", range=asked)
    assert (reply.status, reply.body) == (206, part)
    assert reply["content-range"] == told
    assert reply["etag"] == site.ask("/digits.txt")["etag"]
    assert reply["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=3-1",
        "bytes=a-b",
        "bytes=-",
        "bytes=",
        "bytes",
        "lines=0-1",
        "bytes=0-1,x",
        "bytes=0x1-2",
        "bytes=1-2-3",
        "bytes=²-3",
        "bytes=" + "9" * 400 + "-",
        "bytes=" + ",".join(["0-1"] * 50),
        "bytes=0-,0-,0-,0-",
    ],
)
def test_what_is_no_range_or_abuse_gets_the_whole(site: Site, asked: str) -> None:
    reply = site.ask("/digits.txt", range=asked)
    assert (reply.status, reply.body) == (200, b"0123456789")


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-,100-101"])
def test_a_part_beyond_the_end(site: Site, asked: str) -> None:
    reply = site.ask("/digits.txt", range=asked)
    assert reply.status == 416
    assert reply["content-range"] == "bytes */10"


def test_an_empty_file_has_no_parts(site: Site) -> None:
    reply = site.ask("/empty.txt", range="bytes=0-")
    assert reply.status == 416
    assert reply["content-range"] == "bytes */0"
    assert site.ask("/empty.txt").status == 200


def test_several_parts(site: Site) -> None:
    reply = site.ask("/digits.txt", range="bytes=0-1, 4-5,-1")
    assert reply.status == 206
    assert reply.get("content-range") is None
    kind = reply["content-type"]
    assert kind.startswith("multipart/byteranges; boundary=")
    parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + reply.body).get_payload()
    assert isinstance(parts, list)
    assert [(x["content-range"], x.get_payload()) for x in parts] == [
        ("bytes 0-1/10", "01"),
        ("bytes 4-5/10", "45"),
        ("bytes 9-9/10", "9"),
    ]


def test_ranges_are_announced(site: Site) -> None:
    assert site.ask("/digits.txt")["accept-ranges"] == "bytes"


def test_a_range_is_one_of_the_chosen_coding(site: Site) -> None:
    whole = site.ask("/feeds/all.atom", accept_encoding="gzip")
    part = site.ask("/feeds/all.atom", accept_encoding="gzip", range="bytes=5-20")
    assert part.status == 206
    assert part["content-encoding"] == "gzip"
    assert part.body == whole.body[5:21]
    assert part["etag"] == whole["etag"]


def test_head_knows_no_ranges(site: Site) -> None:
    reply = site.ask("/digits.txt", method="HEAD", range="bytes=0-1")
    assert (reply.status, reply["content-length"]) == (200, "10")


def test_preconditions_go_before_ranges(site: Site) -> None:
    tag = site.ask("/digits.txt")["etag"]
    assert site.ask("/digits.txt", range="bytes=0-1", if_none_match=tag).status == 304
    assert site.ask("/digits.txt", range="bytes=0-1", if_match='"x"').status == 412


def test_if_range(site: Site) -> None:
    whole = site.ask("/feeds/all.atom")

    def status(value: str) -> int:
        return site.ask("/feeds/all.atom", range="bytes=0-1", if_range=value).status

    assert status(whole["etag"]) == 206
    assert status("W/" + whole["etag"]) == 200  # strong comparison
    assert status('"x"') == 200
    assert status(whole["last-modified"]) == 206
    assert status(formatdate(4102444800, usegmt=True)) == 200  # exact, not "later than"
    assert status("nonsense") == 200
    assert site.ask("/feeds/all.atom", range="bytes=999999-", if_range='"x"').status == 200


def test_if_range_with_the_tag_of_another_coding_gets_the_whole(site: Site) -> None:
    plain = site.ask("/feeds/all.atom")
    reply = site.ask(
        "/feeds/all.atom", range="bytes=0-1", if_range=plain["etag"], accept_encoding="br"
    )
    assert (reply.status, reply.opened()) == (200, ATOM)


def test_a_broken_download_is_resumed_to_the_same_bytes(site: Site) -> None:
    first = site.ask("/feeds/all.atom", range="bytes=0-499")
    rest = site.ask("/feeds/all.atom", range="bytes=500-", if_range=first["etag"])
    assert first.body + rest.body == ATOM
