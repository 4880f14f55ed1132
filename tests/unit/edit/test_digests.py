"""What goes into a digest, for whom, and under which heading."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.unit.render.samples import CARDS, HUB, NOON, stored, story

from feedhub.edit.cards import story_card
from feedhub.edit.digests import chosen, digest_edition, told_changes
from feedhub.model.channel import Channel
from feedhub.model.digest import Digest, DigestRun, Position, Rhythm, RunState
from feedhub.model.edition import Label, StoryCard
from feedhub.model.entry import Dating, Precision

ALL = Channel(id="all", title="Tất cả")
DAY = timedelta(days=1)
HANOI = Rhythm(every="day", at="07:00", on="mon", timezone="Asia/Ho_Chi_Minh")
THACH_VAN, DONG_NGU = Label(id="thach-van", name="Thạch Vân"), Label(id="dong-ngu", name="Đông Ngự")


def news(number: int, *, published_ago: timedelta = timedelta(0), **changes: object) -> StoryCard:
    """A story announced at noon, with changes to its card."""
    dating = Dating(at=NOON - published_ago, precision=Precision.MINUTE)
    made = story_card(story(number, stored(number, published=dating, first_seen=NOON)), CARDS)
    return replace(made, announced_at=NOON, withdrawn_at=None, **changes)  # type: ignore[arg-type]


def run(*, after: int = 5, late_by: timedelta = timedelta(0)) -> DigestRun:
    """A run cut a day after noon."""
    due = NOON + DAY
    return DigestRun(
        id="r1",
        digest_id="daily",
        due_at=due,
        after=Position(announced=after, at=NOON),
        upto=Position(announced=after + 10, at=due),
        made_at=due + late_by,
        official=True,
        state=RunState.READY,
        stories=1,
        day=date(2026, 11, 21),
    )


def test_a_reader_gets_what_the_channel_takes_of_the_places_and_topics_chosen() -> None:
    here = news(1, places=(THACH_VAN,))
    there = news(2, places=(DONG_NGU,))
    both = news(3, places=(THACH_VAN, DONG_NGU))

    def titles(channel: Channel, *places: str) -> list[str]:
        choice = chosen([here, there, both], channel, every="day", until=NOON, places=places)
        return [card.id for card in choice.stories]

    assert titles(ALL) == [here.id, there.id, both.id]
    assert titles(ALL, "thach-van") == [here.id, both.id]
    assert titles(replace(ALL, places=("Đông Ngự",)), "thach-van") == [both.id]


def test_what_was_told_or_withdrawn_is_no_news() -> None:
    gone = news(2)
    cards = [news(1), replace(gone, withdrawn_at=NOON), news(3)]
    choice = chosen(cards, ALL, every="day", until=NOON, told={cards[0].id})
    assert [card.id for card in choice.stories] == [cards[2].id]
    assert choice.left_out == 0


def test_news_of_more_than_a_week_ago_is_counted_and_not_sent() -> None:
    old, new = replace(news(1), announced_at=NOON - 8 * DAY), news(2)
    daily = chosen([old, new], ALL, every="day", until=NOON)
    assert ([card.id for card in daily.stories], daily.left_out) == ([new.id], 1)
    weekly = chosen([old, new], ALL, every="week", until=NOON)
    assert (len(weekly.stories), weekly.left_out) == (2, 0)


def test_sections_are_by_place_topic_or_source_and_the_nameless_come_last() -> None:
    cards = [news(1, places=()), news(2, places=(THACH_VAN,)), news(3, places=(DONG_NGU,))]

    def headings(by: str) -> list[str | None]:
        digest = Digest(id="d", title="", channel="all", rhythm=HANOI, sections=by)
        edition = digest_edition(HUB, digest, run(), cards)
        return [section.label and section.label.name for section in edition.sections]

    assert headings("place") == ["Đông Ngự", "Thạch Vân", None]
    assert headings("source") == [cards[0].lead.source.name]


def test_a_story_dated_before_its_window_is_late_but_not_in_a_very_first_digest() -> None:
    digest = Digest(id="d", title="", channel="all", rhythm=HANOI)
    cards = [news(1, published_ago=2 * DAY), news(2)]

    def late(after: int) -> dict[str, bool]:
        edition = digest_edition(HUB, digest, run(after=after), cards)
        return {one.card.id: one.late for part in edition.sections for one in part.stories}

    assert late(5) == {cards[0].id: True, cards[1].id: False}
    assert late(0) == {cards[0].id: False, cards[1].id: False}


def test_a_run_made_good_after_a_stop_says_so() -> None:
    digest = Digest(id="d", title="", channel="all", rhythm=HANOI)
    assert not digest_edition(HUB, digest, run(), [news(1)]).made_late
    assert digest_edition(HUB, digest, run(late_by=2 * timedelta(hours=1)), [news(1)]).made_late


def test_changes_are_told_once_and_not_of_what_is_news_anyway() -> None:
    gone = news(1)
    lead = replace(gone.lead, withdrawn_at=NOON + timedelta(hours=1))
    gone = replace(gone, lead=lead)

    def told(after: timedelta, upto: timedelta, *besides: str) -> int:
        window = {"after": NOON + after, "upto": NOON + upto}
        return len(told_changes([gone], ALL, **window, besides=besides))

    hour = timedelta(hours=1)
    assert told(0 * hour, hour) == 1
    assert told(hour, 2 * hour) == 0
    assert told(0 * hour, hour, gone.id) == 0
