"""When a digest is due, by local wall clocks that jump twice a year.

A cut-off belongs to a local day. A time that the clocks leap over becomes the first instant after
the leap, a time that comes twice is its first coming; so every day has exactly one cut-off, and
cut-offs follow one another in time. (A day that a zone leaves out altogether, as Samoa did in 2011,
shares the first instant of the day after it.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedhub.model.digest import Digest, Rhythm
from feedhub.model.subscriber import Subscription

__all__ = ["WEEKDAYS", "cut_off", "day_of", "last_due", "next_due", "own_rhythm", "worth_sending"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: a digest later than this is merged into the next one instead of coming shortly before it
_LATEST = {"day": timedelta(hours=12), "week": timedelta(days=3)}
_DAY = timedelta(days=1)


def own_rhythm(digest: Digest, wanted: Subscription, timezone: str) -> Rhythm:
    """Return when a digest is due for somebody: their own hour, day and zone where they chose."""
    usual = digest.rhythm
    return replace(usual, at=wanted.at or usual.at, on=wanted.on or usual.on, timezone=timezone)


def cut_off(rhythm: Rhythm, day: date) -> datetime:
    """Return the instant of a local day's cut-off, in UTC."""
    zone = ZoneInfo(rhythm.timezone)
    hour, minute = (int(part) for part in rhythm.at.split(":"))
    wall = datetime.combine(day, time(hour, minute), tzinfo=zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    # inside a leap the offset before it reads the time too late and the offset after it too early
    return _leap(zone, wall.replace(fold=1).astimezone(UTC), moment)


def _leap(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first instant with the offset of ``after``, to the second."""
    offset = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def day_of(rhythm: Rhythm, due_at: datetime) -> date:
    """Return the local day that a cut-off belongs to."""
    day = due_at.astimezone(ZoneInfo(rhythm.timezone)).date()
    # a leap over midnight moves a cut-off into the day after its own
    return day - _DAY if cut_off(rhythm, day) != due_at == cut_off(rhythm, day - _DAY) else day


def next_due(rhythm: Rhythm, after: datetime) -> datetime:
    """Return the first cut-off later than a moment."""
    start = after.astimezone(ZoneInfo(rhythm.timezone)).date() - _DAY
    return next(due for day in _days(rhythm, start, _DAY) if (due := cut_off(rhythm, day)) > after)


def last_due(rhythm: Rhythm, upto: datetime) -> datetime:
    """Return the last cut-off that is not later than a moment."""
    start = upto.astimezone(ZoneInfo(rhythm.timezone)).date() + _DAY
    return next(due for day in _days(rhythm, start, -_DAY) if (due := cut_off(rhythm, day)) <= upto)


def worth_sending(rhythm: Rhythm, due_at: datetime, now: datetime) -> bool:
    """Tell whether a digest may still go out, or is so late that the next one takes it up.

    Half a day for a daily digest, three days for a weekly one.
    """
    return now - due_at <= _LATEST[rhythm.every]


def _days(rhythm: Rhythm, start: date, step: timedelta) -> Iterator[date]:
    day = start
    while True:
        if rhythm.every == "day" or WEEKDAYS[day.weekday()] == rhythm.on:
            yield day
        day += step
