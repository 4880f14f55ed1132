"""The front page, days, the calendar, corrections."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.unit.render.samples import CARDS, NOON, stored, story, town

from feedhub.edit.cards import story_card
from feedhub.edit.corrections import corrections
from feedhub.edit.pages import calendar, day_page, front_page, local_day, source_page
from feedhub.edit.ranking import independent_sources, ranked
from feedhub.model.edition import StoryCard
from feedhub.model.entry import Dating, Precision
from feedhub.model.page import SourceHealth, SourceStanding

ZONE = "Asia/Ho_Chi_Minh"


def at(moment: datetime, number: int, *others: str, source: str = "thi-tran") -> StoryCard:
    """A story published at a moment by a source and the others."""
    dating = Dating(at=moment, precision=Precision.MINUTE)
    lead = stored(number, source, published=dating, first_seen=moment)
    rest = [
        stored(100 * number + part, other, story_id=f"s{number}", first_seen=moment)
        for part, other in enumerate(others)
    ]
    return story_card(story(number, lead, *rest), CARDS)


def test_a_day_ends_at_local_midnight() -> None:
    last = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)
    assert local_day(at(last, 1), ZONE) == date(2026, 11, 20)
    assert local_day(at(last + timedelta(minutes=1), 1), ZONE) == date(2026, 11, 21)


def test_each_further_independent_source_counts_as_six_hours() -> None:
    old = at(NOON, 1, "cau-go", source="thi-tran")
    assert independent_sources(old) == 2
    newer = at(NOON + timedelta(hours=5, minutes=59), 2)
    newest = at(NOON + timedelta(hours=6, minutes=1), 3)
    assert [card.id for card in ranked([old, newer, newest])] == ["s3", "s1", "s2"]


def test_two_sources_of_one_site_are_not_independent() -> None:
    card = at(NOON, 1, "thi-tran")
    assert len(card.printings) == 2
    assert independent_sources(card) == 1


def test_a_heavier_source_counts_as_newer() -> None:
    heavy = at(NOON, 1, source="cho-cu")  # weight 2
    light = at(NOON + timedelta(hours=5), 2)
    assert [card.id for card in ranked([light, heavy])] == ["s1", "s2"]


def test_today_is_the_newest_day_with_news() -> None:
    page = front_page([story_card(one, CARDS) for one in town()], ZONE)
    assert page.day == date(2026, 11, 20)
    shown = [*page.top, *(card for section in page.sections for card in section.stories)]
    # the withdrawn story is not there, every other exactly once
    assert sorted(card.id for card in shown) == ["s1", "s2", "s3", "s5", "s6", "s7"]
    assert page.top[0].id == "s2"
    assert page.total == 6


def test_a_short_day_is_filled_with_what_came_before() -> None:
    yesterday = [at(NOON - timedelta(days=1, minutes=n), n) for n in range(1, 50)]
    page = front_page([at(NOON, 99), *yesterday], ZONE)
    assert [card.id for card in page.top] == ["s99"]
    assert [card.id for card in page.earlier[:3]] == ["s1", "s2", "s3"]
    assert len(page.earlier) == 23


def test_the_front_page_holds_at_most_a_hundred_stories() -> None:
    page = front_page([at(NOON + timedelta(minutes=n), n) for n in range(1, 250)], ZONE)
    shown = len(page.top) + sum(len(section.stories) for section in page.sections)
    assert (shown, len(page.earlier), page.total) == (100, 0, 249)


def test_a_day_passed_in_hides_what_comes_after_it() -> None:
    cards = [at(NOON, 1), at(NOON + timedelta(days=1), 2)]
    page = front_page(cards, ZONE, today=date(2026, 11, 20))
    assert [card.id for card in page.top] == ["s1"]


def test_an_empty_hub_has_a_front_page() -> None:
    page = front_page([], ZONE)
    assert (page.day, page.top, page.updated) == (None, (), None)


def test_steps_between_days_skip_those_without_stories() -> None:
    days = [date(2026, 11, 3), date(2026, 11, 20), date(2026, 12, 1)]
    page = day_page(days[1], [], days)
    assert (page.earlier, page.later) == (days[0], days[2])
    assert day_page(days[0], [], days).earlier is None
    assert day_page(days[2], [], days).later is None


def test_the_calendar_has_whole_weeks_and_only_months_with_stories() -> None:
    page = calendar({date(2026, 1, 31): 2, date(2026, 3, 1): 1, date(2026, 3, 2): 0})
    assert [(month.year, month.month) for month in page.months] == [(2026, 3), (2026, 1)]
    assert page.total == 3
    march = page.months[0]
    assert march.counts == {1: 1}
    assert all(len(week) == 7 for week in march.weeks)
    assert march.weeks[0] == (0, 0, 0, 0, 0, 0, 1)  # 1 March 2026 is a Sunday


def test_a_source_page_shows_four_weeks_without_gaps() -> None:
    standing = SourceStanding(source=CARDS["thi-tran"], health=SourceHealth.FRESH)
    page = source_page(standing, [], per_day={date(2026, 3, 2): 4, date(2026, 2, 20): 1})
    assert len(page.per_day) == 28
    assert page.per_day[-1] == (date(2026, 3, 2), 4)
    assert sum(count for _, count in page.per_day) == 5


def test_corrections_are_the_significant_changes_and_withdrawals_newest_first() -> None:
    found = corrections([story_card(one, CARDS) for one in town()])
    assert [(one.story.id, one.withdrawn) for one in found] == [("s4", True), ("s3", False)]
    assert found[1].title_before.endswith("ngày 12 tháng 3")
    assert found[1].title_after.endswith("ngày 15 tháng 3")
