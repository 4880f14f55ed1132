"""An HTML page as rooms read it: parsed once, flattened into text pieces, selected from by rule.

``Page`` lays the tree out in document order, so that "the text of this element", "the text between
these two elements" and "does this element lie inside that one" are comparisons of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from cssselect import SelectorError as CssError
from cssselect.xpath import HTMLTranslator
from lxml import etree
from lxml.etree import _Element

from feedhub.text.urls import absolute

__all__ = [
    "MAX_ELEMENTS",
    "Element",
    "Link",
    "Page",
    "SelectorError",
    "check_selector",
    "read_page",
    "select",
]

Element: TypeAlias = _Element

#: a page is read up to here; the largest listing measured holds some 5,000 elements
MAX_ELEMENTS = 200_000
MAX_HREF = 4_000
#: pieces of text in one line; a page of inline elements alone is one line
MAX_LINE = 40

#: elements whose text no reader sees as part of the page
_UNREAD = frozenset({
    "script", "style", "noscript", "template", "head", "svg", "math", "select", "option",
    "textarea", "iframe", "object", "canvas", "audio", "video", "map", "datalist",
})  # fmt: skip
#: elements that run on in the line; all others begin a new piece of text
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
    "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
#: class names of text that is for screen readers only, repeated in each row
_SPOKEN_ONLY = frozenset({
    "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader",
    "element-invisible", "assistive-text", "show-for-sr",
})  # fmt: skip


#: the usual address, which needs no work: from the root, without dot segments or odd characters
_PLAIN_PATH = re.compile(r"(?:/[\w~-][\w.~-]*)+/?(?:\?[\w.~&=/-]*)?", re.ASCII)


_INSERTED_BODY = re.compile(r">\s*tbody\s*>")


class SelectorError(ValueError):
    """A rule is neither a valid CSS selector nor a valid XPath 1.0 expression."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that leads to a web page: its element's number, its address as written, absolute."""

    element: int
    href: str
    url: str


@dataclass(slots=True)
class Page:
    """A page in document order.

    ``origin`` is scheme and host of ``base_url``. Elements are numbered; element ``n`` holds the
    elements up to ``last[n]`` (exclusive) and the text pieces from ``starts[n]`` to ``ends[n]``
    (exclusive). ``owners`` names the element a piece stands in directly; ``breaks`` tells that a
    piece begins a new line or cell.
    """

    root: Element
    url: str
    base_url: str
    origin: str
    elements: list[Element] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    breaks: list[bool] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    numbers: dict[Element, int] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def between(self, start: int, end: int) -> str:
        """Return the pieces from ``start`` to ``end`` as one line of text."""
        if end - start == 1:
            return " ".join(self.pieces[start].split())
        parts: list[str] = []
        for index in range(start, end):
            if self.breaks[index]:
                parts.append(" ")
            parts.append(self.pieces[index])
        return " ".join("".join(parts).split())

    def text(self, element: int) -> str:
        """Return the text of an element as one line."""
        text = self._texts.get(element)
        if text is None:
            text = self.between(self.starts[element], self.ends[element])
            self._texts[element] = text
        return text

    def texts(self, elements: Iterable[int]) -> list[str]:
        """Return the text of each of many elements as one line."""
        known = self._texts
        return [known[each] if each in known else self.text(each) for each in elements]

    def first_line(self, element: int) -> tuple[str, int]:
        """Return an element's first line of text and the number of the piece after it.

        A line of more than ``MAX_LINE`` pieces is cut.
        """
        start = self.starts[element]
        end = min(self.ends[element], start + MAX_LINE)
        stop = start + 1
        while stop < end and not self.breaks[stop]:
            stop += 1
        stop = min(stop, end)
        return self.between(start, stop), stop

    def inside(self, inner: int, outer: int) -> bool:
        """Tell whether an element is another one or lies in it."""
        return outer <= inner < self.last[outer]


