"""What stands on the front page, a day, the calendar, and the pages of sources, places and topics.

Pure: "today" is the newest local day that has stories, or a value passed in.

- ``local_day(card, zone) -> date``
- ``front_page(cards, zone, ...) -> FrontPage``
- ``day_page(day, cards, days) -> DayPage``, ``calendar(counts) -> Calendar``
- ``source_page(standing, cards, ...)``, ``label_page(label, cards, sources)``
- ``newest(cards, limit)``: the order of every plain list of stories
"""

from __future__ import annotations

import calendar as months
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub.edit.ranking import ranked
from feedhub.model.edition import Label, SourceCard, StoryCard
from feedhub.model.page import (
    Calendar,
    CalendarMonth,
    DayPage,
    FrontPage,
    LabelCount,
    LabelPage,
    Reconciliation,
    Section,
    SourcePage,
    SourceStanding,
)
from feedhub.text.folding import bare

__all__ = [
    "calendar",
    "day_page",
    "front_page",
    "label_page",
    "local_day",
    "newest",
    "source_page",
]

FRONT_LIMIT = 100
_TOP = 5
#: a day with fewer stories is filled up with the stories before it
_FULL_DAY = 24
#: a place with a single story shares a section with the others of its kind
_TOPICS_SHOWN = 12
_CHART_DAYS = 28


def local_day(card: StoryCard, zone: str) -> date:
    """Return the day a story belongs to, in an IANA time zone."""
    return card.published.astimezone(ZoneInfo(zone)).date()


def newest(cards: Iterable[StoryCard], limit: int) -> tuple[StoryCard, ...]:
    """Return the newest stories by publication, withdrawn ones among them with their mark."""
    return tuple(sorted(cards, key=_by_time, reverse=True)[:limit])


def front_page(
    cards: Iterable[StoryCard],
    zone: str,
    *,
    today: date | None = None,
    stale_since: datetime | None = None,
    limit: int = FRONT_LIMIT,
) -> FrontPage:
    """Return the front page: the newest local day's announced stories by rank and place.

    ``cards`` should hold the newest few hundred stories. A ``today`` passed in overrides the day
    found in the data; days after it are then left out.
    """
    news = [card for card in cards if card.announced_at and card.withdrawn_at is None]
    days = {card.id: local_day(card, zone) for card in news}
    if today is not None:
        news = [card for card in news if days[card.id] <= today]
    day = today or max(days.values(), default=None)
    of_day = [card for card in news if days[card.id] == day]
    before = [card for card in news if days[card.id] != day]
    shown = ranked(of_day)[:limit]
    top, rest = shown[:_TOP], shown[_TOP:]
    fill = min(limit - len(shown), max(0, _FULL_DAY - len(shown)))
    earlier = newest(before, fill)
    counts = Counter(label for card in shown for label in card.topics)
    topics = sorted(counts.items(), key=lambda pair: (-pair[1], bare(pair[0].name)))[:_TOPICS_SHOWN]
    visible = (*shown, *earlier)
    return FrontPage(
        day=day,
        top=top,
        sections=_sections(rest),
        earlier=earlier,
        topics=tuple(LabelCount(label=label, stories=count) for label, count in topics),
        total=len(of_day),
        updated=max((_seen(card) for card in visible), default=None),
        stale_since=stale_since,
    )


def day_page(day: date, cards: Iterable[StoryCard], days: Sequence[date]) -> DayPage:
    """Return one day's stories in order of time; ``days`` are all days with stories, ascending."""
    before, after = bisect_left(days, day), bisect_right(days, day)
    return DayPage(
        day=day,
        stories=tuple(sorted(cards, key=_by_time, reverse=True)),
        earlier=days[before - 1] if before else None,
        later=days[after] if after < len(days) else None,
    )


def calendar(counts: Mapping[date, int]) -> Calendar:
    """Return the calendar of all days that have stories, newest month first."""
    by_month: dict[tuple[int, int], dict[int, int]] = {}
    for day, count in sorted(counts.items()):
        if count:
            by_month.setdefault((day.year, day.month), {})[day.day] = count
    weeks = months.Calendar(firstweekday=0)
    return Calendar(
        months=tuple(
            CalendarMonth(
                year=year,
                month=month,
                weeks=tuple(tuple(week) for week in weeks.monthdayscalendar(year, month)),
                counts=found,
            )
            for (year, month), found in sorted(by_month.items(), reverse=True)
        ),
        total=sum(counts.values()),
    )


def source_page(
    standing: SourceStanding,
    cards: Iterable[StoryCard],
    *,
    reconciliation: Reconciliation | None = None,
    per_day: Mapping[date, int] | None = None,
    limit: int = 100,
) -> SourcePage:
    """Return a source's page. ``per_day`` counts entries by local day; the last 28 days that end
    with the newest of them are shown, days without entries as zero."""
    return SourcePage(
        standing=standing,
        stories=newest(cards, limit),
        reconciliation=reconciliation,
        per_day=_without_gaps(per_day or {}),
    )


def label_page(
    label: Label,
    cards: Iterable[StoryCard],
    sources: Iterable[SourceCard] = (),
    *,
    limit: int = 100,
) -> LabelPage:
    """Return a place's or topic's page."""
    named = sorted(sources, key=lambda source: (bare(source.name), source.id))
    return LabelPage(label=label, stories=newest(cards, limit), sources=tuple(named))


def _sections(cards: Sequence[StoryCard]) -> tuple[Section, ...]:
    """By the place of the leading source, the place with most stories first."""
    by_place: dict[Label | None, list[StoryCard]] = {}
    for card in cards:
        by_place.setdefault(card.lead.source.place, []).append(card)
    unplaced = by_place.pop(None, [])
    ordered = sorted(
        by_place.items(), key=lambda pair: (-len(pair[1]), bare(pair[0].name) if pair[0] else "")
    )
    sections = [Section(label=label, stories=tuple(found)) for label, found in ordered]
    if unplaced:
        sections.append(Section(label=None, stories=tuple(unplaced)))
    return tuple(sections)


def _without_gaps(per_day: Mapping[date, int]) -> tuple[tuple[date, int], ...]:
    if not per_day:
        return ()
    last = max(per_day)
    days = (last - timedelta(days=back) for back in range(_CHART_DAYS - 1, -1, -1))
    return tuple((day, per_day.get(day, 0)) for day in days)


def _by_time(card: StoryCard) -> tuple[datetime, datetime, str]:
    return (card.published, card.created, card.id)


def _seen(card: StoryCard) -> datetime:
    """The last time something of this story became known to us."""
    moments = [card.announced_at, card.created, card.lead.revised_at]
    return max(moment for moment in moments if moment)
