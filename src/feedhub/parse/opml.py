"""OPML 1.0 and 2.0: lists of feeds, as other readers export them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from feedhub.errors import ParseError
from feedhub.parse.recognise import inflated
from feedhub.text.decode import decode
from feedhub.text.markup import one_line
from feedhub.text.urls import absolute

__all__ = ["Outline", "parse_opml"]

MAX_OUTLINES = 5000
_MAX_DEPTH = 50

# An outline is nothing but one tag with attributes, so the tags alone are read: no document type,
# no entity but the usual ones, and files that are not well-formed import as well.
_OUTLINE = re.compile(r"<(/?)outline\b((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')")
_COMMENT_ENDS = "-->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of an OPML list. ``categories`` are its folders, outermost first, and its own."""

    title: str
    url: str
    homepage: str = ""
    categories: tuple[str, ...] = ()


def parse_opml(body: bytes) -> tuple[Outline, ...]:
    """Read the feeds of an OPML file, each address once, in order.

    Outlines without a usable http(s) address are folders or are left out. Raises ``ParseError``
    for what is no OPML or has more than ``MAX_OUTLINES`` outlines.
    """
    text = decode(inflated(body), content_type=None, kind="xml").text
    if not re.search(r"<opml[\s>]", text[:65_536], re.IGNORECASE):
        raise ParseError("This is no OPML file: it has no <opml> element.")
    found: dict[str, Outline] = {}
    folders: list[str] = []
    for number, tag in enumerate(_OUTLINE.finditer(_without_comments(text))):
        if number >= 2 * MAX_OUTLINES:
            raise ParseError(f"The OPML file has more than {MAX_OUTLINES} outlines.")
        if tag[1]:
            del folders[-1:]
            continue
        attributes = _attributes(tag[2])
        name = one_line(attributes.get("title") or attributes.get("text") or "")[:500]
        url = absolute(attributes.get("xmlurl") or attributes.get("url") or "", "")
        is_link = attributes.get("type", "").lower() in {"link", "include"}
        if url and not is_link and url not in found:
            found[url] = Outline(
                title=name or url,
                url=url,
                homepage=absolute(attributes.get("htmlurl", ""), ""),
                categories=_categories(folders, attributes.get("category", "")),
            )
        if not tag[2].rstrip().endswith("/"):
            if len(folders) >= _MAX_DEPTH:
                raise ParseError(f"The OPML file nests folders more than {_MAX_DEPTH} deep.")
            folders.append("" if url else name)
    return tuple(found.values())


def _attributes(tag: str) -> dict[str, str]:
    return {
        pair[1].lower(): unescape(pair[2] if pair[2] is not None else pair[3])
        for pair in _ATTRIBUTE.finditer(tag[:20_000])
    }


def _categories(folders: list[str], own: str) -> tuple[str, ...]:
    # OPML 2.0: comma-separated, "/" begins a path and parts its levels.
    named = [one_line(part.strip().strip("/"))[:100] for part in own.split(",")[:20]]
    return tuple(dict.fromkeys(name for name in [*folders, *named] if name))


def _without_comments(text: str) -> str:
    pieces = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0:
        pieces.append(text[at:begin])
        end = text.find(_COMMENT_ENDS, begin)
        if end < 0:
            return "".join(pieces)
        at = end + len(_COMMENT_ENDS)
    return "".join([*pieces, text[at:]])
