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
    shared = first.shared_with(second)
    start_a = shared.find(255)
    while start_a >= 0:
        fingerprint = first.prints[start_a]
        only = _stands_once(fingerprint, first, second)
        start_b = second.first[fingerprint]
        if end_a < 0:
            if only and 0 < start_a <= _LONGEST_EDGE and 0 < start_b <= _LONGEST_EDGE:
                yield slice(0, start_a), slice(0, start_b), True
        else:
            going_on = end_b - SHINGLE + 1
            if places := second.repeated.get(fingerprint):
                # of a passage that occurs often, the place that goes on, else the next one
                next_place = bisect_left(places, going_on)
                start_b = places[next_place] if next_place < len(places) else places[0]
            if end_a < start_a <= end_a + _LONGEST_GAP and end_b < start_b <= end_b + _LONGEST_GAP:
                if sure and only:
                    yield slice(end_a, start_a), slice(end_b, start_b), True
            elif start_a < end_a or going_on < start_b < end_b:
                # the words around an insertion repeat; the run goes on behind them
                start_a = shared.find(255, start_a + 1)
                continue
        run = first.shingles.alike(start_a, second.shingles, start_b)
        last_a = start_a + run - 1
        end_a, end_b = last_a + SHINGLE, start_b + run - 1 + SHINGLE
        sure = _stands_once(first.prints[last_a], first, second)
        start_a = shared.find(255, last_a + 1)
    rest_a, rest_b = len(first.body) - end_a, len(second.body) - end_b
    if sure and 0 < rest_a <= _LONGEST_EDGE and 0 < rest_b <= _LONGEST_EDGE:
        yield slice(end_a, len(first.body)), slice(end_b, len(second.body)), False


def _stands_once(fingerprint: int, first: Reading, second: Reading) -> bool:
    return fingerprint not in first.repeated and fingerprint not in second.repeated


def _conflicts(
    first: Words, second: Words, left: slice, right: slice, *, where: Place
) -> Iterator[Conflict]:
    words_a, words_b = first.words[left], second.words[right]
    kinds_a, kinds_b = first.kinds[left], second.kinds[right]
    for a1, a2, b1, b2 in _replaced(words_a, words_b):
        one, two = Words(words_a[a1:a2], kinds_a[a1:a2]), Words(words_b[b1:b2], kinds_b[b1:b2])
        if max(one.kinds) >= Kind.NUMBER and max(two.kinds) >= Kind.NUMBER:
            serial = _names_a_thing(first, left.start + a1, a2 - a1)
            yield from _other_figures(one, two, serial=serial, where=where)
        if not _PARTS_OF_DAY.isdisjoint(one.words):
            ours = [word for word in one.words if word in _PARTS_OF_DAY]
            theirs = [word for word in two.words if word in _PARTS_OF_DAY]
            if theirs and set(ours).isdisjoint(theirs):
                yield Conflict(SlotKind.TIME, " ".join(ours), " ".join(theirs), where)
        if Kind.NAME in one.kinds and Kind.NAME in two.kinds and _are_other_names(one, two):
            behind = first.words[left.start + a1 - 1] if left.start + a1 else ""
            slot = SlotKind.PLACE if behind in RANKS else SlotKind.NAME
            yield Conflict(slot, " ".join(_names(one)), " ".join(_names(two)), where)


def _replaced(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield begin and end, in both, of the short pieces that one has in place of the other's."""
    if set(ours).isdisjoint(theirs):  # as mostly; laying side by side would say the same
        whole = (0, len(ours), 0, len(theirs))
        pieces = [whole] if ours and theirs else []
    elif ours == theirs:
        pieces = []
    else:
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        pieces = [
            (a1, a2, b1, b2)
            for operation, a1, a2, b1, b2 in matcher.get_opcodes()
            if operation == "replace"
        ]
    for a1, a2, b1, b2 in pieces:
        if a2 - a1 <= _LONGEST_SLOT and b2 - b1 <= _LONGEST_SLOT:
            yield a1, a2, b1, b2


def _other_figures(one: Words, two: Words, *, serial: bool, where: Place) -> Iterator[Conflict]:
    for kind, slot in _FIGURES.items():
        ours = [word for word, its in zip(one.words, one.kinds, strict=True) if its == kind]
        theirs = [word for word, its in zip(two.words, two.kinds, strict=True) if its == kind]
        if ours and theirs and not _agree(ours, theirs):
            its_slot = SlotKind.SERIAL if serial and kind is Kind.NUMBER else slot
            yield Conflict(its_slot, " ".join(ours), " ".join(theirs), where)


def _are_other_names(one: Words, two: Words) -> bool:
    """Return whether two pieces were filled in with names, and with different ones."""
    if _is_short_form(one.words, two.words) or _is_rejoined(one.words, two.words):
        return False
    ours, theirs = _names(one), _names(two)
    filled_in = 2 * len(ours) >= len(one) and 2 * len(theirs) >= len(two)
    return filled_in and name_conflict(ours, theirs)


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


def _names(piece: Words) -> list[str]:
    """Return the name words of a piece; a capital that opens a sentence counts beside a name."""
    kinds = piece.kinds
    return [
        word
        for at, (word, kind) in enumerate(zip(piece.words, kinds, strict=True))
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
