"""The link to a listing's next page."""

from __future__ import annotations

from feedhub.model.source import ListingRule
from feedhub.text.dom import Link, Page, select

__all__ = ["next_page"]


def next_page(page: Page, rule: ListingRule) -> str:
    """Return the absolute address of the next page by ``rule.pages``, "" where there is none.

    Of several links that are page numbers the one after the page that is not linked is meant: on
    page 2 of 9 the numbers 1, 3, 4 are links. Otherwise the first link counts.
    """
    if not rule.pages:
        return ""
    links = list(_links(page, rule.pages))
    numbered = {
        int(text): link
        for link in links
        if (text := page.text(link.element)).isascii() and text.isdigit() and len(text) <= 5
    }
    if len(numbered) >= 2 and len(numbered) >= len(links) - 2:
        current = next(number for number in range(1, len(numbered) + 2) if number not in numbered)
        return numbered[current + 1].url if current + 1 in numbered else ""
    return links[0].url if links else ""


def _links(page: Page, rule: str) -> list[Link]:
    found: list[Link] = []
    for node in select(page.root, rule):
        number = -1 if isinstance(node, str) else page.numbers.get(node, -1)
        if number >= 0:
            found.extend(link for link in page.links if page.inside(link.element, number))
    return found
