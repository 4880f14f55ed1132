"""The body of an article on a town portal: the lines between its date and what follows it.

General extractors weigh blocks of text and take the "other news" and the visitor counter along,
or lose bare text between ``<br>``. Here the article is cut out by its own landmarks: title, date,
the smallest element that holds the prose, the first heading that ends it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from lxml.html import HtmlElement

from feedhub.extract.bylines import Byline, closing_byline
from feedhub.extract.chrome import line_key
from feedhub.extract.labels import (
    bare_line,
    ends_sentence,
    is_date_label,
    is_stop,
    is_tail_note,
    is_tool,
)
from feedhub.extract.lines import Line
from feedhub.extract.titles import key

__all__ = ["PortalBody", "portal_body"]

#: a line of at least so many characters is prose
_PROSE = 80
#: what one more level of the tree must add to the prose to count as part of the article
_ADDS = 0.12
_CAPTION = 220
#: of a line's letters, in a list of other articles with their dates beside them
_LINK_SHARE = 0.4
#: so many links in a row are a list
_LIST = 3
_LEVELS = 40


@dataclass(frozen=True, slots=True)
class PortalBody:
    """The lines kept, the container they stand in, the byline and the images among them."""

    lines: tuple[Line, ...]
    container: HtmlElement
    byline: Byline | None
    images: tuple[HtmlElement, ...]

    @property
    def text(self) -> str:
        """The body as plain text, a line each."""
        return "\n".join(line.text for line in self.lines)

    @property
    def size(self) -> int:
        """Characters of text."""
        return sum(len(line.text) for line in self.lines)


def portal_body(
    lines: list[Line],
    title_index: int | None,
    date_index: int | None,
    chrome: frozenset[str],
) -> PortalBody | None:
    """Return the article that stands under a title and a date, None where there is no prose."""
    if title_index is None and date_index is None:
        return None
    begin, end = _span(lines, title_index, date_index)
    if begin >= end:
        return None
    container = _container(lines, begin, end)
    if container is None:
        return None
    inside = set(container.iter())
    body = [line for line in lines[begin:end] if line.block in inside and line.index != date_index]
    if not all(line.in_chrome for line in body):
        body = [line for line in body if not line.in_chrome]
    body = _without_tail(body)
    title = lines[title_index].text if title_index is not None else ""
    images = tuple(image for line in body for image in line.images)
    byline, body = _take_byline(body)
    kept = [line for line in body if not _is_furniture(line, title, chrome)]
    if sum(len(line.text) for line in kept) < _PROSE:
        return None
    return PortalBody(tuple(kept), container, byline, images)


def _span(lines: list[Line], title_index: int | None, date_index: int | None) -> tuple[int, int]:
    """Return where the body begins and where a stop heading, or a closing date, ends it."""
    begin = max(index for index in (title_index, date_index) if index is not None) + 1
    if title_index is None or date_index is None or date_index < title_index:
        return begin, _end(lines, begin)
    above = _prose_size(lines[title_index + 1 : date_index])
    if not above:
        return begin, _end(lines, begin)
    # a lead above the date, or a date that closes the article
    end = _end(lines, begin)
    below = _prose_size(lines[begin:end])
    return title_index + 1, end if below > above else date_index


def _end(lines: list[Line], begin: int) -> int:
    """Return the first stop heading behind ``begin``; one above the prose only some lines on."""
    prose = 0
    for line in lines[begin:]:
        if is_stop(line.text) and (prose or line.index > begin + 4):
            return line.index
        prose += len(line.text) >= _PROSE
    return len(lines)


def _prose_size(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines if len(line.text) >= _PROSE and not line.in_chrome)


def _container(lines: list[Line], begin: int, end: int) -> HtmlElement | None:
    """Return the smallest element that holds the prose."""
    prose = [line for line in lines[begin:end] if len(line.text) >= _PROSE and not line.in_chrome]
    if not prose:
        prose = lines[begin : begin + 12]
    if not prose:
        return None
    # the article is where most of the prose is: walk up from the first prose line
    element: HtmlElement | None = prose[0].block
    blocks = [(line.block, len(line.text)) for line in prose]
    total = sum(size for _, size in blocks)
    best, held_before = element, 0
    for _ in range(_LEVELS):
        if element is None:
            break
        inside = set(element.iter())
        held = sum(size for block, size in blocks if block in inside)
        if held > held_before + _ADDS * total or held_before == 0:
            best, held_before = element, held
        if held == total or element.tag == "body":
            break
        element = element.getparent()
    return best


def _without_tail(body: list[Line]) -> list[Line]:
    """Cut links, notes and dates that follow the last line of prose, and the heading over them."""
    end = len(body)
    listed = 0
    while end:
        line = body[end - 1]
        link = len(line.text) > 3 and line.linked >= _LINK_SHARE * len(line.text.replace(" ", ""))
        dated = len(line.text) <= 60 and is_date_label(bare_line(line.text))
        if link or dated or is_tool(line.text) or is_tail_note(line.text):
            listed += link
            end -= 1
        elif listed >= _LIST and _heads_a_list(line):
            listed = 0
            end -= 1
        else:
            break
    return body[:end]


def _heads_a_list(line: Line) -> bool:
    """Whether a line above a list of links is its heading, in whatever language."""
    if len(line.text) > 60 or ends_sentence(line.text.rstrip(":")):
        return False
    byline = closing_byline(line)
    return bool(line.heading) or byline is None or not byline.sure


def _take_byline(body: list[Line]) -> tuple[Byline | None, list[Line]]:
    """Take the byline off the end (or, labelled, off the beginning) of the body."""
    for position in range(len(body) - 1, max(-1, len(body) - 4), -1):
        byline = closing_byline(body[position])
        if byline is not None:
            return byline, body[:position]
        if len(body[position].text) > 60:
            break
    return None, body


def _is_furniture(line: Line, title: str, chrome: frozenset[str]) -> bool:
    """Whether a line inside the article is no part of its text."""
    text = line.text
    if not any(letter.isalnum() for letter in text):
        return True
    if is_tool(text) or (chrome and line_key(text) in chrome):
        return True
    if line.all_linked and len(text) <= 25:
        return True  # a button
    if title and key(text) == key(title):
        return True
    if len(text) <= 60 and is_date_label(bare_line(text)) and any(map(str.isdigit, text)):
        return True
    return is_caption(line)


def is_caption(line: Line) -> bool:
    """Whether a line tells what the image before it shows."""
    if line.tag in {"figcaption", "caption"}:
        return True
    marked = any(
        word in line.near_classes for word in ("caption", "chu-thich", "chuthich", "credit")
    )
    if marked and len(line.text) <= 2 * _CAPTION:
        return True
    if not line.images or len(line.text) > _CAPTION:
        return False
    if any(word in line.near_classes.split() for word in ("cap", "note", "desc", "legend")):
        return True
    styled = line.all_italic or line.align in {"center", "middle"}
    return styled or not ends_sentence(line.text)


def portal_html(body: PortalBody) -> str:
    """Return the container's own markup with everything but the kept lines and images cut out."""
    import lxml.html

    wanted = {(id(element), tail) for line in body.lines for element, tail in line.texts}
    images = {id(image) for image in body.images}
    clone = copy.deepcopy(body.container)
    pairs = list(zip(body.container.iter(), clone.iter(), strict=True))
    for original, twin in pairs:
        if (id(original), False) not in wanted:
            twin.text = None
        if (id(original), True) not in wanted or twin is clone:
            twin.tail = None
    for original, twin in reversed(pairs[1:]):
        keep = twin.tag in {"br", "hr"} or (twin.tag == "img" and id(original) in images)
        empty = not len(twin) and not (twin.text or "").strip()
        parent = twin.getparent()
        if not keep and empty and parent is not None and twin.tag not in {"td", "th"}:
            twin.drop_tree()
    html: str = lxml.html.tostring(clone, encoding="unicode", with_tail=False)
    return html
