"""Date headings: lines that date the run of rows below them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from feedhub.suggest.shapes import Shapes
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page

__all__ = ["LONGEST_HEADING", "headings_over"]

LONGEST_HEADING = 60
#: elements that may be a heading on their own, without a second one of their kind
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "dt", "strong", "b"})


def headings_over(
    page: Page,
    lines: Mapping[int, FoundDate],
    shapes: Shapes,
    rows: Sequence[int],
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
            place = bisect_left(starts, page.ends[number])
            # one more line may stand between a heading and its first row
            above += place < len(starts) and starts[place] - page.ends[number] <= 1
        if not numbers or numbers[0] > rows[0] or above < 0.8 * len(numbers):
            continue
        if len(numbers) == 1 and page.elements[numbers[0]].tag not in _HEADING_TAGS:
            continue
        return {number: lines[number] for number in numbers}
    return {}
