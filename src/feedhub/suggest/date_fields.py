"""Which part of the rows dates them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedhub.suggest.fields import Field
from feedhub.suggest.page_dates import PageDates
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page
from feedhub.text.stretches import Stretch

__all__ = ["DateField", "date_field"]

_DATE_NAME = re.compile(r"date|time|posted|publish|ngay|calendar|day|when", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateField:
    """The date of each row. ``field`` is None where the date stands in no element of its own."""

    field: Field | None
    dates: dict[int, FoundDate]
    quality: float
    in_title: bool = False


def date_field(
    page: Page,
    fields: Sequence[Field],
    stretches: Mapping[int, Stretch],
    titles: dict[int, int],
    dates: PageDates,
) -> DateField | None:
    """Return the field that dates the rows, None where fewer than a third of them have a date.

    ``titles`` are the rows' title elements; a date in a title counts for little.
    """
    rows = len(stretches)
    best: DateField | None = None
    for field in fields:
        if len(field.elements) < 0.3 * rows:
            continue
        candidate = _dates_of_field(page, field, titles, dates, rows)
        if candidate is None:
            continue
        nested = (
            best is not None
            and best.field is not None
            and any(
                page.inside(number, best.field.elements[index])
                for index, number in field.elements.items()
                if index in best.field.elements
            )
        )
        margin = -0.02 if nested else 0.01
        if best is None or candidate.quality > best.quality + margin:
            best = candidate
    loose = _loose_dates(page, stretches, titles, dates, rows)
    if loose and (best is None or loose.quality > best.quality + 0.05):
        best = loose
    return best


def _dates_of_field(
    page: Page, field: Field, titles: dict[int, int], dates: PageDates, rows: int
) -> DateField | None:
    read = {
        index: dates.elements[number]
        for index, number in field.elements.items()
        if number in dates.elements
    }
    count = len(read)
    if count < max(2, 0.3 * rows):
        return None
    in_title = holds_title = 0
    for index in read:
        title = titles.get(index)
        if title is not None:
            number = field.elements[index]
            in_title += page.inside(number, title)
            holds_title += page.inside(title, number) and title != number
    first = page.elements[next(iter(field.elements.values()))]
    found = {index: each.found for index, each in read.items()}
    machine = any(each.machine for each in read.values())
    quality = (
        2.0 * count / rows
        + 0.6 * sum(each.clean for each in read.values()) / count
        + 0.5 * sum(each.label for each in read.values()) / count
        + 0.5 * _sortedness(found)
        + 0.3 * (first.tag == "time" or machine)
        + 0.2 * bool(_DATE_NAME.search(first.get("class") or ""))
        - 1.0 * in_title / count
        - 0.6 * holds_title / count
        - 0.8 * (sum(not each.year_given for each in found.values()) / count)
    )
    return DateField(field, found, quality, in_title > 0.5 * count)


def _loose_dates(
    page: Page,
    stretches: Mapping[int, Stretch],
    titles: dict[int, int],
    dates: PageDates,
    rows: int,
) -> DateField | None:
    """Read the first date that stands in each row outside its title, whatever holds it."""
    found: dict[int, FoundDate] = {}
    clean = 0.0
    for index, stretch in stretches.items():
        if dates.before[stretch.start] == dates.before[stretch.end]:
            continue
        title = titles.get(index, -1)
        before = stretch.start < page.starts[stretch.row]
        places = range(stretch.start, min(stretch.end, stretch.start + 200))
        for place in reversed(places) if before else places:
            if title >= 0 and page.starts[title] <= place < page.ends[title]:
                continue
            date = dates.pieces.get(place)
            if before:
                date = dates.ends.get(place, date)
            if date is not None:
                found[index] = date
                clean += min(1.0, len(date.evidence) / len(page.pieces[place].strip()))
                break
    count = len(found)
    if count < max(2, 0.3 * rows):
        return None
    quality = (
        2.0 * count / rows
        + 0.6 * clean / count
        + 0.5 * _sortedness(found)
        - 0.8 * (sum(not each.year_given for each in found.values()) / count)
        - 0.1
    )
    return DateField(None, found, quality)


def _sortedness(dates: dict[int, FoundDate]) -> float:
    """Return the share of neighbours in the more frequent direction, 0.5 to 1."""
    days = [dates[index].value.date() for index in sorted(dates)]
    if len(days) < 3:
        return 0.5
    pairs = list(pairwise(days))
    falling = sum(a >= b for a, b in pairs) / len(pairs)
    rising = sum(a <= b for a, b in pairs) / len(pairs)
    return max(falling, rising)
