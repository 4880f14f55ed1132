"""Who wrote it: from the page's claims, a byline near the title, or the last line of a portal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from feedhub.extract.labels import is_tool, names_role, strip_byline
from feedhub.extract.lines import Line
from feedhub.extract.page import Page
from feedhub.extract.structured import Structured
from feedhub.extract.titles import key
from feedhub.text.markup import one_line

__all__ = ["Byline", "article_authors", "closing_byline", "looks_like_name"]

_PARTICLES = frozenset(
    (
        *("de", "del", "della", "der", "den", "von", "van", "vom", "zu", "zur", "la", "le", "el"),
        *("al", "bin", "ibn", "y", "e", "da", "do", "dos", "das", "di", "du", "af", "av", "ter"),
    )
)
_JOINED = re.compile(
    r"\s{1,2}(?:and|und|et|y|e|và|en|og|och|i|a)\s{1,2}|\s?(?:;|&|\||/|•|·|\+)\s?|"
    r"\s{1,2}[-–]\s{1,2}|,\s?",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(
    r"author|byline|tac-?gia|autor|auteur|verfasser|redakteur|writer|creator"
)
_NOT_NAMES = re.compile(
    r"\d|https?:|@|www\.|[!?\"“”»«{}<>=/]|(?<!\.[A-Z])\.$(?<!jr\.)", re.IGNORECASE
)
_AGENCY = re.compile(
    r"^(?:dpa|afp|ap|apa|sid|epd|kna|reuters|ttxvn|vnexpress|pv|ptv|belga|ansa|efe)$", re.IGNORECASE
)
#: the agency behind its writer's name
_DESK = re.compile(r"\s{1,3}(?:Associated Press|The Canadian Press|Reuters|AFP|dpa|TTXVN)$")
_NAME_LIMIT = 8


def article_authors(
    page: Page, structured: Structured, title_index: int | None, closing: Byline | None
) -> tuple[str, ...]:
    """Return the authors: JSON-LD, else meta, else a byline by class or label, else ``closing``.

    ``closing`` is the last line of a portal's article where it reads like a byline.
    """
    sites = {key(name) for name in structured.site_names}
    found = _people(structured.authors, page)
    if found:
        return found
    claimed = tuple(
        each for each in _people(structured.meta_authors, page) if key(each) not in sites
    )
    if claimed and all(looks_like_name(each) for each in claimed):
        return claimed
    if closing and closing.sure:
        return _people([closing.name], page)
    for text in _marked_bylines(page):
        found = _people([text], page, strict=True)
        if found:
            return found
    found = _labelled_byline(page, title_index)
    if closing and not found:
        return _people([closing.name], page)
    # a template's meta author is an office's name more often than a person's
    return found or tuple(each for each in claimed if len(each.split()) <= 3)


def looks_like_name(text: str) -> bool:
    """Whether a short text reads like a person's name: 2 to 5 capitalised words, no digits."""
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 50 or _NOT_NAMES.search(text):
        return False
    capitals = sum(word[0].isupper() for word in words)
    small = [word for word in words if not word[0].isupper()]
    return capitals >= 2 and all(word.casefold().strip(".") in _PARTICLES for word in small)


@dataclass(frozen=True, slots=True)
class Byline:
    """An author's name at the end of an article; ``sure`` when labelled or set as a byline."""

    name: str
    sure: bool


