"""Stable fingerprints of runs of words.

A shingle is the hash of a few neighbouring words. Python's own ``hash`` differs from process to
process and may not be stored; these numbers are the same everywhere and for ever.

The fingerprint of words w1 to w5 is the sum of hash(wi) * FACTOR^(5-i) modulo 2^47, mixed. All
shingles of a text are computed at once: the hashes lie side by side in one large integer, each in
a lane wide enough for a product, and a few multiplications, shifts and masks of the whole integer
do for all lanes what they would do for one number (docs/decisions/167).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from struct import Struct

from feedhub.text.remembered import Remembered

__all__ = ["KEY_BITS", "LANE", "SHINGLE", "Shingles", "lane", "lanes", "shingles", "word_hash"]

#: words in a shingle; 5 syllables measured best of 3, 4, 5 and 7 on Vietnamese and English reprints
SHINGLE = 5
#: bits of a fingerprint; two shingles of a million texts meet by chance in one of 100,000 lookups
KEY_BITS = 47
#: bytes of a lane: a product of two numbers of ``KEY_BITS`` bits, and a carry
LANE = 12

_MASK = (1 << KEY_BITS) - 1
_FACTOR = 0x5DEECE66D9B1  # odd, so that multiplying loses nothing modulo a power of two
_MIX = 0x2545F4914F6D  # odd
_SPREAD = 23  # bits by which a sum is shifted when it is mixed
_SAMPLING_BITS = 10  # low bits of a product are weak; sampling looks above these
_SAMPLING_BYTE = _SAMPLING_BITS // 8
_COARSEST = 1 << (8 * (_SAMPLING_BYTE + 1) - _SAMPLING_BITS)  # what is left of that byte

#: lanes of one large integer; a longer text is computed in pieces of so many
_LANES_AT_ONCE = 2_048
_BITS = 8 * LANE


def _in_each_lane(value: int) -> int:
    return int.from_bytes(value.to_bytes(LANE, "little") * _LANES_AT_ONCE, "little")


_ALL_LOW = _in_each_lane(_MASK)
_ALL_SPREAD = _in_each_lane(_MASK >> _SPREAD)
_FACTOR_SQUARED = _FACTOR * _FACTOR & _MASK
#: shingles of two texts that are looked at together, at first; longer runs are leapt along
_ALIKE_AT_ONCE = 32
_VALUES = Struct(f"<Q{LANE - 8}x")


def word_hash(word: str) -> int:
    """Return the fingerprint of one word, ``KEY_BITS`` bits wide."""
    return (
        int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        & _MASK
    )


def lane(word: str) -> bytes:
    """Return the fingerprint of one word as a lane: ``LANE`` bytes, the lowest first."""
    return word_hash(word).to_bytes(LANE, "little")


_REMEMBERED = Remembered(lane)


def lanes(words: Iterable[str]) -> bytes:
    """Return the fingerprints of words side by side, as ``Shingles.of`` takes them."""
    return b"".join(map(_REMEMBERED.__getitem__, words))


@dataclass(frozen=True, slots=True)
class Shingles:
    """The fingerprint of every run of ``SHINGLE`` words of a text, in order, each in a lane."""

    packed: bytes

    @classmethod
    def of(cls, words: bytes) -> Shingles:
        """Return the shingles of a text whose words are given as ``lanes``.

        A text shorter than a shingle has one: that of all its words. No words give none.
        """
        count = len(words) // LANE
        if count < SHINGLE:
            return cls(_short(words))
        step = _LANES_AT_ONCE - SHINGLE + 1
        return cls(
            b"".join(
                _packed(words[LANE * start : LANE * (start + _LANES_AT_ONCE)])
                for start in range(0, count - SHINGLE + 1, step)
            )
        )

    def __len__(self) -> int:
        return len(self.packed) // LANE

    def values(self) -> list[int]:
        """Return the fingerprints as numbers."""
        return [value for (value,) in _VALUES.iter_unpack(self.packed)]

    def alike(self, at: int, other: Shingles, place: int) -> int:
        """Return how many shingles are the same in both texts, from a place of each on."""
        ours, theirs = self.packed, other.packed
        begin, begin_theirs, length = LANE * at, LANE * place, LANE * _ALIKE_AT_ONCE
        while True:
            one = ours[begin : begin + length]
            two = theirs[begin_theirs : begin_theirs + len(one)]
            if one != two or len(one) < length:
                one = one[: len(two)]
                apart = int.from_bytes(one, "little") ^ int.from_bytes(two, "little")
                end = ((apart & -apart).bit_length() - 1) // 8 if apart else len(two)
                return (begin + end) // LANE - at
            begin, begin_theirs, length = begin + length, begin_theirs + length, 2 * length

    def sampled(self, *, one_in: int, first: int | None = None) -> list[int]:
        """Return those that every text keeps: one in so many, a power of two up to 64.

        The choice depends on the fingerprint alone, so two texts that share a shingle either both
        keep it or both drop it (Broder 1997, "On the resemblance and containment of documents",
        3). ``first`` looks at so many from the beginning of the text only.
        """
        if one_in & (one_in - 1) or not 0 < one_in <= _COARSEST:
            raise ValueError(
                f"one_in is a power of two up to {_COARSEST}, or rates would not divide one another"
            )
        packed = self.packed if first is None else self.packed[: LANE * first]
        chosen = packed[_SAMPLING_BYTE::LANE].translate(_CHOSEN[one_in])
        return [
            int.from_bytes(packed[at : at + LANE], "little")
            for at in compress(range(0, len(packed), LANE), chosen)
        ]


_CHOSEN = {
    1 << bits: bytes(
        (byte >> (_SAMPLING_BITS - 8 * _SAMPLING_BYTE)) & ((1 << bits) - 1) == 0
        for byte in range(256)
    )
    for bits in range(_COARSEST.bit_length())
}


def shingles(words: Iterable[str]) -> list[int]:
    """Return the fingerprint of every run of ``SHINGLE`` words, in order, as numbers."""
    return Shingles.of(lanes(words)).values()


def _short(words: bytes) -> bytes:
    """Return the one shingle of fewer words than a shingle has; how many there are counts."""
    total = len(words) // LANE
    if not total:
        return b""
    for (value,) in _VALUES.iter_unpack(words):
        total = (total * _FACTOR + value) & _MASK
    return (((total ^ (total >> _SPREAD)) * _MIX) & _MASK).to_bytes(LANE, "little")


def _packed(words: bytes) -> bytes:
    """Return the shingles of at least five and at most ``_LANES_AT_ONCE`` words."""
    count = len(words) // LANE
    low = _ALL_LOW >> (_BITS * (_LANES_AT_ONCE - count))
    one = int.from_bytes(words, "little")
    # each lane with its right neighbours: two words, then four, then five
    two = (one * _FACTOR + (one >> _BITS)) & low
    four = (two * _FACTOR_SQUARED + (two >> 2 * _BITS)) & low
    low >>= (SHINGLE - 1) * _BITS  # the last words begin no run
    five = (four * _FACTOR + (one >> 4 * _BITS)) & low
    mixed = ((five ^ ((five >> _SPREAD) & _ALL_SPREAD)) * _MIX) & low
    return mixed.to_bytes(LANE * (count - SHINGLE + 1), "little")
