"""What an entry is found by: its words, each once, in two forms.

Pure, so that it may be made in another process than the one that stores the entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

from feedhub.text.folding import bare, fold
from feedhub.text.remembered import Remembered
from feedhub.text.storable import storable

__all__ = ["SearchForms", "bare_words", "exact_words", "search_forms"]

#: a word is letters and digits, nothing else
_WORD = re.compile(r"[^\W_]+")
#: letters of one text that are looked at
_INDEXED = 100_000
#: letters of one word; PostgreSQL takes 2,046 bytes
_LONGEST_WORD = 500


@dataclass(frozen=True, slots=True)
class SearchForms:
    """The words of a text between single blanks, each once.

    ``exact`` holds them folded to one spelling, ``bare`` without marks where that is another word
    than any of ``exact``. So a word without marks stands in a text, whatever its marks are there,
    if it is in either.
    """

    exact: str
    bare: str


def search_forms(title: str, text: str, summary: str) -> SearchForms:
    """Return what an entry is found by: its title and text, or its summary where it has no text.

    The index forgets an entry by the forms that were made of what is stored of it. So whoever
    changes what comes out of here, or of ``fold`` and ``bare``, builds the index anew in a
    migration.
    """
    said = storable(f"{title}\n{text or summary}")[:_INDEXED]
    met = dict.fromkeys(said.split())
    if not met:
        return SearchForms(exact="", bare="")
    in_order, without_marks = zip(*map(_FORMS.__getitem__, met), strict=True)
    exact = dict.fromkeys(chain.from_iterable(in_order))
    others = dict.fromkeys(chain.from_iterable(without_marks))
    return SearchForms(
        exact=" ".join(exact), bare=" ".join([word for word in others if word not in exact])
    )


def exact_words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _words(fold(text))


def bare_words(text: str) -> list[str]:
    """Return the words of a text, folded and without marks."""
    return _words(bare(text))


def _words(folded: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _WORD.findall(folded)]


def _forms(chunk: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of what stands between two blanks, and those that are others without marks.

    Folding does not look beyond the blanks.
    """
    exact = tuple(exact_words(chunk))
    return exact, tuple(word for word in bare_words(chunk) if word not in exact)


_FORMS = Remembered(_forms)
