"""Stories and sources as readers see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.render.samples import CARDS, NOON, stored, story

from feedhub.edit.cards import source_card, story_card
from feedhub.edit.pages import local_day
from feedhub.model.addresses import label_id
from feedhub.model.entry import Dating, Precision
from feedhub.model.source import Source


def test_a_withdrawn_lead_gives_way_to_a_source_that_stands_by_the_text() -> None:
    lead = stored(1, withdrawn_at=NOON + timedelta(hours=1))
    other = stored(11, "cau-go", story_id="s1", title="Cầu gỗ mới")
    card = story_card(story(1, lead, other), CARDS)
    assert card.title == "Cầu gỗ mới"
    assert card.lead.source.id == "cau-go"
    assert [printing.entry_id for printing in card.others] == ["e1"]
    assert card.withdrawn_at is None


def test_a_story_is_withdrawn_when_every_source_took_it_back() -> None:
    moment = NOON + timedelta(hours=1)
    lead = stored(1, withdrawn_at=moment)
    other = stored(11, "cau-go", story_id="s1", withdrawn_at=moment + timedelta(hours=1))
    card = story_card(story(1, lead, other), CARDS)
    assert card.withdrawn_at == moment + timedelta(hours=1)
    assert card.updated.replace(microsecond=0) == card.withdrawn_at


def test_stories_of_one_minute_have_instants_of_their_own_that_never_change() -> None:
    same = Dating(at=NOON, precision=Precision.MINUTE)
    cards = [story_card(story(n, stored(n, published=same)), CARDS) for n in range(1, 200)]
    again = [story_card(story(n, stored(n, published=same)), CARDS) for n in range(1, 200)]
    assert len({card.updated for card in cards}) == len(cards)
    assert [card.updated for card in cards] == [card.updated for card in again]
    assert all(timedelta(0) < card.updated - NOON < timedelta(seconds=1) for card in cards)


def test_a_day_seen_after_midnight_stays_the_day_the_source_gave() -> None:
    noon = datetime(2026, 11, 23, 5, tzinfo=UTC)  # of 23 November in Vietnam
    dated = Dating(at=noon, precision=Precision.DAY)
    past_midnight = noon + timedelta(hours=12, minutes=36)
    card = story_card(story(1, stored(1, published=dated, first_seen=past_midnight)), CARDS)
    assert card.published == noon
    assert local_day(card, "Asia/Ho_Chi_Minh") == date(2026, 11, 23)


def test_a_source_that_is_no_longer_configured_keeps_its_stories_readable() -> None:
    card = story_card(story(1), {})
    assert card.lead.source.name == "thi-tran"


def test_the_summary_does_not_repeat_the_title() -> None:
    text = "Chợ hoa mở cửa. Vé vào cửa miễn phí cho bà con trong phường."
    card = story_card(story(1, stored(1, title="Chợ hoa mở cửa", text=text, summary="")), CARDS)
    assert card.summary == "Vé vào cửa miễn phí cho bà con trong phường."


@given(st.text(max_size=200))
def test_a_label_makes_a_safe_address_part(name: str) -> None:
    made = label_id(name)
    assert made
    assert len(made) <= 60
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in made)
    assert label_id(made) == made


def test_places_are_named_as_people_write_them() -> None:
    source = Source(id="x", name="X", url="https://www.x.example/tin", place=" phường  Đông Ba ")
    card = source_card(source)
    assert card.place is not None
    assert (card.place.id, card.place.name) == ("phuong-dong-ba", "Phường Đông Ba")
    assert (card.homepage, card.host) == ("https://www.x.example/", "x.example")
    assert source_card(replace(source, place="  ")).place is None


@pytest.mark.parametrize("address", ["http://127.0.0.1:8001/a/feed", "http://[::1]/feed"])
def test_an_address_in_numbers_does_not_tell_whose_a_site_is(address: str) -> None:
    assert source_card(Source(id="x", name="X", url=address)).host == ""
