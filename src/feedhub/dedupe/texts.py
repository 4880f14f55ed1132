"""A text as the room compares it: what is handed in, and what is read off it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from feedhub.dedupe.words import Words, read_words
from feedhub.text.folding import bare
from feedhub.text.shingles import shingles

__all__ = ["Reading", "TextDoc", "read", "without_furniture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDoc:
    """One entry as far as comparing goes.

    ``source`` is what tells publishers apart (a source id, or a host name), ``published`` when the
    hub says it appeared, ``place`` the source's own place.
    """

    id: str
    title: str
    text: str
    url: str = ""
    source: str = ""
    published: datetime | None = None
    language: str = ""
    place: str = ""
    #: the keys of ``dedupe.index``, where they were made before
    keys: tuple[int, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Reading:
    """What was read off a text: the words of title and body, and the body's shingles.

    ``prints`` holds the shingle that begins at each word, ``credit`` the text of the credit line,
    without diacritics.
    """

    title: Words
    body: Words
    prints: tuple[int, ...]
    credit: str

    @cached_property
    def where(self) -> dict[int, list[int]]:
        """The words at which each shingle begins; most texts are compared with none."""
        where: dict[int, list[int]] = {}
        for position, fingerprint in enumerate(self.prints):
            where.setdefault(fingerprint, []).append(position)
        return where


#: A short line that is furniture of a page or a credit, without diacritics, whole line.
#: The general rule (lines that a source repeats) belongs to extraction; these are the ones that
#: reach a text all the same.
_FURNITURE = re.compile(
    r"(?:cac tin|tin) (?:khac|lien quan|moi|da dua|cung chuyen muc)|van ban moi|thong ke truy cap"
    r"|(?:tong )?(?:luot|so) (?:luot )?(?:truy cap|xem|doc)|truy cap hien tai|xem tin theo ngay"
    r"|ban in|in (?:trang|bai)|gui (?:email|bai|cho)|chia se|quay lai|ve dau trang"
    r"|binh luan|y kien|co chu|tu khoa|file dinh kem|tags?\b|comments?\b|leave a comment"
    r"|log in|sign (?:in|up)|share\b"
    r"|print\b|views?\b|read more|related\b|subscribe|advertis|follow us|skip to|back to top"
    r"|other news|more news|copyright|all rights reserved"
)
_CREDIT = re.compile(
    r"\(?(?:(?:nguon(?: tin| bai)?|theo|via|source|from|by|courtesy of|bbt|btv|ban bien tap"
    r"|cong ttdt|reporting by|originally published (?:in|by|on|at)"
    r"|(?:this (?:story|article|report) )?(?:first|originally) (?:appeared|published) (?:on|in|at)"
    r")\b[ :]|(?:tin|bai|tin,? bai|anh|(?:tin|bai),? (?:va )?anh|tac gia|photos?) ?:)"
)
_LONGEST_FURNITURE = 90  # characters of a line that may be furniture or a credit
_LAST_LINES = 5  # of a text, among which a credit line stands


@lru_cache(maxsize=1024)
def read(doc: TextDoc) -> Reading:
    """Return the reading of a document; the last thousand (some 20 MB) are remembered."""
    body, credit = without_furniture(doc.text)
    words = read_words(body)
    prints = tuple(shingles(words.words))
    return Reading(read_words(doc.title), words, prints, credit)


def without_furniture(text: str) -> tuple[str, str]:
    """Return the text without its furniture and credit lines, and the last credit line."""
    if "\n" not in text:
        return text, ""
    lines = text.splitlines()
    kept: list[str] = []
    credit = ""
    for at, line in enumerate(lines):
        if 0 < len(line) <= _LONGEST_FURNITURE:
            plain = bare(line)
            if _FURNITURE.match(plain):
                continue
            if kept and at >= len(lines) - _LAST_LINES and _CREDIT.match(plain):
                credit = plain
                continue
        kept.append(line)
    return "\n".join(kept), credit
