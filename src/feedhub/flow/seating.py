"""Seats new entries: a story of their own, or another source's story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from feedhub.flow.parts import CollectParts
from feedhub.model.decision import Matched
from feedhub.model.source import Source
from feedhub.store.entries import NewEntry
from feedhub.store.store import Transaction
from feedhub.store.stories import NewStory

__all__ = ["seat_fresh"]


def _announced(fresh: Sequence[Matched], source: Source, *, first_pull: bool) -> set[int]:
    """Return the positions of entries that are news: all, but of a first pull only the newest."""
    by_date = sorted(fresh, key=lambda match: (match.entry.published.at, -match.entry.position))
    if first_pull:
        by_date = by_date[len(by_date) - min(source.backfill, len(by_date)) :]
    return {match.entry.position for match in by_date}


def seat_fresh(
    parts: CollectParts,
    tx: Transaction,
    source: Source,
    fresh: Sequence[Matched],
    now: datetime,
    *,
    first_pull: bool,
) -> set[str]:
    """Store new entries with their stories; return the ids of older stories that changed."""
    zone = ZoneInfo(parts.settings.hub.timezone)
    news = _announced(fresh, source, first_pull=first_pull)
    oldest_first = sorted(
        fresh, key=lambda match: (match.entry.published.at, -match.entry.position)
    )
    stories, entries = [], []
    for match in oldest_first:
        entry_id, story_id = parts.new_id(), parts.new_id()
        published = match.entry.published.at
        stories.append(
            NewStory(
                id=story_id,
                lead_id=entry_id,
                published_at=published,
                day=published.astimezone(zone).date().isoformat(),
                announced=match.entry.position in news,
            )
        )
        entries.append(
            NewEntry(
                id=entry_id,
                story_id=story_id,
                entry=match.entry,
                keys=match.keys,
                source_hash=match.source_hash,
                article_read=match.article_read,
                article_tries=match.article_tries,
            )
        )
    tx.stories.insert(stories, now)
    tx.entries.insert(entries, now)
    return set()
