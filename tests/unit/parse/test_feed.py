from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.errors import NotAFeed, ParseError
from feedhub.model.document import Document
from feedhub.model.entry import Enclosure, ParsedFeed
from feedhub.model.source import Source
from feedhub.parse.feed import parse_feed

SOURCE = Source(id="phuong", name="Phường", url="https://phuong.example.vn/rss")
URL = "https://phuong.example.vn/tin/rss.xml"


def document(body: str | bytes, content_type: str = "", *headers: tuple[str, str]) -> Document:
    return Document(
        requested_url=URL,
        url=URL,
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        headers=((("content-type", content_type),) if content_type else ()) + headers,
    )


def parsed(body: str | bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(document(body, content_type), SOURCE)


def rss(rows: str, channel: str = "", attributes: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {attributes}><channel>'
        f"<title>Tin phường</title><link>https://phuong.example.vn/</link>{channel}{rows}"
        "</channel></rss>"
    )


def atom(rows: str, feed: str = "", attributes: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Tin xã</title>'
        f'<link href="https://xa.example.vn/"/>{feed}{rows}</feed>'
    )


def test_every_sample_has_the_rows_its_index_names(samples: Path) -> None:
    for line in (samples / "INDEX.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["kind"] != "feed":
            continue
        body = (samples / row["file"]).read_bytes()
        if row["expected"].get("feed") is False:
            with pytest.raises(NotAFeed, match="root element is"):
                parsed(body)
            continue
        feed = parsed(body)
        expected = row["expected"].get("item_elements_in_source")
        if expected is not None:
            assert len(feed.entries) == expected, row["file"]
            assert all(entry.title for entry in feed.entries), row["file"]
        assert feed.title, row["file"]


def test_rows_of_malformed_samples_are_accounted_for(samples: Path) -> None:
    def rows(name: str) -> tuple[int, int]:
        feed = parsed((samples / "feeds" / name).read_bytes())
        return len(feed.entries), len(feed.rejected)

    assert rows("saxerror.xml") == (3, 0)
    assert rows("illegally-nested.xml") == (10, 10)
    assert rows("compressed.xml") == (10, 0)
    assert rows("rss_2.0_invalid_1.xml") == (0, 0)


def test_the_fields_of_rss_2() -> None:
    feed = parsed(
        rss(
            """<item><title>Họp &amp; bàn</title><link>/tin?tc=5</link>
            <guid isPermaLink="false">5</guid>
            <pubDate>Thu, 05 Feb 2026 07:30:00 +0700</pubDate>
            <description>&lt;p&gt;Tóm tắt&lt;/p&gt;</description>
            <content:encoded><![CDATA[<p>Toàn văn của tin</p>]]></content:encoded>
            <dc:creator>Lê Văn Mẫu</dc:creator>
            <category>Kinh tế</category><category>Y tế</category>
            <enclosure url="/f.mp3" type="audio/mpeg" length="12"/>
            <media:content url="https://phuong.example.vn/a.jpg" medium="image" width="8"/>
            </item>""",
            "<ttl>60</ttl><language>vi</language>"
            "<skipHours><hour>1</hour><hour>24</hour></skipHours>"
            "<skipDays><day>Sunday</day></skipDays>"
            '<atom:link rel="hub" href="https://hub.example/"/>'
            '<atom:link rel="self" href="rss.xml"/>',
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:media="http://search.yahoo.com/mrss/"',
        )
    )
    assert (feed.kind, feed.title, feed.language) == ("rss20", "Tin phường", "vi")
    assert (feed.every_minutes, feed.skip_hours, feed.skip_days) == (60, (0, 1), ("Sunday",))
    assert (feed.hub, feed.self_url) == ("https://hub.example/", URL)
    (entry,) = feed.entries
    assert (entry.title, entry.link, entry.guid) == ("Họp & bàn", "/tin?tc=5", "5")
    assert entry.base_url == URL
    assert entry.published is not None
    assert entry.published.text == "Thu, 05 Feb 2026 07:30:00 +0700"
    assert entry.published.parsed == datetime(2026, 2, 5, 0, 30, tzinfo=UTC)
    assert (entry.summary, entry.content) == ("<p>Tóm tắt</p>", "<p>Toàn văn của tin</p>")
    assert entry.authors == ("Lê Văn Mẫu",)
    assert entry.categories == ("Kinh tế", "Y tế")
    assert Enclosure(url="/f.mp3", type="audio/mpeg", length=12) in entry.enclosures
    assert entry.image == "https://phuong.example.vn/a.jpg"
    assert entry.language == "vi"


def test_the_fields_of_atom_1() -> None:
    feed = parsed(
        atom(
            """<entry xml:base="https://xa.example.vn/tin/"><id>tag:xa.example.vn,2026:5</id>
            <title type="html">Tin &amp;lt;b&gt;</title><link href="5.html"/>
            <updated>2026-02-05</updated>
            <published>2026-02-04T08:00:00+07:00</published><summary>a &lt; b</summary>
            <content type="xhtml">
            <div xmlns="http://www.w3.org/1999/xhtml"><p>Chữ</p></div>
            </content>
            <category term="yte" label="Y tế"/></entry>
            <entry><id>x</id><title type="text">Thẻ &lt;b&gt;</title>
            <updated>2026-02-05T08:00:00Z</updated>
            <author><name>Trần Thị Mẫu</name><email>a@b.vn</email></author></entry>""",
            "<author><name>Ban biên tập</name></author>",
        )
    )
    first, second = feed.entries
    assert feed.kind == "atom10"
    assert first.guid == "tag:xa.example.vn,2026:5"
    assert first.link == "https://xa.example.vn/tin/5.html"
    assert first.base_url == "https://xa.example.vn/tin/"
    assert (first.summary, first.content) == ("a &lt; b", "<p>Chữ</p>")
    assert first.updated is not None
    assert first.updated.text == "2026-02-05"
    assert (first.authors, second.authors) == (("Ban biên tập",), ("Trần Thị Mẫu",))
    assert first.categories == ("Y tế",)
    assert first.title_is_html
    assert not second.title_is_html
    assert second.title == "Thẻ <b>"


def test_rss_1_knows_its_entries_by_rdf_about() -> None:
    feed = parsed(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
        <channel rdf:about="x"><title>T</title><link>http://a.example/</link>
        <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
        <item rdf:about="http://a.example/1"><title>Một</title><link>http://a.example/1</link>
        <dc:date>2026-02-05</dc:date></item></rdf:RDF>"""
    )
    (entry,) = feed.entries
    assert (feed.kind, feed.every_minutes) == ("rss10", 360)
    assert entry.guid == "http://a.example/1"
    assert entry.published is not None
    assert (entry.published.text, entry.updated) == ("2026-02-05", None)


def test_a_local_time_is_not_taken_for_utc() -> None:
    (entry,) = parsed(
        rss("<item><title>x</title><pubDate>2026-02-05 07:30:00</pubDate></item>")
    ).entries
    assert entry.published is not None
    assert entry.published.parsed is not None
    assert entry.published.parsed.tzinfo is None


def test_guids_stay_as_written_and_are_links_only_as_addresses() -> None:
    (entry,) = parsed(rss("<item><title>x</title><guid>42</guid></item>")).entries
    assert (entry.guid, entry.link) == ("42", "")
    (entry,) = parsed(rss("<item><title>x</title><guid>http://a.example/42</guid></item>")).entries
    assert entry.link == "http://a.example/42"


@pytest.mark.parametrize(
    "body",
    [
        "\n\n  " + rss("<item><title>Tin</title></item>"),
        "<br />\n<b>Warning</b>: mysql in <b>/x.php</b><br />"
        + rss("<item><title>Tin</title></item>"),
        rss("<item><title>Tin</title></item>") + "<script>x</script>",
        rss("<item><title>Tin</title></item>").replace("</channel></rss>", ""),
        rss("<item><title>Tin</title><link>http://a.example/?a=1&b=2&c</link></item>"),
        rss("<item><title>T&iacute;n</title></item>").replace("T&iacute;n", "T&#105;n"),
        rss("<item><title>Tin\x00\x0b</title><x>&#0;&#x1F;</x></item>"),
        rss("<item><dc:date>2026</dc:date><title>Tin</title></item>"),
        "<channel><title>x</title><item><title>Tin</title></item></channel>",
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/x.dtd">'
        + rss("<item><title>Tin</title></item>"),
        rss("<item><title>Tin</title></item>").replace('"utf-8"', '"utf-16"'),
    ],
    ids=range(11),
)
def test_feeds_with_the_faults_of_real_ones_are_read(body: str) -> None:
    assert [entry.title for entry in parsed(body).entries] == ["Tin"]


def test_html_entities_are_understood_outside_and_inside_cdata() -> None:
    (entry,) = parsed(
        rss(
            "<item><title>Ng&agrave;y&nbsp;1</title>"
            "<description><![CDATA[a&nbsp;b & c]]></description></item>"
        )
    ).entries
    assert entry.title == "Ngày\u00a01"
    assert entry.summary == "a&nbsp;b & c"


def test_a_compressed_body_is_opened() -> None:
    assert len(parsed(gzip.compress(rss("<item><title>x</title></item>").encode())).entries) == 1


def test_the_encoding_is_ours_to_find() -> None:
    body = rss("<item><title>Thông báo về việc cắt điện</title></item>").encode()
    wrong = body.replace(b"utf-8", b"iso-8859-1").replace(
        b"</title></item>", b"\xff</title></item>"
    )
    feed = parsed(wrong, "text/xml; charset=us-ascii")
    (entry,) = feed.entries
    assert (feed.encoding, feed.damaged) == ("utf-8", 1)
    assert entry.title == "Thông báo về việc cắt điện\ufffd"


def test_websub_links_of_the_header_come_first() -> None:
    link = ("link", '<https://hub.example/h>; rel="hub", <https://xa.example.vn/f>; rel="self"')
    feed = parse_feed(document(atom("<entry><title>x</title></entry>"), "", link), SOURCE)
    assert (feed.hub, feed.self_url) == ("https://hub.example/h", "https://xa.example.vn/f")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (
            b"<!DOCTYPE html><html><head><title>Trang ch\xe1\xbb\xa7</title>",
            'a web page titled "Trang chủ"',
        ),
        (b"<html><form><input type='password'></form></html>", "a login page"),
        (b"<html><body><pre>&lt;rss><rss></body></html>", "a web page"),
        (b"<?xml version='1.0'?><opml version='2.0'></opml>", "a list of feeds"),
        (b"<urlset></urlset>", "a sitemap"),
        (b"<?xml version='1.0'?><!-- x --><data><item/></data>", "root element is data"),
        (b"%PDF-1.4", "a PDF file"),
        (b"\x89PNG\r\n", "a picture"),
        (b"BEGIN:VCALENDAR", "a calendar"),
        (b'{"a": 1}', "JSON of another kind"),
        (b"[1,2]", "JSON of another kind"),
        (b"{nonsense", "begins like JSON"),
        (b"Hello", "is plain text"),
        (b"<?xml version='1.0' ?>\xff 5 < 6", "XML that is broken"),
        (b"<feed><price>1</price></feed>", "holds nothing readable"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    with pytest.raises(NotAFeed, match=words):
        parsed(body)


def test_damaged_archives_are_named() -> None:
    with pytest.raises(ParseError, match="damaged"):
        parsed(b"\x1f\x8bxxxx")


def test_a_plain_name_of_a_file_is_never_opened() -> None:
    with pytest.raises(NotAFeed, match="plain text"):
        parsed("/etc/hostname")


def test_rows_without_anything_are_rejected_in_words() -> None:
    feed = parsed(rss("<item><title>x</title></item><item/><item><guid>7</guid></item>"))
    assert len(feed.entries) == 1
    assert feed.rejected == tuple(
        f"Row {number} has no title, no link and no text." for number in (2, 3)
    )


@pytest.mark.parametrize(
    "stray",
    ["</width>", "</media:player>", "<textInput>", "</link>", "</category>", "</media:thumbnail>"],
)
def test_a_stray_tag_costs_itself_only(stray: str) -> None:
    row = "<item><title>Tin</title>{}<link>http://a.example/1</link></item>"
    feed = parsed(rss(row.format("") + row.format(stray) + row.format("")))
    assert [entry.title for entry in feed.entries] == ["Tin", "Tin", "Tin"]


def test_a_second_description_does_not_hide_the_first() -> None:
    (entry,) = parsed(
        rss(
            "<item><title>x</title><description>Một đoạn dài hơn nhiều</description>"
            "<media:description>Ảnh</media:description></item>",
            attributes='xmlns:media="http://search.yahoo.com/mrss/"',
        )
    ).entries
    assert (entry.summary, entry.content) == ("Một đoạn dài hơn nhiều", "")


@pytest.mark.parametrize("name", ["links", "tags", "authors"])
@pytest.mark.parametrize("attributes", ["", " url='x'"])
def test_an_element_named_like_a_list_of_feedparsers_is_none(name: str, attributes: str) -> None:
    row = f"<item><title>Tin</title><{name}{attributes}>x</{name}></item>"
    (entry,) = parsed(rss(row, f"<{name}{attributes}>x</{name}>")).entries
    assert (entry.title, entry.enclosures, entry.image) == ("Tin", (), "")
