"""Where two texts say different things in the same place.

Two texts made from one form differ only in what was filled in: a ward, a person, a day, a number.
The shingles they share are walked in step; what stands between two shared runs, short on both
sides, is laid side by side, and a different date, number, act, name or place there is a conflict.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from feedhub.dedupe.gazetteer import RANKS
from feedhub.dedupe.texts import Reading
from feedhub.dedupe.words import Kind, Words
from feedhub.text.folding import bare
from feedhub.text.shingles import SHINGLE

__all__ = ["Conflict", "Place", "SlotKind", "body_conflicts", "name_conflict", "title_conflicts"]


class SlotKind(StrEnum):
    """What was filled in differently."""

    DATE = "date"
    SERIAL = "serial number"
    TIME = "time"
    ACT = "act number"
    NUMBER = "number"
    NAME = "name"
    PLACE = "place"


class Place(StrEnum):
    """Where the two texts differ; at its end a text carries a byline as often as a statement."""

    TITLE = "title"
    BODY = "text"
    END = "end of the text"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One slot: what the first text says there and what the second."""

    kind: SlotKind
    first: str
    second: str
    place: Place


_FIGURES = {
    Kind.DATE: SlotKind.DATE,
    Kind.TIME: SlotKind.TIME,
    Kind.ACT: SlotKind.ACT,
    Kind.NUMBER: SlotKind.NUMBER,
}
#: a number behind one of these says which, not how many
_BEFORE_SERIAL = frozenset(
    [
        "số",
        "thứ",
        "đợt",
        "lần",
        "tuần",
        "kỳ",
        "khóa",
        "quý",
        "tháng",
        "phiên",
        "bài",
        "tập",
        "tổ",
        "lô",
        "gói",
        "thửa",
        "lớp",
        "khối",
        "cấp",
        "no",
        "number",
        "route",
        "rt",
        "district",
        "ward",
        "week",
        "phase",
        "session",
        "application",
        "resolution",
        "ordinance",
        "case",
        "lot",
        "unit",
        "section",
        "chapter",
        "episode",
        "part",
        "bid",
        "permit",
        "docket",
        "agenda",
        "bulletin",
        "issue",
        "volume",
        "grade",
    ]
)
#: parts of a day: a meeting in the morning is not the one in the afternoon
_PARTS_OF_DAY = frozenset(
    ("sáng", "trưa", "chiều", "tối", "đêm", "morning", "afternoon", "evening", "night")
)
#: words between two shared runs that are still laid side by side; a longer piece is other text
_LONGEST_GAP = 40
#: words of one replaced piece; a longer one was rewritten, not filled in
_LONGEST_SLOT = 10
#: words before the first or after the last shared run that are laid side by side
_LONGEST_EDGE = 14


def body_conflicts(first: Reading, second: Reading) -> Iterator[Conflict]:
    """Yield the conflicts between two bodies, in the order of the first."""
    for left, right, inside in _gaps(first, second):
        place = Place.BODY if inside else Place.END
        yield from _conflicts(first.body, second.body, left, right, where=place)


def title_conflicts(first: Words, second: Words) -> list[Conflict]:
    """Return the conflicts between two titles, whole against whole."""
    whole = slice(0, _LONGEST_GAP)
    return list(_conflicts(first, second, whole, whole, where=Place.TITLE))


def _gaps(first: Reading, second: Reading) -> Iterator[tuple[slice, slice, bool]]:
    """Yield where both texts leave their common words and soon come back, and whether they do."""
    end_a = end_b = -1
    sure = False  # that the run so far ends at its only place in either text
    for start_a, fingerprint in enumerate(first.prints):
        places = second.where.get(fingerprint)
        if places is None:
            continue
        only = len(places) == len(first.where[fingerprint]) == 1
        if end_a < 0:
            start_b = places[0]
            if only and 0 < start_a <= _LONGEST_EDGE and 0 < start_b <= _LONGEST_EDGE:
                yield slice(0, start_a), slice(0, start_b), True
        else:
            going_on = end_b - SHINGLE + 1
            # of a passage that occurs often, the place that goes on, else the next one
            next_place = bisect_left(places, going_on)
            start_b = places[next_place] if next_place < len(places) else places[0]
            if start_a + SHINGLE == end_a + 1 and start_b == going_on:
                end_a, end_b, sure = end_a + 1, end_b + 1, only
                continue
            if end_a < start_a <= end_a + _LONGEST_GAP and end_b < start_b <= end_b + _LONGEST_GAP:
                if sure and only:
                    yield slice(end_a, start_a), slice(end_b, start_b), True
            elif start_a < end_a or going_on < start_b < end_b:
                continue  # the words around an insertion repeat; the run goes on behind them
        end_a, end_b, sure = start_a + SHINGLE, start_b + SHINGLE, only
    rest_a, rest_b = len(first.body) - end_a, len(second.body) - end_b
    if sure and 0 < rest_a <= _LONGEST_EDGE and 0 < rest_b <= _LONGEST_EDGE:
        yield slice(end_a, len(first.body)), slice(end_b, len(second.body)), False


