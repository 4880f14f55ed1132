"""Groups of repeated elements that could be the entries of a listing page, and their worth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from feedhub.model.source import RowReach
from feedhub.suggest.areas import area_weight, heading_above, heading_weight
from feedhub.suggest.date_fields import DateField, date_field
from feedhub.suggest.fields import (
    Field,
    LinkField,
    fields_of,
    link_field,
    summary_field,
    title_field,
)
from feedhub.suggest.headings import headings_over
from feedhub.suggest.survey import Survey
from feedhub.suggest.weights import Group, weigh
from feedhub.text.dates import FoundDate
from feedhub.text.dom import Page
from feedhub.text.stretches import Stretch, stretches

__all__ = ["groups_of"]

_MAX_GROUPS = 150
_MAX_ROWS = 5_000
_MAX_PARTS = 6
#: rows of a long list that are looked at to weigh it
_SAMPLE = 24


def groups_of(survey: Survey) -> list[Group]:
    """Return the groups of a page, best first."""
    found: list[Group] = []
    loose: dict[tuple[int, ...], list[Group]] = {}
    for rows in _candidates(survey):
        group = best_reach(survey, rows)
        if group is not None:
            found.append(group)
            for key in _loose_keys(survey, group.rows[0]):
                loose.setdefault(key, []).append(group)
    for alike in loose.values():
        dated = [
            each
            for each in alike
            if each.date_share >= 0.6 and each.area * each.heading_weight > 0.5
        ]
        if len(dated) > 1:
            rows = sorted({number for each in dated for number in each.rows})
            merged = best_reach(survey, rows)
            if merged is not None:
                found.append(merged)
    found.sort(key=lambda each: (-each.score, each.rows[0]))
    return found


def _loose_keys(survey: Survey, number: int) -> Iterator[tuple[int, ...]]:
    """Yield what rows of one list that is cut into sections have in common.

    The last three steps of their shape; or, whatever the sections are called, their own step and
    the element that holds the sections side by side.
    """
    steps, parents = survey.shapes.steps, survey.page.parents
    parent = parents[number]
    above = parents[parent] if parent >= 0 else -1
    if above >= 0:
        yield (steps[number], steps[parent], steps[above])
        tag = survey.page.elements[parent].tag
        if tag in {"ul", "ol", "table", "tbody", "dl"}:
            # a table's body stands in its table
            holder = parents[above] if tag == "tbody" else above
            yield (steps[number], -1, holder)


def _candidates(survey: Survey) -> Iterator[list[int]]:
    """Yield the elements of each shape of which several hold a link."""
    page, shapes = survey.page, survey.shapes
    holders: dict[int, set[int]] = {}
    for number in survey.links:
        holder = number
        while holder >= 0 and page.elements[holder].tag not in {"body", "html"}:
            known = holders.setdefault(shapes.of[holder], set())
            if holder in known:
                break
            known.add(holder)
            holder = page.parents[holder]
    ranked = sorted(holders.items(), key=lambda each: (-len(each[1]), each[0]))
    for _, members in ranked[:_MAX_GROUPS]:
        if len(members) < 2:
            break
        parents = {page.parents[number] for number in members}
        around = holders.get(shapes.of[next(iter(parents))], set())
        # where each stands alone in a parent that recurs as often, the parent says it all
        if len(parents) == len(members) == len(around):
            continue
        rows = _without_boxes(survey, sorted(members)[:_MAX_ROWS])
        if not _is_plain_menu(survey, rows):
            yield rows


def _without_boxes(survey: Survey, rows: list[int]) -> list[int]:
    """Leave out rows that stand under a heading such as "Văn bản mới", where others do not."""
    page = survey.page
    by_parent: dict[int, list[int]] = {}
    for number in rows:
        by_parent.setdefault(page.parents[number], []).append(number)
    if not 2 <= len(by_parent) <= _MAX_PARTS:
        return rows
    kept = [
        number
        for part in by_parent.values()
        if heading_weight(heading_above(page, part[0]), survey.title) >= 1
        for number in part
    ]
    return sorted(kept) if len(kept) >= 2 else rows


def _is_plain_menu(survey: Survey, rows: list[int]) -> bool:
    """Tell whether rows stand in a menu, header or footer and no date is among them."""
    page, before = survey.page, survey.dates.before
    dated = before[page.ends[rows[-1]]] - before[page.starts[rows[0]]]
    return not dated and area_weight(page, rows[0]) < 0.35


def best_reach(survey: Survey, rows: list[int]) -> Group | None:
    """Return the group of these rows with the reach that dates them best."""
    # a term's definition belongs to it
    first = RowReach.AFTER if survey.page.elements[rows[0]].tag == "dt" else RowReach.INSIDE
    group = _group(survey, rows, first)
    if group is None:
        return None
    if group.date_share >= 0.6:
        return _with_title_below(survey, group)
    best = group
    if _are_siblings(survey.page, rows) and _has_dates_between(survey, rows):
        for reach in (RowReach.BEFORE, RowReach.AFTER):
            wider = _group(survey, rows, reach)
            if wider and wider.date_share > max(best.date_share + 0.04, group.date_share + 0.3):
                best = wider
    if not _undated_at_ends_only(best) and _date_by_headings(survey, group):
        return group
    if best.reach is RowReach.BEFORE:
        begun = _begun_at_dates(survey, best)
        if begun is not None:
            return begun
    return best


def _with_title_below(survey: Survey, group: Group) -> Group:
    """Return the group with what follows each row, where the titles stand there."""
    if group.title_quality >= 0.2 or group.reach is not RowReach.INSIDE:
        return group
    if not _are_siblings(survey.page, group.rows):
        return group
    wider = _group(survey, group.rows, RowReach.AFTER)
    if (
        wider
        and wider.title_quality >= group.title_quality + 0.2
        and wider.date_share >= group.date_share
    ):
        return wider
    return group


def _has_dates_between(survey: Survey, rows: list[int]) -> bool:
    page, before = survey.page, survey.dates.before
    gaps = sum(
        before[page.starts[number]] < before[page.starts[following]]
        for number, following in pairwise(rows)
    )
    return gaps >= 0.3 * len(rows) - 1


def _undated_at_ends_only(group: Group) -> bool:
    """Tell whether the rows without a date stand before or after those with one."""
    if group.date is None or group.date_share < 0.5:
        return False
    longest = run = 0
    for index in group.stretches:
        run = run + 1 if index in group.date.dates else 0
        longest = max(longest, run)
    # a lone date at the top may be the page's own
    return longest >= 0.9 * len(group.date.dates)


def _date_by_headings(survey: Survey, group: Group) -> bool:
    """Date the rows by the headings they stand under; tell whether there are such headings."""
    headings = headings_over(survey.page, survey.dated_lines, survey.shapes, group.rows)
    if not headings:
        return False
    dates: dict[int, FoundDate] = {}
    numbers = sorted(headings)
    for index, stretch in group.stretches.items():
        place = bisect_right(numbers, stretch.row) - 1
        if place >= 0:
            dates[index] = headings[numbers[place]]
    group.headings = numbers
    group.date = DateField(None, dates, 2.4)
    weigh(survey, group)
    return True


def _begun_at_dates(survey: Survey, group: Group) -> Group | None:
    """Return the group with rows that begin at the date standing before each link, if it has such.

    A row that begins with its date and ends before the next one also holds its summary.
    """
    page = survey.page
    if group.date is None or group.date.field is None or group.date_share < 0.9:
        return None
    starts: list[int] = []
    for index, number in group.date.field.elements.items():
        parent = page.parents[group.rows[index]]
        start = number
        while start >= 0 and page.parents[start] != parent:
            start = page.parents[start]
        if start < 0:
            return None
        starts.append(start)
    if len(set(starts)) != len(starts) or len({survey.shapes.of[each] for each in starts}) != 1:
        return None
    begun = _group(survey, sorted(starts), RowReach.AFTER)
    if (
        begun
        and begun.date_share >= group.date_share
        and len(begun.link.links) >= len(group.link.links)
    ):
        return begun
    return None


def _are_siblings(page: Page, rows: list[int]) -> bool:
    parents = {page.parents[number] for number in rows}
    return len(parents) <= len(rows) / 2


def _group(survey: Survey, rows: list[int], reach: RowReach) -> Group | None:
    page = survey.page
    spans = _sampled(stretches(page, rows, reach))
    fields = fields_of(page, survey.shapes, spans)
    count = len(spans)
    own = fields
    if reach is not RowReach.INSIDE:
        # a row that has a link of its own is not linked by the one beside it
        own = [each for each in fields if _is_own(page, each, rows)]
    link = link_field(page, own, survey.links, count) or link_field(
        page, fields, survey.links, count
    )
    if link is None:
        return None
    elements = {index: each.element for index, each in link.links.items()}
    date = date_field(page, fields, spans, elements, survey.dates)
    holders = set(date.field.elements.values()) if date and date.field else set()
    titled = [each for each in fields if not _belongs_to_another(survey, each, link)]
    title = title_field(page, titled, link, holders, spans)
    group = Group(rows, reach, spans, fields, link, title, date, None)
    if title is not None:
        group.date = date = date_field(page, fields, spans, title.elements, survey.dates)
    taken = [group.title_elements()]
    if date and date.field:
        taken.append(date.field.elements)
    group.summary = summary_field(page, fields, taken, count)
    weigh(survey, group)
    return group


def _sampled(spans: list[Stretch]) -> dict[int, Stretch]:
    """Return the stretches by row index; of a long list an even sample, its ends included."""
    if len(spans) <= _SAMPLE:
        return dict(enumerate(spans))
    step = (len(spans) - 1) / (_SAMPLE - 1)
    return {round(place * step): spans[round(place * step)] for place in range(_SAMPLE)}


def _belongs_to_another(survey: Survey, field: Field, link: LinkField) -> bool:
    """Tell whether a field holds, or stands in, a link to something else than the row's link."""
    page = survey.page
    index, number = next(iter(field.elements.items()))
    chosen = link.links.get(index)
    if chosen is None:
        return False
    holders = [number, page.parents[number]]
    inside = [each for each in range(number, page.last[number]) if each in survey.links]
    linked = [survey.links[each].url for each in [*inside, *holders] if each in survey.links]
    return bool(linked) and chosen.url not in linked


def _is_own(page: Page, field: Field, rows: list[int]) -> bool:
    return all(page.inside(number, rows[index]) for index, number in field.elements.items())
