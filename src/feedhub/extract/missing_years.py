"""The year of a date that a page writes without one ("Jan 04", "6月24日").

The page's own addresses, ids and class names often hold the whole date (``news20190624``); else its
copyright line tells the last year in which it was alive. Only then is it taken for the last such
day before today.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

from feedhub.extract.page import Page
from feedhub.text.dates import FoundDate

__all__ = ["with_year"]

_WHOLE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright|bản quyền)\D{0,30}(?:(?:19|20)\d\d\s?[-–]\s?)?((?:19|20)\d\d)",
    re.IGNORECASE,
)
_MARKS = ("id", "class", "href", "content", "data-id", "data-url")
_MOST_ELEMENTS = 20_000
_LONGEST = 400


def _is_calendar_day(found: FoundDate) -> bool:
    """Tell a day without a year from "two days ago", which also leaves the year to today."""
    return str(found.value.day) in {
        number.lstrip("0") for number in re.findall(r"\d+", found.evidence)
    }


def _marked_years(page: Page, month: int, day: int) -> Counter[int]:
    """Count the years in which the page's marks name that day."""
    years: Counter[int] = Counter()
    for number, element in enumerate(page.tree.iter("*")):
        if number >= _MOST_ELEMENTS:
            break
        for name in _MARKS:
            for match in _WHOLE.finditer((element.get(name) or "")[:_LONGEST]):
                if (int(match[3]), int(match[4])) == (month, day):
                    years[int(match[1])] += 1
    return years


def _last_alive(page: Page, today: date) -> int:
    """Return the newest year of the page's copyright lines, else this year."""
    years = [
        int(match[1])
        for line in page.lines
        if len(line.text) < _LONGEST
        for match in _COPYRIGHT.finditer(line.text)
    ]
    return max((year for year in years if year <= today.year), default=today.year)


def with_year(found: FoundDate, page: Page, today: date) -> FoundDate:
    """Return a date with the year its page points to; one that gave its year stays as it is.

    A year that the page's marks name counts as given from then on.
    """
    if found.year_given or not _is_calendar_day(found):
        return found
    value = found.value
    years = {
        year: count
        for year, count in _marked_years(page, value.month, value.day).items()
        if year <= today.year
    }
    if years:
        year = max(years, key=lambda each: (years[each], each))
    else:
        year = min(value.year, _last_alive(page, today))
    try:
        return replace(found, value=value.replace(year=year), year_given=bool(years))
    except ValueError:  # 29 February of another year
        return found
