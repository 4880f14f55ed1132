"""Texts as comparable words: dates, times, numbers and act numbers read, names told from words.

A capital letter inside a sentence makes a name. What remains are folded syllables.

Most of what stands between two blanks was met before, so a text is put together from what was
remembered of its chunks. Only a date or time that reaches across blanks (``17 tháng 2``) is read
token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from feedhub.dedupe.tokens import MONTH, TOKEN, Kind, figures, opens, read_word
from feedhub.text.folding import one_typing
from feedhub.text.remembered import Remembered
from feedhub.text.shingles import LANE, lanes

__all__ = ["Kind", "Piece", "Words", "read_lanes", "read_pieces", "read_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, and of each its ``Kind``, one byte; both have the same length."""

    words: tuple[str, ...]
    kinds: bytes

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

# Codes stand for kinds until the whole text is known. A capital makes a name unless a sentence may
# begin with it, that is behind _OPENS, and unless most words of the text are shouted.
_CAPITAL = bytes([7])
_CAPITAL_SHOUTED = bytes([8])
_PLAIN_SHOUTED = bytes([9])
_OPENS = bytes([10])
_HAS_FIGURES = bytes([11])
_OPENING = bytes([Kind.OPENING])
_CODES = {
    (False, False): bytes([Kind.PLAIN]),
    (False, True): _PLAIN_SHOUTED,
    (True, False): _CAPITAL,
    (True, True): _CAPITAL_SHOUTED,
}
_UNDECIDED = _CAPITAL + _CAPITAL_SHOUTED + _PLAIN_SHOUTED
_SPOKEN = bytes.maketrans(_UNDECIDED, bytes([Kind.NAME, Kind.NAME, Kind.PLAIN]))
_ALL_SHOUTED = bytes.maketrans(_UNDECIDED, bytes([Kind.OPENING, Kind.OPENING, Kind.PLAIN]))
_FIGURE = re.compile(r"\d")
#: among lanes: the next chunk has figures. Of no word, for the upper half of a lane is empty.
_FIGURES_LANE = b"\xff" * LANE


def read_words(text: str) -> Words:
    """Return the words of ``text`` (at most its first ``LONGEST_TEXT`` characters)."""
    text = text[:LONGEST_TEXT]
    lines = [line.split() for line in text.split("\n")]
    found = list(map(_CHUNKS.__getitem__, chain.from_iterable(lines)))
    words: list[Sequence[str]] = [one for one, _ in found]
    codes = [one for _, one in found]
    at = 0
    for line in lines:
        at += len(line)
        if line:
            codes[at - 1] += _OPENS
    joined = b"".join(codes)
    if _HAS_FIGURES in joined:
        for first, end, stretch in _reaching(text, list(chain.from_iterable(lines))):
            anew, coded = _tokens(stretch)
            words[first:end] = (anew, *[()] * (end - first - 1))
            codes[first:end] = (coded, *[b""] * (end - first - 1))
        joined = b"".join(codes)
    read = tuple(chain.from_iterable(words))
    return Words(read, _kinds(joined, len(read)))


def read_lanes(text: str) -> bytes:
    """Return ``lanes(read_words(text).words)``, all that shingles need, for half the work."""
    text = text[:LONGEST_TEXT]
    chunks = text.split()
    found = list(map(_LANES.__getitem__, chunks))
    joined = b"".join(found)
    if _FIGURES_LANE not in joined:
        return joined
    for first, end, stretch in _reaching(text, chunks):
        read, _ = _tokens(stretch)
        found[first:end] = (lanes(read), *[b""] * (end - first - 1))
    return b"".join(found).replace(_FIGURES_LANE, b"")


def _kinds(codes: bytes, words: int) -> bytes:
    """Return the kinds of a whole text of so many words."""
    codes = _OPENS + codes.replace(_HAS_FIGURES, b"")
    shouted = codes.count(_CAPITAL_SHOUTED) + codes.count(_PLAIN_SHOUTED)
    for capital in (_CAPITAL, _CAPITAL_SHOUTED):
        codes = codes.replace(_OPENS + capital, _OPENS + _OPENING)
    return codes.translate(_ALL_SHOUTED if shouted * 2 > words else _SPOKEN, _OPENS)


def _tokens(text: str) -> tuple[list[str], bytes]:
    """Return the words of a text and their codes, read token by token."""
    words: list[str] = []
    codes = bytearray()
    end = 0
    for found in TOKEN.finditer(text):
        if opens(text[end : found.start()]):
            codes += _OPENS
        token = found["word"]
        if token is None:
            for word, kind in figures(found):
                words.append(word)
                codes.append(kind)
        else:
            word, capital, shouted = read_word(token)
            words.append(word)
            codes += _CODES[capital, shouted]
        end = found.end()
    if opens(text[end:]):
        codes += _OPENS
    return words, bytes(codes)


