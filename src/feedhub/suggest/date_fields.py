"""Which part of the rows dates them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedhub.suggest.fields import Field
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page
from feedhub.text.row_dates import COARSE, LONGEST_DATE_LINE, read_element
from feedhub.text.stretches import Stretch

__all__ = ["DateField", "ReadDate", "date_field"]

ReadDate = Callable[[str], FoundDate | None]

_DATE_NAME = re.compile(r"date|time|posted|publish|ngay|calendar|day|when", re.IGNORECASE)
_GOOD_LABEL = re.compile(
    r"\b(?:posted|filed|issued|decided|released?|published|updated|ngày đăng|đăng|cập nhật|"
    r"ngày tạo|xuất bản)\b",
    re.IGNORECASE,
)
_BAD_LABEL = re.compile(
    r"\b(?:argued|submitted|heard|hearing|expires?|deadline|due|effective|hiệu lực|hết hạn|"
    r"ban hành|modified|từ ngày|đến ngày)\b",
    re.IGNORECASE,
)


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
    read: ReadDate,
) -> DateField | None:
    """Return the field that dates the rows, None where fewer than a third of them have a date.

    ``titles`` are the rows' title elements; a date in a title counts for little.
    """
    rows = len(stretches)
    best: DateField | None = None
    for field in fields:
        if len(field.elements) < 0.3 * rows:
            continue
        candidate = _dates_of_field(page, field, titles, read, rows)
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
    loose = _loose_dates(page, stretches, titles, read, rows)
    if loose and (best is None or loose.quality > best.quality + 0.05):
        best = loose
    return best


def _dates_of_field(
    page: Page, field: Field, titles: dict[int, int], read: ReadDate, rows: int
) -> DateField | None:
    dates: dict[int, FoundDate] = {}
    clean = 0.0
    labels = 0
    in_title = 0
    holds_title = 0
    attributes = 0
    for index, number in field.elements.items():
        element = page.elements[number]
        attribute = element.get("datetime")
        text = page.text(number)
        if not attribute and (not text or len(text) > LONGEST_DATE_LINE):
            continue
        if not any(map(str.isdigit, text)) and not attribute:
            continue
        found = read_element(page, number, read)
        if (found is None or not found.year_given) and attribute:
            found = read(attribute)
            clean += found is not None
            attributes += found is not None
        elif found is not None:
            clean += len(found.evidence) / max(1, len(text))
        if found is None or found.precision in COARSE:
            continue
        dates[index] = found
        labels += bool(_GOOD_LABEL.search(text)) - bool(_BAD_LABEL.search(text))
        title = titles.get(index)
        if title is not None:
            in_title += page.inside(number, title)
            holds_title += page.inside(title, number) and title != number
    if len(dates) < max(2, 0.3 * rows):
        return None
    count = len(dates)
    first = page.elements[next(iter(field.elements.values()))]
    quality = (
        2.0 * count / rows
        + 0.6 * clean / count
        + 0.5 * labels / count
        + 0.5 * _sortedness(dates)
        + 0.3 * (first.tag == "time" or bool(attributes))
        + 0.2 * bool(_DATE_NAME.search(first.get("class") or ""))
        - 1.0 * in_title / count
        - 0.6 * holds_title / count
        - 0.8 * (sum(not each.year_given for each in dates.values()) / count)
    )
    return DateField(field, dates, quality, in_title > 0.5 * count)


def _loose_dates(
    page: Page,
    stretches: Mapping[int, Stretch],
    titles: dict[int, int],
    read: ReadDate,
    rows: int,
) -> DateField | None:
    """Read the first date that stands in each row outside its title, whatever holds it."""
    dates: dict[int, FoundDate] = {}
    clean = 0.0
    for index, stretch in stretches.items():
        title = titles.get(index, -1)
        before = stretch.start < page.starts[stretch.row]
        places = range(stretch.start, min(stretch.end, stretch.start + 200))
        for place in reversed(places) if before else places:
            if title >= 0 and page.starts[title] <= place < page.ends[title]:
                continue
            text = " ".join(page.pieces[place].split())
            if not any(map(str.isdigit, text)):
                continue
            found = read(text[-LONGEST_DATE_LINE:] if before else text[:LONGEST_DATE_LINE])
            if found is not None and found.precision not in COARSE:
                dates[index] = found
                clean += len(found.evidence) / len(text)
                break
    if len(dates) < max(2, 0.3 * rows):
        return None
    quality = (
        2.0 * len(dates) / rows
        + 0.6 * clean / len(dates)
        + 0.5 * _sortedness(dates)
        - 0.8 * (sum(not each.year_given for each in dates.values()) / len(dates))
        - 0.1
    )
    return DateField(None, dates, quality)


def _sortedness(dates: dict[int, FoundDate]) -> float:
    """Return the share of neighbours in the more frequent direction, 0.5 to 1."""
    days = [dates[index].value.date() for index in sorted(dates)]
    if len(days) < 3:
        return 0.5
    pairs = list(pairwise(days))
    falling = sum(a >= b for a, b in pairs) / len(pairs)
    rising = sum(a <= b for a, b in pairs) / len(pairs)
    return max(falling, rising)
