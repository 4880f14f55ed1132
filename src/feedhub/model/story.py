"""A cluster of entries that are one text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.entry import StoredEntry

__all__ = ["Story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One text, whoever printed it.

    ``id`` and the address made of it never change. ``sequence`` grows with every change to any
    story and is what publishing and digests window by. ``announced_at`` is None for a backfilled
    story, which is kept and shown but not announced as news. ``entries`` holds the lead first.
    """

    id: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    lead_id: str
    entries: tuple[StoredEntry, ...]
    announced_at: datetime | None = None
    #: place in the order of announcement, from 1; None for a backfilled story
    announced: int | None = None
    #: its place in the sequence when it was founded
    founded: int = 0
    #: the lead's day in the hub's time zone, as YYYY-MM-DD
    day: str = ""
    #: the story this one was merged into by an operator, whose page it now points to
    merged_into: str | None = None

    @property
    def lead(self) -> StoredEntry:
        """The entry that speaks for the story."""
        return next(entry for entry in self.entries if entry.id == self.lead_id)
