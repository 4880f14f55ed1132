from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedhub.model.entry import (
    Article,
    DateUsed,
    Enclosure,
    Entry,
    ParsedFeed,
    Precision,
    RawDate,
    RawEntry,
)
from feedhub.model.source import Source
from feedhub.normalise.entry import Rejection, add_article, normalise_entry
from feedhub.normalise.records import feed_record
from feedhub.normalise.wording import author_name, shortened, title_text, untitled

SOURCE = Source(id="xa", name="Xã Mẫu", url="https://xa.example.vn/rss", identity=("tc",))
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
RAW = RawEntry(position=0, base_url="https://xa.example.vn/tin/", link="?gd=4&tc=5", title="Tin")


def entry_of(raw: RawEntry) -> Entry:
    entry = normalise_entry(raw, SOURCE, NOW)
    assert isinstance(entry, Entry)
    return entry


def test_a_whole_entry() -> None:
    entry = entry_of(
        replace(
            RAW,
            guid=" 5\x00 ",
            title="H\u1ecdp d\u00e2n &amp; b\u00e0n vi\u1ec7c <b>m\u1edbi</b>",
            summary="<p>To\u0301m ta\u0306\u0301t.</p>",
            content='<p onclick="x()">Chữ <a href="2.html">đây</a></p><img src="/a.jpg">',
            published=RawDate(text="05/02/2026"),
            updated=RawDate(text="2026-02-06T00:00:00Z"),
            authors=("a@b.vn (Lê Văn Mẫu)", "c@d.vn"),
            categories=("Y&nbsp;tế", "Y tế"),
            enclosures=(Enclosure(url="f.pdf", type="application/pdf"), Enclosure(url="data:x")),
            language="vi_VN",
        )
    )
    assert (entry.guid, entry.title) == ("5", "Họp dân & bàn việc mới")
    assert entry.link == "https://xa.example.vn/tin/?gd=4&tc=5"
    assert entry.link_key == "xa.example.vn/tin?tc=5"
    assert (entry.summary, entry.text) == ("Tóm tắt.", "Chữ đây")
    assert entry.content == (
        '<p>Chữ <a href="https://xa.example.vn/tin/2.html" rel="noopener noreferrer">đây</a></p>'
        '<img src="https://xa.example.vn/a.jpg">'
    )
    assert entry.published.at == datetime(2026, 2, 5, 5, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 6, tzinfo=UTC)
    assert (entry.authors, entry.categories) == (("Lê Văn Mẫu",), ("Y tế",))
    assert [each.url for each in entry.enclosures] == ["https://xa.example.vn/tin/f.pdf"]
    assert entry.image == "https://xa.example.vn/a.jpg"
    assert entry.language == "vi-VN"


def test_a_permalink_guid_stands_in_for_a_missing_link() -> None:
    raw = replace(RAW, link="javascript:x", guid="https://xa.example.vn/?tc=9")
    assert entry_of(raw).link == "https://xa.example.vn/?tc=9"


def test_an_entry_without_any_link_is_kept() -> None:
    entry = entry_of(replace(RAW, link="", guid="urn:x:1"))
    assert (entry.link, entry.link_key, entry.guid) == ("", "", "urn:x:1")


def test_an_enclosure_is_better_than_no_link() -> None:
    raw = replace(RAW, link="", enclosures=(Enclosure(url="a.pdf"),))
    assert entry_of(raw).link == "https://xa.example.vn/tin/a.pdf"


def test_the_address_behind_a_news_alert() -> None:
    alert = "https://www.google.com/url?rct=j&url=https://bao.example.vn/tin-5.html&ct=ga"
    assert entry_of(replace(RAW, link=alert)).link == "https://bao.example.vn/tin-5.html"
    many = "https://www.google.com/url?" + "a=http://b.example/&" * 200
    assert entry_of(replace(RAW, link=many)).link == many


def test_a_row_of_nothing_is_rejected_in_words() -> None:
    raw = RawEntry(position=4, base_url="https://xa.example.vn/", summary="<img src=x width=1>")
    assert normalise_entry(raw, SOURCE, NOW) == Rejection(
        reason="Row 5 has no title, no link and no text."
    )


def test_a_description_that_is_an_article_is_its_content() -> None:
    body = "<p>" + "Một câu của bài. " * 40 + "</p>"
    entry = entry_of(replace(RAW, summary=body))
    assert entry.content.startswith("<p>Một câu")
    assert len(entry.summary) <= 500
    assert entry.summary.endswith("bài.")
    assert len(entry.text) > 600
    short = entry_of(replace(RAW, summary="<p>Ngắn</p>"))
    assert (short.content, short.text, short.summary) == ("", "Ngắn", "Ngắn")


def test_a_picture_in_a_summary_is_found() -> None:
    entry = entry_of(replace(RAW, summary="<img src='/a.jpg'><img src='/b.jpg'>Tin"))
    assert (entry.image, entry.content) == ("https://xa.example.vn/a.jpg", "")


@pytest.mark.parametrize(
    ("title", "is_html", "expected"),
    [
        ("Tin &amp;amp; bài", True, "Tin & bài"),
        ("Tin &amp; bài", False, "Tin & bài"),
        ("&lt;b&gt;Tin&lt;/b&gt;", True, "Tin"),
        ("<b>Tin</b> mới<br>nhất", True, "Tin mới nhất"),
        ("Giá < 5 triệu", True, "Giá < 5 triệu"),
        ("Yêu <3 phường", False, "Yêu <3 phường"),
        ("  Tin\n\tmới ", False, "Tin mới"),
        ("Ti\u0300n", False, "Tìn"),
        ("Tin <script>x</script>", True, "Tin"),
        ("AT&T", True, "AT&T"),
    ],
)
def test_titles_are_text(title: str, is_html: bool, expected: str) -> None:
    assert title_text(title, is_html=is_html) == expected


