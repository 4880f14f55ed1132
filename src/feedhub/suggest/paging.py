"""The selector of the link to a listing's next page."""

from __future__ import annotations

import re

from feedhub.suggest.selectors import Selectors
from feedhub.suggest.survey import Survey

__all__ = ["next_page_rule"]

_NEXT = re.compile(
    r"(?:trang )?(?:sau|tiếp|kế|tiếp theo|kế tiếp)|trang (?:sau|tiếp|kế)[^\w]*|"
    r"next(?: page| ›| »)?|"
    r"older(?: posts| entries)?|previous entries|›|»|>|>>|→|next ?[›»>→]|xem thêm tin cũ hơn",
    re.IGNORECASE,
)
_PAGER = re.compile(
    r"pag(?:er|ination|ing|enavi|es)|phan-?trang|phantrang|nav-?links", re.IGNORECASE
)


def next_page_rule(survey: Survey, selectors: Selectors) -> str:
    """Return a selector for the next page's link, "" where the page seems to be the only one."""
    page = survey.page
    for link in page.links:
        element = page.elements[link.element]
        if "next" in (element.get("rel") or "").lower().split():
            return 'a[rel~="next"]'
    for link in page.links:
        text = page.text(link.element)
        if len(text) > 25 or not _NEXT.fullmatch(text.strip(" .…")) or '"' in text:
            continue
        holder = _pager_of(survey, link.element)
        if holder >= 0 or len(text) > 2:
            scope = selectors.of_rows([holder]) + " " if holder >= 0 else ""
            return f'{scope}a:contains("{text}")'
    numbers = [
        link.element
        for link in page.links
        if (text := page.text(link.element)).isdigit() and len(text) <= 4
    ]
    for number in numbers:
        holder = _pager_of(survey, number)
        if holder >= 0:
            return f"{selectors.of_rows([holder])} a"
    return ""


def _pager_of(survey: Survey, number: int) -> int:
    """Return the element that holds the page links, -1 where none is named so."""
    page = survey.page
    found = -1
    for _ in range(4):
        number = page.parents[number]
        if number < 0:
            break
        element = page.elements[number]
        if _PAGER.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            found = number
    return found