def _conflicts(
    first: Words, second: Words, left: slice, right: slice, *, where: Place
) -> Iterator[Conflict]:
    words_a, words_b = first.words[left], second.words[right]
    kinds_a, kinds_b = first.kinds[left], second.kinds[right]
    matcher = SequenceMatcher(None, words_a, words_b, autojunk=False)
    for operation, a1, a2, b1, b2 in matcher.get_opcodes():
        if operation != "replace" or a2 - a1 > _LONGEST_SLOT or b2 - b1 > _LONGEST_SLOT:
            continue
        for kind, slot in _FIGURES.items():
            ours = [words_a[at] for at in range(a1, a2) if kinds_a[at] == kind]
            theirs = [words_b[at] for at in range(b1, b2) if kinds_b[at] == kind]
            if ours and theirs and not _agree(ours, theirs):
                serial = kind is Kind.NUMBER and _names_a_thing(first, left.start + a1, a2 - a1)
                yield Conflict(
                    SlotKind.SERIAL if serial else slot, " ".join(ours), " ".join(theirs), where
                )
        ours = [word for word in words_a[a1:a2] if word in _PARTS_OF_DAY]
        theirs = [word for word in words_b[b1:b2] if word in _PARTS_OF_DAY]
        if ours and theirs and set(ours).isdisjoint(theirs):
            yield Conflict(SlotKind.TIME, " ".join(ours), " ".join(theirs), where)
        if _is_short_form(words_a[a1:a2], words_b[b1:b2]) or _is_rejoined(
            words_a[a1:a2], words_b[b1:b2]
        ):
            continue
        ours = _names(words_a[a1:a2], kinds_a[a1:a2])
        theirs = _names(words_b[b1:b2], kinds_b[b1:b2])
        filled_in = 2 * len(ours) >= a2 - a1 and 2 * len(theirs) >= b2 - b1
        if ours and theirs and filled_in and name_conflict(ours, theirs):
            behind = first.words[left.start + a1 - 1] if left.start + a1 else ""
            slot = SlotKind.PLACE if behind in RANKS else SlotKind.NAME
            yield Conflict(slot, " ".join(ours), " ".join(theirs), where)


def _agree(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether the figures of one side are all among the other's, or begin like them."""
    return (
        set(ours) <= set(theirs)
        or set(theirs) <= set(ours)
        or (
            len(ours) == len(theirs)
            and all(
                "/" in a and (a.startswith(b) or b.startswith(a))  # 140/QĐ for 140/QĐ-BCĐ
                for a, b in zip(ours, theirs, strict=True)
            )
        )
    )


def _names_a_thing(text: Words, start: int, length: int) -> bool:
    """Return whether a number of this piece names a thing (session 5) and counts nothing."""
    return any(
        text.kinds[at] == Kind.NUMBER and at > 0 and text.words[at - 1] in _BEFORE_SERIAL
        for at in range(start, min(start + length, len(text)))
    )


def _names(words: Sequence[str], kinds: bytes) -> list[str]:
    """Return the name words of a piece; a capital that opens a sentence counts beside a name."""
    return [
        word
        for at, (word, kind) in enumerate(zip(words, kinds, strict=True))
        if kind == Kind.NAME
        or (kind == Kind.OPENING and at + 1 < len(kinds) and kinds[at + 1] == Kind.NAME)
    ]


def _is_short_form(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether one side begins with the initials of the other (``UBND``, ``TP``)."""
    for short, words in ((ours[0], theirs), (theirs[0], ours)):
        initials = "".join(_bare(word)[:1] for word in words)
        if len(short) > 1 and len(words) > 1 and initials.startswith(_bare(short)):
            return True
    return False


def name_conflict(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether two runs of name words name different things.

    Not when the words of one stand in the other, nor when they are the same but for lost blanks or
    for words that have lost their marks, nor when one side is initials only.
    """
    if max(map(len, ours)) == 1 or max(map(len, theirs)) == 1:
        return False
    fewer, more = sorted((ours, theirs), key=len)
    for start in range(len(more) - len(fewer) + 1):
        pairs = zip(fewer, more[start : start + len(fewer)], strict=True)
        if all(_is_respelt(one, other) for one, other in pairs):
            return False
    return not _is_rejoined(ours, theirs)


def _is_respelt(one: str, other: str) -> bool:
    """Return whether two words are the same, or the same but that one has no marks."""
    if one == other:
        return True
    return _bare(one) == _bare(other) and not (_is_marked(one) and _is_marked(other))


def _is_rejoined(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether two runs of words are the same letters with other blanks."""
    return len(ours) != len(theirs) and _bare("".join(ours)) == _bare("".join(theirs))


@lru_cache(maxsize=16384)
def _is_marked(word: str) -> bool:
    return any(unicodedata.combining(mark) for mark in unicodedata.normalize("NFD", word))


@lru_cache(maxsize=16384)
def _bare(text: str) -> str:
    return bare(text)
