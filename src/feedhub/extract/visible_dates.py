"""The dates a page shows, each weighed: how likely is it the article's?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from feedhub.extract.labels import (
    bare_line,
    is_date_label,
    is_denied_date,
    is_stop,
    is_update_label,
)
from feedhub.extract.lines import Line
from feedhub.extract.missing_years import with_year
from feedhub.extract.page import Page
from feedhub.model.entry import Precision
from feedhub.model.source import DateOrder
from feedhub.text.dates import FoundDate, find_dates, order_of, read_date

__all__ = [
    "HOLDS_DATE",
    "LONGEST_DATELINE",
    "DateHints",
    "SeenDate",
    "page_order",
    "plausible",
    "weighed_dates",
]

HOLDS_DATE = re.compile(
    r"\d{4}|\d{1,2}[/.\-]\d{1,2}|\d\s?(?:tháng|giờ|phút|ngày|hours?|days?|min)|hôm qua|yesterday|"
    r"gestern|vor \d|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}\b|"
    r"\d\s?[年月]|il y a|hace \d",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(
    r"date|time(?!line)|ngay|publish|posted|stamp|created|datum|fecha|byline|entry-?meta|"
    r"post-?meta|article-?(?:info|meta)|thoi-?gian|meta(?:$|[\s_-])"
)
#: a date that the page's header shows to every visitor
_CLOCK_CLASS = re.compile(r"current-?date|today|date-?in-?header|clock|time-?now|server-?time")
#: top-level domains where English pages write the day first
_DAY_FIRST_TLDS = frozenset(
    (
        *("uk", "ie", "au", "nz", "in", "za", "vn", "sg", "my", "ng", "ke", "gh", "pk", "lk"),
        *("jm", "mt", "hk", "eu"),
    )
)
LONGEST_DATELINE = 260
_EARLIEST = 1990
_PROSE = 80
#: a score at which no better date is looked for behind the article
_SURE = 9


@dataclass(frozen=True, slots=True)
class DateHints:
    """What is known before reading: the order of the source, the language, today."""

    order: DateOrder | None
    language: str
    today: date


@dataclass(frozen=True, slots=True)
class SeenDate:
    """A date on a visible line, with its score."""

    line: Line
    found: FoundDate
    label: str
    score: float
    updated: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """The page around a date: its lines, where the title stands and where the article ends."""

    lines: list[Line]
    title_index: int | None
    stop: int
    hints: DateHints


def page_order(page: Page, hints: DateHints) -> DateOrder:
    """Return the order of the source, else what the page's own dates show, else its region's."""
    if hints.order is not None:
        return hints.order
    shown = order_of(
        line.text for line in page.lines if len(line.text) < 400 and HOLDS_DATE.search(line.text)
    )
    if shown is not None:
        return shown
    domain = (urlsplit(page.url).hostname or "").rpartition(".")[2]
    american = hints.language.startswith("en") and domain not in _DAY_FIRST_TLDS
    return DateOrder.MDY if american else DateOrder.DMY


def plausible(found: FoundDate | None, today: date) -> bool:
    """Whether a date can be an article's: not of the future, not older than the web."""
    if found is None or found.precision in {Precision.YEAR, Precision.MONTH}:
        return False
    return found.value.year >= _EARLIEST and found.value.date() <= today + timedelta(days=1)


def _dates_seen(
    page: Page, lines: list[Line], order: DateOrder, hints: DateHints
) -> Iterator[tuple[Line, FoundDate, str]]:
    """Yield the plausible dates on the shorter of these lines and the words before each."""
    for line in lines:
        text = line.text
        if len(text) > LONGEST_DATELINE:
            continue
        machine = _time_attribute(line)
        if machine is not None and plausible(machine, hints.today):
            yield line, machine, _words_before(text)
            continue
        if not HOLDS_DATE.search(text):
            continue
        position = 0
        for each in find_dates(text, order=order, language=hints.language, today=hints.today):
            found = with_year(each, page, hints.today)
            before = re.split(r"[|•·]", text[position : found.start])[-1][-70:]
            position = found.end
            if plausible(found, hints.today):
                yield line, found, before.strip()


def _time_attribute(line: Line) -> FoundDate | None:
    """Return the machine-readable value of a time element on the line, with its place in it."""
    for element, is_tail in line.texts:
        if not is_tail and element.tag == "time" and element.get("datetime"):
            found = read_date(element.get("datetime") or "")
            if found is not None and found.precision not in {Precision.YEAR, Precision.MONTH}:
                return replace(found, start=0, end=len(line.text))
    return None


