"""Conditional requests and ranges, by the letter of RFC 9110 (sections 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum

__all__ = ["Verdict", "http_date", "judge", "ranges_of", "wants_range"]

#: RFC 9110, 8.8.3: etagc is any visible character but the double quote, and obs-text
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_BETWEEN_TAGS = re.compile(r"[ \t]*,[ \t,]*")
_MOST_TAGS = 100
_MOST_RANGES = 16
_DIGITS = 18  # more digits than any file has bytes; keeps int() cheap


class Verdict(Enum):
    """What the preconditions of a request say."""

    PROCEED = 200
    NOT_MODIFIED = 304
    FAILED = 412


def http_date(value: str) -> int | None:
    """Read an HTTP-date in any of its three forms (RFC 9110, 5.6.7) as seconds since 1970.

    None when it is no date: the header is then ignored.
    """
    if not value or len(value) > 40:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _tags(value: str) -> list[tuple[bool, str]] | None:
    """Return the (weak, opaque) tags of a list, or None when it is malformed."""
    found: list[tuple[bool, str]] = []
    at = len(value) - len(value.lstrip(" \t,"))
    while at < len(value) and len(found) < _MOST_TAGS:
        tag = _TAG.match(value, at)
        if tag is None:
            return None
        found.append((tag[1] is not None, tag[2]))
        at = tag.end()
        if at < len(value):
            gap = _BETWEEN_TAGS.match(value, at)
            if gap is None:
                return found if not value[at:].strip(" \t") else None
            at = gap.end()
    return found


def _matches(value: str, etag: str, *, weak: bool) -> bool:
    if value.strip(" \t") == "*":
        return True
    own = etag[1:-1]
    return any(opaque == own and (weak or not is_weak) for is_weak, opaque in _tags(value) or ())


def judge(headers: Mapping[str, str], *, etag: str, modified: int, safe: bool = True) -> Verdict:
    """Evaluate the preconditions in the order of RFC 9110, 13.2.2.

    ``headers`` by lower-case name, ``etag`` the strong tag of the chosen representation with its
    quotes, ``modified`` its time of change in seconds since 1970.
    """
    if_match = headers.get("if-match")
    if if_match is not None:
        if not _matches(if_match, etag, weak=False):
            return Verdict.FAILED
    else:
        unmodified = http_date(headers.get("if-unmodified-since", ""))
        if unmodified is not None and modified > unmodified:
            return Verdict.FAILED
    if_none_match = headers.get("if-none-match")
    if if_none_match is not None:
        if _matches(if_none_match, etag, weak=True):
            return Verdict.NOT_MODIFIED if safe else Verdict.FAILED
        return Verdict.PROCEED
    since = http_date(headers.get("if-modified-since", ""))
    if safe and since is not None and modified <= since:
        return Verdict.NOT_MODIFIED
    return Verdict.PROCEED


def wants_range(headers: Mapping[str, str], *, etag: str, modified: int) -> bool:
    """Tell whether a Range header is to be honoured (RFC 9110, 13.1.5: strong comparison)."""
    if "range" not in headers:
        return False
    if_range = headers.get("if-range")
    if if_range is None:
        return True
    value = if_range.strip(" \t")
    if value.startswith(('"', "W/")):
        return value == etag
    return http_date(value) == modified


def ranges_of(value: str, size: int) -> list[tuple[int, int]] | None:
    """Return the (first, last) positions that a Range header asks for (RFC 9110, 14.1.2).

    None: not a byte range, malformed, or so many or so overlapping that the whole is the better
    answer (14.2); an empty list: none can be satisfied (416).
    """
    unit, equals, listed = value.partition("=")
    if not equals or unit.strip(" \t").lower() != "bytes":
        return None
    specs = listed.split(",")
    if len(specs) > _MOST_RANGES:
        return None
    found: list[tuple[int, int]] = []
    for spec in specs:
        first, dash, last = spec.strip(" \t").partition("-")
        if not _number(first, last) or not dash:
            return None
        if first:
            begin, end = int(first), int(last) if last else size - 1
            if last and end < begin:
                return None
            end = min(end, size - 1)
        else:
            begin, end = max(size - int(last), 0), size - 1
        if begin < size and begin <= end:
            found.append((begin, end))
    asked = sum(end - begin + 1 for begin, end in found)
    return None if len(found) > 1 and asked > size else found


def _number(first: str, last: str) -> bool:
    return bool(first or last) and all(
        not text or (text.isascii() and text.isdigit() and len(text) <= _DIGITS)
        for text in (first, last)
    )
