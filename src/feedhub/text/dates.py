"""Dates as web pages and feeds write them.

Forms met on the pages of ``docs/decisions/020``: numeric in any order, with month names of CLDR's
languages, Vietnamese "10 tháng 5 năm 2023", 年月日, RFC 822, ISO 8601, with or without time, zone,
year. Every pattern is bounded, so the time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from feedhub.model.entry import Precision
from feedhub.model.source import DateOrder
from feedhub.text.date_patterns import (
    CJK,
    COMPACT,
    CTIME,
    DAY_LABEL,
    DAY_NAME,
    ERA_BEGINS,
    MONTH_YEAR,
    NAME_DAY,
    NUMERIC,
    VIETNAMESE,
    YEAR_NAME_DAY,
)
from feedhub.text.day_times import DayTime, time_after, time_before
from feedhub.text.month_names import VIETNAMESE_MONTHS, month_number
from feedhub.text.normal import normal
from feedhub.text.relative_dates import find_relative

__all__ = ["FoundDate", "find_dates", "order_of", "read_date"]

#: no page says its date further out than this; whoever has more text cuts it into lines first
TEXT_LIMIT = 100_000
DATES_LIMIT = 1000
_SHORT = 400
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it was read.

    ``value`` is naive local time, or aware where the text gave an offset; what lies below its
    ``precision`` is zero. ``evidence`` is ``text[start:end]`` of the NFC text. ``year_given`` is
    False where the year was completed from today; ``ambiguous`` says that day and month could be
    exchanged and nothing but the order asked for decided.
    """

    value: datetime
    precision: Precision
    evidence: str
    start: int
    end: int
    ambiguous: bool = False
    year_given: bool = True


@dataclass(frozen=True, slots=True)
class _Day:
    """A calendar day found in the text, still without its time."""

    value: date
    start: int
    end: int
    ambiguous: bool = False
    year_given: bool = True
    clock: str = ""


@dataclass(frozen=True, slots=True)
class _Hints:
    order: DateOrder | None
    language: str
    today: date | None


def read_date(
    text: str,
    *,
    order: DateOrder | None = None,
    language: str = "",
    today: date | None = None,
    now: datetime | None = None,
) -> FoundDate | None:
    """Return the first date of one short string, None when there is none.

    ``order`` settles day and month of numeric dates (without it day comes first, except for
    ``language`` "en-US"); ``today`` completes dates without a year to the last such day and reads
    relative forms to the day, ``now`` (a moment in the text's own zone) to the minute. Only the
    first 400 characters are read. Also reads a lone month ("02/2023") or year.
    """
    text = normal("NFC", text[:_SHORT]).strip()
    found = find_dates(text, order=order, language=language, today=today, now=now)
    explicit = next((each for each in found if any(c.isdigit() for c in each.evidence)), None)
    return explicit or (found[0] if found else None) or _coarse(text, language)


def find_dates(
    text: str,
    *,
    order: DateOrder | None = None,
    language: str = "",
    today: date | None = None,
    now: datetime | None = None,
) -> tuple[FoundDate, ...]:
    """Return every date of ``text`` in order of place, none overlapping another.

    Hints as for `read_date`. A day and month without a year counts only after "ngày", in brackets
    or as the whole text. At most 100,000 characters and 1,000 dates are read.
    """
    text = normal("NFC", text[:TEXT_LIMIT])
    if now is not None and today is None:
        today = now.date()
    hints = _Hints(order, language, today)
    found = []
    if any(map(str.isdigit, text)):
        found = [_with_time(text, day) for day in _disjoint(_days(text, hints))]
    moment = now or (datetime.combine(today, time()) if today else None)
    if moment is not None:
        taken = [(each.start, each.end) for each in found]
        for relative in find_relative(text, moment, to_the_minute=now is not None):
            if all(relative.end <= start or relative.start >= end for start, end in taken):
                evidence = text[relative.start : relative.end]
                found.append(
                    FoundDate(
                        relative.value,
                        relative.precision,
                        evidence,
                        relative.start,
                        relative.end,
                        year_given=False,
                    )
                )
        found.sort(key=lambda each: each.start)
    return tuple(found[:DATES_LIMIT])


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """Return the order in which a source writes numeric dates, None while nothing settles it.

    A first part above 12 shows day first, a second part above 12 month first; the more frequent
    wins, a tie tells nothing.
    """
    day_first = month_first = 0
    for text in texts:
        for match in NUMERIC.finditer(normal("NFC", text[:TEXT_LIMIT])):
            if match["y2"]:
                first, second = int(match["a"]), int(match["b"])
                day_first += 12 < first <= 31 and 1 <= second <= 12
                month_first += 12 < second <= 31 and 1 <= first <= 12
    if day_first == month_first:
        return None
    return DateOrder.DMY if day_first > month_first else DateOrder.MDY


def _disjoint(days: Iterable[_Day]) -> list[_Day]:
    """Keep days that overlap no better one: with a year before without, then the longer."""
    kept: list[_Day] = []
    covered: set[int] = set()
    for day in sorted(days, key=lambda each: (not each.year_given, each.start - each.end)):
        span = range(day.start, day.end)
        if covered.isdisjoint(span):
            covered.update(span)
            kept.append(day)
    return sorted(kept, key=lambda each: each.start)