def read_page(html: str, url: str) -> Page:
    """Parse HTML, however broken, and lay it out. Never raises on what the page holds."""
    # comments are dropped while parsing, so that text they cut in two is one piece again
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    data = html.replace("\x00", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        root = None
    if root is None:
        # a document without any element, such as an empty body
        root = etree.Element("html")
    base_url = _base_url(root, url)
    origin = absolute("/", base_url).rstrip("/")
    page = Page(root=root, url=url, base_url=base_url, origin=origin)
    _lay_out(page)
    return page


def _base_url(root: Element, url: str) -> str:
    for base in root.iter("base"):
        return absolute(base.get("href") or "", url) or url
    return url


def _lay_out(page: Page) -> None:
    walk = etree.iterwalk(page.root, events=("start", "end"))
    elements, pieces = page.elements, page.pieces
    parents, last, starts, ends = page.parents, page.last, page.starts, page.ends
    number = parent = -1
    begins_line = True
    unread: Element | None = None
    for event, element in walk:
        if event == "start":
            parent, number = number, len(elements)
            if number >= MAX_ELEMENTS:
                number = parent
                break
            elements.append(element)
            parents.append(parent)
            starts.append(len(pieces))
            ends.append(len(pieces))
            last.append(number + 1)
            tag = element.tag
            names = element.get("class")
            if tag in _UNREAD or (names and not _SPOKEN_ONLY.isdisjoint(names.lower().split())):
                unread = element
                walk.skip_subtree()
                continue
            begins_line = begins_line or tag not in _INLINE
            text, owner = element.text, number
            if tag in {"a", "area"}:
                _add_link(page, element, number)
        else:
            ends[number] = len(pieces)
            last[number] = len(elements)
            if element is not unread:
                begins_line = begins_line or element.tag not in _INLINE
            unread = None
            number = owner = parents[number]
            text = element.tail if number >= 0 else None
        if text:
            # a blank between two inline elements parts their words like a break does
            blank = text.isspace()
            if not blank:
                pieces.append(text)
                page.breaks.append(begins_line)
                page.owners.append(owner)
            begins_line = blank
    while number >= 0:  # only where the page was cut off
        ends[number] = len(pieces)
        last[number] = len(elements)
        number = parents[number]
    page.numbers.update(zip(elements, range(len(elements)), strict=True))


def _add_link(page: Page, element: Element, number: int) -> None:
    href = element.get("href")
    if href is None or len(href) > MAX_HREF:
        return
    # two senate pages break the line inside an address
    href = href.replace("\n", "").replace("\r", "").replace("\t", "").strip()
    if not href or href[0] == "#":
        return
    if page.origin and _PLAIN_PATH.fullmatch(href):
        url = page.origin + href
    else:
        url = absolute(href, page.base_url)
    # a link back to the page leads to nothing new
    if url and url.partition("#")[0] != page.url.partition("#")[0]:
        page.links.append(Link(number, href, url))


@lru_cache(maxsize=2_000)
def _compiled(rule: str) -> etree.XPath:
    try:
        if rule.startswith(("/", "./", "(")):
            return etree.XPath(rule)
        return etree.XPath(_translator.css_to_xpath(rule, prefix="descendant::"))
    except (CssError, etree.XPathError, ValueError) as error:  # ValueError: control characters
        raise SelectorError(
            f'"{rule}" is neither a CSS selector nor an XPath 1.0 expression: {error}'
        ) from error


_translator = HTMLTranslator()


def check_selector(rule: str) -> None:
    """Raise ``SelectorError`` when a rule could never select anything."""
    _compiled(rule)


def select(node: Element, rule: str) -> list[Element | str]:
    """Return what a rule selects in a node, in document order: elements, or an XPath's strings.

    A rule is a CSS selector, or XPath 1.0 when it begins with ``/``, ``./`` or ``(``. Raises
    ``SelectorError``.
    """
    try:
        found = _compiled(rule)(node)
        if not found and "tbody" in rule:
            # a browser's inspector shows a tbody that the page's own text does not have
            found = _compiled(_INSERTED_BODY.sub(">", rule))(node)
    except etree.XPathError as error:
        raise SelectorError(f'"{rule}" cannot be applied: {error}') from error
    if isinstance(found, list):
        return [one for one in found if isinstance(one, str | _Element)]
    if isinstance(found, str):
        return [found]
    return []
