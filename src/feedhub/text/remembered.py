"""What a function makes of words: texts have few different ones, and each comes often."""

from __future__ import annotations

from collections.abc import Callable
from sys import getsizeof
from typing import Generic, TypeVar

__all__ = ["Remembered"]

Made = TypeVar("Made")

#: letters of one word, and words, that are remembered: a few megabytes
_LONGEST = 40
_MOST = 50_000
#: bytes of all that was made, about: 50,000 chunks of real texts take up to 15 million. Of one
#: letter four words can come (U+FDFA), each an object, and a hostile feed is full of such.
_MOST_BYTES = 16_000_000


class Remembered(dict[str, Made], Generic[Made]):
    """``remembered[word]`` is ``make(word)``, made once while there is room.

    A dictionary, so that a whole text is looked up without a step of Python:
    ``map(remembered.__getitem__, text.split())``. Threads may share one: a lost count of bytes, or
    a word made twice, is all that comes of meeting.
    """

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make
        self._bytes = 0

    def __missing__(self, word: str) -> Made:
        made = self._make(word)
        if len(word) <= _LONGEST:
            size = _size(made)
            if len(self) >= _MOST or self._bytes + size > _MOST_BYTES:
                self.clear()
                self._bytes = 0
            self._bytes += size
            self[word] = made
        return made


def _size(made: object) -> int:
    """Return how many bytes something takes that is made of strings, bytes and tuples."""
    size = getsizeof(made)
    return size + sum(map(_size, made)) if isinstance(made, tuple) else size
