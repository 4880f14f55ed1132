"""The parts of a page its entries are read from, and what a rule selects in each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from feedhub.model.source import RowReach
from feedhub.text.dom import Element, Page, select

__all__ = ["Selected", "Stretch", "is_header", "numbers_of", "outermost", "stretches"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a page one entry is read from.

    ``row`` is the number of the element that the rule selected. Elements from ``first`` to
    ``last`` (exclusive) begin in the stretch, text pieces from ``start`` to ``end`` lie in it.
    """

    row: int
    first: int
    last: int
    start: int
    end: int


def stretches(page: Page, numbers: list[int], reach: RowReach) -> list[Stretch]:
    """Return the stretch of each row; ``numbers`` are the rows' elements in document order."""
    found: list[Stretch] = []
    for place, number in enumerate(numbers):
        parent = page.parents[number]
        first, last = number, page.last[number]
        start, end = page.starts[number], page.ends[number]
        if parent >= 0 and reach is RowReach.AFTER:
            last, end = page.last[parent], page.ends[parent]
            if place + 1 < len(numbers):
                last = min(last, numbers[place + 1])
                end = min(end, page.starts[numbers[place + 1]])
        elif parent >= 0 and reach is RowReach.BEFORE:
            first, start = parent + 1, page.starts[parent]
            if place > 0:
                first = max(first, page.last[numbers[place - 1]])
                start = max(start, page.ends[numbers[place - 1]])
        found.append(Stretch(number, first, last, start, end))
    return found


class Selected:
    """What one selector of a rule selects, by stretch.

    A CSS selector is applied to the page once and sorted into the stretches by place, so that it
    means the same whatever the rule's reach; XPath that begins with "./" starts at each row.
    """

    def __init__(self, page: Page, rule: str) -> None:
        self._page = page
        self._rule = rule
        self._whole: list[int] | None = None
        if rule and not rule.startswith("./"):
            self._whole = numbers_of(page, select(page.root, rule))

    def within(self, stretch: Stretch) -> Iterator[Element | str]:
        """Yield what the selector selects in a stretch, in document order.

        An element that a row is read from inside of is not part of itself.
        """
        if not self._rule:
            return
        if self._whole is None:
            yield from select(self._page.elements[stretch.row], self._rule)
            return
        inside = stretch.last == self._page.last[stretch.row] and stretch.first == stretch.row
        place = bisect_left(self._whole, stretch.first + inside)
        while place < len(self._whole) and self._whole[place] < stretch.last:
            yield self._page.elements[self._whole[place]]
            place += 1


def numbers_of(page: Page, nodes: list[Element | str]) -> list[int]:
    """Return the numbers of the elements among the nodes, in document order."""
    return sorted(
        {page.numbers[node] for node in nodes if not isinstance(node, str) and node in page.numbers}
    )


def outermost(page: Page, numbers: list[int]) -> list[int]:
    """Return the elements that stand in no other of them."""
    kept: list[int] = []
    for number in numbers:
        if not kept or not page.inside(number, kept[-1]):
            kept.append(number)
    return kept


def is_header(page: Page, number: int) -> bool:
    """Tell whether an element is a table's header row, which is never an entry."""
    element = page.elements[number]
    parent = element.getparent()
    if parent is not None and parent.tag in {"thead", "tfoot"}:
        return True
    return element.tag == "tr" and all(child.tag == "th" for child in element)
