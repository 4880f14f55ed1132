"""Lines that recur on several pages of one source are its chrome, in any language.

A hub sees many pages of one source; a page-at-a-time extractor never does. Menus, licence lines,
counters and "link to us" boxes recur; an article's own lines do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from feedhub.extract.page import open_page
from feedhub.model.document import Document

__all__ = ["learn", "line_key", "page_keys"]

_DIGITS = re.compile(r"\d[\d.,:/]*")
_LONGEST = 400
_COUNTER = 60
#: of the pages; chrome stands on nearly all of a section's, a phrase of notices on fewer
_SHARE = 0.4
_PAGES_LIMIT = 200


def line_key(text: str) -> str:
    """Return a short stable hash of a line.

    In short lines numbers count as one sign, for visitor counters change; in longer ones they are
    what tells one notice from the next.
    """
    plain = " ".join(text.casefold().split())[:_LONGEST]
    if len(plain) <= _COUNTER:
        plain = _DIGITS.sub("#", plain)
    return blake2b(plain.encode("utf-8", "replace"), digest_size=8).hexdigest()


def page_keys(document: Document) -> frozenset[str]:
    """Return the keys of every line of a page, to be kept with its source.

    Raises `ExtractError` as `open_page` does.
    """
    return frozenset(line_key(line.text) for line in open_page(document).lines)


def learn(pages: Iterable[Iterable[str]], *, at_least: int = 3) -> frozenset[str]:
    """Return the line keys found on at least ``at_least`` of the pages and two in five of them.

    ``pages`` holds the `page_keys` of different articles of one source; the first 200 are read.
    Fewer pages than ``at_least`` teach nothing.
    """
    counts: Counter[str] = Counter()
    number = 0
    for number, page in enumerate(pages, start=1):
        counts.update(set(page))
        if number == _PAGES_LIMIT:
            break
    needed = max(at_least, round(number * _SHARE))
    return frozenset(each for each, count in counts.items() if count >= needed)
