"""What the pages of one source have in common, learnt from a few and used on the next.

A page alone cannot tell its menu from its text in an unknown language, nor 3/4 from 4/3. Several
pages can: lines that recur are chrome, and one 3/14 settles the order of day and month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feedhub.extract.chrome import learn, line_key
from feedhub.extract.page import open_page
from feedhub.model.document import Document
from feedhub.model.habits import SourceHabits
from feedhub.model.source import DateOrder
from feedhub.text.dates import order_of

__all__ = ["PageHabits", "learn_habits", "read_habits"]

_LONGEST_DATE_LINE = 260


@dataclass(frozen=True, slots=True)
class PageHabits:
    """One page's contribution: the keys of its lines, and the order its dates show, if any."""

    lines: frozenset[str]
    date_order: DateOrder | None


def read_habits(document: Document) -> PageHabits:
    """Return what one article page shows; raises `ExtractError` when it is no page."""
    lines = open_page(document).lines
    shown = order_of(line.text for line in lines if len(line.text) <= _LONGEST_DATE_LINE)
    return PageHabits(frozenset(line_key(line.text) for line in lines), shown)


def learn_habits(pages: Iterable[PageHabits]) -> SourceHabits:
    """Return what different article pages of one source agree on; the order needs no opposition."""
    pages = list(pages)
    orders = {page.date_order for page in pages if page.date_order is not None}
    return SourceHabits(
        learn(page.lines for page in pages), orders.pop() if len(orders) == 1 else None
    )
