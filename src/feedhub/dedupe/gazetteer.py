"""The place names a hub knows, and the places a text speaks of.

The names are learnt from the sources' own places; beside them, a name behind a word of
administration (``phường``, ``xã``, ``huyện``; ``ward``, ``county``) is a place in any town.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from feedhub.dedupe.words import Kind, Words
from feedhub.text.folding import fold

__all__ = ["NOWHERE", "RANKS", "Gazetteer", "learn_places", "places_of"]

#: words of administration that stand before the name of a place, in one or two syllables
_BEFORE = frozenset(
    [
        "phường",
        "xã",
        "huyện",
        "quận",
        "tỉnh",
        "thôn",
        "bản",
        "ấp",
        "xóm",
        "làng",
        "tdp",
        "kp",
        "tp",
        "thị·trấn",
        "thị·xã",
        "thành·phố",
        "tổ·dân·phố",
        "khu·phố",
        "khóm",
        "tổ",
        "ward",
        "district",
        "precinct",
    ]
)
#: the last syllable of each of them
RANKS = frozenset(rank.rpartition("·")[2] for rank in _BEFORE)
#: the same behind the name
_BEHIND = frozenset(["county", "township", "borough", "parish", "ward", "district"])
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Known place names as word sequences, by their first word; longest first."""

    names: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


NOWHERE = Gazetteer()


def learn_places(places: Iterable[str]) -> Gazetteer:
    """Return the gazetteer of the sources' places, each without its word of administration."""
    names: dict[str, set[tuple[str, ...]]] = {}
    for place in places:
        words = _without_rank(tuple(fold(place).split()))
        if words and not words[0].isdigit():
            names.setdefault(words[0], set()).add(words[:_LONGEST_NAME])
    return Gazetteer(
        {first: tuple(sorted(group, key=lambda w: (-len(w), w))) for first, group in names.items()}
    )


def _without_rank(words: tuple[str, ...]) -> tuple[str, ...]:
    for length in (3, 2, 1):
        if len(words) > length and "·".join(words[:length]) in _BEFORE:
            return words[length:]
    return words


def places_of(text: Words, gazetteer: Gazetteer = NOWHERE) -> frozenset[str]:
    """Return the places a text names, folded and without their word of administration."""
    found: set[str] = set()
    words, kinds = text.words, text.kinds
    for at, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        if kind in (Kind.NAME, Kind.OPENING) and word in gazetteer.names:
            for name in gazetteer.names[word]:
                if words[at : at + len(name)] == name:
                    found.add(" ".join(name))
                    break
        if word in RANKS and _is_rank(words, at):
            name = _name_from(text, at + 1)
            if name:
                found.add(" ".join(name))
        elif word in _BEHIND and at and kinds[at - 1] == Kind.NAME:
            found.add(words[at - 1])
    return frozenset(found)


def _is_rank(words: tuple[str, ...], at: int) -> bool:
    return any(
        at >= length - 1 and "·".join(words[at - length + 1 : at + 1]) in _BEFORE
        for length in (1, 2, 3)
    )


def _name_from(text: Words, at: int) -> tuple[str, ...]:
    """Return the name words from a position on; ``tổ 4`` and ``phường 5`` have a number."""
    words, kinds = text.words, text.kinds
    if at < len(words) and kinds[at] == Kind.NUMBER:
        return (words[at - 1], words[at])
    end = at
    while end < len(words) and end - at < _LONGEST_NAME and kinds[end] == Kind.NAME:
        if words[end] in _BEFORE:  # the next place begins: "Gò Vấp TP Hồ Chí Minh"
            break
        end += 1
    return words[at:end]
