"""What the rows of a group have in common: which of their parts is the link, title, date, summary.

A field is one place of the template: elements of one shape at one ordinal of their row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from feedhub.suggest.shapes import Shapes
from feedhub.text.dom import Link, Page
from feedhub.text.stretches import Stretch

__all__ = [
    "Field",
    "LinkField",
    "fields_of",
    "headline_quality",
    "link_field",
    "summary_field",
    "text_beside",
    "title_field",
]

#: fields looked at in one group, elements in one row
_MAX_FIELDS = 400
_MAX_ROW = 600
#: characters of a text of which it is kept whether it is made of words
_LONGEST_KEPT = 500
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TITLE_NAME = re.compile(
    r"title|headline|caption|subject|tieu-?de|tieu_de|heading|case-?name", re.IGNORECASE
)
_NUMERIC_DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b")


@dataclass(frozen=True, slots=True)
class Field:
    """One place of the template: its element in each row that has it, by the row's index."""

    path: int
    ordinal: int
    elements: dict[int, int]

    def cover(self, rows: int) -> float:
        """Return the share of the rows that have it."""
        return len(self.elements) / rows


@dataclass(frozen=True, slots=True)
class LinkField:
    """The link of each row, by the row's index, and how good a headline its text makes (0 to 1)."""

    field: Field
    links: dict[int, Link]
    quality: float


def fields_of(page: Page, shapes: Shapes, stretches: Mapping[int, Stretch]) -> list[Field]:
    """Return the fields that at least two rows share, in the order of the first row.

    Shapes are taken from the row downwards, so that rows of several lists can be one group.
    """
    paths: dict[tuple[int, int], int] = {}
    found: dict[tuple[int, int], dict[int, int]] = {}
    path_of: dict[int, int] = {}
    parents, steps = page.parents, shapes.steps
    for index, stretch in stretches.items():
        ordinals: dict[int, int] = {}
        for number in range(stretch.first, min(stretch.last, stretch.first + _MAX_ROW)):
            above = path_of.get(parents[number], -1) if number != stretch.row else -2
            path = paths.setdefault((above, steps[number]), len(paths))
            path_of[number] = path
            ordinal = ordinals.get(path, 0)
            found.setdefault((path, ordinal), {})[index] = number
            ordinals[path] = ordinal + 1
    fields = [Field(path, ordinal, elements) for (path, ordinal), elements in found.items()]
    return [field for field in fields if len(field.elements) >= 2][:_MAX_FIELDS]


def headline_quality(texts: Sequence[str], rows: int) -> float:
    """Tell how much the texts of one field read like headlines, 0 to 1.

    Headlines differ from row to row, are made of words, and are longer than a label.
    """
    texts = [text for text in texts if text]
    if not texts:
        return 0.0
    distinct = len(set(texts)) / len(texts)
    length = median(map(len, texts))
    wordy = sum(_is_wordy(text) for text in texts) / len(texts)
    # from some 300 characters on a text is no headline but the article's beginning
    size = min(1.0, length / 30) if length <= 200 else max(0.2, 1 - (length - 200) / 300)
    # a label printed in every row ("Case Details") is worth nothing however long
    different = max(0.0, (distinct - 0.3) / 0.7)
    return len(texts) / rows * different * size * (0.15 + 0.85 * wordy)


def _is_wordy(text: str) -> bool:
    if " " not in text:
        return False
    return _is_of_words(text) if len(text) <= _LONGEST_KEPT else _is_of_words.__wrapped__(text)


# Fields within each other have the same text, and are weighed once for every reach of their rows.
@lru_cache(maxsize=1024)
def _is_of_words(text: str) -> bool:
    text = _NUMERIC_DATE.sub("", text)
    letters = sum(map(str.isalpha, text))
    return letters >= 0.6 * len(text.replace(" ", ""))


def link_field(
    page: Page, fields: Sequence[Field], by_element: dict[int, Link], rows: int
) -> LinkField | None:
    """Return the link that stands for its row, None where the rows share no link."""
    best: LinkField | None = None
    best_score = 0.0
    for field in fields:
        links = {
            index: by_element[number]
            for index, number in field.elements.items()
            if number in by_element
        }
        if len(links) < 2 or len(links) < 0.3 * rows:
            continue
        quality = headline_quality(page.texts(link.element for link in links.values()), rows)
        different = len({link.url for link in links.values()}) / len(links)
        in_heading = _within_heading(page, next(iter(links.values())).element)
        cover = len(links) / rows
        score = cover * different * (0.1 + quality + 0.3 * in_heading)
        if score > best_score:
            best, best_score = LinkField(field, links, quality), score
    return best


