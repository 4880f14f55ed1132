"""A parsed feed as the plain record that ``feedhub read --batch`` prints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedhub.model.entry import DateUsed, Dating, Entry, ParsedFeed, Precision

__all__ = ["feed_record"]


def feed_record(
    parsed: ParsedFeed, entries: Iterable[Entry], *, timezone: str = "UTC"
) -> dict[str, Any]:
    """Return ``{"feed": {...}, "entries": [...], "rejected": [...]}`` of JSON values.

    Dates are ISO 8601, as precise as known: a moment in UTC, or a day (month, year) as it is called
    in ``timezone``, the source's own; null where the source gave none that can be true.
    """
    return {
        "feed": {
            "kind": parsed.kind,
            "title": parsed.title,
            "link": parsed.link,
            "description": parsed.description,
            "language": parsed.language,
            "self": parsed.self_url,
            "hub": parsed.hub,
            "every_minutes": parsed.every_minutes,
            "skip_hours": list(parsed.skip_hours),
            "skip_days": list(parsed.skip_days),
            "next": parsed.next_page,
            "encoding": parsed.encoding,
            "damaged": parsed.damaged,
        },
        "entries": [_entry_record(entry, ZoneInfo(timezone)) for entry in entries],
        "rejected": list(parsed.rejected),
    }


def _entry_record(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": entry.guid or entry.link,
        "title": entry.title,
        "link": entry.link,
        "published": _published(entry.published, zone),
        "date_precision": (
            entry.published.precision.value if entry.published.used is DateUsed.SOURCE else None
        ),
        "date_note": entry.published.note,
        "updated": _moment(entry.updated) if entry.updated else None,
        "summary": entry.summary,
        "content": entry.content,
        "text": entry.text,
        "author": ", ".join(entry.authors),
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "enclosures": [
            {"url": each.url, "type": each.type, "length": each.length} for each in entry.enclosures
        ],
        "image": entry.image,
        "language": entry.language,
    }


def _published(dating: Dating, zone: ZoneInfo) -> str | None:
    if dating.used is DateUsed.FIRST_SEEN:
        return None
    length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}.get(dating.precision)
    if length is None:
        return _moment(dating.at)
    return dating.at.astimezone(zone).date().isoformat()[:length]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
