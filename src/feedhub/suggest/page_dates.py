"""The dates of a page, each piece of text read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page
from feedhub.text.row_dates import COARSE, LONGEST_DATE_LINE, read_element

__all__ = ["ElementDate", "PageDates", "ReadDate", "dates_of"]

ReadDate = Callable[[str], FoundDate | None]

#: an element of more pieces of text is no date line
_MOST_PIECES = 30
#: a date whose parts stand in elements of their own is no longer than this
_LONGEST_SPLIT = 40
_DIGIT = re.compile(r"\d")
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
class ElementDate:
    """The date of one element.

    ``clean`` is the share of its text that is the date, ``label`` 1 or -1 where its text says it
    is, or is not, the day of publication; ``machine`` tells that it came from an attribute.
    """

    found: FoundDate
    clean: float
    label: int
    machine: bool


@dataclass(frozen=True, slots=True)
class PageDates:
    """The dates by element and by piece of text; months and years alone are none.

    ``ends`` holds the dates of long pieces read from their end. ``before[n]`` counts the dated
    pieces among the first ``n``.
    """

    elements: dict[int, ElementDate]
    pieces: dict[int, FoundDate]
    ends: dict[int, FoundDate]
    before: list[int]


def dates_of(page: Page, read: ReadDate) -> PageDates:
    """Read the dates of a page."""
    pieces: dict[int, FoundDate] = {}
    ends: dict[int, FoundDate] = {}
    elements: dict[int, ElementDate] = {}
    labels: dict[str, int] = {}
    numeric = [place for place, piece in enumerate(page.pieces) if _DIGIT.search(piece)]
    for place in numeric:
        line = " ".join(page.pieces[place].split())
        _keep(pieces, place, read(line[:LONGEST_DATE_LINE]))
        if len(line) > LONGEST_DATE_LINE:
            _keep(ends, place, read(line[-LONGEST_DATE_LINE:]))
    visited: set[int] = set()
    for place in numeric:
        number = page.owners[place]
        while number >= 0 and number not in visited and _may_be_a_line(page, number):
            visited.add(number)
            dated = _date_of(page, number, read, pieces, labels)
            if dated is not None:
                elements[number] = dated
            number = page.parents[number]
    for number, element in enumerate(page.elements):
        if number not in elements and element.get("datetime"):
            dated = _date_of(page, number, read, pieces, labels)
            if dated is not None:
                elements[number] = dated
    counts = [0] * len(page.pieces)
    for place in (*pieces, *ends):
        counts[place] = 1
    return PageDates(elements, pieces, ends, [0, *accumulate(counts)])


def _keep(dates: dict[int, FoundDate], place: int, found: FoundDate | None) -> None:
    if found is not None and found.precision not in COARSE:
        dates[place] = found


def _may_be_a_line(page: Page, number: int) -> bool:
    return (
        page.ends[number] - page.starts[number] <= _MOST_PIECES
        and len(page.text(number)) <= LONGEST_DATE_LINE
    )


def _date_of(
    page: Page,
    number: int,
    read: ReadDate,
    pieces: dict[int, FoundDate],
    labels: dict[str, int],
) -> ElementDate | None:
    text = page.text(number)
    found = None
    for place in range(page.starts[number], page.ends[number]):
        if place in pieces:
            found = pieces[place]
            break
    if found is None and len(text) <= _LONGEST_SPLIT:
        found = read_element(page, number, read)
    machine = False
    if found is None or not found.year_given or found.precision in COARSE:
        attribute = page.elements[number].get("datetime")
        written = read(" ".join(attribute.split())) if attribute else None
        if written is not None:
            found, machine = written, True
    if found is None or found.precision in COARSE:
        return None
    clean = 1.0 if machine else min(1.0, len(found.evidence) / max(1, len(text)))
    if text not in labels:  # elements within each other often have the same text
        labels[text] = bool(_GOOD_LABEL.search(text)) - bool(_BAD_LABEL.search(text))
    return ElementDate(found, clean, labels[text], machine)
