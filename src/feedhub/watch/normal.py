"""Learn a source's normal from its past."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub.model.entry import DateUsed, Entry
from feedhub.model.trouble import PullFacts

__all__ = ["FIELDS", "Normal", "facts_of", "learn"]

#: The fields whose filling is watched, by their name in ``PullFacts`` and for people.
FIELDS = {
    "dated": "a date",
    "linked": "a link",
    "summarised": "a summary",
    "illustrated": "an image",
    "signed": "an author",
}
#: How far back a normal is learnt, from the latest news on: long enough for a source of one
#: notice a week, and the same however long the source has been silent since.
_MEMORY = timedelta(weeks=12)
#: How many pulls are looked at, the newest ones.
_MOST_PULLS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """What a source usually does.

    ``pulls`` counts the pulls this was learnt from, the first of all left out: it brings the whole
    backlog. ``rows`` and ``size`` are medians; ``fewest_rows`` is what hardly ever was less,
    ``most_new`` what one pull hardly ever exceeded. ``per_week`` counts news. ``active_days``
    holds for Monday to Sunday the likelihood of news on such a day, ``weeks`` how many weeks that
    was seen, ``last_news`` the local day of the latest. ``fill`` is the usual share of entries, by
    field, and ``rejected`` the usual share of rows that are no entry.
    """

    pulls: int = 0
    rows: float = 0.0
    fewest_rows: int = 0
    size: float = 0.0
    most_new: int = 0
    last_pull: datetime | None = None
    per_week: float = 0.0
    active_days: tuple[float, ...] = (0.0,) * 7
    weeks: float = 0.0
    days_with_news: int = 0
    last_news: date | None = None
    timezone: str = "UTC"
    fill: tuple[tuple[str, float], ...] = ()
    rejected: float = 0.0


def learn(
    history: Sequence[PullFacts],
    news: Iterable[datetime],
    now: datetime,
    *,
    timezone: str = "UTC",
) -> Normal:
    """Learn a source's normal from its earlier pulls and the moments its entries appeared.

    ``history`` holds the good pulls before the one to be judged, in any order, those left out
    whose entries were held back; ``news`` are publication times where the source gives the hour,
    else times of first sight, back to twelve weeks before the latest. What lies in the future of
    ``now`` is left out.
    """
    pulls = sorted((pull for pull in history if pull.at <= now), key=lambda pull: pull.at)
    usual = pulls[1:][-_MOST_PULLS:]
    zone = ZoneInfo(timezone)
    moments = sorted(moment for moment in news if moment <= now)
    moments = [moment for moment in moments if moment >= moments[-1] - _MEMORY]
    days = sorted({moment.astimezone(zone).date() for moment in moments})
    weeks = ((days[-1] - days[0]).days + 1) / 7 if days else 0.0
    full = [pull for pull in usual if pull.listed]
    return Normal(
        pulls=len(usual),
        rows=_median(pull.listed for pull in usual),
        fewest_rows=_low([pull.listed for pull in full]),
        size=_median(pull.size for pull in full),
        most_new=_high([pull.new for pull in usual]),
        last_pull=pulls[-1].at if pulls else None,
        per_week=len(moments) / max(weeks, 1.0),
        active_days=_active_days(days),
        weeks=weeks,
        days_with_news=len(days),
        last_news=days[-1] if days else None,
        timezone=timezone,
        fill=tuple(
            (name, _median(_share(getattr(pull, name), pull.listed) for pull in full))
            for name in FIELDS
        ),
        rejected=_median(_share(pull.rejected, pull.listed) for pull in full),
    )


def facts_of(
    entries: Sequence[Entry], *, at: datetime, listed: int, new: int, rejected: int, size: int
) -> PullFacts:
    """Count what a pull's entries carry."""
    return PullFacts(
        at=at,
        listed=listed,
        new=new,
        rejected=rejected,
        size=size,
        dated=sum(entry.published.used is DateUsed.SOURCE for entry in entries),
        linked=sum(bool(entry.link) for entry in entries),
        summarised=sum(bool(entry.summary or entry.text) for entry in entries),
        illustrated=sum(bool(entry.image) for entry in entries),
        signed=sum(bool(entry.authors) for entry in entries),
    )


def _active_days(days: Sequence[date]) -> tuple[float, ...]:
    """Return for each weekday how likely news on it is, never quite 0 or 1 (Jeffreys' prior).

    The silence at the end is what is to be judged, so the past ends with the latest news.
    """
    if not days:
        return (0.0,) * 7
    seen = [0] * 7
    for day in days:
        seen[day.weekday()] += 1
    span = (days[-1] - days[0]).days + 1
    likely = []
    for weekday in range(7):
        first = (weekday - days[0].weekday()) % 7
        chances = max(0, math.ceil((span - first) / 7))
        likely.append((seen[weekday] + 0.5) / (chances + 1))
    return tuple(likely)


def _share(part: int, whole: int) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _median(values: Iterable[float]) -> float:
    import statistics  # brings fractions and random along; a quiet pull learns nothing

    known = list(values)
    return float(statistics.median(known)) if known else 0.0


def _low(values: Sequence[int]) -> int:
    """Return what one in twenty is at most."""
    return sorted(values)[len(values) // 20] if values else 0


def _high(values: Sequence[int]) -> int:
    """Return what one in twenty is at least."""
    return sorted(values)[-1 - len(values) // 20] if values else 0
