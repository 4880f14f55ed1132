"""Date headings: lines that date the run of rows below them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedhub.suggest.page_dates import PageDates
from feedhub.suggest.shapes import Shapes
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page

__all__ = ["DatedLine", "dated_lines", "headings_over"]

LONGEST_HEADING = 60
#: elements that may be a heading on their own, without a second one of their kind
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "dt", "strong", "b"})


@dataclass(frozen=True, slots=True)
class DatedLine:
    """An element that begins with a line that is little more than a date; ``end`` is its end."""

    found: FoundDate
    end: int


def dated_lines(page: Page, dates: PageDates) -> dict[int, DatedLine]:
    """Return the elements whose first line is a date, by number."""
    lines: dict[int, DatedLine] = {}
    for place in dates.pieces:
        number = page.owners[place]
        while number >= 0 and page.starts[number] <= place:
            text, end = page.first_line(number)
            found = dates.pieces.get(place)
            if not page.starts[number] <= place < end or len(text) > LONGEST_HEADING or not found:
                break
            # a heading may say what happened that day
            share = 0.25 if page.elements[number].tag in _HEADING_TAGS else 0.5
            if found.year_given and len(found.evidence) >= share * len(text):
                lines[number] = DatedLine(found, end)
            number = page.parents[number]
    return lines


def headings_over(
    page: Page, lines: Mapping[int, DatedLine], shapes: Shapes, rows: Sequence[int]
) -> dict[int, FoundDate]:
    """Return the lines of one kind that stand as headings over the rows, {} where none do."""
    starts = [page.starts[row] for row in rows]
    kinds: dict[int, list[int]] = {}
    for number in sorted(lines):
        place = bisect_right(rows, number) - 1
        if place >= 0 and page.inside(number, rows[place]):
            continue  # it stands in a row
        kinds.setdefault(shapes.of[number], []).append(number)
    for kind in kinds.values():
        numbers = [number for number in kind if number < rows[-1]]
        above = 0
        for number in numbers:
            place = bisect_left(starts, lines[number].end)
            # one more line may stand between a heading and its first row
            above += place < len(starts) and starts[place] - lines[number].end <= 1
        if not numbers or numbers[0] > rows[0] or above < 0.8 * len(numbers):
            continue
        if len(numbers) == 1 and page.elements[numbers[0]].tag not in _HEADING_TAGS:
            continue
        return {number: lines[number].found for number in numbers}
    return {}
