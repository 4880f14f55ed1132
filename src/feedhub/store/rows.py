"""Turns rows into values and values into rows; the only place that knows both shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from feedhub.model.decision import KnownEntry
from feedhub.model.document import Validators
from feedhub.model.entry import (
    DateUsed,
    Dating,
    Enclosure,
    Entry,
    Precision,
    Revision,
    StoredEntry,
)
from feedhub.model.pull import Outcome, PullRecord, Reconciliation, SourceState
from feedhub.model.source import SourceKind
from feedhub.model.trouble import PullFacts, Trouble, TroubleKind

__all__ = [
    "ENTRY_COLUMNS",
    "KNOWN_COLUMNS",
    "PULL_COLUMNS",
    "STATE_COLUMNS",
    "entry_values",
    "known_entry",
    "pull_facts",
    "pull_record",
    "pull_values",
    "revision",
    "source_state",
    "state_values",
    "stored_entry",
]


#: a row by its columns' names, its values read
Row = Mapping[str, Any] | RowMapping


def dating(row: Row) -> Dating:
    """Read an entry's dating."""
    return Dating(
        at=row["published_at"],
        precision=Precision(row["precision"]),
        used=DateUsed(row["date_used"]),
        evidence=row["date_evidence"],
        note=row["date_note"],
    )


ENTRY_COLUMNS = (
    "source_id",
    "guid",
    "link",
    "link_key",
    "title",
    "summary",
    "content",
    "text",
    "authors",
    "categories",
    "enclosures",
    "image",
    "language",
    "position",
    "published_at",
    "precision",
    "date_used",
    "date_evidence",
    "date_note",
    "updated_at",
)


def entry_values(entry: Entry) -> dict[str, Any]:
    """Write what an entry says as columns."""
    return {
        "source_id": entry.source_id,
        "guid": entry.guid,
        "link": entry.link,
        "link_key": entry.link_key,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "text": entry.text,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "enclosures": [[file.url, file.type, file.length] for file in entry.enclosures],
        "image": entry.image,
        "language": entry.language,
        "position": entry.position,
        "published_at": entry.published.at,
        "precision": str(entry.published.precision),
        "date_used": str(entry.published.used),
        "date_evidence": entry.published.evidence,
        "date_note": entry.published.note,
        "updated_at": entry.updated,
    }


def stored_entry(row: Row, revisions: Sequence[Revision] = ()) -> StoredEntry:
    """Read a stored entry."""
    entry = Entry(
        source_id=row["source_id"],
        guid=row["guid"],
        link=row["link"],
        link_key=row["link_key"],
        title=row["title"],
        published=dating(row),
        updated=row["updated_at"],
        summary=row["summary"],
        content=row["content"],
        text=row["text"],
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        enclosures=tuple(
            Enclosure(url=url, type=kind, length=length) for url, kind, length in row["enclosures"]
        ),
        image=row["image"],
        language=row["language"],
        position=row["position"],
    )
    return StoredEntry(
        id=row["id"],
        story_id=row["story_id"],
        entry=entry,
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        revised_at=row["revised_at"],
        withdrawn_at=row["withdrawn_at"],
        revisions=tuple(revisions),
    )


KNOWN_COLUMNS = (
    "number",
    "id",
    "story_id",
    "guid",
    "link",
    "link_key",
    "title",
    "published_at",
    "precision",
    "date_used",
    "date_evidence",
    "date_note",
    "source_hash",
    "first_seen",
    "listed",
    "withdrawn_at",
    "article_read",
    "article_tries",
)


def known_entry(row: Row) -> KnownEntry:
    """Read as much of an entry as its recognition needs."""
    return KnownEntry(
        number=row["number"],
        id=row["id"],
        story_id=row["story_id"],
        guid=row["guid"],
        link=row["link"],
        link_key=row["link_key"],
        title=row["title"],
        published=dating(row),
        source_hash=row["source_hash"],
        first_seen=row["first_seen"],
        listed=row["listed"],
        withdrawn=row["withdrawn_at"] is not None,
        article_read=row["article_read"],
        article_tries=row["article_tries"],
    )


