"""The date of a listing row: in the row, around it, or in the heading above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from feedhub.model.entry import Precision
from feedhub.model.source import DateOrder
from feedhub.text.dates import FoundDate, find_dates, read_date
from feedhub.text.dom import Element, Page

__all__ = [
    "COARSE",
    "LONGEST_DATE_LINE",
    "DateReader",
    "first_words",
    "read_element",
    "without_date",
]

#: a longer piece of text is running text, and a date in it is not the entry's
LONGEST_DATE_LINE = 160
#: pieces of one row that are searched for a date
_PIECES = 200
#: too little to date an entry by
COARSE = frozenset({Precision.YEAR, Precision.MONTH})
_DATE_ATTRIBUTES = ("datetime", "content", "data-date", "data-datetime")


def read_element(
    page: Page, number: int, read: Callable[[str], FoundDate | None]
) -> FoundDate | None:
    """Read the date an element shows; a calendar leaf has day, month and year in boxes of its own.

    ``read`` reads one line of at most ``LONGEST_DATE_LINE`` characters.
    """
    text = page.text(number)
    if not text or len(text) > LONGEST_DATE_LINE:
        return None
    found = read(text)
    start, end = page.starts[number], page.ends[number]
    if (found is None or found.precision in COARSE) and 2 <= end - start <= 4 and len(text) <= 24:
        leaf = "/".join(piece.strip() for piece in page.pieces[start:end])
        found = read(leaf.replace("//", "/")) or found
    return found


# the guess of a rule, its preview and the first pull read the same lines
@lru_cache(maxsize=4096)
def _read(text: str, order: DateOrder | None, language: str, today: date) -> FoundDate | None:
    return read_date(text, order=order, language=language, today=today)


class DateReader:
    """Reads dates off a page, each piece of text once."""

    def __init__(
        self,
        page: Page,
        headings: list[int],
        *,
        order: DateOrder | None,
        language: str,
        today: date,
    ) -> None:
        self._page = page
        self._order = order
        self._language = language
        self._today = today
        self._headings: list[tuple[int, FoundDate, str]] = []
        for number in headings:
            # an element may hold its rows besides the line that dates them
            text = page.first_line(number)[0]
            found = self.read(text)
            if found is not None and found.precision not in COARSE:
                self._headings.append((number, found, text))
        self._heading_numbers = [number for number, _, _ in self._headings]

    def read(self, text: str) -> FoundDate | None:
        """Read the first date of a short text."""
        if len(text) > LONGEST_DATE_LINE or not text:
            return None
        return _read(text, self._order, self._language, self._today)

    def date_of(
        self,
        start: int,
        end: int,
        selected: Iterable[Element | str] | None,
        *,
        before: bool,
        title: tuple[int, int],
        row: int,
    ) -> tuple[FoundDate | None, str]:
        """Return the date of the row whose text pieces are ``start`` to ``end``, and its text.

        ``selected`` are the nodes the rule names for it; without a rule the first date outside the
        title counts, and ``before`` the row the nearest. Headings speak where the row has none.
        """
        found: FoundDate | None = None
        text = ""
        if selected is not None:
            found, text = self._first_of(selected)
        elif not self._headings:
            found, text = self._around(start, end, row, before=before, title=title)
        if found is None and self._headings:
            place = bisect_right(self._heading_numbers, row) - 1
            if place >= 0:
                _, found, text = self._headings[place]
        return found, text

    def _first_of(self, nodes: Iterable[Element | str]) -> tuple[FoundDate | None, str]:
        unread = ""
        for node in nodes:
            found, text = self.of_node(node)
            if found is not None:
                return found, text
            unread = unread or text
        return None, unread

    def of_node(self, node: Element | str) -> tuple[FoundDate | None, str]:
        """Read one node: its text, or its machine-readable date where that says more.

        The text's day wins over the attribute's: servers in UTC write an attribute that is the day
        before for a reader in Việt Nam.
        """
        if isinstance(node, str):
            return self.read(" ".join(node.split())), " ".join(node.split())
        number = self._page.numbers.get(node, -1)
        text = self._page.text(number) if number >= 0 else ""
        shown = self._shown(number, text)
        written = next((node.get(name) for name in _DATE_ATTRIBUTES if node.get(name)), None)
        if written is None:
            return shown, text
        meant = self.read(" ".join(written.split()))
        if meant is None:
            return shown, text
        if shown is None or not shown.year_given or shown.precision in COARSE:
            return meant, written
        if shown.precision is Precision.DAY and shown.value.date() == meant.value.date():
            return meant, written
        return shown, text

    def _shown(self, number: int, text: str) -> FoundDate | None:
        if number >= 0 and len(text) <= LONGEST_DATE_LINE:
            return read_element(self._page, number, self.read)
        # a long cell may still begin with its date
        found = find_dates(
            text[:LONGEST_DATE_LINE], order=self._order, language=self._language, today=self._today
        )
        return next((each for each in found if each.year_given and each.start < 40), None)

    def _around(
        self, start: int, end: int, row: int, *, before: bool, title: tuple[int, int]
    ) -> tuple[FoundDate | None, str]:
        page = self._page
        order = range(start, min(end, start + _PIECES))
        if before:
            own = range(page.starts[row], page.ends[row])
            order_before = range(page.starts[row] - 1, max(start, end - _PIECES) - 1, -1)
            places = [*own, *order_before]
        else:
            places = list(order)
        for place in places:
            if title[0] <= place < title[1]:
                continue
            text = " ".join(page.pieces[place].split())
            line = text[-LONGEST_DATE_LINE:] if before else text[:LONGEST_DATE_LINE]
            found = self.read(line) if any(map(str.isdigit, line)) else None
            if found is not None and found.precision not in COARSE:
                return found, line
        return None, ""


_SEPARATOR = re.compile(r"^\s*[-–—:|•·]\s*")


def first_words(text: str, found: FoundDate | None) -> str:
    """Return the title in a run of bare text beside a link: its first line without the date."""
    for line in text.strip().splitlines():
        words = " ".join(line.split())
        if found is not None and words.startswith(found.evidence):
            words = words[len(found.evidence) :]
        words = words.strip(" -–—:|,;")
        if words:
            return words
    return ""


def without_date(title: str, found: FoundDate | None) -> str:
    """Return a title without the date line that is glued to it.

    "Jun 27, 2018 - Open space" loses its front, "nâng cao04/09/2024 17:37" its end; a title that
    merely holds a date ("Board Meeting 9-18-19") stays as it is.
    """
    if found is None or found.evidence not in title:
        return title
    if title.startswith(found.evidence):
        rest = title[len(found.evidence) :]
        if _SEPARATOR.match(rest) and len(rest) > len(found.evidence):
            return _SEPARATOR.sub("", rest)
    if title.endswith(found.evidence) and found.precision in {Precision.MINUTE, Precision.SECOND}:
        rest = title[: -len(found.evidence)].rstrip(" -–—|,(")
        if len(rest) > len(found.evidence):
            return rest
    return title