def closing_byline(line: Line) -> Byline | None:
    """Return the author a last line names, None when it is no byline.

    A labelled line ("Tác giả: ...", "By ...") counts as it stands; a bare name only where it
    reads like a name, and is the surer for being bold, italic or set to the right.
    """
    text = one_line(line.text).strip(" .-–()")
    if not text or len(text) > 80 or line.heading or line.all_linked or text.endswith(":"):
        return None
    rest, labelled = strip_byline(text)
    rest = rest.strip(" .-–()")
    if labelled:
        named = looks_like_name(rest) or (":" in text and 2 <= len(rest) <= 50)
        return Byline(rest, sure=True) if named and not is_tool(rest) else None
    marked = line.align == "right" or line.all_bold or line.all_italic
    marked = marked or bool(_BYLINE_CLASS.search(line.near_classes))
    if looks_like_name(text):
        shouted = text.isupper() and len(text.split()) > 2
        if marked:
            return Byline(text, sure=not shouted)
        return Byline(text, sure=False) if len(text.split()) <= 4 and not shouted else None
    # "Lê Hà - Trần Nam", "Minh Anh, Thu Hà", and pen names of one word set to the right
    parts = [part for part in _JOINED.split(text) if part]
    if len(parts) > 1 and marked and all(_capitalised(part) for part in parts):
        return Byline(text, sure=True)
    pen_name = line.align == "right" and len(text) <= 25 and _capitalised(text)
    return Byline(text, sure=True) if pen_name else None


def _capitalised(text: str) -> bool:
    words = text.split()
    return (
        bool(words)
        and len(words) <= 5
        and all(word[0].isupper() for word in words)
        and not (_NOT_NAMES.search(text))
    )


def _people(names: list[str], page: Page, *, strict: bool = False) -> tuple[str, ...]:
    """Clean and split names; leave out accounts, addresses, hosts and, if strict, all "
    "non-names."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    found: list[str] = []
    seen: set[str] = set()
    for name in names[:_NAME_LIMIT]:
        for person in _split(_unlabelled(one_line(name))):
            mark = key(person)
            if not mark or mark in seen or names_role(person):
                continue
            if "://" in person or person.startswith("@") or "www." in person or key(host) == mark:
                continue
            if "." in person and " " not in person and person.lower() in host:
                continue
            shouted = person.isupper() and len(person.split()) > 3
            if strict and (shouted or not looks_like_name(person)):
                continue
            if len(person) <= 80:
                seen.add(mark)
                found.append(person)
    return tuple(found[:_NAME_LIMIT])


def _unlabelled(text: str) -> str:
    rest, labelled = strip_byline(text)
    return _DESK.sub("", rest if labelled else text)


def _split(text: str) -> list[str]:
    """Split "A, B and C" where every part reads like a name; otherwise leave it whole."""
    parts = [part.strip(" ,.-–") for part in _JOINED.split(text)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return [text.strip(" ,-–")]
    named = [part for part in parts if looks_like_name(part)]
    if len(named) == len(parts):
        return parts
    if named and parts[0] == named[0]:  # "Logan C. Ritchie, staff writer"
        tail = [part for part in parts[1:] if part not in named]
        if all(part[0].islower() or len(part.split()) > 2 or _AGENCY.match(part) for part in tail):
            return named
        if "," in text and len(named) == 1:
            return named
    return [text.strip(" ,-–")]


def _marked_bylines(page: Page) -> list[str]:
    """Return texts of elements whose class, rel or itemprop says byline, above all comments."""
    found: Any = page.tree.xpath(
        "//*[@rel='author' or contains(@class,'author') or contains(@class,'byline') or "
        "contains(@class,'Author') or contains(@class,'Byline') or contains(@class,'autor') or "
        "contains(@class,'tacgia') or contains(@class,'tac-gia')]"
        "[not(ancestor-or-self::*[contains(@class,'comment') or contains(@id,'comment')])]"
    )
    texts = []
    for element in found[:60]:
        text = one_line(" ".join(map(str, element.itertext())))
        if 2 <= len(text) <= 90:
            texts.append(text)
    return texts


def _labelled_byline(page: Page, title_index: int | None) -> tuple[str, ...]:
    """Read "By Jordan Ellis" or "von Eva Stein" off the lines just below the title."""
    lines = page.lines
    begin = 0 if title_index is None else title_index
    for line in lines[begin : begin + 15]:
        if len(line.text) > 120:
            continue
        for text in re.split(r"\s[|•·–—-]\s", one_line(line.text)):
            rest, labelled = strip_byline(text)
            if not labelled:
                continue
            account = bool(_BYLINE_CLASS.search(line.near_classes)) and " " not in rest.strip()
            found = _people([rest], page, strict=not account)
            if found:
                return found
    return ()
