"""Other news beside a story."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.unit.render.samples import CARDS, NOON, stored, story

from feedhub.edit.cards import story_card
from feedhub.edit.related import related_stories
from feedhub.model.edition import StoryCard


def card(number: int, title: str, source: str = "thi-tran", **changes: object) -> StoryCard:
    """A story first seen ``number`` minutes after noon."""
    entry = stored(number, source, title=title, **changes)
    created = NOON + timedelta(minutes=number)
    return story_card(story(number, entry, created_at=created), CARDS)


STORY = card(50, "Cầu gỗ qua sông Mây đóng một tuần để thay ván")


def test_the_likest_title_comes_first_and_strangers_stay_out() -> None:
    candidates = [
        card(1, "Lễ hội hoa đăng", "visitors"),
        card(2, "Thay ván cầu gỗ: lịch thi công", "cho-cu"),
        card(3, "Cầu gỗ qua sông Mây được sơn lại", "cho-cu"),
    ]
    found = related_stories(STORY, candidates)
    assert [link.id for link in found] == ["s3", "s2"]


def test_only_stories_that_were_there_before_are_shown() -> None:
    assert related_stories(STORY, [STORY, card(51, "Cầu gỗ qua sông Mây mở lại")]) == ()


def test_a_withdrawn_story_is_not_recommended() -> None:
    gone = card(1, "Cầu gỗ qua sông Mây", withdrawn_at=NOON)
    assert related_stories(STORY, [gone]) == ()


def test_the_rest_is_filled_with_the_newest_of_the_same_source() -> None:
    candidates = [card(number, f"Tin thứ {number}") for number in range(1, 20)]
    found = related_stories(STORY, candidates)
    assert [link.id for link in found] == ["s19", "s18", "s17", "s16", "s15"]


def test_the_order_of_the_candidates_does_not_matter() -> None:
    words = ["cầu gỗ", "sông Mây", "thay ván", "một tuần", "chợ hoa"]
    candidates = [
        card(number, " ".join(random.Random(number).sample(words, 3)), "cho-cu")
        for number in range(1, 30)
    ]
    shuffled = random.Random(5).sample(candidates, len(candidates))
    assert related_stories(STORY, shuffled) == related_stories(STORY, candidates)
