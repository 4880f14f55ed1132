"""Digests as pages: whole, in order, linked to from letters, within bounds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from tests.unit.render.digests import DAY, digest_index, digest_standings, edition, long_edition
from tests.unit.render.samples import HUB
from tests.unit.render.site import standings, town_pages

from feedhub.model.digest import DigestEdition
from feedhub.model.page import StatusPage
from feedhub.render.digest_pages import render_digest, render_digests
from feedhub.render.digest_words import fair_shares
from feedhub.render.language import language
from feedhub.render.letter_contents import digest_contents

_PAGES = town_pages()


def page(of: DigestEdition, code: str = "vi") -> html.HtmlElement:
    return html.fromstring(render_digest(_PAGES, of, code).decode())


def test_a_page_holds_every_story_in_its_section() -> None:
    found = page(edition())
    assert found.xpath("//h1/text()") == ["Bản tin hằng ngày"]
    headings = [node.text_content() for node in found.xpath("//main//h2")]
    assert headings == ["Thị trấn Sông Mây", "Chợ Cũ", "Tin khác", "Đính chính từ bản tin trước"]
    titles = [node.text_content() for node in found.xpath("//main//h3")]
    assert titles[0] == "Khai trương cầu gỗ mới qua sông Mây"
    assert len(titles) == 7
    assert found.xpath("//span[@class='mark']/text()")[0] == "đến muộn"
    assert "5 tin, 2 đính chính" in found.text_content()
    assert found.xpath("string(//link[@rel='canonical']/@href)") == (
        "https://songmay.example/digests/daily/2026-11-21/"
    )


def test_letters_link_to_sections_that_the_page_has() -> None:
    of = long_edition(300)
    contents = digest_contents(of, language("vi"), HUB.timezone)
    anchors = set(page(of).xpath("//@id"))
    assert {section.rest.partition("#")[2] for section in contents.sections} <= anchors


def test_a_page_of_thousands_is_cut_in_every_section_and_says_so() -> None:
    found = page(long_edition(1300, 4))
    assert len(found.xpath("//main//h3")) == 1000
    more = found.xpath("//main//section/p/a[@href='/archive/']/text()")
    assert more == ["75 tin nữa"] * 4


def test_what_is_out_of_the_ordinary_is_said() -> None:
    notices = page(edition(made_late=True, left_out=12), "en").xpath("//p[@class='notice']")
    assert "the service was down" in notices[0].text_content()
    assert "12 older stories" in notices[1].text_content()
    gone = page(edition(sections=(), corrections=()))
    assert "các nguồn đã gỡ hết" in gone.text_content()


@pytest.mark.parametrize(("by", "path"), [("place", "places"), ("topic", "topics")])
def test_a_section_leads_to_the_page_of_its_label(by: str, path: str) -> None:
    of = edition()
    found = page(edition(digest=replace(of.digest, sections=by)))
    assert found.xpath("//h2/a/@href")[0] == f"/{path}/thi-tran/"


def test_the_list_of_digests_names_runs_and_the_next_cut_off() -> None:
    found = html.fromstring(render_digests(_PAGES, digest_index(), "vi").decode())
    rows = found.xpath("//section[@aria-labelledby='daily']//li")
    assert len(rows) == 2
    assert rows[0].xpath(".//a/@href") == ["/digests/daily/2026-11-21/"]
    assert re.sub(r"\s+", " ", rows[0].text_content()).strip() == (
        "Thứ Bảy, 21 tháng 11, 2026 5 tinKhai trương cầu gỗ mới"
    )
    assert "Hằng ngày lúc 07:00" in found.text_content()
    assert "Bản tiếp theo lúc 07:00 22/11/2026" in found.text_content()
    assert "Thứ Hai hằng tuần lúc 07:00" in found.text_content()
    assert "Chưa có bản tin nào" in found.text_content()


def test_the_status_says_what_became_of_every_digest() -> None:
    body = _PAGES.status(StatusPage(standings=standings(), digests=digest_standings()), "en")
    text = re.sub(r"\s+", " ", html.fromstring(body.decode()).text_content())
    assert "Saturday, November 21, 2026: 5 stories" in text
    assert "No digest on Saturday, November 21, 2026: nothing new since 07:00 14 Nov 2026." in text
    assert "No digest yet." in text


def test_neighbours_are_linked_in_both_directions() -> None:
    body = render_digest(
        _PAGES, edition(), "en", earlier=date(2026, 11, 19), later=date(2026, 11, 24)
    )
    found = html.fromstring(body.decode())
    assert found.xpath("//a[@rel='prev']/@href") == ["/en/digests/daily/2026-11-19/"]
    assert found.xpath("//a[@rel='next']/@href") == ["/en/digests/daily/2026-11-24/"]
    assert page(edition(day=DAY)).xpath("//a[@rel='prev' or @rel='next']") == []


@given(st.lists(st.integers(0, 40), max_size=8), st.integers(0, 200))
def test_shares_are_fair_and_whole(lengths: list[int], total: int) -> None:
    shares = fair_shares(lengths, total)
    assert sum(shares) == min(total, sum(lengths))
    assert all(kept <= length for kept, length in zip(shares, lengths, strict=True))
    # nothing was taken from a section while another keeps two more than it
    short = [kept for kept, length in zip(shares, lengths, strict=True) if kept < length]
    assert not short or max(shares) <= min(short) + 1