def _within_heading(page: Page, number: int) -> bool:
    """Tell whether an element is in a heading, is named a title, or holds a heading only."""
    steps = 0
    while number >= 0 and steps < 3:
        element = page.elements[number]
        if element.tag in _HEADINGS:
            return True
        if element.tag in {"tr", "li", "article", "table", "ul", "body"}:
            return False
        if _TITLE_NAME.search(element.get("class") or ""):
            return True
        number = page.parents[number]
        steps += 1
    return False


def title_field(
    page: Page,
    fields: Sequence[Field],
    link: LinkField,
    dates: set[int],
    stretches: Mapping[int, Stretch],
) -> Field | None:
    """Return the field to take titles from, None for the link's own text.

    ``dates`` are the elements that hold the rows' dates.
    """
    rows = len(stretches)
    # what else the row says is only asked where the link's text is no headline or a whole card
    whole_card = median(len(page.text(each.element)) for each in link.links.values()) > 120 or any(
        page.inside(number, each.element) for each in link.links.values() for number in dates
    )
    best: Field | None = None
    best_score = (0.2 if whole_card else 0.25) + link.quality * (0.5 if whole_card else 1.0)
    if _within_heading(page, next(iter(link.links.values())).element):
        best_score += 0.35
    for field in fields:
        if field is link.field or field.cover(rows) < 0.5:
            continue
        index, first = next(iter(field.elements.items()))
        if page.starts[first] == page.ends[first] or first == stretches[index].row:
            continue
        score = _title_score(page, field, link, dates, rows)
        if not page.inside(first, stretches[index].row):
            score -= 0.2  # the row's own words come first
        nested = (
            best is not None and index in best.elements and page.inside(first, best.elements[index])
        )
        # of two that are as good, the narrower says nothing but the title
        if score > best_score + 0.05 or (nested and score > best_score - 0.1):
            best, best_score = field, max(score, best_score)
    if best is not None and all(
        page.text(number) == page.text(link.links[index].element)
        for index, number in best.elements.items()
        if index in link.links
    ):
        return None
    return best


def text_beside(page: Page, link: LinkField) -> float:
    """Tell how much the bare texts behind the links read like headlines, 0 to 1."""
    texts = []
    for each in link.links.values():
        tail = page.elements[each.element].tail or ""
        place = page.ends[each.element]
        texts.append(_NUMERIC_DATE.sub("", tail.strip().partition("\n")[0]) if place else "")
    return headline_quality(texts, len(texts)) if len(texts) > 1 else 0.0


def _title_score(page: Page, field: Field, link: LinkField, dates: set[int], rows: int) -> float:
    numbers = list(field.elements.values())
    score = headline_quality(page.texts(numbers), rows)
    if not score:
        return 0.0
    index, first = next(iter(field.elements.items()))
    element = page.elements[first]
    if element.tag in _HEADINGS or element.tag == "header":
        score += 0.35
    elif _TITLE_NAME.search(element.get("class") or ""):
        score += 0.3
    last = page.last
    if any(number <= date < last[number] for number in numbers for date in dates):
        score -= 0.5
    # a stretch of several parts says more than the title
    pieces = median(page.ends[number] - page.starts[number] for number in numbers)
    score -= min(0.4, 0.1 * max(0, pieces - 1))
    holder = link.links.get(index)
    if holder is not None and page.inside(first, holder.element):
        score += 0.15
    return score


def summary_field(
    page: Page, fields: Sequence[Field], taken: Sequence[dict[int, int]], rows: int
) -> Field | None:
    """Return the field with the rows' summaries; ``taken`` are the title's and date's elements."""
    best: Field | None = None
    best_length = 40.0
    for field in fields:
        if len(field.elements) < max(2, 0.3 * rows):
            continue
        texts = page.texts(field.elements.values())
        length = median(map(len, texts))
        if length <= best_length or len(set(texts)) < 0.5 * len(texts):
            continue
        if any(
            other is not None and (page.inside(other, number) or page.inside(number, other))
            for elements in taken
            for index, number in field.elements.items()
            for other in (elements.get(index),)
        ):
            continue
        best, best_length = field, length
    return best
