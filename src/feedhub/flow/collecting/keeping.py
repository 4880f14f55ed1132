"""Writes down what one pull found, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feedhub.dedupe.revisions import compare_texts, is_restless
from feedhub.flow.collecting.ending import Ending, keep_endings
from feedhub.flow.collecting.findings import Change, Findings
from feedhub.flow.collecting.seating import day_of, seat_fresh
from feedhub.flow.parts import CollectParts
from feedhub.model.entry import DateUsed, Entry, Revision, StoredEntry
from feedhub.model.source import Source
from feedhub.store.store import Transaction

__all__ = ["keep_pull"]


def _merged(stored: StoredEntry, change: Change) -> Entry:
    """Return what the entry says now.

    The date of publication stays, for sources re-date what they touch; only an entry whose page is
    read late gets the date it never had. A full text that was read from the entry's page stays
    where this pull brought only the listing's words.
    """
    old, new = stored.entry, change.match.entry
    published = old.published
    late = change.match.article_read and not change.known.article_read
    if late and published.used is DateUsed.FIRST_SEEN and new.published.used is DateUsed.SOURCE:
        published = new.published
    if change.known.article_read and not change.match.article_read:
        new = replace(new, content=old.content, text=old.text, authors=new.authors or old.authors)
    return replace(new, published=published, updated=new.updated or old.updated)


def _keep_change(
    tx: Transaction, stored: StoredEntry, change: Change, *, zone: str, now: datetime
) -> bool:
    """Write one change; tell whether readers can see it."""
    old, new = stored.entry, _merged(stored, change)
    known, match = change.known, change.match
    if change.article_tried:
        tx.entries.count_article_try([known.id])
    first_reading = match.article_read and not known.article_read
    difference = compare_texts(old.title, old.text, new.title, new.text, language=new.language)
    earlier = None
    if difference.kind != "none" and not first_reading:
        earlier = Revision(
            title=old.title,
            text=old.text,
            content=old.content,
            replaced_at=now,
            significant=difference.kind == "significant",
            changes=difference.changes,
        )
        if is_restless([*stored.revisions, earlier]):
            earlier = replace(earlier, significant=False)
    tx.entries.revise(
        known.id,
        new,
        source_hash=match.source_hash,
        earlier=earlier,
        revised_at=now if earlier and earlier.significant else None,
        article_read=known.article_read or match.article_read,
    )
    if new.published != old.published:
        tx.stories.redate(known.id, new.published.at, day_of(new.published.at, zone))
    tx.entries.remember_keys({known.id: (new.source_id, match.keys)})
    return new != old or known.withdrawn


def keep_pull(
    parts: CollectParts,
    source: Source,
    ending: Ending,
    findings: Findings,
    *,
    first_pull: bool,
) -> None:
    """Write everything one pull found, or nothing of it."""
    now, zone = ending.record.at, parts.settings.hub.timezone
    with parts.store.writing() as tx:
        stored = tx.entries.load([change.known.id for change in findings.changes])
        touched = {
            change.known.story_id
            for change in findings.changes
            if _keep_change(tx, stored[change.known.id], change, zone=zone, now=now)
        }
        tx.entries.relist([known.id for known in findings.back])
        touched |= {known.story_id for known in findings.back if known.withdrawn}
        tx.entries.remember_keys(
            {match.known.id: (source.id, match.keys) for match in findings.rekeyed if match.known}
        )
        tx.entries.unlist([known.id for known in findings.gone], now, withdrawn=True)
        tx.entries.unlist([known.id for known in findings.aged], now, withdrawn=False)
        touched |= {known.story_id for known in findings.gone}
        touched |= seat_fresh(
            parts,
            tx,
            source,
            findings.fresh,
            now,
            first_pull=first_pull,
            prepared=findings.reading.prepared,
        )
        tx.stories.touch(touched, now)
        keep_endings(tx, [ending])
