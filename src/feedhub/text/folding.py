"""One comparison form for text that was typed in different ways.

For comparing and searching only: published text is never changed by it. Vietnamese needs more than
Unicode normalisation. Both ``hòa`` and ``hoà`` are correct, the second by the newer school
spelling; converters leave a tone mark on the wrong vowel (``triêụ`` for ``triệu``) or store the
marks of one letter in the wrong order. All of these fold to one form: the tone mark is lifted off
and set where the older, more frequent spelling puts it.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

from feedhub.text.normal import normal
from feedhub.text.remembered import Remembered

__all__ = ["bare", "fold", "one_typing"]

_SINGLE_QUOTES = "‘’‚‛′´`ʼʹ＇"
_DOUBLE_QUOTES = "“”„‟″«»＂〝〞"
_DASHES = "‐‑‒–—―−﹘﹣－"
#: soft hyphen, joiners, direction marks, byte order mark: invisible, so never a difference
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_TYPING = str.maketrans(
    {
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_INVISIBLE, ""),
        # the Icelandic letter, which old Vietnamese keyboards typed for Đ
        "Ð": "Đ",
        "ð": "đ",
    }
)

_ODD_TYPING = re.compile("[" + "".join(map(chr, _TYPING)) + "]")

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_SHAPES = "\u0302\u0306\u031b"  # circumflex, breve, horn: they make another letter
_VOWELS = "aăâeêioôơuưy"
_MARKED_VOWELS = "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in ("", *_TONES)
)

# Possessive, so that the look-ahead cannot shorten the run: linear on any input.
_VOWEL_RUN = re.compile(
    f"([b-df-hj-np-tv-xzđ]?)([{_MARKED_VOWELS}{_TONES}{_SHAPES}]{{2,}}+)(?![\u0300-\u036f])"
)
_LONGEST_RUN = 12
_DOUBLED_QUOTE = re.compile("''")
_MARKS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Return the comparison form of ``text``: lower case, one spelling, single blanks.

    Compatibility forms (full-width letters, ligatures, superscripts) are unified (Unicode Standard
    Annex 15, NFKC), quotes and dashes become ``'``, ``"`` and ``-``, two single quotes a double
    one, invisible characters vanish, and Vietnamese tone marks are set to one place. Folding twice
    is folding once, and the decomposed form of a text folds like the composed one.
    """
    return "".join(map(_FOLDED.__getitem__, text.split()))[:-1]


def _fold_whole(text: str) -> str:
    """Fold a text at one go. No step looks across a blank, so word by word gives the same."""
    text = one_typing(text)
    text = normal("NFKC", text.lower()).translate(_TYPING)
    text = _DOUBLED_QUOTE.sub('"', text)
    text = normal("NFC", _VOWEL_RUN.sub(_settle, text))
    return " ".join(text.split())


def one_typing(text: str) -> str:
    """Return ``text`` with one character for each letter, quote, dash and blank; case is kept."""
    text = normal("NFC", text)
    if _ODD_TYPING.search(text):  # rare, and translate is slow
        text = text.translate(_TYPING)
    return normal("NFKC", text)


def bare(text: str) -> str:
    """Return ``fold(text)`` without diacritics (``đ`` becomes ``d``), as people type in a hurry."""
    folded = fold(text)
    if folded.isascii():
        return folded
    try:
        letters, _ = codecs.charmap_encode(folded, "strict", _USUAL)
    except UnicodeEncodeError:
        return _bare_folded(folded)
    return codecs.charmap_decode(letters, "strict", _USUAL_BARED)[0]


def _bare_folded(folded: str) -> str:
    stripped = _MARKS.sub("", normal("NFD", folded))
    stripped = normal("NFC", stripped).replace("đ", "d")
    return " ".join(_DOUBLED_QUOTE.sub('"', stripped).split())


def _settle(found: re.Match[str]) -> str:
    run = found[2]
    if len(run) > _LONGEST_RUN:
        return found[0]
    end = found.end()
    closed = end < len(found.string) and found.string[end].isalpha()
    return found[1] + _set_tone(found[1], run, closed=closed)


@lru_cache(maxsize=4096)
def _set_tone(onset: str, run: str, *, closed: bool) -> str:
    """Return a run of vowels with its one tone mark where it belongs; any other run unchanged.

    ``onset`` is the consonant before it, ``closed`` says that a letter follows. The tone stands on
    the vowel that has a shape mark (the last of them: ``ươ``); else, of two vowels on the second
    when the syllable is closed and on the first when it is open; of three on the middle one. The
    ``u`` of ``qu`` and the ``i`` of ``gi`` belong to the consonant.
    """
    decomposed = unicodedata.normalize("NFD", run)
    tones = [mark for mark in decomposed if mark in _TONES]
    letters: list[str] = []
    for character in decomposed:
        if character in _TONES:
            continue
        if character in _SHAPES:
            if not letters:
                return run
            letters[-1] += character
        else:
            letters.append(character)
    known = all(unicodedata.normalize("NFC", letter) in _VOWELS for letter in letters)
    if len(tones) != 1 or not 1 <= len(letters) <= 4 or not known:
        return run
    first = 1 if len(letters) > 1 and onset + letters[0] in ("qu", "gi") else 0
    nucleus = letters[first:]
    shaped = [place for place, letter in enumerate(nucleus) if letter[-1] in _SHAPES]
    if shaped:
        seat = shaped[-1]
    elif len(nucleus) == 2:
        seat = 1 if closed else 0
    else:
        seat = len(nucleus) // 2
    letters[first + seat] += tones[0]
    return unicodedata.normalize("NFC", "".join(letters))


def _fold_word(word: str) -> str:
    """Fold a word, with a blank behind it, so that words need only be joined."""
    folded = _fold_whole(word)
    return folded + " " if folded else ""


_FOLDED = Remembered(_fold_word)

# The letters that most texts keep to, as an encoding of one byte each, and what they are bare: of
# such letters, which never join, a text is bared one by one.
_ASCII = "".join(map(chr, range(128)))
_FURTHER = "".join(
    letter
    for letter in dict.fromkeys("đ•" + _MARKED_VOWELS + "".join(map(chr, range(0xA1, 0x100))))
    if not letter.isascii() and _fold_whole(letter) == letter
)
_USUAL = codecs.charmap_build(_ASCII + _FURTHER)
_USUAL_BARED = _ASCII + "".join(map(_bare_folded, _FURTHER))
