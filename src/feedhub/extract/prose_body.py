"""The body of a page with article markup: trafilatura for what it is best at, then a clean-up."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from feedhub.extract.bylines import looks_like_name
from feedhub.extract.chrome import line_key
from feedhub.extract.labels import (
    bare_line,
    ends_sentence,
    is_date_label,
    is_stop,
    is_tail_note,
    is_tool,
    strip_byline,
)
from feedhub.extract.titles import key
from feedhub.text.dates import find_dates
from feedhub.text.markup import one_line

__all__ = ["ProseBody", "prose_body"]

# trafilatura reports every page it finds short as a warning of its own; ours go with the article
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_USELESS = ("script", "style", "noscript", "svg", "template", "iframe", "form", "button", "select")
# Classes and styles are asked for once an element: this looks at every element of a page.
_UNSEEN = etree.XPath(
    "//*[@hidden or self::figcaption or @style[contains(translate(.,' ',''),'display:none')] or "
    "@class[contains(.,'caption') or contains(.,'sr-only') or "
    "contains(.,'visually-hidden') or contains(.,'screen-reader') or "
    "contains(.,'rollover') or contains(.,'tooltip') or contains(.,'popover') or "
    "contains(.,'newsletter') or contains(.,'ignup__') or "
    "(contains(concat(' ',.,' '),' hidden ') and starts-with(name(..),'h'))]]"
)
#: shorter than this, a second look with trafilatura's fallbacks is worth its time
_SHORT = 400
#: elements beyond which those fallbacks (quadratic in paragraphs) and trafilatura are not asked
_MANY = 4000
_TOO_MANY = 30_000
_CREDIT = re.compile(
    r"(?:photo|image|picture|foto|bild|ảnh|crédit|credit)s?\s?[:©(]|©", re.IGNORECASE
)
_DECORATION = re.compile(r"logo|icon|avatar|sprite|pixel|spacer|data:", re.IGNORECASE)
_BYLINE = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|image|photo|foto|picture|credit)[ :]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ProseBody:
    """Paragraphs as text and as simple HTML, one for one."""

    paragraphs: tuple[str, ...]
    html: str

    @property
    def text(self) -> str:
        """The body as plain text, a paragraph a line."""
        return "\n".join(self.paragraphs)


def prose_body(
    tree: HtmlElement, url: str, title: str, authors: tuple[str, ...], chrome: frozenset[str]
) -> ProseBody:
    """Return the article's paragraphs; ``tree`` is consumed.

    ``title`` and ``authors`` are left out of the body where they stand at its edge.
    """
    headings = [one_line(each.text_content()) for each in tree.iter("h1")][:5]
    _strip(tree)
    elements = sum(1 for _ in islice(tree.iter(), _TOO_MANY + 1))
    if elements > _TOO_MANY:
        return ProseBody((), "")
    body = _extracted(tree, url, fast=True)
    if (body is None or len(_text(body)) < _SHORT) and elements < _MANY:
        second = _extracted(tree, url, fast=False)
        body = body if second is None else second
    if body is None:
        return ProseBody((), "")
    blocks = [block for element in body for block in _blocks(element)]
    blocks = _trimmed(blocks, title, headings, authors, chrome)
    return ProseBody(tuple(text for block in blocks for text in block.lines), _html(blocks))


@dataclass(frozen=True, slots=True)
class _Block:
    tag: str
    html: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def _strip(tree: HtmlElement) -> None:
    """Take out what is never read, so that trafilatura copies and weighs less."""
    etree.strip_elements(tree, *_USELESS, with_tail=False)
    unseen: Any = _UNSEEN(tree)
    for element in unseen:
        parent = element.getparent()
        if parent is not None and element.tag not in {"body", "html", "head", "main", "article"}:
            element.drop_tree()


def _extracted(tree: HtmlElement, url: str, *, fast: bool) -> etree._Element | None:
    document = bare_extraction(
        tree,
        url=url,
        fast=fast,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        include_images=True,
    )
    body = getattr(document, "body", None)
    return body if etree.iselement(body) else None


def _text(element: etree._Element) -> str:
    return " ".join(map(str, element.itertext()))


def _blocks(element: etree._Element) -> list[_Block]:
    """Turn one child of trafilatura's body into blocks of our HTML."""
    tag = element.tag
    if tag == "list":
        points = [one_line(_text(each)) for each in element.iter("item")]
        points = [point for point in points if point]
        inner = "".join(f"<li>{escape(point, quote=False)}</li>" for point in points)
        return [_Block("ul", inner, tuple(points))] if points else []
    if tag == "table":
        rows = [[one_line(_text(cell)) for cell in row.iter("cell")] for row in element.iter("row")]
        rows_html = "".join(
            "<tr>" + "".join(f"<td>{escape(cell, quote=False)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        lines = tuple(" ".join(cell for cell in row if cell) for row in rows)
        return [_Block("table", rows_html, tuple(line for line in lines if line))]
    images = [_image(each) for each in element.iter("graphic")]
    texts = [one_line(part) for part in _broken(element)]
    texts = [text for text in texts if text]
    images = [image for image in images if image]
    if not texts:
        return [_Block("figure", "".join(images), ())] if images else []
    kind = {"head": "h3", "quote": "blockquote", "code": "pre"}.get(str(tag), "p")
    inner = "<br>".join(escape(text, quote=False) for text in texts)
    return [_Block(kind, inner, tuple(texts))]


def _image(graphic: etree._Element) -> str:
    source = graphic.get("src") or ""
    if not source or _DECORATION.search(source):
        return ""
    described = escape(graphic.get("alt") or "")
    return f'<img src="{escape(source)}" alt="{described}">'


def _broken(element: etree._Element) -> list[str]:
    """Return an element's text, cut at its line breaks."""
    parts = [""]
    for event, child in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if child.tag in {"lb", "p"} and child is not element:
                parts.append("")
            parts[-1] += child.text or ""
        elif child is not element:
            parts[-1] += child.tail or ""
    return parts


def _html(blocks: list[_Block]) -> str:
    return "".join(f"<{block.tag}>{block.html}</{block.tag}>" for block in blocks)


def _trimmed(
    blocks: list[_Block],
    title: str,
    headings: list[str],
    authors: tuple[str, ...],
    chrome: frozenset[str],
) -> list[_Block]:
    """Drop what repeats the head of the page, tools inside, and notes at the end."""
    begin = _behind_title(blocks, [title, *headings])
    end = len(blocks)
    for position in range(begin + 2, len(blocks)):
        if is_stop(blocks[position].text) and _weight(blocks[position + 1 :]) < 0.35 * _weight(
            blocks
        ):
            end = position
            break
    names = {key(author) for author in authors}
    while begin < min(end, 6) and _is_head(blocks[begin].text):
        begin += 1
    kept: list[_Block] = []
    captions = _captions(blocks[begin:end])
    for position, block in enumerate(blocks[begin:end]):
        below_image = bool(kept) and kept[-1].tag == "figure" and _is_caption(block)
        learnt = bool(chrome) and line_key(block.text) in chrome
        if not (
            position in captions or below_image or learnt or _is_furniture(block, title, names)
        ):
            kept.append(block)
    while kept and (
        is_tail_note(kept[-1].text)
        or kept[-1].tag in {"h3", "figure"}
        or _is_about(kept[-1].text, authors)
    ):
        kept.pop()
    return kept


def _weight(blocks: list[_Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _behind_title(blocks: list[_Block], headings: list[str]) -> int:
    """Return where the text begins behind a repeated headline among the first few blocks."""
    for position, block in enumerate(blocks[:4]):
        if any(_same_headline(key(heading), key(block.text)) for heading in headings):
            return position + 1
        if len(block.text) > 200:
            break
    return 0


def _is_head(text: str) -> bool:
    """Whether a first line is a byline, a date or a photo's credit."""
    if not text or len(text) > 80:
        return False
    rest, labelled = strip_byline(text)
    if labelled and looks_like_name(rest.strip(" .,")):
        return True
    if _CREDIT.match(text):
        return True
    dated = find_dates(text)
    return bool(dated) and len(text) - sum(len(each.evidence) for each in dated) <= 20


def _same_headline(wanted: str, text: str) -> bool:
    if len(wanted) < 8 or not text:
        return False
    if text == wanted or (wanted in text and len(text) < 2 * len(wanted)):
        return True
    words, other = set(wanted.split()), set(text.split())
    return len(words) >= 4 and len(words & other) >= 0.8 * len(words | other)


def _is_caption(block: _Block) -> bool:
    """Whether a block below an image is no sentence, so tells what the image shows."""
    return block.tag == "p" and 0 < len(block.text) <= 220 and not ends_sentence(block.text)


def _captions(blocks: list[_Block]) -> set[int]:
    """Return the places of photo credits and of the captions that stand right above them."""
    found: set[int] = set()
    for position, block in enumerate(blocks):
        if len(block.text) <= 80 and _CREDIT.match(block.text):
            found.add(position)
            above = blocks[position - 1].text if position else ""
            if 0 < len(above) <= 400 and position < len(blocks) - 1:
                found.add(position - 1)
    return found


def _is_furniture(block: _Block, title: str, names: set[str]) -> bool:
    text = block.text
    if block.tag == "figure":
        return False
    if is_tool(text) or is_stop(text) or key(text) == key(title) or key(text) in names:
        return True
    if not any(letter.isalnum() for letter in text):
        return True
    bare = bare_line(text)
    short = len(text) <= 80
    if short and any(name and name in key(text) for name in names) and _BYLINE.match(bare):
        return True
    return short and is_date_label(bare) and any(map(str.isdigit, text)) and not text.endswith(".")


def _is_about(text: str, authors: tuple[str, ...]) -> bool:
    """Whether a last paragraph presents the author."""
    return any(text.startswith(author) and len(text) < 600 for author in authors if len(author) > 5)
