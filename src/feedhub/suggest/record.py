"""A suggestion as one line of ``read --batch``."""

from __future__ import annotations

from typing import Any

from feedhub.model.entry import Precision
from feedhub.model.source import ListingRule
from feedhub.suggest.listing import Suggestion
from feedhub.text.dates import FoundDate
from feedhub.text.markup import plain

__all__ = ["listing_record", "rule_record"]


def listing_record(suggestion: Suggestion) -> dict[str, Any]:
    """Return ``confidence, abstained, rule, entries`` ready for JSON.

    Dates are ISO 8601, as precise as known; ``alts`` are the other addresses of an entry's row.
    """
    return {
        "confidence": round(suggestion.confidence, 3),
        "abstained": suggestion.abstained,
        "reason": suggestion.reason,
        "rule": rule_record(suggestion.rule) if suggestion.rule else None,
        "entries": [
            {
                "url": row.url,
                "title": row.title,
                "date": written_date(row.date),
                "summary": plain(row.summary) if row.summary else "",
                "alts": list(row.others),
            }
            for row in suggestion.rows
        ],
    }


def rule_record(rule: ListingRule) -> dict[str, Any]:
    """Return a rule as ``[sources.listing]`` has it: the settings that differ from the defaults."""
    record: dict[str, Any] = {"entry": rule.entry}
    for name in ("link", "title", "date", "summary", "heading", "pages"):
        if getattr(rule, name):
            record[name] = getattr(rule, name)
    if rule.reach.value != "inside":
        record["reach"] = rule.reach.value
    if rule.dated:
        record["dated"] = True
    if rule.date_order is not None:
        record["date_order"] = rule.date_order.value
    if rule.pages and rule.page_limit != 1:
        record["page_limit"] = rule.page_limit
    return record


def written_date(found: FoundDate | None) -> str:
    """Return a date in ISO 8601, as precise as its source gave it."""
    if found is None:
        return ""
    value = found.value
    if found.precision is Precision.YEAR:
        return f"{value:%Y}"
    if found.precision is Precision.MONTH:
        return f"{value:%Y-%m}"
    if found.precision is Precision.DAY:
        return f"{value:%Y-%m-%d}"
    return value.isoformat(timespec="minutes" if found.precision is Precision.MINUTE else "seconds")
