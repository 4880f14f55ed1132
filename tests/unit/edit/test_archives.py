"""The chain of sealed documents: complete, each story once, and never changed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.render.samples import ALL, CARDS, HUB, NOON, stored, story

from feedhub.edit.archives import Seal, archive_edition, open_edition, seal
from feedhub.edit.cards import story_card
from feedhub.model.channel import Channel
from feedhub.model.edition import Edition, StoryCard
from feedhub.render.feeds import render_atom

PATH = "feeds/all"


def many(count: int, first: int = 1) -> list[StoryCard]:
    return [story_card(story(number), CARDS) for number in range(first, first + count)]


def documents(channel: Channel, cards: list[StoryCard], seals: list[Seal]) -> dict[str, Edition]:
    """All documents of a channel by address, as a publisher would lay them down."""
    made = [open_edition(HUB, channel, cards, PATH, seals)]
    made += [archive_edition(HUB, channel, cards, PATH, one, newest=len(seals)) for one in seals]
    return {edition.path: edition for edition in made}


def walked(found: dict[str, Edition]) -> list[str]:
    """The ids met on the way from the current feed through prev-archive to the first document."""
    ids, path = [], PATH
    while path:
        edition = found[path]
        ids += [card.id for card in edition.stories]
        path = edition.prev_archive
    return ids


def test_five_thousand_stories_are_walked_each_once_before_and_after_a_hundred_more() -> None:
    cards = many(5000)
    seals = list(seal(ALL, cards))
    before = documents(ALL, cards, seals)
    assert sorted(walked(before)) == sorted(card.id for card in cards)
    assert len(before[PATH].stories) <= ALL.limit

    cards += many(100, first=5001)
    further = seal(ALL, cards, seals)
    assert further
    seals += further
    after = documents(ALL, cards, seals)
    assert sorted(walked(after)) == sorted(card.id for card in cards)
    # all sealed documents but the newest, which learns of its successor, are the same to the byte
    newest = max(path for path in before if path != PATH)
    for path, edition in before.items():
        if path != PATH:
            assert after[path].stories == edition.stories
            if not path.endswith(f"/{len(before) - 1}"):
                assert render_atom(after[path]) == render_atom(edition)
    assert newest in after


def test_links_lead_only_to_documents_that_are_there() -> None:
    cards = many(430)
    seals = list(seal(ALL, cards))
    found = documents(ALL, cards, seals)
    for edition in found.values():
        for path in (edition.prev_archive, edition.next_archive):
            assert not path or path in found
    body = render_atom(found["feeds/all/archive/2"])
    links = {link.rel: link.href for link in feedparser.parse(body).feed.links}
    base = "https://songmay.example/feeds/all"
    assert links["current"] == f"{base}.atom"
    assert links["prev-archive"] == f"{base}/archive/1.atom"
    assert links["next-archive"] == f"{base}/archive/3.atom"
    assert links["self"] == f"{base}/archive/2.atom"


def test_a_document_once_sealed_stays_when_the_channel_changes_its_rules() -> None:
    cards = many(300)
    seals = seal(ALL, cards)
    assert seal(replace(ALL, limit=10), cards, seals)[0].number == len(seals) + 1
    assert seal(replace(ALL, exclude=("thông báo",)), cards, seals) == ()


def test_a_sealed_story_that_changes_comes_back_into_the_current_feed() -> None:
    cards = many(300)
    seals = list(seal(ALL, cards))
    revised_at = NOON + timedelta(days=30)
    changed = story_card(story(1, stored(1, revised_at=revised_at)), CARDS)
    gone = story_card(story(2, stored(2, withdrawn_at=revised_at)), CARDS)
    now = [changed, gone, *cards[2:]]
    current = open_edition(HUB, ALL, now, PATH, seals)
    assert "s1" in {card.id for card in current.stories}
    assert [stone.story_id for stone in current.tombstones] == ["s2"]
    assert current.updated == changed.updated


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=5),
    st.integers(min_value=1, max_value=12),
)
def test_however_stories_arrive_the_chain_holds_each_once(arrivals: list[int], limit: int) -> None:
    channel = replace(ALL, limit=limit)
    cards: list[StoryCard] = []
    seals: list[Seal] = []
    for count in arrivals:
        cards += many(count, first=len(cards) + 1)
        seals += seal(channel, cards, seals)
        found = documents(channel, cards, seals)
        assert sorted(walked(found)) == sorted(card.id for card in cards)
        assert len(found[PATH].stories) <= limit


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_small_channel_has_no_archive(count: int) -> None:
    assert seal(ALL, many(count)) == ()


def test_a_channel_that_shows_every_printing_keeps_no_archive() -> None:
    channel = replace(ALL, limit=5, dedupe=False)
    cards = many(30)
    assert seal(channel, cards) == ()
    current = open_edition(HUB, channel, cards, PATH, ())
    assert [card.id for card in current.stories] == ["s30", "s29", "s28", "s27", "s26"]