def test_titles_are_bounded() -> None:
    title = title_text("chữ " * 400, is_html=False)
    assert len(title) <= 500
    assert title.endswith("chữ…")


def test_what_stands_in_for_a_title() -> None:
    assert untitled("Câu đầu. Câu sau.\nĐoạn hai", "", "") == "Câu đầu. Câu sau."
    assert untitled("", "https://xa.example.vn/tin/le-hoi_2026.html", "") == "le hoi 2026"
    assert untitled("", "https://xa.example.vn/", "") == "xa.example.vn"
    assert untitled("", "", "urn:x:1") == "urn:x:1"
    assert entry_of(replace(RAW, title="", summary="Câu đầu.")).title == "Câu đầu."


def test_summaries_are_cut_at_a_sentence() -> None:
    text = "Câu một dài. Câu hai dài hơn. Câu ba"
    assert shortened(text, 32) == "Câu một dài. Câu hai dài hơn."
    assert shortened("một hai ba bốn năm", 12) == "một hai ba…"
    assert shortened("TP.HCM có 1.500 người", 30) == "TP.HCM có 1.500 người"
    assert shortened("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a@b.vn (Lê Văn Mẫu)", "Lê Văn Mẫu"),
        ("Lê Văn Mẫu (a@b.vn)", "Lê Văn Mẫu"),
        ("Lê Văn Mẫu <a@b.vn>", "Lê Văn Mẫu"),
        ("a@b.vn", ""),
        ("Lê Văn Mẫu a@b.vn", "Lê Văn Mẫu"),
        ("Lê Văn Mẫu (Huế)", "Lê Văn Mẫu (Huế)"),
        ("&#76;ê", "Lê"),
        ("noreply@b.industries (Ban biên tập", "Ban biên tập"),
    ],
)
def test_of_an_author_only_the_name_is_kept(text: str, name: str) -> None:
    assert author_name(text) == name


ARTICLE = Article(
    url="https://xa.example.vn/tin/5",
    title="Tin đầy đủ của xã",
    date=datetime(2026, 2, 5, 14, 30),  # noqa: DTZ001 - a page's local time
    date_precision=Precision.MINUTE,
    date_evidence="14:30 05/02/2026",
    authors=("Trần Thị Mẫu",),
    body_html="<p>Toàn văn.</p>",
    body_text="Toàn văn.",
    image="/lon.jpg",
)


def test_an_article_page_adds_what_was_missing() -> None:
    entry = entry_of(replace(RAW, title="Tin đầy đủ…"))
    whole = add_article(entry, ARTICLE, SOURCE, NOW)
    assert whole.title == "Tin đầy đủ của xã"
    assert (whole.content, whole.text, whole.summary) == (
        "<p>Toàn văn.</p>", "Toàn văn.", "Toàn văn."
    )  # fmt: skip
    assert whole.published.at == datetime(2026, 2, 5, 7, 30, tzinfo=UTC)
    assert (whole.published.used, whole.published.evidence) == (
        DateUsed.SOURCE, "14:30 05/02/2026"
    )  # fmt: skip
    assert whole.authors == ("Trần Thị Mẫu",)
    assert whole.image == "https://xa.example.vn/lon.jpg"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("05/02/2026", "2026-02-05T07:30:00"),  # the page refines the day
        ("04/02/2026", "2026-02-04T05:00:00"),  # the page means another day: an update
        ("2026-02-04T01:00:00Z", "2026-02-04T01:00:00"),  # the feed knew better already
    ],
)
def test_an_article_page_only_refines_a_date(text: str, at: str) -> None:
    entry = entry_of(replace(RAW, published=RawDate(text=text)))
    whole = add_article(entry, ARTICLE, SOURCE, NOW)
    assert whole.published.at == datetime.fromisoformat(at + "+00:00")


def test_an_empty_article_page_takes_nothing_away() -> None:
    entry = entry_of(
        replace(RAW, content="<p>Chữ</p>", authors=("Lê Văn Mẫu",), published=RawDate(text="2026"))
    )
    assert add_article(entry, Article(url=entry.link), SOURCE, NOW) == entry


def test_the_record_of_a_feed() -> None:
    entry = entry_of(replace(RAW, guid="5", published=RawDate(text="05/02/2026")))
    unknown = replace(
        entry_of(replace(RAW, title="Khác", enclosures=(Enclosure(url="/a.mp3", length=3),))),
        updated=datetime(2026, 2, 6, tzinfo=UTC),
    )
    parsed = ParsedFeed(kind="rss20", entries=(), title="Tin", link="https://xa.example.vn/")
    record = feed_record(parsed, [entry, unknown], timezone="Asia/Ho_Chi_Minh")
    assert record["feed"]["title"] == "Tin"
    first, second = record["entries"]
    assert (first["id"], first["published"], first["updated"]) == ("5", "2026-02-05", None)
    assert (second["published"], second["updated"]) == (None, "2026-02-06T00:00:00Z")
    assert second["enclosures"] == [{"url": "https://xa.example.vn/a.mp3", "type": "", "length": 3}]
    assert {"id", "title", "link", "published", "updated", "summary", "content", "author",
            "categories", "enclosures"} <= first.keys()  # fmt: skip
