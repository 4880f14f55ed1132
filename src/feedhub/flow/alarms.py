"""What keeps the service from its work at this moment."""

from __future__ import annotations

import threading

__all__ = ["Alarms"]


class Alarms:
    """What is wrong with the hub itself, in words, by what it keeps from being done.

    It stands in memory, for the disk may be what is wrong. Any thread may ask.
    """

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._gate = threading.Lock()

    def tell(self, about: str, words: str) -> bool:
        """Note what is wrong; return whether that is news."""
        with self._gate:
            news = self._words.get(about) != words
            self._words[about] = words
            return news

    def over(self, about: str) -> bool:
        """Note that this works again; return whether that is news."""
        with self._gate:
            return self._words.pop(about, None) is not None

    def words(self) -> tuple[str, ...]:
        """Return all that is wrong."""
        with self._gate:
            return tuple(self._words.values())
