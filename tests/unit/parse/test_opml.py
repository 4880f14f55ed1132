from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.errors import ParseError
from feedhub.parse.opml import Outline, parse_opml

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<opml version="2.0"><head><title>Nguồn</title></head><body>
<outline text="Phường xã"><outline text="Cấp phường">
  <outline type="rss" text="Phường &amp; Tin" title="Phường Mẫu" xmlUrl="https://p.example.vn/rss?a=1&amp;b=2"
     htmlUrl="https://p.example.vn/" category="/Tin/Địa phương,y tế"/>
</outline><outline text='x &lt; y > z' xmlurl='http://q.example.vn/atom'></outline></outline>
<!-- <outline xmlUrl="https://hidden.example/"/> -->
<outline text="Trùng" xmlUrl="https://p.example.vn/rss?a=1&amp;b=2"/>
<outline text="Xấu" xmlUrl="javascript:alert(1)"/><outline text="Tệp" xmlUrl="file:///etc/passwd"/>
<outline type="link" text="Trang" url="https://trang.example/"/>
</body></opml>"""


def test_feeds_come_with_their_folders() -> None:
    assert parse_opml(LIST.encode()) == (
        Outline(
            title="Phường Mẫu",
            url="https://p.example.vn/rss?a=1&b=2",
            homepage="https://p.example.vn/",
            categories=("Phường xã", "Cấp phường", "Tin/Địa phương", "y tế"),
        ),
        Outline(title="x < y > z", url="http://q.example.vn/atom", categories=("Phường xã",)),
    )


@pytest.mark.parametrize("body", [b"", b"<rss></rss>", b"\x00\x01", b"<html>"])
def test_what_is_no_opml_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="no OPML"):
        parse_opml(body)


@pytest.mark.parametrize(
    "body",
    [
        "<opml>" + "<outline>" * 100_000,
        "<opml>" + '<outline xmlUrl="http://a.example/"/>' * 100_000,
        "<opml>" + "<outline x='" * 100_000,
        "<opml>" + "<!--" * 300_000,
        "<opml><outline " + "a='' " * 300_000 + "/>",
    ],
    ids=range(5),
)
def test_hostile_lists_end_soon(body: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ParseError):
        assert len(parse_opml(body.encode())) <= 1
    assert time.process_time() - started < 3


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<opml>{text}".encode()))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        parse_opml(body)