def _words_before(text: str) -> str:
    """Return what stands before the first digit of a line: the label of its date."""
    first = next((place for place, sign in enumerate(text) if sign.isdigit()), len(text))
    return re.split(r"[|•·]", text[:first])[-1][-70:].strip()


def weighed_dates(
    page: Page, title_index: int | None, order: DateOrder, hints: DateHints
) -> list[SeenDate]:
    """Return the page's dates with their scores: 5 is good, 9 sure; never-taken ones have -20.

    Dates behind the article's end are looked at only where none before it is sure.
    """
    lines = page.lines
    stop = _first_stop(lines, title_index)
    place = _Place(lines, title_index, stop, hints)
    seen = _weigh_all(place, list(_dates_seen(page, lines[:stop], order, hints)))
    if any(each.score >= _SURE and not each.updated for each in seen):
        return seen
    return seen + _weigh_all(place, list(_dates_seen(page, lines[stop:], order, hints)))


def _weigh_all(place: _Place, rows: list[tuple[Line, FoundDate, str]]) -> list[SeenDate]:
    shapes = Counter((line.tag, line.classes[-2:]) for line, _, _ in rows)
    listed = {shape for shape, count in shapes.items() if count >= 4 and place.title_index is None}
    return [
        _weigh(place, line, found, before, in_list=(line.tag, line.classes[-2:]) in listed)
        for line, found, before in rows
    ]


def _first_stop(lines: list[Line], title_index: int | None) -> int:
    """Return the first heading behind the article: below prose, or below a title that is known."""
    begin = 0 if title_index is None else title_index + 1
    below = title_index is not None
    for line in lines[begin:]:
        below = below or len(line.text) >= _PROSE
        if below and is_stop(line.text):
            return line.index
    return len(lines)


def _weigh(place: _Place, line: Line, found: FoundDate, before: str, *, in_list: bool) -> SeenDate:
    lines, title_index, stop, hints = place.lines, place.title_index, place.stop, place.hints
    label = bare_line(before)
    above = lines[line.index - 1].text if line.index and not label.strip(" :-|,(") else ""
    if above and len(above) <= 40:
        # a table or definition list puts the label into a line of its own
        heading = f"{bare_line(above).rstrip(' :')}:"
        if above.rstrip().endswith(":") or is_date_label(heading):
            label = f"{heading} {label}"
    if is_denied_date(label) or (len(line.text) <= 200 and _denied_line(line.text)):
        return SeenDate(line, found, before, -20, updated=False)
    behind = bare_line(re.split(r"[|•·]", line.text[found.end : found.end + 40])[0])
    if _CLOCK_CLASS.search(line.near_classes):
        return SeenDate(line, found, before, -20, updated=False)
    updated = is_update_label(label) or is_update_label(behind)
    score = 0.0
    if updated:
        score += 3
    elif is_date_label(label):
        score += 5 if "cap nhat" in label else 6
    rest = len(line.text) - min(len(found.evidence), 20)
    score += 3 if rest <= 30 else 1.5 if rest <= 70 else -1 if rest <= 120 else -5
    score += 1 if found.precision is not Precision.DAY else 0
    score += 2.5 if _DATE_CLASS.search(line.near_classes) else 0
    score += 1.5 if any(element.tag == "time" for element, _ in line.texts) else 0
    score += _near_title(line.index, title_index)
    # without a headline the end is a guess: a box above the article may have a heading like one
    score -= (8 if title_index is not None else 4) if line.index > stop else 0
    score -= 4 if line.in_chrome else 0
    score -= 4 if in_list else 0
    score -= 2 if line.all_linked else 0
    score -= 5 if not found.year_given else 0
    score += _above_prose(lines, line.index)
    unlabelled_today = found.value.date() == hints.today and not is_date_label(label)
    score -= 5 if unlabelled_today and found.precision is Precision.DAY else 0
    return SeenDate(line, found, before, score, updated)


def _above_prose(lines: list[Line], index: int) -> float:
    """A date line stands close above the text."""
    for distance, line in enumerate(lines[index + 1 : index + 8]):
        if len(line.text) >= _PROSE:
            return 3 if distance < 4 else 2
    return 0


def _denied_line(text: str) -> bool:
    """Whether the beginning of a line gives its date away as today's or a licence's."""
    begin = bare_line(text[:40])
    return begin.startswith(("hom nay", "today", "giay phep", "copyright", "©", "heute ist"))


def _near_title(index: int, title_index: int | None) -> float:
    if title_index is None:
        return 0
    below = index - title_index
    if 0 <= below <= 3:
        return 4
    if 4 <= below <= 8:
        return 2
    if -2 <= below < 0:
        return 2
    return -3 if below < -6 else 0
