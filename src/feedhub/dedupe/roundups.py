"""Press reviews: texts made of pieces of other texts.

A press review shares whole sentences with many stories that have nothing to do with each other. It
is told by its own looks, never by whom it resembles, so that the answer does not depend on what
arrived before it: the words of its title, its bullets, a title that the text does not speak of, and
pieces that share no names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from feedhub.dedupe.texts import TextDoc, read
from feedhub.dedupe.words import Kind, Words, read_words
from feedhub.text.folding import bare

__all__ = ["is_roundup", "title_support"]

_TITLE = re.compile(
    r"\b(?:diem (?:tin|bao|qua)|tin (?:van|nhanh|tong hop|noi bat|ngan)|(?:tong hop|ban) tin"
    r"|tin tuc (?:trong|noi bat|ngay|sang|tuan)|nhung (?:tin|su kien) (?:noi bat|dang chu y)"
    r"|doc bao|bao chi (?:viet|hom nay)|round ?-?up|in brief|briefs?|digest|headlines|press review"
    r"|(?:week|month|year) in review|news of the (?:day|week)|(?:morning|evening) (?:news|edition)"
    r"|newsletter|what we(?:'re| are) reading|links of)\b"
)
_BULLET = re.compile(r"\s*(?:[-–—•*+▪●■►»·]|\(?\d{1,2}[.)]|[a-z]\))\s*\S")
_PIECE = 8  # words of the shortest piece worth looking at
_PIECES_READ = 40
_EVIDENCE = 3


@lru_cache(maxsize=256)
def is_roundup(doc: TextDoc) -> bool:
    """Return whether a text looks like a press review, by at least three points of evidence.

    A title that says so counts two; three or more bullets, a title without support in the text, and
    pieces without common names count one each.
    """
    pieces = [line for line in doc.text.splitlines() if len(line.split()) >= _PIECE]
    if len(pieces) < 3:
        return False
    evidence = 2 if _TITLE.search(bare(doc.title)) else 0
    evidence += sum(1 for line in pieces if _BULLET.match(line)) >= 3
    if evidence == 0:
        return False
    evidence += title_support(doc, doc) < 0.15
    evidence += _strangers(pieces[:_PIECES_READ])
    return evidence >= _EVIDENCE


def title_support(titled: TextDoc, told: TextDoc) -> float:
    """Return the share (0 to 1) of the word pairs of one entry's title that another's text has."""
    pairs = set(pairwise(read(titled).title.words))
    if not pairs:
        return 0.0
    told_words = "\n".join(("", *read(told).body.words, ""))  # no word has a line's end in it
    return sum(f"\n{one}\n{two}\n" in told_words for one, two in pairs) / len(pairs)


def _strangers(pieces: list[str]) -> bool:
    """Return whether most pieces share no name with the piece before them."""
    names = [_names(read_words(piece)) for piece in pieces]
    apart = sum(1 for one, two in pairwise(names) if not one & two)
    return apart * 3 >= (len(names) - 1) * 2


def _names(text: Words) -> set[tuple[str, str]]:
    """Return the pairs of neighbouring name words; single ones are too common."""
    kinds, words = text.kinds, text.words
    return {
        (words[at], words[at + 1])
        for at in range(len(words) - 1)
        if kinds[at] == Kind.NAME and kinds[at + 1] == Kind.NAME
    }