def _read_chunk(chunk: str) -> tuple[tuple[str, ...], bytes]:
    typed = one_typing(chunk)
    words, codes = _tokens(typed)
    return tuple(words), codes + _HAS_FIGURES if _FIGURE.search(typed) else codes


def _read_lanes(chunk: str) -> bytes:
    words, codes = _read_chunk(chunk)
    return (_FIGURES_LANE if _HAS_FIGURES in codes else b"") + lanes(words)


# How a chunk may be part of a token that reaches across blanks, a bit for each. It is enough that
# no such token is missed: what is read token by token needlessly is read alike.
_AWAITS = 1  # ends in figures behind which "tháng", "giờ", "May" or "p.m." may stand
_AWAITS_FIGURES = 2  # ends in an hour or a month's name, behind which figures may stand
_GOES_ON = 4  # begins with what figures may await
_FIGURES_FIRST = 8  # begins with figures
_YEAR = 16  # begins with "năm", which only goes on ("17 tháng 2, năm 2023")
_NOTHING = 32  # is invisible: nothing stands between its neighbours
_SIGNS_OF = (
    (_AWAITS, re.compile(r"\d(?:st|nd|rd|th|h|giờ)?\Z", re.IGNORECASE)),
    (_AWAITS_FIGURES, re.compile(rf"(?:\d(?:h|giờ)|(?:{MONTH})\.?)\Z", re.IGNORECASE)),
    (_GOES_ON, re.compile(rf"\A(?:tháng|giờ|h|{MONTH}|[ap]\.?m)\b", re.IGNORECASE)),
    (_FIGURES_FIRST, re.compile(r"\A\d")),
    (_YEAR, re.compile(r"\Anăm\b", re.IGNORECASE)),
    (_NOTHING, re.compile(r"\A\Z")),
)


def _read_signs(chunk: str) -> bytes:
    typed = one_typing(chunk)
    return bytes([sum(bit for bit, pattern in _SIGNS_OF if pattern.search(typed))])


def _any_of(bits: int) -> bytes:
    return b"[%s]" % b"".join(b"\\x%02x" % signs for signs in range(64) if signs & bits)


_REACH = re.compile(
    b"(?:%(awaits)s%(nothing)s*+%(goes_on)s|%(awaits_figures)s%(nothing)s*+%(figures)s)"
    b"(?:%(nothing)s*+%(goes_on_or_figures)s)*+"
    % {
        b"awaits": _any_of(_AWAITS),
        b"goes_on": _any_of(_GOES_ON),
        b"awaits_figures": _any_of(_AWAITS_FIGURES),
        b"figures": _any_of(_FIGURES_FIRST),
        b"goes_on_or_figures": _any_of(_GOES_ON | _FIGURES_FIRST | _YEAR),
        b"nothing": _any_of(_NOTHING),
    }
)
_CHUNK = re.compile(r"\S+")


def _reaching(text: str, chunks: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches of chunks that may hold a token across blanks, in order.

    Each as the places of its first chunk and of the first behind it, with its text and the blanks
    that follow, in one typing.
    """
    signs = b"".join(map(_SIGNS.__getitem__, chunks))
    spans = [found.span() for found in _REACH.finditer(signs)]
    if not spans:
        return
    _, last = spans[-1]
    starts = [one.start() for one in islice(_CHUNK.finditer(text), last + 1)]
    starts.append(len(text))
    for first, end in spans:
        yield first, end, one_typing(text[starts[first] : starts[end]])


_CHUNKS = Remembered(_read_chunk)
_LANES = Remembered(_read_lanes)
_SIGNS = Remembered(_read_signs)


def read_pieces(text: str) -> list[Piece]:
    """Return the same words as ``read_words``, each with the text it was read from."""
    text = one_typing(text[:LONGEST_TEXT])
    pieces: list[Piece] = []
    end = 0
    for found in TOKEN.finditer(text):
        token = found["word"]
        if token is None:
            read = figures(found)
            words, kind = tuple(word for word, _ in read), read[0][1]
        else:
            word, capital, _ = read_word(token)
            words = (word,)
            kind = _capital_kind(text, end, found.start()) if capital else Kind.PLAIN
        pieces.append(Piece(text[end : found.start()], found[0], words, kind))
        end = found.end()
    return pieces


def _capital_kind(text: str, end: int, start: int) -> Kind:
    """Return the kind of a capitalised word at ``start``, behind another that ends at ``end``."""
    return Kind.OPENING if not end or opens(text[end:start]) else Kind.NAME
