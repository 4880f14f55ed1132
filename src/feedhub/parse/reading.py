"""What a reader of feed XML hands on: records in feedparser's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["MAX_BASE", "MAX_CATEGORIES", "MAX_ROWS", "MAX_TAGS", "SHORT_LENGTH", "Reading"]

#: characters of an xml:base: every relative address of the feed becomes as long
MAX_BASE = 4096
#: entries that are read of one document
MAX_ROWS = 2000
#: elements of one document that are read
MAX_TAGS = 200_000
#: categories of one entry that are read
MAX_CATEGORIES = 50
#: characters of a text that is taken apart (a date, a name, keywords) that may matter
SHORT_LENGTH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """feedparser's records: the feed's own, one per row, and whether it ended early.

    Early means at a limit, or at something that even the tolerant parser stumbles over."""

    version: str
    about: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    cut: bool