def revision(row: Row) -> Revision:
    """Read a revision."""
    return Revision(
        title=row["title"],
        text=row["text"],
        content=row["content"],
        replaced_at=row["replaced_at"],
        significant=row["significant"],
        changes=tuple(row["changes"]),
    )


_KINDS = {str(kind): kind for kind in SourceKind}
_LISTS = ("chrome", "skip_hours", "skip_days", "troubles")


def source_state(row: dict[str, Any]) -> SourceState:
    """Read what is remembered of a source; the row is used up."""
    row["kind"] = _KINDS[row["kind"]]
    row["validators"] = Validators(etag=row.pop("etag"), last_modified=row.pop("last_modified"))
    for name in _LISTS:
        row[name] = tuple(row[name]) if row[name] else ()
    if row["troubles"]:
        row["troubles"] = tuple(
            Trouble(kind=TroubleKind(kind), words=words, hold=hold)
            for kind, words, hold in row["troubles"]
        )
    return SourceState(**row)


_PLAIN_STATE = (
    "moved_to",
    "moved_proofs",
    "body_hash",
    "shape",
    "due_reason",
    "pulled_at",
    "succeeded_at",
    "full_fetch_at",
    "changed_at",
    "failing_since",
    "failures",
    "gone",
    "message",
    "damage",
    "title",
    "homepage",
    "date_order",
    "first_pull_done",
    "pages_pending",
    "ttl_minutes",
    "normal_since",
    "learnt",
)
#: in the order of ``state_values``
STATE_COLUMNS = (
    *_PLAIN_STATE,
    *("url", "next_due_at", "kind", "etag", "last_modified"),
    *("chrome", "skip_hours", "skip_days", "troubles", "id"),
)
_plain_state = attrgetter(*_PLAIN_STATE)


def state_values(state: SourceState) -> tuple[Any, ...]:
    """Write what is remembered of a source as columns."""
    return (
        *_plain_state(state),
        state.url,
        state.next_due_at,
        str(state.kind),
        state.validators.etag,
        state.validators.last_modified,
        list(state.chrome),
        list(state.skip_hours),
        list(state.skip_days),
        [[str(one.kind), one.words, one.hold] for one in state.troubles],
        state.id,
    )


_FACTS = tuple(one.name for one in fields(PullFacts) if one.name != "at")
_COUNTS = ("seen", "new", "revised", "known", "duplicate", "rejected", "pending", "withdrawn")


#: in the order of ``pull_values``
PULL_COLUMNS = (
    *("facts", "source_id", "at", "outcome", "status", "bytes", "milliseconds", "message"),
    *("reasons", *_COUNTS),
)
_counted = attrgetter(*_COUNTS)


def pull_values(pull: PullRecord, facts: PullFacts | None) -> tuple[Any, ...]:
    """Write a pull and what its document looked like as columns."""
    return (
        facts and {name: getattr(facts, name) for name in _FACTS},
        pull.source_id,
        pull.at,
        str(pull.outcome),
        pull.status,
        pull.bytes,
        pull.milliseconds,
        pull.message,
        list(pull.counts.reasons),
        *_counted(pull.counts),
    )


def pull_record(row: Row) -> PullRecord:
    """Read a pull."""
    return PullRecord(
        source_id=row["source_id"],
        at=row["at"],
        outcome=Outcome(row["outcome"]),
        status=row["status"],
        bytes=row["bytes"],
        milliseconds=row["milliseconds"],
        counts=Reconciliation(
            **{name: row[name] for name in _COUNTS}, reasons=tuple(row["reasons"])
        ),
        message=row["message"],
    )


def pull_facts(row: Row) -> PullFacts:
    """Read what a pull's document looked like. A count this version does not know is left out."""
    return PullFacts(
        at=row["at"], **{name: row["facts"][name] for name in _FACTS if name in row["facts"]}
    )
