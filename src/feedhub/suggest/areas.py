"""Which part of the page a group stands in: menu, side box, related list, or the main column."""

from __future__ import annotations

import re

from feedhub.text.dom import Page

__all__ = ["announces_other_things", "area_weight", "heading_above", "heading_weight"]

_CHROME_TAGS = frozenset({"nav", "footer", "header", "menu"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CHROME = frozenset({
    "nav", "navbar", "navigation", "menu", "menus", "submenu", "megamenu", "topmenu",
    "mainmenu", "footer", "foot", "ft", "bottom", "breadcrumb", "breadcrumbs", "crumb",
    "crumbs", "pager", "pagination", "paging", "pagenavi", "phantrang", "trang", "pages",
    "social", "share", "sharing", "toolbar", "tools", "login", "cookie", "skip", "lang",
    "language", "sitemap", "copyright", "dropdown", "tabs", "accordionmenu", "offcanvas",
    "taxonomy", "tags", "tagcloud", "filter", "filters", "facet", "facets", "carousel",
    "slider", "banner", "ads", "advert", "quangcao", "subscribe", "newsletter",
})  # fmt: skip
_SIDE = frozenset({
    "side", "sidebar", "sidebars", "aside", "right", "left", "rightcol", "leftcol", "widget",
    "widgets", "portlet", "related", "lienquan", "popular", "trending", "mostread",
    "docnhieu", "xemnhieu", "lienket", "links", "quicklinks", "extlinks", "blogroll",
    "archive", "archives", "categories", "archiveslist", "recent", "box", "other",
    "othernews", "khac", "phai", "trai", "hop",
})  # fmt: skip
_MAIN = frozenset(["main", "content", "primary", "maincontent", "noidung"])

_OTHER_HEADING = re.compile(
    r"văn bản|đọc nhiều|xem nhiều|nổi bật|liên kết|liên quan|tin khác|bài khác|tin cũ|tin đã đưa|"
    r"chuyên mục|danh mục|thư viện|hình ảnh|video|quảng cáo|thủ tục|dịch vụ công|"
    r"most read|most viewed|popular|trending|related|other news|more news|see also|you may|"
    r"quick links|useful links|links|archives?|categor|tags|follow|share|recent comments|"
    r"upcoming events|documents?$",
    re.IGNORECASE,
)
_LEADING_WORDS = re.compile(r"^(?:(?:các|những|tin|bài|danh sách|the)\s+){1,3}", re.IGNORECASE)
_RELATED_HEADING = re.compile(
    r"liên quan|tin khác|tin tức khác|bài khác|bài viết khác|tin cũ|tin mới hơn|tin đã đưa|"
    r"cùng chuyên mục|"
    r"related|other news|more news|see also|you may also|you might|read more|read next|more from|"
    r"more stories|recommended|also on|more on|keep reading|further reading|"
    r"latest (?:news|stories|articles)",
    re.IGNORECASE,
)


def area_weight(page: Page, number: int) -> float:
    """Weigh where an element stands, by the names of what holds it: 1 is neutral."""
    weight = 1.0
    root = number
    chrome = side = main = False
    most = 0.6 * len(page.pieces)
    while number >= 0:
        element = page.elements[number]
        tag = element.tag
        # what holds most of the page is not a part of it, whatever it is called
        if tag in {"body", "html"} or page.ends[number] - page.starts[number] > most:
            break
        names = (
            f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
        )
        words = {word.lower() for word in _WORDS.findall(names)}
        # the names of a row itself ("item right") say little about the part of the page
        if number != root:
            chrome = chrome or tag in _CHROME_TAGS or not words.isdisjoint(_CHROME)
            side = side or tag == "aside" or not words.isdisjoint(_SIDE)
        main = main or tag == "main" or (not side and not words.isdisjoint(_MAIN))
        number = page.parents[number]
    if chrome:
        weight *= 0.3
    if side:
        weight *= 0.55
    if main:
        weight *= 1.15
    return weight


def heading_above(page: Page, first: int) -> str:
    """Return the short line of text that stands above a group, "" where there is none."""
    place = page.starts[first] - 1
    if place < 0:
        return ""
    text = page.text(page.owners[place]) if page.owners[place] >= 0 else ""
    return text if 0 < len(text) <= 80 else ""


def announces_other_things(heading: str) -> bool:
    """Tell whether a heading begins by naming something else than the page's news."""
    words = _LEADING_WORDS.sub("", heading.strip())
    return _OTHER_HEADING.match(words) is not None


def heading_weight(heading: str, title: str) -> float:
    """Weigh a group by the heading above it and the page's title."""
    if not heading:
        return 1.0
    common = _content_words(heading) & _content_words(title)
    if common:
        return 1.25
    return 0.5 if _OTHER_HEADING.search(heading) else 1.0


def is_related_heading(heading: str) -> bool:
    """Tell whether a heading announces further articles below an article."""
    return bool(_RELATED_HEADING.search(heading))


def _content_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w{2,}", text.lower()) if not word.isdigit()}
