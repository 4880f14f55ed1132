"""What a function makes of words: texts have few different ones, and each comes often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Remembered"]

Made = TypeVar("Made")

#: letters of one word, and words, that are remembered: a few megabytes
_LONGEST = 40
_MOST = 50_000


class Remembered(dict[str, Made], Generic[Made]):
    """``remembered[word]`` is ``make(word)``, made once while there is room.

    A dictionary, so that a whole text is looked up without a step of Python:
    ``map(remembered.__getitem__, text.split())``.
    """

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Made:
        made = self._make(word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = made
        return made
