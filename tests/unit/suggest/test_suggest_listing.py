"""The guess of a rule: on every layout, in every size, and when to say nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.suggest import listing_pages as portals
from tests.unit.suggest import register_pages as registers

from feedhub.model.document import Document
from feedhub.model.source import ListingRule, Source
from feedhub.parse.listing import parse_listing
from feedhub.suggest.listing import Suggestion, suggest_rule
from feedhub.suggest.record import listing_record

TODAY = date(2024, 6, 29)
SOURCE = Source(id="phuong-linh", name="Phường Linh", url=portals.URL)


def document(html: str, url: str = portals.URL) -> Document:
    return Document(
        requested_url=url,
        url=url,
        body=html.encode("utf-8", "surrogatepass"),
        fetched_at=datetime(2024, 6, 29, 1, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )


def suggested(html: str) -> Suggestion:
    return suggest_rule(document(html), today=TODAY)


@pytest.mark.parametrize("count", [4, 6, 11, 40])
@pytest.mark.parametrize("layout", portals.LAYOUTS)
def test_every_layout_is_read_whole(layout: str, count: int) -> None:
    wanted = portals.listed(count)
    suggestion = suggested(portals.LAYOUTS[layout](wanted))
    assert not suggestion.abstained
    assert [(row.url, row.title) for row in suggestion.rows] == [
        (entry.url, entry.title) for entry in wanted
    ]
    days = [row.date.value.date() if row.date else None for row in suggestion.rows]
    assert days == [entry.day for entry in wanted]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("layout", portals.LAYOUTS)
def test_a_very_short_list_is_never_mistaken_for_the_box_beside_it(layout: str, count: int) -> None:
    wanted = {entry.url for entry in portals.listed(count)}
    suggestion = suggested(portals.LAYOUTS[layout](portals.listed(count)))
    assert {row.url for row in suggestion.rows} <= wanted


@pytest.mark.parametrize("layout", portals.LAYOUTS)
def test_a_frozen_rule_reads_what_was_suggested(layout: str) -> None:
    page = document(portals.LAYOUTS[layout](portals.listed(12)))
    suggestion = suggest_rule(page, today=TODAY)
    assert suggestion.rule is not None
    assert parse_listing(page, SOURCE, suggestion.rule).entries == suggestion.entries


@pytest.mark.parametrize("layout", portals.LAYOUTS)
def test_a_frozen_rule_reads_tomorrows_page(layout: str) -> None:
    rule = suggested(portals.LAYOUTS[layout](portals.listed(12))).rule
    assert rule is not None
    tomorrow = portals.listed(15, first=date(2024, 7, 2))
    feed = parse_listing(document(portals.LAYOUTS[layout](tomorrow)), SOURCE, rule)
    assert [entry.title for entry in feed.entries] == [entry.title for entry in tomorrow]
    assert all(entry.published for entry in feed.entries)
    assert not feed.rejected


@pytest.mark.parametrize("count", [6, 9, 16])
@pytest.mark.parametrize("name", registers.REGISTERS)
def test_every_register_is_read_whole(name: str, count: int) -> None:
    wanted = registers.decisions(count)
    page = document(registers.REGISTERS[name](wanted), registers.URL)
    suggestion = suggest_rule(page, today=TODAY)
    assert [row.url for row in suggestion.rows] == [row.url for row in wanted]
    days = [row.date.value.date() if row.date else None for row in suggestion.rows]
    assert days == [row.day for row in wanted]
    assert all(row.name in read.title for row, read in zip(wanted, suggestion.rows, strict=True))
    assert suggestion.rule is not None
    assert parse_listing(page, SOURCE, suggestion.rule).entries == suggestion.entries


def test_the_pages_own_language_settles_the_order_of_unclear_dates() -> None:
    rows = "".join(
        f"<li><a href='/n/{n}.html'>Council approves plan {n}</a> 0{n}/0{n + 1}/2024</li>"
        for n in range(1, 7)
    )
    for language, month in (("en-US", 1), ("en-GB", 2), ("vi", 2)):
        page = document(
            f"<html lang={language}><ul class=news>{rows}</ul>", "https://t.example.com/"
        )
        suggestion = suggest_rule(page, language="vi", today=TODAY)
        assert suggestion.rows[0].date is not None
        assert suggestion.rows[0].date.value.month == month


def test_the_next_page_is_found() -> None:
    rule = suggested(portals.cards(portals.listed(9))).rule
    assert rule is not None
    feed = parse_listing(document(portals.cards(portals.listed(9))), SOURCE, rule)
    assert feed.next_page == f"{portals.URL}?trang=2"


@pytest.mark.parametrize("count", [3, 6, 12, 30])
def test_an_article_page_is_no_listing(count: int) -> None:
    suggestion = suggested(portals.article_page(portals.listed(count)))
    assert suggestion.abstained
    assert suggestion.rule is None
    assert suggestion.entries == ()
    assert suggestion.candidates, "a person is still shown what there is"
    assert suggestion.reason


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Chưa có bài viết nào</p>",
        portals.page("<p>Nội dung đang được cập nhật.</p>", side=""),
        portals.page("<p>Nội dung đang được cập nhật.</p>"),
    ],
    ids=["nothing", "no link", "only a menu", "menu and boxes"],
)
def test_a_page_without_a_list_gives_nothing(html: str) -> None:
    suggestion = suggested(html)
    assert suggestion.abstained
    assert not suggestion.rows


def test_links_of_the_whole_site_are_left_aside() -> None:
    wanted = portals.listed(5)
    boxed = portals.listed(9, first=date(2023, 1, 30))
    lists = [
        "".join(
            f"<li><a href={entry.path}{mark}>{entry.title}</a> {portals.dmy(entry.day)}</li>"
            for entry in entries
        )
        for entries, mark in ((wanted, ""), (boxed, "&b=1"))
    ]
    html = portals.page(f"<ul class=a>{lists[0]}</ul><ul class=b>{lists[1]}</ul>")
    everywhere = frozenset(f"{entry.url}&b=1" for entry in boxed)
    suggestion = suggest_rule(document(html), today=TODAY, site_links=everywhere)
    assert [row.url for row in suggestion.rows] == [entry.url for entry in wanted]


def test_structured_data_decides_between_two_lists() -> None:
    lists = [portals.listed(8), portals.listed(8, first=date(2023, 1, 30))]
    blocks = [
        f"<ul class={name}>"
        + "".join(f"<li><a href='/{name}/{e.path[-4:]}'>{e.title}</a></li>" for e in entries)
        + "</ul>"
        for name, entries in zip("ab", lists, strict=True)
    ]
    for name, entries in zip("ab", lists, strict=True):
        elements = ",".join(
            f'{{"@type":"ListItem","url":"{portals.HOST}/{name}/{e.path[-4:]}"}}' for e in entries
        )
        data = (
            '<script type="application/ld+json">{"@type":"ItemList","itemListElement":'
            f"[{elements}]}}</script>"
        )
        best = suggested(portals.page(data + "".join(blocks), side="")).candidates[0]
        assert {row.url for row in best.rows} == {
            f"{portals.HOST}/{name}/{e.path[-4:]}" for e in entries
        }


def test_the_record_of_a_batch_line() -> None:
    record = listing_record(suggested(portals.cards(portals.listed(7))))
    first = portals.listed(7)[0]
    assert record["abstained"] is False
    assert record["confidence"] > 0.9
    assert record["rule"]["entry"]
    assert record["entries"][0] == {
        "url": first.url,
        "title": first.title,
        "date": f"{first.day}T08:15+07:00",
        "summary": first.summary,
        "alts": [],
    }


def test_other_links_of_a_row_are_kept() -> None:
    rows = "".join(
        f"<tr><td>{portals.dmy(e.day)}</td><td><a href='{e.path}'>{e.title}</a></td>"
        f"<td><a href='/tep/{n}.pdf'>PDF</a> <a href='/tep/{n}.doc'>DOC</a></td></tr>"
        for n, e in enumerate(portals.listed(8))
    )
    record = listing_record(suggested(portals.page(f"<table>{rows}</table>")))
    assert record["entries"][3]["alts"] == [
        f"{portals.HOST}/tep/3.pdf",
        f"{portals.HOST}/tep/3.doc",
    ]


_TAGS = st.sampled_from(
    ["div", "ul", "li", "table", "tr", "td", "a", "h3", "p", "dl", "dt", "dd", "span", "time", "br"]
)
_SCRAPS = st.one_of(
    _TAGS.map(lambda tag: f"<{tag}>"),
    _TAGS.map(lambda tag: f"</{tag}>"),
    st.integers(0, 30).map(lambda n: f"<a href='/tin-{n}.html'>Tin số {n} của phường</a>"),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(portals.dmy),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_SCRAPS, max_size=80).map("".join))
def test_no_page_breaks_the_detector_and_the_law_holds(html: str) -> None:
    page = document(html)
    suggestion = suggest_rule(page, today=TODAY)
    assert suggestion.abstained == (suggestion.rule is None)
    if suggestion.rule is not None and suggestion.rows:
        again = suggest_rule(page, today=TODAY)
        assert again.rule == suggestion.rule
        assert again.rows == suggestion.rows


def test_deep_nesting_is_survived() -> None:
    html = "<div>" * 5_000 + "<a href='/x'>x</a>" * 3
    assert suggested(html).abstained


def test_one_endless_line_takes_time_in_proportion() -> None:
    # read anew for each of its dates, this line would take longer than a test may
    html = "<div>" + "<a href=/b>x</a><span>1/2/24</span>" * 20_000 + "</div>"
    assert suggested(html).abstained


def test_rules_are_short_and_named() -> None:
    rule = suggested(portals.cards(portals.listed(9))).rule
    assert rule == ListingRule(
        entry="div.tin",
        link="h3 a",
        date="p.ngay",
        summary="p:nth-child(4)",
        date_order=rule.date_order if rule else None,
        pages='div.phan-trang a:contains("Trang sau")',
    )
