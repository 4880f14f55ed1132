"""Lines that recur on several pages of one source are its chrome, in any language.

A hub sees many pages of one source; a page-at-a-time extractor never does. Menus, licence lines,
counters and "link to us" boxes recur; an article's own lines do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["learn", "line_key"]

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


def learn(pages: Iterable[Iterable[str]], *, at_least: int = 3) -> frozenset[str]:
    """Return the line keys found on at least ``at_least`` of the pages and two in five of them.

    ``pages`` holds the `line_key` of every line of different articles of one source; 200 are read.
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
