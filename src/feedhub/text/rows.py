"""Reading the rows of a listing page by rule.

The same code previews a guessed rule and applies a frozen one, so both give the same entries.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from lxml import etree

from feedhub.model.entry import RawDate, RawEntry
from feedhub.model.source import ListingRule
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Element, Link, Page, select
from feedhub.text.row_dates import COARSE, DateReader, first_words, without_date
from feedhub.text.stretches import Selected, Stretch, is_header, numbers_of, outermost, stretches
from feedhub.text.urls import absolute, link_key

__all__ = ["MAX_ROWS", "Row", "Rows", "misfit", "raw_entries", "read_rows"]

#: more rows than this on one page are not read; the longest archive measured holds 342
MAX_ROWS = 5_000
#: where a smaller share of the rows are entries the page was rebuilt
FEWEST_VALID = 0.9
#: characters of a title and of a summary's HTML that are kept
MAX_TITLE = 1_000
MAX_SUMMARY = 20_000
_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a listing page as its rule reads it.

    ``link`` is as written and ``url`` absolute; ``others`` are the further addresses the row links
    to. ``summary`` is the HTML as it stands in the page. ``dated_by`` is the text the date was
    read from, kept also when it could not be read.
    """

    stretch: Stretch
    link: str
    url: str
    title: str
    date: FoundDate | None = None
    dated_by: str = ""
    summary: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a rule reads off a page.

    ``rejected`` and ``repeated`` hold a sentence per row that is no entry, or that repeats the
    address of an earlier one.
    """

    rows: tuple[Row, ...]
    rejected: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


def read_rows(page: Page, rule: ListingRule, *, language: str = "", today: date) -> Rows:
    """Apply a rule to a page.

    ``today`` completes dates without a year. Raises ``SelectorError`` where the rule is no valid
    selector; what the page holds never raises.
    """
    reader = _RowReader(page, rule, language=language, today=today)
    rows: list[Row] = []
    rejected: list[str] = []
    repeated: list[str] = []
    seen: dict[str, int] = {}
    for place, stretch in enumerate(reader.stretches, start=1):
        row = reader.read(stretch, place)
        if isinstance(row, str):
            if row:
                rejected.append(row)
            continue
        key = link_key(row.url)
        if key in seen:
            repeated.append(f'row {place} repeats the address of row {seen[key]}: "{row.title}"')
            continue
        seen[key] = place
        rows.append(row)
    return Rows(tuple(rows), tuple(rejected), tuple(repeated))


def misfit(rule: ListingRule, rows: Rows) -> str:
    """Return in words why a rule does not fit its page any more, "" where it does."""
    valid = len(rows.rows) + len(rows.repeated)
    seen = valid + len(rows.rejected)
    if not valid:
        return f'the rule "{rule.entry}" finds no entry'
    if valid < FEWEST_VALID * seen:
        return f"only {valid} of {seen} rows are entries ({rows.rejected[0]})"
    if (rule.date or rule.heading) and not any(row.date for row in rows.rows):
        return f'no row has a date where the rule expects one ("{rule.date or rule.heading}")'
    return ""


def raw_entries(page: Page, rows: Sequence[Row]) -> tuple[RawEntry, ...]:
    """Return rows as entries, in the source's own words."""
    return tuple(
        RawEntry(
            position=position,
            base_url=page.base_url,
            link=row.link,
            title=row.title,
            title_is_html=False,
            published=RawDate(text=row.date.evidence if row.date else row.dated_by)
            if row.date or row.dated_by
            else None,
            summary=row.summary,
            language=page.root.get("lang") or "",
        )
        for position, row in enumerate(rows)
    )


