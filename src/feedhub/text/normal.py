"""Unicode's normal forms, in a time that grows with a text's length alone.

Normalising sorts every run of combining marks, and Python's way of sorting takes time by the
square of a run's length: 80,000 marks of two kinds by turns took 3 s, a megabyte of them minutes.
No writing system sets more than a few marks on a letter; Unicode's own limit is 30 (Standard
Annex 15, 13, "Stream-Safe Text Format"). Strangers' text is normalised here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

__all__ = ["normal"]

#: marks in a row that are kept of a text that has to be normalised
_MOST_MARKS = 30
# Marks are no letters, blanks or ASCII; nor are many signs, which are told apart only in such runs.
# The two half-width letters become marks in the forms of compatibility.
_CROWD = re.compile(rf"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){{{_MOST_MARKS + 1},}}+")
# of combining class 0, and yet nothing but marks when they are taken apart
_MARKS_IN_DISGUISE = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")


def normal(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return ``text`` in a normal form; if it is in another, runs of marks are cut to 30."""
    if len(text) > _MOST_MARKS:
        if unicodedata.is_normalized(form, text):  # sorts only what is in order already
            return text
        text = _CROWD.sub(_thinned, text)
    return unicodedata.normalize(form, text)


def _thinned(crowd: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for sign in crowd[0]:
        is_mark = unicodedata.combining(sign) or sign in _MARKS_IN_DISGUISE
        marks = marks + 1 if is_mark else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
