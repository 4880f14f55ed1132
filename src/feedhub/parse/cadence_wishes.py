"""What a feed asks of those who pull it: how often, when not, and through which hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from feedhub.model.document import Document

__all__ = ["websub_links", "wishes"]

_SKIP = re.compile(r"<skip(?:hours|days)>", re.IGNORECASE)
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,1000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour>\s{0,9}([0-9]{1,2})\s{0,9}</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s{0,9}([A-Za-z]{6,9})\s{0,9}</day>", re.IGNORECASE)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# RSS 1.0 syndication module; minutes.
_PERIODS = {
    "hourly": 60,
    "daily": 1440,
    "weekly": 10_080,
    "monthly": 43_200,
    "yearly": 525_600,
}
_WEB_LINK = re.compile(r"<([^<>]{1,2000})>([^<>,]{0,500})")
_REL = re.compile(r"rel\s{0,9}=\s{0,9}\"?([\w\s-]{1,100})", re.IGNORECASE)


def wishes(
    xml: str, about: Mapping[str, Any]
) -> tuple[int | None, tuple[int, ...], tuple[str, ...]]:
    """Return minutes between pulls (ttl, sy:updatePeriod), hours in GMT and days to skip.

    ``about`` is feedparser's record of the feed. RSS 2.0, "ttl", "skipHours", "skipDays" (hours 0
    to 23; 24 of RSS 0.91 is midnight).
    """
    every: int | None = None
    ttl = str(about.get("ttl") or "").strip()[:9]
    if ttl.isascii() and ttl.isdigit() and int(ttl) > 0:
        every = int(ttl)
    period = _PERIODS.get(str(about.get("sy_updateperiod") or "").strip().lower())
    if every is None and period is not None:
        frequency = str(about.get("sy_updatefrequency") or "").strip()[:6]
        times = int(frequency) if frequency.isascii() and frequency.isdigit() else 1
        every = max(1, period // max(1, times))
    hours: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    if _SKIP.search(xml) is None:  # nearly always, and one search is less than two
        return every, hours, days
    if block := _SKIP_HOURS.search(xml):
        named = {int(hour) % 24 for hour in _HOUR.findall(block[1]) if int(hour) <= 24}
        hours = tuple(sorted(named))
    if block := _SKIP_DAYS.search(xml):
        found = {day.capitalize() for day in _DAY.findall(block[1])}
        days = tuple(day for day in _WEEKDAYS if day in found)
    return every, hours, days


def websub_links(document: Document) -> tuple[str, str]:
    """Return hub and self address of the Link headers (WebSub, 4), "" for those not given."""
    found: dict[str, str] = {}
    for name, value in document.headers:
        if name != "link":
            continue
        for link in _WEB_LINK.finditer(value[:10_000]):
            rel = _REL.search(link[2])
            for word in rel[1].lower().split() if rel else ():
                found.setdefault(word, link[1].strip())
    try:
        hub, self_url = (
            urljoin(document.url, found[word]) if word in found else "" for word in ("hub", "self")
        )
    except ValueError:
        return "", ""
    return hub, self_url
