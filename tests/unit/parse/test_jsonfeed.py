from __future__ import annotations

import json
from typing import Any

import pytest

from feedhub.errors import NotAFeed, ParseError
from feedhub.model.entry import Enclosure, ParsedFeed
from feedhub.parse.jsonfeed import parse_json_feed

URL = "https://xa.example.vn/feed.json"


def feed(*items: Any, **fields: Any) -> ParsedFeed:
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "Tin xã", "items": items}
    return parse_json_feed(json.dumps(body | fields), URL)


def test_the_fields_of_json_feed_1_1() -> None:
    read = feed(
        {
            "id": 7,
            "url": "/tin/7",
            "title": "Họp <dân>",
            "content_html": "<p>Chữ</p>",
            "summary": "Tóm & tắt",
            "date_published": "2026-02-05T07:30:00+07:00",
            "date_modified": "2026-02-06",
            "authors": [{"name": "Lê Văn Mẫu"}, {"url": "x"}],
            "tags": ["Y tế", 5, "Y tế"],
            "image": "/a.jpg",
            "language": "vi",
            "attachments": [{"url": "/f.mp3", "mime_type": "audio/MPEG", "size_in_bytes": 12}],
        },
        home_page_url="https://xa.example.vn/",
        hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
        next_url="https://xa.example.vn/feed2.json",
    )
    assert (read.kind, read.title, read.link) == ("json11", "Tin xã", "https://xa.example.vn/")
    assert (read.hub, read.next_page) == (
        "https://hub.example/",
        "https://xa.example.vn/feed2.json",
    )
    (entry,) = read.entries
    assert (entry.guid, entry.link, entry.title) == ("7", "/tin/7", "Họp <dân>")
    assert not entry.title_is_html
    assert (entry.content, entry.summary) == ("<p>Chữ</p>", "Tóm &amp; tắt")
    assert entry.published is not None
    assert entry.published.text == "2026-02-05T07:30:00+07:00"
    assert entry.published.parsed is not None
    assert entry.authors == ("Lê Văn Mẫu",)
    assert entry.categories == ("Y tế",)
    assert entry.enclosures == (Enclosure(url="/f.mp3", type="audio/mpeg", length=12),)
    assert entry.image == "/a.jpg"


def test_json_feed_1_0_has_one_author_and_plain_text() -> None:
    read = feed(
        {"id": "a", "content_text": "dòng 1\n\ndòng <2>", "external_url": "https://a.example/x"},
        version="https://jsonfeed.org/version/1",
    )
    (entry,) = read.entries
    assert read.kind == "json10"
    assert entry.content == "<p>dòng 1</p><p>dòng &lt;2&gt;</p>"
    assert entry.link == "https://a.example/x"


def test_the_feeds_author_counts_where_the_entry_names_none() -> None:
    read = feed({"id": "a", "title": "x"}, author={"name": "Ban biên tập"})
    assert read.entries[0].authors == ("Ban biên tập",)


def test_rows_that_are_no_entries_are_named() -> None:
    read = feed("x", {}, {"id": 1}, {"id": 2, "title": "Tin"})
    assert [entry.guid for entry in read.entries] == ["2"]
    assert read.rejected == (
        "Row 1 is not an object.",
        "Row 2 has no title, no link and no text.",
        "Row 3 has no title, no link and no text.",
    )


def test_more_rows_than_the_limit_are_counted() -> None:
    read = feed(*({"id": n, "title": "x"} for n in range(2100)))
    assert len(read.entries) == 2000
    assert "100 further rows" in read.rejected[0]


def test_a_cut_json_feed_is_broken_and_other_json_no_feed() -> None:
    with pytest.raises(ParseError, match="broken or cut off"):
        parse_json_feed('{"version": "https://jsonfeed.org/version/1", "items": [{"id', URL)
    for other in ('{"items": [{"id": 1}]}', '{"items": 5, "version": "jsonfeed"}', "[]", '{"x":'):
        with pytest.raises(NotAFeed):
            parse_json_feed(other, URL)


def test_a_feed_that_forgot_its_version_is_one() -> None:
    body = json.dumps({"home_page_url": "https://a.example/", "items": [{"id": "1", "title": "x"}]})
    assert len(parse_json_feed(body, URL).entries) == 1
