"""From a group of rows to the rule that reads them, in selectors a person can check."""

from __future__ import annotations

import re
from bisect import bisect_left

from feedhub.model.source import DateOrder, ListingRule, RowReach
from feedhub.suggest.selectors import Selectors
from feedhub.suggest.survey import Survey
from feedhub.suggest.weights import Group
from feedhub.text.dom import select
from feedhub.text.stretches import is_header

__all__ = ["rule_of"]

_NUMERIC = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}")


def rule_of(survey: Survey, group: Group, selectors: Selectors) -> ListingRule:
    """Return the rule for a group."""
    page = survey.page
    entry = _entry(survey, group, selectors)
    link = ""
    if any(
        _first_link(survey, group, index) != chosen.element
        for index, chosen in group.link.links.items()
    ):
        links = {index: each.element for index, each in group.link.links.items()}
        link = selectors.of_field(links, group.stretches)
    title = selectors.of_field(group.title.elements, group.stretches) if group.title else ""
    if group.titled_beside:
        title = _text_behind(survey, group, link)
    date = heading = ""
    if group.headings:
        # the engine passes over headings without a date
        undated = frozenset(range(len(page.elements))) - survey.dated_lines.keys()
        heading = selectors.of_rows(group.headings, undated)
    elif group.date and group.date.field:
        dated = {
            index: number
            for index, number in group.date.field.elements.items()
            if index in group.date.dates
        }
        date = selectors.of_field(dated, group.stretches)
    summary = selectors.of_field(group.summary.elements, group.stretches) if group.summary else ""
    return ListingRule(
        entry=entry,
        link=link,
        title=title,
        date=date,
        summary=summary,
        reach=group.reach,
        heading=heading,
        dated=_only_dated(group),
        date_order=_order(survey, group),
    )


def _text_behind(survey: Survey, group: Group, link: str) -> str:
    """Return the XPath of the text right behind a row's link."""
    if survey.page.elements[group.rows[0]].tag == "a":
        return "./following-sibling::text()[1]"
    return "" if link else ".//a[@href][1]/following-sibling::text()[1]"


def _entry(survey: Survey, group: Group, selectors: Selectors) -> str:
    page = survey.page
    silent: set[int] = set()
    linkless: set[int] = set()
    tag = page.elements[group.rows[0]].tag
    linked = sorted(survey.links)
    for number, element in enumerate(page.elements):
        if element.tag != tag or _holds_one_of(linked, number, page.last[number]):
            continue
        linkless.add(number)
        if page.starts[number] == page.ends[number] or is_header(page, number):
            silent.add(number)
    entry = selectors.of_rows(group.rows, frozenset(linkless))
    if linkless.isdisjoint(group.rows):
        found = {
            page.numbers.get(each, -1)
            for each in select(page.root, entry)
            if not isinstance(each, str)
        }
        if len((found & linkless) - silent) > 0.05 * len(group.rows):
            entry += ":has(a[href])"
    return entry


def _holds_one_of(numbers: list[int], first: int, last: int) -> bool:
    place = bisect_left(numbers, first)
    return place < len(numbers) and numbers[place] < last


def _first_link(survey: Survey, group: Group, index: int) -> int:
    stretch = group.stretches[index]
    last = survey.page.last[stretch.row]
    own = next((each for each in range(stretch.row, last) if each in survey.links), None)
    if own is not None:
        return own
    return next((each for each in range(stretch.first, stretch.last) if each in survey.links), -1)


def _only_dated(group: Group) -> bool:
    """Tell whether the rows without a date are none of the list's."""
    if group.date is None or group.headings or not 0.5 <= group.date_share < 1:
        return False
    dated = set(group.date.dates)
    others = [index for index in group.stretches if index not in dated]
    first, last = min(dated), max(dated)
    if group.reach is not RowReach.INSIDE and all(
        index < first or index > last for index in others
    ):
        return True
    # rows that lack most of what the dated rows have are rows of something else
    usual = [
        field
        for field in group.fields
        if field is not group.date.field
        and sum(index in dated for index in field.elements) >= 0.7 * len(dated)
    ]
    if not usual:
        return False
    alike = sum(
        sum(index in field.elements for field in usual) >= 0.7 * len(usual) for index in others
    )
    return alike < 0.5 * len(others)


def _order(survey: Survey, group: Group) -> DateOrder | None:
    """Return the order of numeric dates, also where today's happen to be clear."""
    if group.date and any(_NUMERIC.match(each.evidence) for each in group.date.dates.values()):
        return survey.order
    return None
