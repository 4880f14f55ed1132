"""The beginning of a text, ended where a reader would end it."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["excerpt", "first_sentence"]

_STOP = re.compile(r"(\w{0,40})[.!?…]+[\"”»)]*(?= [\"“«(]?(\w))")
#: written with a full stop in mid-sentence; TP., ThS., Q. are told by their last letter
_SHORT_FORMS = frozenset({"mr", "mrs", "ms", "dr", "st", "no", "vol", "art", "tp", "tr"})


def excerpt(text: str, limit: int) -> str:
    """Return the beginning of a plain text on one line, whole sentences where they fit.

    At most ``limit`` characters and an ellipsis. Where whole sentences would leave less than a
    third of the limit, the text is cut at a word and ends with an ellipsis.
    """
    flat = " ".join(text[: limit * 4].split())
    if len(flat) <= limit:
        return flat
    ends = [end for end in _ends(flat, limit) if end <= limit]
    if ends and ends[-1] >= limit // 3:
        return flat[: ends[-1]]
    return _cut(flat, limit)


def first_sentence(text: str, limit: int) -> str:
    """Return the first sentence of a plain text, cut at a word where it exceeds ``limit``."""
    flat = " ".join(text[: limit * 4].split())
    end = next(_ends(flat, limit), None)
    if end is not None and end <= limit:
        return flat[:end]
    return flat if len(flat) <= limit else _cut(flat, limit)


def _ends(flat: str, limit: int) -> Iterator[int]:
    """Where sentences end, up to a little behind ``limit``: the next begins as sentences do."""
    for match in _STOP.finditer(flat, 0, limit + 4):
        word, following = match[1], match[2]
        if word[-1:].isupper() or word.lower() in _SHORT_FORMS:
            continue
        if following.isupper() or following.isdigit():
            yield match.end()


def _cut(flat: str, limit: int) -> str:
    return flat[:limit].rsplit(" ", 1)[0].rstrip(" ,;:-–—.") + "…"
