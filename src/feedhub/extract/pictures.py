"""The lead image of an article."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from feedhub.extract.lines import Line
from feedhub.extract.page import Page
from feedhub.extract.structured import Structured
from feedhub.text.urls import absolute

__all__ = ["image_source", "lead_image"]

_DECORATION = re.compile(
    r"(?:^|[/_\-.])(?:logo|icons?|favicon|avatar|sprite|spacer|blank|pixel|loading|banner|button|"
    r"default|placeholder|no-?image|share|arrow|bullet|emoji|gravatar|captcha|badge|print|email|"
    r"facebook|twitter|zalo|youtube|rss)(?:[/_\-.\d]|$)",
    re.IGNORECASE,
)
_PROSE = 80


def lead_image(page: Page, structured: Structured, first: HtmlElement | None) -> str:
    """Return the absolute address of the lead image, "" when there is none.

    ``first`` is the first image inside the body where that was found by its lines.
    """
    claims = [absolute(url, page.base_url) for url in structured.images]
    claims = [url for url in claims if url]
    for url in claims:
        if not _DECORATION.search(url.rpartition("?")[0] or url):
            return url
    own = image_source(first, page) if first is not None else ""
    return own or (claims[0] if claims else "")


def image_source(image: HtmlElement, page: Page) -> str:
    """Return the absolute address of an image element, "" for decoration and data URLs."""
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return (
                ""
                if _DECORATION.search(value) or _is_tiny(image)
                else absolute(value, page.base_url)
            )
    srcset = (image.get("srcset") or image.get("data-srcset") or "").split(",")[0].split()
    return absolute(srcset[0], page.base_url) if srcset else ""


def first_image(page: Page, lines: list[Line], title_index: int | None) -> HtmlElement | None:
    """Return the first usable image between the title and the third line of prose."""
    prose = 0
    for line in lines[0 if title_index is None else title_index + 1 :]:
        for image in line.images:
            if not line.in_chrome and image_source(image, page):
                return image
        prose += len(line.text) >= _PROSE
        if prose >= 3:
            break
    return None


def _is_tiny(image: HtmlElement) -> bool:
    for name in ("width", "height"):
        value = (image.get(name) or "").removesuffix("px")
        if value.isdigit() and int(value) < 60:
            return True
    return False
