"""What the article pages of one source have in common."""

from __future__ import annotations

from dataclasses import dataclass

from feedhub.model.source import DateOrder

__all__ = ["SourceHabits"]


@dataclass(frozen=True, slots=True)
class SourceHabits:
    """What earlier pages taught: the keys of lines that recur, and the order of day and month."""

    chrome: frozenset[str]
    date_order: DateOrder | None
