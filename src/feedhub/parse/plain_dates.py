"""Dates in the two forms that nearly all feeds use, as feedparser reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from feedhub.parse.plain_names import NotPlainError

__all__ = ["parsed_date"]

# RFC 822, 5, with the year of RFC 1123, 5.2.14; of named zones only GMT
_RFC_822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{1,2}) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|([+-])([0-9]{2})([0-9]{2}))"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
# RFC 3339, 5.6
_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def parsed_date(text: str) -> datetime | Sequence[int] | None:
    """Return the moment in UTC of a date with a zone in one of the two forms.

    Of any other, feedparser's own nine numbers, or None where it finds none.
    """
    found = _RFC_822.fullmatch(text)
    if found is not None:
        day, month, year, hour, minute, second, sign, ahead, minutes = found.groups()
        number = _MONTHS[month]
    else:
        found = _RFC_3339.fullmatch(text)
        if found is None:
            return _by_feedparser(text)
        year, month, day, hour, minute, second, sign, ahead, minutes = found.groups()
        number = int(month)
    try:
        moment = datetime(
            int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
        if sign is None:
            return moment
        offset = timedelta(hours=int(ahead), minutes=int(minutes))
        return moment - offset if sign == "+" else moment + offset
    except (ValueError, OverflowError):
        return _by_feedparser(text)


def _by_feedparser(text: str) -> Sequence[int] | None:
    if not text:
        return None
    # Imported where it is needed: it takes long to start and nearly no date needs it.
    from feedparser.datetimes import _parse_date

    try:
        parsed: Sequence[int] | None = _parse_date(text)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        raise NotPlainError from None
    return parsed
