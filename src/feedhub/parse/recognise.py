"""What a document looks like, said in words, when it is asked for a feed."""

from __future__ import annotations

import html
import re
import zlib

from feedhub.errors import NotAFeed, ParseError

__all__ = ["describe", "feed_root", "inflated"]

#: bytes that a body that is itself gzip may open to
MAX_INFLATED = 20_000_000

# A feed may stand behind a warning of the program that made it, but not deep inside another text.
_SEARCHED = 8192
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|rdf|feed|channel)(?=[\s>/])", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_HTML_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_BINARY = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an office file"),
)
_OTHER_XML = {
    "opml": "a list of feeds (OPML), which can be imported",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
    "svg": "a drawing (SVG)",
    "soap:envelope": "a SOAP message",
    "error": "an error message in XML",
}


def inflated(body: bytes) -> bytes:
    """Return ``body``, opened where it is gzip itself; a cut archive gives what it holds.

    Raises ``ParseError`` above ``MAX_INFLATED`` bytes or when nothing can be opened.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    opener = zlib.decompressobj(wbits=31)
    try:
        opened = opener.decompress(body, MAX_INFLATED)
    except zlib.error as error:
        raise ParseError("The document is compressed (gzip) and damaged.") from error
    if opener.unconsumed_tail:
        raise ParseError(f"The compressed document opens to more than {MAX_INFLATED} bytes.")
    return opened


def feed_root(text: str) -> re.Match[str] | None:
    """Find the start tag of a feed's root element (group 1: its name), None where there is none."""
    at = _prologue_end(text)
    found = _ROOT.match(text, at)
    if found is None and not _HTML_TAG.match(text, at):
        found = _ROOT.search(text, at, at + _SEARCHED)
        if found is not None and not _only_noise(text[at : found.start()]):
            return None
    return found


def describe(body: bytes, text: str) -> NotAFeed:
    """Return the error that says what a document that is no feed looks like instead."""
    return NotAFeed(f"This is no feed: the document {_looks_like(body, text)}.")


def _prologue_end(text: str) -> int:
    """Return where blanks, declarations, comments and the document type at the beginning end."""
    at = 0
    for _ in range(1000):
        at += len(text[at : at + 65_536]) - len(text[at : at + 65_536].lstrip())
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif (
            text[at : at + 9].upper() == "<!DOCTYPE" and text[at + 9 : at + 15].lower() != " html>"
        ):
            opened, closed = text.find("[", at), text.find(">", at)
            if at < opened < closed:  # an internal subset; its entities are not used
                closed = text.find("]>", opened) + 1
            end = closed + 1
        else:
            break
        if end <= at:
            break
        at = end
    return at


def _only_noise(before: str) -> bool:
    """Tell whether what stands before a root is a program's chatter and not another document."""
    return not any(
        name.lower() not in {"br", "b", "p", "font", "pre", "div", "span", "i"}
        for name in _FIRST_TAG.findall(before)
    )


def _looks_like(body: bytes, text: str) -> str:
    if not body.strip():
        return "is empty"
    for magic, words in _BINARY:
        if body.startswith(magic):
            return f"is {words}"
    start = text[:_SEARCHED]
    if _HTML_TAG.search(start):
        title = _PAGE_TITLE.search(text[:65_536])
        named = f' titled "{" ".join(html.unescape(title[1]).split())}"' if title else ""
        if _PASSWORD.search(text[:300_000]):
            return f"is a login page{named}"
        return f"is a web page{named}"
    if start.lstrip().startswith("BEGIN:VCALENDAR"):
        return "is a calendar (iCalendar)"
    tag = _FIRST_TAG.match(text, _prologue_end(text))
    if tag is not None:
        name = tag[1].lower()
        return f"is {_OTHER_XML.get(name, f'XML of another kind (its root element is {tag[1]})')}"
    if "\0" in start:
        return "is not text"
    if "<?xml" in start:
        return "is XML that is broken near its beginning"
    return "is plain text"
