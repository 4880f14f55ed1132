"""What belongs in a channel, and its edition."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from tests.golden.conformance import faults
from tests.unit.render import garbage
from tests.unit.render.samples import ALL, CARDS, HUB, NOON, stored, story, town

from feedhub.edit.cards import story_card
from feedhub.edit.channels import EPOCH, belongs, channel_edition, search_edition
from feedhub.model.channel import Channel
from feedhub.model.edition import StoryCard
from feedhub.render.feeds import render_atom


def cards() -> dict[str, StoryCard]:
    return {card.id: card for card in (story_card(one, CARDS) for one in town())}


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({}, {"s1", "s2", "s3", "s4", "s5", "s6", "s7"}),
        ({"sources": ("cau-go",)}, {"s2", "s5"}),
        ({"topics": ("giao thông",)}, {"s2", "s5"}),
        ({"places": ("Phường Chợ Cũ", "không có")}, {"s2", "s3"}),
        ({"places": ("phuong-cho-cu",)}, {"s2", "s3"}),
        ({"languages": ("en-GB",)}, {"s7"}),
        ({"include": ("cau go",)}, {"s2"}),
        ({"include": ("CẦU GỖ", "boats")}, {"s2", "s7"}),
        ({"include": ("hoa",), "exclude": ("số 1", "chợ hoa")}, {"s2", "s4", "s5", "s6"}),
        ({"include": ("boa",)}, set()),
        ({"include": ("  ",)}, {"s1", "s2", "s3", "s4", "s5", "s6", "s7"}),
        ({"sources": ("cau-go",), "languages": ("en",)}, set()),
    ],
)
def test_a_story_must_meet_every_wish(
    wishes: dict[str, tuple[str, ...]], expected: set[str]
) -> None:
    channel = Channel(id="c", title="C", **wishes)  # type: ignore[arg-type]
    assert {card.id for card in cards().values() if belongs(card, channel)} == expected


def test_the_window_is_by_change_and_the_order_by_publication() -> None:
    channel = replace(ALL, limit=3)
    edition = channel_edition(HUB, channel, cards().values(), "feeds/all")
    # s4 was withdrawn and s3 corrected after everything else was announced
    assert [card.id for card in edition.stories] == ["s7", "s3"]
    assert [stone.story_id for stone in edition.tombstones] == ["s4"]
    assert edition.updated == NOON + timedelta(hours=8)


def test_a_story_that_was_not_announced_is_in_no_feed() -> None:
    quiet = story_card(story(1, announced_at=None), CARDS)
    edition = channel_edition(HUB, ALL, [quiet], "feeds/all")
    assert edition.stories == ()
    assert edition.updated == EPOCH


def test_a_channel_that_does_not_merge_shows_every_printing() -> None:
    channel = replace(ALL, dedupe=False)
    edition = channel_edition(HUB, channel, [cards()["s2"]], "feeds/all")
    assert {card.id for card in edition.stories} == {"s2", "s2/e12", "s2/e13"}
    assert {card.page_id for card in edition.stories} == {"s2"}
    assert {card.lead.source.id for card in edition.stories} == {"thi-tran", "cau-go", "cho-cu"}
    assert all(card.others == () for card in edition.stories)


def test_a_later_reprint_moves_no_date() -> None:
    alone = story_card(story(2, stored(2)), CARDS)
    late = stored(40, "cau-go", story_id="s2")
    reprinted = story_card(story(2, stored(2), late), CARDS)
    assert (reprinted.published, reprinted.updated) == (alone.published, alone.updated)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(garbage.cards())
def test_the_order_of_the_cards_given_does_not_matter(given_cards: list[StoryCard]) -> None:
    shuffled = random.Random(7).sample(given_cards, len(given_cards))
    first = channel_edition(HUB, ALL, given_cards, "feeds/all")
    assert channel_edition(HUB, ALL, shuffled, "feeds/all") == first


def test_the_answer_to_a_search_is_a_feed_at_the_address_of_the_question() -> None:
    found = [cards()["s1"], cards()["s4"], cards()["s2"]]
    edition = search_edition(HUB, "Tìm: hoa", found, "?q=hoa%20%C4%91%E1%BB%8F")
    assert [card.id for card in edition.stories] == ["s2", "s1"]
    body = render_atom(edition)
    assert faults(body, "atom") == []
    parsed = feedparser.parse(body).feed
    links = {link.rel: link.href for link in parsed.links}
    base = "https://songmay.example/search/"
    assert links["self"] == f"{base}feed.atom?q=hoa%20%C4%91%E1%BB%8F"
    assert links["alternate"] == f"{base}?q=hoa%20%C4%91%E1%BB%8F"
    assert parsed.id == "tag:songmay.example,2026:search/feed?q=hoa%20%C4%91%E1%BB%8F"
