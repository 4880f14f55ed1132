"""Titles, summaries and names as plain, bounded text."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, urlsplit

from feedhub.text.markup import one_line, plain

__all__ = ["author_name", "category_name", "shortened", "title_text", "untitled"]

TITLE_LENGTH = 500
SUMMARY_LENGTH = 500
_UNTITLED_LENGTH = 120
_NAME_LENGTH = 120

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Markup that is left after one reading was escaped twice; other words in angles are text.
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|p|em|strong|span|font|br|div|sup|sub|small|mark|wbr|img|h[1-6])"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…](?=[\"”’)\]]?(?:\s|$))|[。！？]")
_FILE_ENDING = re.compile(r"\.(?:html?|aspx?|php|jsp|vgp|phtml|htm)$", re.IGNORECASE)


def title_text(title: str, *, is_html: bool) -> str:
    """Return a title as one line of text of at most ``TITLE_LENGTH`` characters.

    What was escaped twice is unescaped twice: nobody writes "&amp;amp;" or "<b>" in a headline
    of a town. Text that only looks like a tag ("<3") stays.
    """
    title = title[:20_000]
    text = plain(title) if is_html else title
    if _ENTITY.search(text):
        text = html.unescape(text)
    if "<" in text and _TAG.search(text):
        text = _TAG.sub("", text)
    return shortened(one_line(text), TITLE_LENGTH)


def untitled(text: str, link: str, guid: str) -> str:
    """Return what stands in for a missing title: the text's beginning, else the address's end."""
    first = text.partition("\n")[0] or text
    if first.strip():
        return shortened(one_line(first), _UNTITLED_LENGTH)
    if link:
        parts = urlsplit(link)
        name = _FILE_ENDING.sub("", unquote(parts.path).rstrip("/").rpartition("/")[2])
        return one_line(name.replace("-", " ").replace("_", " "))[:_UNTITLED_LENGTH] or parts.netloc
    return one_line(guid)[:_UNTITLED_LENGTH]


def shortened(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of ``text``, cut behind a sentence, else at a word.

    A cut inside a sentence shows as "…".
    """
    if len(text) <= limit:
        return text
    ends = [end.end() for end in _SENTENCE_END.finditer(text, 0, limit)]
    if ends and ends[-1] >= limit // 3:
        return text[: ends[-1]].rstrip()
    start = text[: limit - 1]
    blank = start.rfind(" ")
    return (start[:blank] if blank > limit // 2 else start).rstrip(" ,;:-–") + "…"


def author_name(text: str) -> str:
    """Return the name in what an author element holds, "" where it is only a mail address.

    Forms of the wild: "mail (Name)", "Name (mail)", "Name <mail>", "mail", "Name".
    """
    text = one_line(plain(text[:2000]) if _ENTITY.search(text[:2000]) else text[:2000])
    outside, opened, rest = text.partition("(")
    if not opened:
        outside, opened, rest = text.partition("<")
    inside = rest.strip(" )>")
    if opened and "@" in inside:
        text = outside
    elif opened and "@" in outside:
        text = inside
    elif "@" in text:
        text = " ".join(word for word in text.split() if "@" not in word)
    return text.strip(" \"',;:<>()-")[:_NAME_LENGTH] if "(" not in text else text[:_NAME_LENGTH]


def category_name(text: str) -> str:
    """Return a category as one short line of text."""
    return one_line(html.unescape(text[:500]))[:100]
