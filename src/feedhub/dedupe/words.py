"""Texts as comparable words: dates, times, numbers and act numbers read, names told from words.

``17/02/2023``, ``17-2-2023`` and ``17 tháng 2 năm 2023`` become the same two words, ``1.500`` and
``1500`` one; a capital letter inside a sentence makes a name. What remains are folded syllables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from feedhub.text.folding import fold, one_typing

__all__ = ["Kind", "Piece", "Words", "read_pieces", "read_words"]


class Kind(IntEnum):
    """What a word is. ``OPENING`` is a capital at the start of a sentence: a name, or not."""

    PLAIN = 0
    OPENING = 1
    NAME = 2
    NUMBER = 3
    DATE = 4
    TIME = 5
    ACT = 6


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and the kind of each; both tuples have the same length."""

    words: tuple[str, ...]
    kinds: tuple[Kind, ...]

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, number or date as written, with what stands before it and what it is read as."""

    before: str
    written: str
    words: tuple[str, ...]
    kind: Kind


#: longer texts are read to here; no article of the measured sets has more words
LONGEST_TEXT = 200_000

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_TOKEN = re.compile(
    rf"""
      (?=\d)(?:
        (?P<act>\d{{1,6}}(?:/(?:19|20)\d\d)?/(?-i:[A-ZĐ])[A-Zđ]*(?:-[A-Zđ]+)*)
      | (?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d?)-(?P<d1>\d\d?)(?!\d)
      | (?P<d2>\d\d?)(?P<by>[/.-])(?P<m2>\d\d?)(?P=by)(?P<y2>(?:19|20)\d\d)(?!\d)
      | (?P<d3>\d\d?)\s{{1,3}}tháng\s{{1,3}}(?P<m3>\d\d?)(?!\d)
          (?:,?\s{{1,3}}năm\s{{1,3}}(?P<y3>\d{{4}}))?
      | (?P<d4>\d\d?)(?:st|nd|rd|th)?\s(?P<m4>{_MONTH})\b\.?(?:,?\s(?P<y4>(?:19|20)\d\d))?
      | (?P<month>\d\d?)[/.-](?P<year>(?:19|20)\d\d)(?![/.-]?\d)
      | (?P<d6>\d\d?)[/-](?P<m6>\d\d?)(?![/-]?\d)
      | (?P<hour>\d\d?)
          (?::(?P<min1>\d\d)(?!\d)|h(?P<min2>\d\d)\b|\s?(?:giờ|h)\b(?:\s?(?P<min3>\d\d)\b)?)
          (?:\s?(?P<half1>[ap])\.?m\b)?
      | (?P<hour2>\d\d?)\s?(?P<half2>[ap])\.?m\b
      | (?P<number>\d+(?:[.,]\d+)*)
      )
    | (?=[jfmasond])\b(?P<m5>{_MONTH})\b\.?\s(?P<d5>\d\d?)(?:st|nd|rd|th)?(?!\d)
        (?:,?\s(?P<y5>(?:19|20)\d\d))?
    | (?P<word>[^\W\d_][^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPENS_SENTENCE = frozenset(".!?:;\"'\n…•|-")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")


def read_words(text: str) -> Words:
    """Return the words of ``text`` (at most its first ``LONGEST_TEXT`` characters)."""
    text = one_typing(text[:LONGEST_TEXT])
    words: list[str] = []
    kinds: list[Kind] = []
    plain = Kind.PLAIN
    end = shouted = 0
    for found in _TOKEN.finditer(text):
        token = found["word"]
        if token is None:
            for word, kind in _figures(found):
                words.append(word)
                kinds.append(kind)
        else:
            word, capital, shout = _read_word(token)
            words.append(word)
            kinds.append(_capital_kind(text, end, found.start()) if capital else plain)
            shouted += shout
        end = found.end()
    if shouted * 2 > len(words):  # all in capitals: they tell nothing
        kinds = [Kind.OPENING if kind is Kind.NAME else kind for kind in kinds]
    return Words(tuple(words), tuple(kinds))


def read_pieces(text: str) -> list[Piece]:
    """Return the same words as ``read_words``, each with the text it was read from."""
    text = one_typing(text[:LONGEST_TEXT])
    pieces: list[Piece] = []
    end = 0
    for found in _TOKEN.finditer(text):
        token = found["word"]
        if token is None:
            figures = _figures(found)
            words, kind = tuple(word for word, _ in figures), figures[0][1]
        else:
            word, capital, _ = _read_word(token)
            words = (word,)
            kind = _capital_kind(text, end, found.start()) if capital else Kind.PLAIN
        pieces.append(Piece(text[end : found.start()], found[0], words, kind))
        end = found.end()
    return pieces


def _capital_kind(text: str, end: int, start: int) -> Kind:
    """Return the kind of a capitalised word at ``start``, behind another that ends at ``end``."""
    gap = text[end:start]
    opens = not end or (gap != " " and not _OPENS_SENTENCE.isdisjoint(gap))
    return Kind.OPENING if opens else Kind.NAME


@lru_cache(maxsize=65536)
def _read_word(token: str) -> tuple[str, bool, bool]:
    """Return a word folded, whether it has a capital, and whether it is all in capitals."""
    return fold(token), token[0].isupper(), len(token) > 1 and token.isupper()


def _figures(found: re.Match[str]) -> list[tuple[str, Kind]]:
    """Return what a token that begins with figures (or a month's name) stands for."""
    if found["number"] is not None:
        return [(_number(found["number"]), Kind.NUMBER)]
    if found["act"] is not None:
        return [(fold(found["act"]), Kind.ACT)]
    if found["month"] is not None:
        return [(_number(found["month"]), Kind.NUMBER), (found["year"], Kind.NUMBER)]
    for branch in "123456":
        day = found["d" + branch]
        if day is None:
            continue
        month = found["m" + branch]
        year = None if branch == "6" else found["y" + branch]
        return _date(int(day), _MONTHS.get(month.lower()) or int(month), year)
    hour = int(found["hour"] or found["hour2"])
    minute = int(found["min1"] or found["min2"] or found["min3"] or 0)
    half = (found["half1"] or found["half2"] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return [(f"{hour}:{minute:02}", Kind.TIME)]


def _date(first: int, second: int, year: str | None) -> list[tuple[str, Kind]]:
    """Return day and month as one word and the year as another, for it is often left out."""
    if second > 12 >= first:
        first, second = second, first
    dated = 1 <= first <= 31 and 1 <= second <= 12
    day = (f"{first}/{second}", Kind.DATE if dated else Kind.NUMBER)
    return [day, (year, Kind.NUMBER)] if year else [day]


def _number(text: str) -> str:
    """Return a number without signs of thousands and with a point before its decimals."""
    whole = _THOUSANDS.sub("", text).replace(",", ".")
    stripped = whole.lstrip("0")
    return stripped if stripped[:1].isdigit() else "0" + stripped