class _RowReader:
    def __init__(self, page: Page, rule: ListingRule, *, language: str, today: date) -> None:
        self.page = page
        self.rule = rule
        numbers = outermost(page, numbers_of(page, select(page.root, rule.entry)))[:MAX_ROWS]
        self.stretches = stretches(page, numbers, rule.reach)
        self._link_starts = [link.element for link in page.links]
        self._links = Selected(page, rule.link)
        self._titles = Selected(page, rule.title)
        self._dates = Selected(page, rule.date)
        self._summaries = Selected(page, rule.summary)
        headings = numbers_of(page, select(page.root, rule.heading)) if rule.heading else []
        self._reader = DateReader(
            page, headings, order=rule.date_order, language=language, today=today
        )

    def read(self, stretch: Stretch, place: int) -> Row | str:
        """Return the row, a sentence why it is none, or "" for one that is not meant as a row."""
        links = self._links_of(stretch)
        link = self._chosen_link(stretch, links)
        title, bounds = self._title(stretch, link) if link else ("", None)
        found, text = self._reader.date_of(
            stretch.start,
            stretch.end,
            self._dates.within(stretch) if self.rule.date else None,
            before=stretch.start < self.page.starts[stretch.row],
            title=bounds or (0, 0),
            row=stretch.row,
        )
        if self.rule.dated and (found is None or found.precision in COARSE):
            return ""
        if link is None:
            shown = self.page.between(stretch.start, stretch.end)
            if not shown or is_header(self.page, stretch.row):
                return ""
            return f'row {place} has no link to an article: "{_shortened(shown)}"'
        title = without_date(title, found) if bounds else first_words(title, found)
        if not title:
            return f"row {place} has no title: {link.url}"
        others = tuple(dict.fromkeys(each.url for each in links if each.url != link.url))
        return Row(
            stretch=stretch,
            link=link.href,
            url=link.url,
            title=title,
            date=found,
            dated_by=text,
            summary=self._summary(stretch),
            others=others,
        )

    def _links_of(self, stretch: Stretch) -> list[Link]:
        place = bisect_left(self._link_starts, stretch.first)
        until = bisect_left(self._link_starts, stretch.last)
        links = self.page.links[place:until]
        if stretch.first == stretch.row:
            return links
        # the row's own links come before those of what stands around it
        own = (stretch.row, self.page.last[stretch.row])
        return sorted(links, key=lambda link: not own[0] <= link.element < own[1])

    def _chosen_link(self, stretch: Stretch, links: list[Link]) -> Link | None:
        if not self.rule.link:
            if links:
                return links[0]
            return self._link_around(stretch.row)
        for node in self._links.within(stretch):
            if isinstance(node, str):
                url = absolute(node, self.page.base_url)
                if url:
                    return Link(stretch.row, node, url)
                continue
            number = self.page.numbers.get(node, -1)
            link = next((each for each in links if self.page.inside(each.element, number)), None)
            if link is not None:
                return link
        return None

    def _link_around(self, number: int) -> Link | None:
        """Return the link a row stands in, for rows whose whole card is a link."""
        while number >= 0:
            element = self.page.elements[number]
            if element.tag == "a":
                place = bisect_left(self._link_starts, number)
                if place < len(self._link_starts) and self._link_starts[place] == number:
                    return self.page.links[place]
                return None
            number = self.page.parents[number]
        return None

    def _title(self, stretch: Stretch, link: Link) -> tuple[str, tuple[int, int] | None]:
        """Return the title and the text pieces it was read from, None for bare text."""
        page = self.page
        if self.rule.title:
            for node in self._titles.within(stretch):
                if isinstance(node, str):
                    if node.strip():
                        return node[:MAX_TITLE], None
                    continue
                number = page.numbers.get(node, -1)
                text = page.text(number) if number >= 0 else ""
                if text:
                    return text[:MAX_TITLE], (page.starts[number], page.ends[number])
        # a row that lacks the title's element still has its link
        bounds = (page.starts[link.element], page.ends[link.element])
        title = page.text(link.element) or _spoken_title(page.elements[link.element])
        return title[:MAX_TITLE], bounds

    def _summary(self, stretch: Stretch) -> str:
        for node in self._summaries.within(stretch):
            if isinstance(node, str):
                if node.strip():
                    return escape(node.strip())[:MAX_SUMMARY]
                continue
            number = self.page.numbers.get(node, -1)
            if number >= 0 and self.page.starts[number] < self.page.ends[number]:
                html = etree.tostring(node, encoding="unicode", method="html", with_tail=False)
                return html if len(html) <= MAX_SUMMARY else escape(self.page.text(number))
        return ""


def _spoken_title(element: Element) -> str:
    title = element.get("title") or element.get("aria-label") or ""
    if not title:
        title = next((image.get("alt") or "" for image in element.iter("img")), "")
    return " ".join(title.split())


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else text[:_QUOTED].rstrip() + "…"
