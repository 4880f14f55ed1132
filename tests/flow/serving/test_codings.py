"""Content codings (RFC 9110, 12.5.3)."""

from __future__ import annotations

import pytest
from tests.flow.serving.ground import ATOM, FILES, Site

FEED = "/feeds/all.atom"


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br; q=0.5 , gzip ; q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("gzip;q=0.2, *;q=0.8", "br"),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("*;q=0, gzip", "gzip"),
        ("deflate", None),
        ("", None),
        ("gzip;q=nonsense", None),
        ("gzip;q=1.0000", None),
        ("gzip;q=1.000", "gzip"),
        (",,gzip,,", "gzip"),
    ],
)
def test_the_client_gets_the_coding_it_likes_best(
    site: Site, accept: str, coding: str | None
) -> None:
    reply = site.ask(FEED, accept_encoding=accept)
    assert reply.status == 200
    assert reply.get("content-encoding") == coding
    assert reply["vary"] == "Accept-Encoding"
    assert reply.opened() == ATOM


def test_without_the_header_the_answer_is_plain(site: Site) -> None:
    reply = site.ask(FEED)
    assert reply.get("content-encoding") is None
    assert reply["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accept", ["identity;q=0", "*;q=0", "identity;q=0, br;q=0, deflate"])
def test_a_client_that_refuses_all_we_have_is_told(site: Site, accept: str) -> None:
    reply = site.ask(FEED, accept_encoding=accept)
    assert reply.status == 406
    assert reply["vary"] == "Accept-Encoding"


def test_packed_is_much_smaller(site: Site) -> None:
    for coding in ("br", "gzip"):
        assert len(site.ask(FEED, accept_encoding=coding).body) < len(ATOM) / 4


def test_what_does_not_shrink_is_sent_as_it_is(site: Site) -> None:
    for target in ("/photo.png", "/digits.txt", "/empty.txt"):
        reply = site.ask(target, accept_encoding="br, gzip")
        assert reply.get("content-encoding") is None
        assert reply.body == FILES[target[1:]]


def test_but_a_client_that_refuses_it_plain_gets_it_packed(site: Site) -> None:
    reply = site.ask("/photo.png", accept_encoding="gzip, identity;q=0")
    assert reply["content-encoding"] == "gzip"
    assert reply.opened() == FILES["photo.png"]


def test_head_tells_of_the_packed_length(site: Site) -> None:
    get = site.ask(FEED, accept_encoding="br")
    head = site.ask(FEED, accept_encoding="br", method="HEAD")
    assert head["content-length"] == get["content-length"]
    assert head["content-encoding"] == "br"


def test_packing_is_the_same_every_time(site: Site) -> None:
    assert (
        site.ask(FEED, accept_encoding="gzip").body == site.ask(FEED, accept_encoding="gzip").body
    )


def test_a_large_file_is_packed_too(site: Site) -> None:
    big = "Một câu chuyện dài. ".encode() * 40_000
    (site.root / "big.html").write_bytes(big)
    for coding in ("br", "gzip"):
        assert site.ask("/big.html", accept_encoding=coding).opened() == big
    assert site.ask("/big.html").body == big


def test_a_packed_copy_on_the_disk_is_no_address(site: Site) -> None:
    assert site.ask("/packed.html.gz").status == 404
    assert site.ask("/packed.html").status == 200
