"""A listing page read by a rule a person wrote, and the alarm when it no longer fits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedhub.errors import ListingChanged
from feedhub.model.document import Document
from feedhub.model.entry import ParsedFeed
from feedhub.model.source import DateOrder, ListingRule, RowReach, Source
from feedhub.parse.listing import parse_listing

URL = "https://xa.example.vn/tin/"
SOURCE = Source(id="xa-hoa", name="Xã Hòa", url=URL)


def read(html: str, rule: ListingRule) -> ParsedFeed:
    page = Document(
        requested_url=URL,
        url=URL,
        body=html.encode(),
        fetched_at=datetime(2024, 6, 30, 20, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )
    return parse_listing(page, SOURCE, rule)


def dated(feed: ParsedFeed) -> list[tuple[str, str]]:
    return [
        (entry.title, entry.published.text if entry.published else "") for entry in feed.entries
    ]


ROWS = (
    "<ul><li><a href='a'>Một</a> <i>01/02/2024</i><p>Tóm <b>tắt</b></p></li>"
    "<li><a href='/b?x=1&amp;y=2'>Hai</a> <i>02/02/2024</i></li></ul>"
)


def test_css_and_xpath_say_the_same() -> None:
    css = read(ROWS, ListingRule(entry="ul > li", link="a", date="i", summary="p"))
    xpath = read(ROWS, ListingRule(entry="//ul/li", link="./a/@href", title="./a/text()",
                                   date="./i", summary="./p"))  # fmt: skip
    assert css == xpath
    assert dated(css) == [("Một", "01/02/2024"), ("Hai", "02/02/2024")]
    assert [entry.link for entry in css.entries] == ["a", "/b?x=1&y=2"]
    assert css.entries[0].summary == "<p>Tóm <b>tắt</b></p>"
    assert css.entries[0].base_url == URL
    assert not css.entries[0].title_is_html


def test_what_follows_an_element_belongs_to_it() -> None:
    html = (
        "<div><b>01/02/2024</b> <a href='a'>Một</a><p>Tóm tắt</p>"
        "<b>02/02/2024</b> <a href='b'>Hai</a></div><p>03/02/2024</p>"
    )
    feed = read(html, ListingRule(entry="b", date="./self::*", summary="p", reach=RowReach.AFTER))
    assert dated(feed) == [("Một", "01/02/2024"), ("Hai", "02/02/2024")]
    assert [entry.summary for entry in feed.entries] == ["<p>Tóm tắt</p>", ""]


def test_what_stands_before_an_element_belongs_to_it() -> None:
    html = "<div>Đăng 01/02/2024<br><a href=a>Một</a><br>Đăng 02/02/2024<br><a href=b>Hai</a></div>"
    feed = read(html, ListingRule(entry="a", reach=RowReach.BEFORE))
    assert dated(feed) == [("Một", "01/02/2024"), ("Hai", "02/02/2024")]


def test_headings_date_the_rows_below_them() -> None:
    html = (
        "<h3>Chuyên mục</h3><h3>Ngày 2 tháng 2 năm 2024</h3><ul><li><a href=a>Một</a></li>"
        "<li><a href=b>Hai</a></li></ul><h3>1/2/2024</h3><ul><li><a href=c>Ba</a></li></ul>"
    )
    feed = read(html, ListingRule(entry="li", heading="h3"))
    assert [title for title, _ in dated(feed)] == ["Một", "Hai", "Ba"]
    texts = [text for _, text in dated(feed)]
    assert texts[0] == texts[1] != texts[2] == "1/2/2024"


def test_rows_without_a_date_may_be_none_of_the_list() -> None:
    html = "<p><a href=m>Menu</a><p><a href=a>Một</a> 1/2/2024<p><a href=b>Hai</a> 2/2/2024"
    assert len(read(html, ListingRule(entry="p")).entries) == 3
    assert [t for t, _ in dated(read(html, ListingRule(entry="p", dated=True)))] == ["Một", "Hai"]


def test_every_row_is_accounted_for() -> None:
    rows = "".join(f"<li><a href='/{n}'>Tin {n}</a></li>" for n in range(20))
    html = f"<ul>{rows}<li>Chưa có liên kết</li><li><a href='/3#b'>Tin 3</a></li><li> </li></ul>"
    feed = read(html, ListingRule(entry="li"))
    assert len(feed.entries) == 20
    assert feed.rejected == (
        'row 21 has no link to an article: "Chưa có liên kết"',
        'row 22 repeats the address of row 4: "Tin 3"',
    )


@pytest.mark.parametrize(
    ("html", "rule", "words"),
    [
        (ROWS, ListingRule(entry="tr"), "finds no entry"),
        ("", ListingRule(entry="li"), "finds no entry"),
        (ROWS + "<li>x</li>" * 3, ListingRule(entry="li"), "only 2 of 5 rows"),
        (ROWS, ListingRule(entry="li", date="em"), "no row has a date"),
        (ROWS, ListingRule(entry="li["), "cannot be used"),
        (ROWS, ListingRule(entry="//li[", date="em"), "cannot be used"),
    ],
)
def test_a_page_that_no_longer_fits_is_an_alarm(html: str, rule: ListingRule, words: str) -> None:
    with pytest.raises(ListingChanged, match=words):
        read(html, rule)


def test_a_body_that_only_the_browser_shows_may_stand_in_a_rule() -> None:
    html = "<table><tr><td><a href=a>Một</a></td></tr></table>"
    assert len(read(html, ListingRule(entry="table > tbody > tr")).entries) == 1
    html = "<table><tbody><tr><td><a href=a>Một</a></td></tr></tbody></table>"
    assert len(read(html, ListingRule(entry="table > tbody > tr")).entries) == 1


def test_header_rows_are_no_rows() -> None:
    html = (
        "<table><thead><tr><td>Tiêu đề</td></tr></thead><tr><th>Tiêu đề</th></tr>"
        "<tr><td><a href=a>Một</a></td></tr></table>"
    )
    assert read(html, ListingRule(entry="tr")).rejected == ()


def test_the_shown_day_wins_over_a_machine_readable_one() -> None:
    html = (
        "<li><a href=a>Một</a><time datetime='2024-02-01T17:30:00Z'>02/02/2024</time></li>"
        "<li><a href=b>Hai</a><time datetime='2024-02-03T08:30:00+07:00'>03/02/2024</time></li>"
        "<li><a href=c>Ba</a><time datetime='2024-02-04T08:30:00+07:00'>hôm kia</time></li>"
    )
    assert [text for _, text in dated(read(html, ListingRule(entry="li", date="time")))] == [
        "02/02/2024",
        "2024-02-03T08:30:00+07:00",
        "2024-02-04T08:30:00+07:00",
    ]


def test_the_order_of_day_and_month_is_the_rules() -> None:
    rule = ListingRule(entry="li", date="i", date_order=DateOrder.MDY)
    assert dated(read(ROWS, rule))[0] == ("Một", "01/02/2024")


def test_dates_glued_to_titles_come_off() -> None:
    html = (
        "<li><a href=a>01/02/2024 - Khánh thành cầu mới qua sông</a></li>"
        "<li><a href=b>Thông báo lịch tiếp dân tháng Hai 17:30 02/02/2024</a></li>"
        "<li><a href=c>Biên bản họp 3/2/2024</a></li>"
    )
    assert [title for title, _ in dated(read(html, ListingRule(entry="li", date="a")))] == [
        "Khánh thành cầu mới qua sông",
        "Thông báo lịch tiếp dân tháng Hai",
        "Biên bản họp 3/2/2024",
    ]


@pytest.mark.parametrize(
    ("links", "rule", "following"),
    [
        ("<a href='?p=2'>2</a> <a href='?p=3'>3</a>", ".pages a", "?p=2"),
        ("<a href='?p=1'>1</a> 2 <a href='?p=3'>3</a> <a href='?p=4'>4</a>", ".pages a", "?p=3"),
        ("<a href='?p=1'>1</a> <a href='?p=2'>2</a> 3", ".pages a", ""),
        ("<a href='?p=1'>Trước</a> <a href='?p=3'>Sau</a>", '.pages a:contains("Sau")', "?p=3"),
        ("<a href='?p=9' rel=next>tiếp</a>", 'a[rel~="next"]', "?p=9"),
        ("", ".pages a", ""),
    ],
)
def test_the_next_page(links: str, rule: str, following: str) -> None:
    feed = read(f"{ROWS}<p class=pages>{links}</p>", ListingRule(entry="li", pages=rule))
    assert feed.next_page == (URL + following if following else "")


def test_a_link_around_the_row_is_the_rows_link() -> None:
    html = "<a href=a><h3>Một</h3></a><a href=b><h3>Hai</h3></a>"
    feed = read(html, ListingRule(entry="h3", title="./self::*"))
    assert [entry.link for entry in feed.entries] == ["a", "b"]


def test_pictures_and_comments_do_not_hide_a_title() -> None:
    html = (
        "<li><a href=a><img src=x alt='Lễ hội  đua ghe'></a></li>"
        "<li><a href=b>Họp <!-- x -->dân<script>1</script> quân</a></li>"
        "<li><a href='  c\nd '>Ba<span class=sr-only>(mở cửa sổ mới)</span></a></li>"
    )
    feed = read(html, ListingRule(entry="li"))
    assert [entry.title for entry in feed.entries] == ["Lễ hội đua ghe", "Họp dân quân", "Ba"]
    assert feed.entries[2].link == "cd"
