"""``feedhub dedupe --batch``: entries as plain records into groups, by the code of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from feedhub.dedupe.clusters import cluster
from feedhub.dedupe.gazetteer import NOWHERE, Gazetteer
from feedhub.dedupe.texts import TextDoc

__all__ = ["group_records"]


def group_records(
    records: Iterable[Mapping[str, Any]], *, gazetteer: Gazetteer = NOWHERE
) -> list[dict[str, str]]:
    """Return ``{id, group}`` for each record, in the order given.

    A record is ``{id, title, text, url, source, published, lang}``; only ``id`` is needed, and a
    date that cannot be read counts as none. A group is named by the id of its earliest entry.
    Raises ValueError, naming the id, when an id is missing or stands twice.
    """
    docs: dict[str, TextDoc] = {}
    for record in records:
        doc = _document(record)
        if doc.id in docs:
            raise ValueError(f"the id {doc.id!r} stands on two lines")
        docs[doc.id] = doc
    groups: dict[str, str] = {}
    for story in cluster(docs.values(), gazetteer=gazetteer):
        groups.update(dict.fromkeys(story.entries, story.entries[0]))
    return [{"id": id_, "group": groups[id_]} for id_ in docs]


def _document(record: Mapping[str, Any]) -> TextDoc:
    if record.get("id") in (None, ""):
        raise ValueError("a line has no id")
    return TextDoc(
        id=str(record["id"]),
        title=_text(record, "title"),
        text=_text(record, "text"),
        url=_text(record, "url"),
        source=_text(record, "source"),
        published=_moment(_text(record, "published")),
        language=_text(record, "lang"),
    )


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return "" if value is None else str(value)


def _moment(text: str) -> datetime | None:
    """Read an ISO 8601 date; one without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
