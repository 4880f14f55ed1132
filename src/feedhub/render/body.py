"""A source's text inside a page of ours: valid and accessible whatever its HTML was like.

The text comes sanitised. A page adds what a feed need not care for: headings below our own, no
pictures from other hosts (they would tell those hosts who reads what, and the page's content
security policy refuses them), no empty links or headings, no list or table parts outside lists and
tables.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree, html
from markupsafe import Markup

from feedhub.text.markup import sanitise

__all__ = ["page_body"]

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: an element that is only valid inside one of these
_PARENTS = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "tr": frozenset({"table", "thead", "tbody", "tfoot"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "caption": frozenset({"table"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "figcaption": frozenset({"figure"}),
    "summary": frozenset({"details"}),
}
#: an element whose children may only be these
_CHILDREN = {
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
}
_EMPTY_DROPPED = _HEADINGS | {"a", "p", "ul", "ol", "dl", "table", "figure", "figcaption", "em"}
_ROUNDS = 3
_TRAILING = re.compile(r"[ \t\r]+$", re.MULTILINE)


@lru_cache(maxsize=64)  # a page is made in one language after the other
def page_body(content: str, base_url: str, picture: str) -> Markup:
    """Return a source's HTML as it stands in a page of ours.

    ``base_url`` is what its links are relative to, ``picture`` the word that stands for a picture.
    """
    safe = sanitise(content, base_url)
    if not safe.strip():
        return Markup()
    root = html.fragment_fromstring(safe, create_parent="div")
    for element in list(root.iter(etree.Element)):
        _mend(element, picture)
    for _ in range(_ROUNDS):
        if not _drop_empty(root):
            break
    _wrap_loose_text(root)
    inner = _TRAILING.sub("", etree.tostring(root, encoding="unicode", method="html"))
    return Markup(inner[inner.index(">") + 1 : inner.rindex("</")])  # noqa: S704 - sanitised above


def _mend(element: html.HtmlElement, picture: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tag = str(element.tag)
    if tag == "img":
        words = (element.get("alt") or element.get("title") or "").strip()
        span = html.Element("span", {"class": "picture"})
        span.text = f"[{picture}: {words}]" if words else f"[{picture}]"
        span.tail = element.tail
        parent.replace(element, span)
    elif tag in _HEADINGS:
        element.tag = "h2"
    elif tag in {"section", "article"}:
        element.tag = "div"  # they promise a heading that a source rarely gives
    elif tag in _PARENTS and parent.tag not in _PARENTS[tag]:
        element.tag = "div" if tag in {"li", "dd", "dt", "td", "th", "caption"} else tag
        if tag in {"tr", "thead", "tbody", "tfoot", "figcaption", "summary"}:
            element.tag = "div"
        element.attrib.clear()
    elif parent.tag in _CHILDREN and tag not in _CHILDREN[str(parent.tag)]:
        element.drop_tag()
    for name in ("lang", "dir"):
        element.attrib.pop(name, None)


def _drop_empty(root: html.HtmlElement) -> bool:
    """Drop elements of no content; True when any was dropped."""
    empty = [
        element
        for element in root.iter(*_EMPTY_DROPPED)
        if len(element) == 0 and not (element.text or "").strip()
    ]
    for element in empty:
        element.drop_tree()
    return bool(empty)


def _wrap_loose_text(root: html.HtmlElement) -> None:
    """Put text that stands in no block into a paragraph."""
    if root.text and root.text.strip():
        paragraph = html.Element("p")
        paragraph.text, root.text = root.text, None
        root.insert(0, paragraph)