def _days(text: str, hints: _Hints) -> Iterator[_Day]:
    yield from _numeric_days(text, hints)
    for match in VIETNAMESE.finditer(text) if "tháng" in text.lower() else ():
        name = (match["m"] or match["m2"]).casefold()
        number = int(name) if name.isdigit() else VIETNAMESE_MONTHS[name]
        day = int(match["d"] or match["d2"])
        yield from _day(match, match["y"] or match["y2"], number, day, hints)
    for match in CJK.finditer(text) if "月" in text or "월" in text else ():
        if match["y"] is None:
            yield from _day(match, None, int(match["m"]), int(match["d"]), hints)
            continue
        year = 1 if match["y"] == "元" else int(match["y"])
        year += ERA_BEGINS.get(match["era"], 0)
        yield from _day(match, str(year), int(match["m"]), int(match["d"]), hints)
    named = (DAY_NAME, CTIME, NAME_DAY, YEAR_NAME_DAY)
    for pattern in named if ":" in text else (DAY_NAME, NAME_DAY, YEAR_NAME_DAY):
        for match in _searches(pattern, text):
            month = month_number(match["name"], hints.language)
            if month is not None:
                yield from _day(match, match["y"], month, int(match["d"]), hints)


def _searches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield matches, going on behind a word that is no month's name rather than behind its year."""
    position = 0
    while match := pattern.search(text, position):
        yield match
        position = match.end("name")


def _numeric_days(text: str, hints: _Hints) -> Iterator[_Day]:
    for match in NUMERIC.finditer(text):
        if match["y1"] or match["y3"]:
            groups = ("y1", "m1", "d1") if match["y1"] else ("y3", "m3", "d3")
            year, month, day = match.group(*groups)
            yield from _day(match, year, int(month), int(day), hints)
        elif match["y2"]:
            yield from _ordered(match, match["y2"], int(match["a"]), int(match["b"]), hints)
        elif len(match.group()) == len(text.strip()) or DAY_LABEL.search(
            text[max(0, match.start() - 8) : match.start()]
        ):
            yield from _ordered(match, None, int(match["a4"]), int(match["b4"]), hints)


def _ordered(
    match: re.Match[str], year: str | None, first: int, second: int, hints: _Hints
) -> Iterator[_Day]:
    """Settle day and month of a numeric date; years may stand first in two digits."""
    if hints.order is DateOrder.YMD and year is not None and len(year) == 2:
        yield from _day(match, f"{first:02}", second, int(year), hints)
        return
    month_first = hints.order is DateOrder.MDY or (
        hints.order is None and hints.language.casefold() in {"en-us", "en_us"}
    )
    day, month = (second, first) if month_first else (first, second)
    ambiguous = first <= 12 and second <= 12 and first != second
    if month > 12:  # only the other order makes a date of it
        day, month = month, day
    yield from _day(match, year, month, day, hints, ambiguous=ambiguous)


def _day(
    match: re.Match[str],
    year: str | None,
    month: int,
    day: int,
    hints: _Hints,
    *,
    ambiguous: bool = False,
) -> Iterator[_Day]:
    """Yield the day if there is such a day."""
    clock = match["clock"] if "clock" in match.re.groupindex else ""
    value = (
        _last_such_day(month, day, hints.today)
        if not year
        else _calendar_day(_full_year(year, hints), month, day)
    )
    if value is not None:
        yield _Day(value, match.start(), _trimmed_end(match), ambiguous, bool(year), clock or "")


def _trimmed_end(match: re.Match[str]) -> int:
    """Return the end without the blanks and commas that a missing year left."""
    return match.start() + len(match.group().rstrip(" \t\r\n\f\v\xa0.,-/"))


def _calendar_day(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(written: str, hints: _Hints) -> int:
    year = int(written.lstrip("'’"))
    if len(written.lstrip("'’")) == 4:
        thai = hints.language.startswith("th") and 2440 <= year <= 2643
        return year - 543 if thai else year
    if len(written) == 3 and year >= 100:
        return year
    newest = (hints.today.year + 1) % 100 if hints.today else 69  # POSIX strptime's pivot
    century = hints.today.year // 100 * 100 if hints.today else 2000
    return century + year if year <= newest else century - 100 + year


def _last_such_day(month: int, day: int, today: date | None) -> date | None:
    if today is None:
        return None
    for year in range(today.year, today.year - 9, -1):  # 29 February may be eight years back
        value = _calendar_day(year, month, day)
        if value is not None and value <= today:
            return value
    return None


def _with_time(text: str, day: _Day) -> FoundDate:
    clock: DayTime | None = None
    if day.clock:
        clock = time_after(" " + day.clock, 0)
        start, end = day.start, day.end
    else:
        clock = time_after(text, day.end)
        start, end = day.start, clock.end if clock else day.end
        if clock is None and (clock := time_before(text, day.start)):
            start = clock.start
    precision, moment = Precision.DAY, time()
    if clock is not None:
        precision = Precision.MINUTE if clock.second is None else Precision.SECOND
        moment = time(clock.hour, clock.minute, clock.second or 0, tzinfo=clock.zone)
    value = datetime.combine(day.value, moment)
    return FoundDate(value, precision, text[start:end], start, end, day.ambiguous, day.year_given)


def _coarse(text: str, language: str) -> FoundDate | None:
    """Read a whole text that is a compact day, a month or a year."""
    if match := COMPACT.match(text):
        value = _calendar_day(*map(int, match.groups()))
        return _found(text, value, Precision.DAY) if value else None
    match = MONTH_YEAR.match(text)
    if match is None:
        return None
    year = int(match["y"] or match["y2"] or match["y3"] or match["y4"])
    if match["y4"]:
        month = 1
    else:
        digits = match["m"] or match["m2"] or match["m3"]
        month = int(digits) if digits else month_number(match["name"], language) or 0
    value = _calendar_day(year, month, 1)
    return (
        _found(text, value, Precision.YEAR if match["y4"] else Precision.MONTH) if value else None
    )


def _found(text: str, value: date, precision: Precision) -> FoundDate:
    return FoundDate(datetime.combine(value, time()), precision, text, 0, len(text))
