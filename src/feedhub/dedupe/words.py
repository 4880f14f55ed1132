"""Texts as comparable words: dates, times, numbers and act numbers read, names told from words.

``17/02/2023``, ``17-2-2023`` and ``17 tháng 2 năm 2023`` become the same two words, ``1.500`` and
``1500`` one; a capital letter inside a sentence makes a name. What remains are folded syllables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

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
_FIGURE = re.compile(r"\d")
#: letters of one chunk, and chunks, that are remembered
_LONGEST_REMEMBERED = 40
_MOST_REMEMBERED = 50_000
_OPENS_SENTENCE = frozenset(".!?:;\"'\n…•|-")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")


def read_words(text: str) -> Words:
    """Return the words of ``text`` (at most its first ``LONGEST_TEXT`` characters)."""
    text = one_typing(text[:LONGEST_TEXT])
    gathered = _Gathered()
    at = 0
    for start, end in _figured_stretches(text):
        gathered.plainly(text[at:start])
        gathered.closely(text[start:end])
        at = end
    gathered.plainly(text[at:])
    return gathered.words()


class _Gathered:
    """The words of a text so far. ``opened`` says that the next one may open a sentence."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._kinds: list[Kind] = []
        self._shouted = 0
        self._opened = True

    def plainly(self, stretch: str) -> None:
        """Read a stretch whose every token lies between two blanks, and was mostly met before."""
        words, kinds, opened = self._words, self._kinds, self._opened
        for number, line in enumerate(stretch.split("\n")):
            opened = opened or number > 0
            for chunk in map(_CHUNKS.__getitem__, line.split()):
                if chunk.word:
                    words.append(chunk.word)
                    kinds.append(chunk.opening if opened or chunk.before else chunk.kind)
                    if chunk.more:
                        words += chunk.more[0]
                        kinds += chunk.more[1]
                    self._shouted += chunk.shouted
                    opened = chunk.after
                else:
                    opened = opened or chunk.after
        self._opened = opened

    def closely(self, stretch: str) -> None:
        """Read a stretch token by token."""
        end = 0
        for found in _TOKEN.finditer(stretch):
            self._opened = self._opened or _opens(stretch[end : found.start()])
            token = found["word"]
            if token is None:
                for word, kind in _figures(found):
                    self._words.append(word)
                    self._kinds.append(kind)
            else:
                word, capital, shout = _read_word(token)
                self._words.append(word)
                inside = Kind.OPENING if self._opened else Kind.NAME
                self._kinds.append(inside if capital else Kind.PLAIN)
                self._shouted += shout
            self._opened = False
            end = found.end()
        self._opened = self._opened or _opens(stretch[end:])

    def words(self) -> Words:
        """Return what was gathered."""
        kinds = self._kinds
        if self._shouted * 2 > len(self._words):  # all in capitals: they tell nothing
            kinds = [Kind.OPENING if kind is Kind.NAME else kind for kind in kinds]
        return Words(tuple(self._words), tuple(kinds))


class _Chunk(NamedTuple):
    """What stands between two blanks, without figures: its words, the first of them apart.

    The first is of kind ``opening`` where a sentence may begin with it, else of ``kind``; ``more``
    holds the words and kinds of the others. ``before`` and ``after`` say whether the signs before
    the first word and behind the last may end a sentence.
    """

    word: str
    kind: Kind
    opening: Kind
    more: tuple[list[str], list[Kind]] | None
    before: bool
    after: bool
    shouted: int


def _read_chunk(text: str) -> _Chunk:
    gathered: list[tuple[str, Kind, Kind]] = []
    end = shouted = 0
    before = False
    for found in _TOKEN.finditer(text):
        word, capital, shout = _read_word(found[0])
        opens = _opens(text[end : found.start()])
        if not gathered:
            before = opens
        kind = Kind.OPENING if opens and gathered else Kind.NAME
        gathered.append((word, kind, Kind.OPENING) if capital else (word, Kind.PLAIN, Kind.PLAIN))
        shouted += shout
        end = found.end()
    after = _opens(text[end:])
    if not gathered:
        return _Chunk("", Kind.PLAIN, Kind.PLAIN, None, before, after, 0)
    (word, kind, opening), *others = gathered
    more = ([one for one, _, _ in others], [one for _, one, _ in others]) if others else None
    return _Chunk(word, kind, opening, more, before, after, shouted)


class _Chunks(dict[str, _Chunk]):
    """Chunks met before: few different ones make up most of a text."""

    def __missing__(self, text: str) -> _Chunk:
        made = _read_chunk(text)
        if len(text) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[text] = made
        return made


_CHUNKS = _Chunks()


def _figured_stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of the stretches whose tokens may reach across blanks, in order.

    Those are the chunks with figures, each with a neighbour before it and two behind ("May 5",
    "7 giờ p.m."); such that share a neighbour ("17 tháng 2") are one stretch.
    """
    end = 0
    found = _FIGURE.search(text)
    while found is not None:
        own = _chunk_start(text, found.start(), end)
        start = _chunk_start(text, _blank_start(text, own, end), end)
        end = _chunk_end(text, found.end())
        while (found := _FIGURE.search(text, end, _chunks_on(text, end, 3))) is not None:
            end = _chunk_end(text, found.end())
        end = _chunks_on(text, end, 2)
        yield start, end
        found = _FIGURE.search(text, end)


def _chunks_on(text: str, at: int, count: int) -> int:
    for _ in range(count):
        at = _chunk_end(text, _blank_end(text, at))
    return at


def _chunk_start(text: str, at: int, least: int) -> int:
    while at > least and not text[at - 1].isspace():
        at -= 1
    return at


def _blank_start(text: str, at: int, least: int) -> int:
    while at > least and text[at - 1].isspace():
        at -= 1
    return at


def _chunk_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace():
        at += 1
    return at


def _blank_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _opens(gap: str) -> bool:
    return gap != " " and not _OPENS_SENTENCE.isdisjoint(gap)


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
    return Kind.OPENING if not end or _opens(text[end:start]) else Kind.NAME


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
