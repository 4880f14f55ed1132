"""One article page, decoded and parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from feedhub.errors import ExtractError
from feedhub.extract.lines import Line, visible_lines
from feedhub.model.document import Document
from feedhub.text.decode import decode

__all__ = ["Page", "open_page"]

#: characters of HTML; a news page of more than this is an archive or an attack
_LIMIT = 4_000_000
_PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
# lxml.html's own lookup, which knows forms and their fields apart, asks Python for every element.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
# characters that XML 1.0 (2.2) forbids: lxml parses them and then refuses to move their text
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Of a page that holds none this is found out three times as fast as by a search.
_LAWFUL = re.compile("[^\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]*+")
_FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:0{0,9}(?:[0-8]|1[124-9]|2\d|3[01]|5529[6-9]|553\d\d|5[67]\d{3}|6553[45])"
    r"|x0{0,9}(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]));?(?![0-9a-f])",
    re.IGNORECASE,
)
#: first bytes of files that are no pages: PDF, ZIP (docx), OLE (doc), PNG, JPEG, GIF
_NOT_HTML = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


@dataclass(slots=False)
class Page:
    """A parsed page; ``tree`` is its root and is never changed."""

    url: str
    base_url: str
    tree: HtmlElement

    @cached_property
    def lines(self) -> list[Line]:
        """The text a reader sees, line by line; made when first asked for."""
        return visible_lines(self.tree)

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """Values of the page's meta elements by lower-case name, property or itemprop."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            value = (element.get("content") or element.get("value") or "").strip()
            if not value:
                continue
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = (element.get(attribute) or "").strip().lower()
                if name:
                    found.setdefault(name, []).append(value[:2000])
        return found

    @cached_property
    def head_title(self) -> str:
        """The text of the first title element."""
        for element in self.tree.iter("title"):
            text = " ".join((element.text or "").split())
            if text:
                return text[:500]
        return ""


def open_page(document: Document) -> Page:
    """Decode and parse a document.

    Raises `ExtractError` when it is empty or no HTML at all (a PDF behind a link, an image).
    """
    body = document.body
    if body.lstrip()[:8].startswith(_NOT_HTML):
        raise ExtractError(f"{document.url} is a file to download, not a page with an article")
    text = decode(body, content_type=document.content_type, kind="html").text[:_LIMIT]
    if not text.strip():
        raise ExtractError(f"{document.url} answered with an empty page")
    if not _LAWFUL.fullmatch(text):
        text = _FORBIDDEN.sub(" ", text)
    if "&#" in text:
        text = _FORBIDDEN_REFERENCE.sub(" ", text)
    try:
        # encoded anew: lxml refuses text whose XML declaration names an encoding
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ExtractError(f"{document.url} holds no HTML that could be read") from error
    base = next((each.get("href") or "" for each in tree.iter("base") if each.get("href")), "")
    from feedhub.text.urls import absolute

    return Page(document.url, absolute(base, document.url) or document.url, tree)
