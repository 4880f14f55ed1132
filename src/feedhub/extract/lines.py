"""A page as the lines a reader sees, each with what the markup says of it.

Old portals have no headings, paragraphs or classes one could select by. Cut into lines, a table
layout, bare text between ``<br>`` and a modern page look the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from feedhub.text.normal import normal

__all__ = ["Line", "visible_lines"]

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "data",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "select",
        "option",
        "button",
        "textarea",
        "iframe",
        "object",
        "head",
        "datalist",
        "map",
        "canvas",
        "audio",
        "video",
    ]
)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BOLD = frozenset(["b", "strong", "th", *_HEADINGS])
_ITALIC = frozenset(["i", "em", "cite", "figcaption", "caption"])
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align\s{0,3}:\s{0,3}(right|center|end)", re.IGNORECASE)
#: whole class or id values that name what is around an article, never the article's own wrapper
_AROUND = frozenset(
    (
        *("sidebar", "side-bar", "sidebar-left", "sidebar-right", "region-sidebar-first"),
        *("region-sidebar-second", "leftside", "rightside", "widget", "widget-area", "footer"),
        *("site-footer", "breadcrumb", "breadcrumbs", "navbar", "nav", "menu", "main-menu"),
        *("comments", "comment-list", "commentlist", "comments-area", "respond", "comment-respond"),
        *("kommentare", "disqus_thread", "fb-comments", "binh-luan", "binhluan", "cookie-notice"),
    )
)
_FORM_TEXT = 600
_CLASSES_KEPT = 6
#: lines beyond this are not looked at: no article starts there
_LINE_LIMIT = 6000


@dataclass(slots=True)
class Line:
    """A line of visible text.

    ``classes`` are the lower-case class and id values of the elements around it, the nearest last.
    ``block`` is the nearest block element, ``texts`` the text nodes it was put together from: an
    element and whether the node is its tail. ``bold``, ``italic`` and ``linked`` count characters.
    ``images`` are those that stand before it with no other text between.
    """

    index: int
    text: str
    block: HtmlElement
    tag: str
    heading: int
    classes: tuple[str, ...]
    align: str
    bold: int
    italic: int
    linked: int
    in_chrome: bool
    images: tuple[HtmlElement, ...]
    texts: list[tuple[HtmlElement, bool]] = field(default_factory=list)

    @property
    def all_bold(self) -> bool:
        """Whether the whole line is set in bold."""
        return self.bold >= len(self.text.replace(" ", "")) * 0.9

    @property
    def all_italic(self) -> bool:
        """Whether the whole line is set in italics."""
        return self.italic >= len(self.text.replace(" ", "")) * 0.9

    @property
    def all_linked(self) -> bool:
        """Whether the whole line is a link, or several."""
        return self.linked >= len(self.text.replace(" ", "")) * 0.8

    @property
    def near_classes(self) -> str:
        """Class and id values of the two nearest elements that have any."""
        return " ".join(self.classes[-2:])


@dataclass(slots=True)
class _Frame:
    """What an open element adds to the state; undone when it closes."""

    tag: str
    block: HtmlElement
    align: str
    heading: int
    chrome: bool
    has_class: bool


class _Walk:
    """The state of one walk through the tree."""

    def __init__(self, root: HtmlElement) -> None:
        self.lines: list[Line] = []
        self.frames: list[_Frame] = [_Frame("", root, "", 0, chrome=False, has_class=False)]
        self.classes: list[str] = []
        self.bold_depth = self.italic_depth = self.link_depth = 0
        self.images: list[HtmlElement] = []
        self._clear()

    def _clear(self) -> None:
        self.parts: list[str] = []
        self.texts: list[tuple[HtmlElement, bool]] = []
        self.bold = self.italic = self.linked = 0
        self.first: tuple[_Frame, tuple[str, ...]] | None = None

    def text(self, words: str | None, owner: HtmlElement, *, tail: bool) -> None:
        """Add a text node to the open line."""
        if not words:
            return
        self.parts.append(words)
        self.texts.append((owner, tail))
        if words.isspace():
            return
        if self.first is None:
            self.first = (self.frames[-1], tuple(self.classes[-_CLASSES_KEPT:]))
        size = len("".join(words.split()))
        self.bold += size if self.bold_depth else 0
        self.italic += size if self.italic_depth else 0
        self.linked += size if self.link_depth else 0

    def end_line(self) -> None:
        """Close the open line; a blank one leaves no trace."""
        if self.first is not None and len(self.lines) < _LINE_LIMIT:
            frame, classes = self.first
            text = " ".join("".join(self.parts).split())
            text = normal("NFC", text)
            self.lines.append(
                Line(
                    index=len(self.lines),
                    text=text,
                    block=frame.block,
                    tag=str(frame.block.tag),
                    heading=frame.heading,
                    classes=classes,
                    align=frame.align,
                    bold=self.bold,
                    italic=self.italic,
                    linked=self.linked,
                    in_chrome=frame.chrome,
                    images=tuple(self.images),
                    texts=self.texts,
                )
            )
            self.images = []
        self._clear()

    def open(self, element: HtmlElement, tag: str) -> None:
        """Enter an element."""
        inline = tag in _INLINE
        if not inline:
            self.end_line()
        above = self.frames[-1]
        attributes = element.attrib
        names = ""
        align = above.align
        if attributes:
            names = f"{attributes.get('class', '')} {attributes.get('id', '')}".strip().lower()
            if names:
                self.classes.append(names[:200])
            if not inline:
                align = _align(attributes.get("align"), attributes.get("style")) or align
        if tag == "center":
            align = "center"
        self.bold_depth += tag in _BOLD
        self.italic_depth += tag in _ITALIC
        self.link_depth += tag == "a"
        self.frames.append(
            _Frame(
                tag,
                above.block if inline else element,
                align,
                _HEADINGS.get(tag, above.heading),
                chrome=above.chrome
                or tag in {"nav", "footer", "aside"}
                or (bool(names) and not _AROUND.isdisjoint(names.split())),
                has_class=bool(names),
            )
        )

    def close(self, tag: str) -> None:
        """Leave an element."""
        if tag not in _INLINE:
            self.end_line()
        frame = self.frames.pop()
        if frame.has_class:
            self.classes.pop()
        self.bold_depth -= tag in _BOLD
        self.italic_depth -= tag in _ITALIC
        self.link_depth -= tag == "a"


def visible_lines(root: HtmlElement) -> list[Line]:
    """Return the page's visible lines in reading order, at most 6,000.

    A line ends at a block element or ``<br>``. Scripts, form controls and elements hidden by
    ``hidden`` or an inline style are left out.
    """
    walk = _Walk(root)
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if not isinstance(tag, str):
            if event == "end":
                walk.text(element.tail, element, tail=True)
            continue
        if event == "start":
            if _is_left_out(element):
                events.skip_subtree()
            elif tag == "br":
                walk.end_line()
            elif tag == "img":
                walk.end_line()
                walk.images.append(element)
            else:
                walk.open(element, tag)
                walk.text(element.text, element, tail=False)
            continue
        if tag in {"br", "img"} or _is_left_out(element):
            if tag not in _INLINE and tag not in {"script", "style", "noscript"}:
                walk.end_line()
        else:
            walk.close(tag)
        walk.text(element.tail, element, tail=True)
    walk.end_line()
    return walk.lines


def _align(attribute: str | None, style: str | None) -> str:
    if attribute:
        return attribute.strip().lower()
    if style and (found := _ALIGNED.search(style[:500])):
        return found[1].lower().replace("end", "right")
    return ""


def _is_left_out(element: HtmlElement) -> bool:
    return element.tag in _SKIPPED or _is_hidden(element) or _is_small_form(element)


def _is_small_form(element: HtmlElement) -> bool:
    """Whether an element is a form for searching or commenting; some portals are one big form."""
    if element.tag != "form":
        return False
    size = 0
    for text in element.itertext():
        size += len(text)
        if size > _FORM_TEXT:
            return False
    return True


def _is_hidden(element: HtmlElement) -> bool:
    attributes = element.attrib
    if not attributes or element.tag in {"html", "body"}:
        return False
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN.search(style[:500]) is not None
