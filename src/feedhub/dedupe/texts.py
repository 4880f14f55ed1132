"""A text as the room compares it: what is handed in, and what is read off it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from feedhub.dedupe.words import Kind, Words, read_words
from feedhub.text.folding import bare
from feedhub.text.shingles import SHINGLE, Shingles, lanes

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

    def __hash__(self) -> int:
        """Return the hash of what nearly always tells documents apart; all fields take long."""
        return hash((self.id, self.title))


#: what a shingle with a name, date, time, number or act weighs; one of plain words weighs 1
_TELLING = 4
_IS_TELLING = bytes(kind >= Kind.NAME for kind in range(256))
#: shingles of a text whose common passages are leapt along; those of a shorter one are short
_WORTH_LEAPING = 160
_WEIGHT = bytes.maketrans(b"\0\1", bytes([1, _TELLING]))


@dataclass(frozen=True)
class Reading:
    """What was read off a text: the words of title and body, and the body's shingles.

    ``credit`` is the text of the credit line, without diacritics. What only comparing needs is
    found when it is asked for; most texts are compared with none.
    """

    title: Words
    body: Words
    shingles: Shingles
    credit: str

    @cached_property
    def prints(self) -> tuple[int, ...]:
        """The shingle that begins at each word."""
        return tuple(self.shingles.values())

    @cached_property
    def first(self) -> dict[int, int]:
        """The first word at which each shingle begins."""
        return dict(zip(reversed(self.prints), range(len(self.prints) - 1, -1, -1), strict=True))

    @cached_property
    def repeated(self) -> dict[int, list[int]]:
        """Of the shingles that begin at several words, all of these, in order."""
        places: dict[int, list[int]] = {}
        if len(self.first) < len(self.prints):
            for place, fingerprint in enumerate(self.prints):
                if self.first[fingerprint] != place:
                    places.setdefault(fingerprint, [self.first[fingerprint]]).append(place)
        return places

    @cached_property
    def weights(self) -> bytes:
        """What the shingle that begins at each word weighs; nothing where it is a repetition."""
        kinds = self.body.kinds
        words = int.from_bytes(kinds.translate(_IS_TELLING), "little")
        telling = words
        for further in range(1, SHINGLE):  # a shingle is telling if one of its words is
            telling |= words >> 8 * further
        weights = telling.to_bytes(len(kinds), "little").translate(_WEIGHT)[: len(self.prints)]
        if self.repeated:
            firsts = set(self.first.values())
            return bytes(weight * (at in firsts) for at, weight in enumerate(weights))
        return weights

    def weight(self, mask: bytes = b"") -> tuple[int, int]:
        """Return what the shingles weigh and how many there are, repetitions left out.

        Of those only that a mask of 255 and 0 leaves, if there is one.
        """
        weights = self.weights
        if mask:
            kept = int.from_bytes(weights, "little") & int.from_bytes(mask, "little")
            weights = kept.to_bytes(len(mask), "little")
        plain, telling = weights.count(1), weights.count(_TELLING)
        return plain + _TELLING * telling, plain + telling

    def shared_with(self, other: Reading) -> bytes:
        """Return for each shingle, in order, whether another text has it: a byte, 255 or 0."""
        ours = self.prints
        if len(ours) < _WORTH_LEAPING:
            return bytes(map(other.first.__contains__, ours)).replace(b"\1", b"\xff")
        shared = bytearray(len(ours))
        at = 0
        while at < len(ours):
            place = other.first.get(ours[at])
            if place is None:
                at += 1
                continue
            run = self.shingles.alike(at, other.shingles, place)
            shared[at : at + run] = b"\xff" * run
            at += run
        return bytes(shared)


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


@lru_cache(maxsize=256)
def read(doc: TextDoc) -> Reading:
    """Return the reading of a document; the last 256 (some 13 MB) are remembered."""
    body, credit = without_furniture(doc.text)
    words = read_words(body)
    return Reading(read_words(doc.title), words, Shingles.of(lanes(words.words)), credit)


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
