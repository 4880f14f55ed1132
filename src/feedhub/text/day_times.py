"""Times of day beside a date: "19:20 (GMT+7)", "16 giờ", "9:15 a.m. EST", "10.15 Uhr"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta, timezone

__all__ = ["DayTime", "time_after", "time_before"]

#: hours from UTC; a name that several zones share (CST, IST, BST) means the one news pages use
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "mez": 1,
    "cest": 2, "mesz": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "ist": 5.5, "ict": 7,
    "wib": 7, "sgt": 8, "hkt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "adt": -3, "ast": -4, "edt": -4,
    "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akdt": -8,
    "akst": -9, "hst": -10,
}  # fmt: skip

_CLOCK = r"""
(?P<hour>\d{1,2})
(?: \s?(?::|giờ|h|g|時|时|시)\s?(?P<minute>\d{2})(?!\d)(?:\s?(?:phút|分|분))?
      (?::(?P<second>\d{2})(?!\d)(?:[.,]\d{1,9})?)?
  | \.(?P<dotted>\d{2})(?=\s?(?:Uhr|[ap]\.?m\b|hrs))
  | (?<=T\d\d)(?P<compact>\d{2})(?P<seconds>\d{2})?(?!\d)
  | (?=\s?[ap]\.?m\b)
  | \s?(?:giờ|h|Uhr|時|时|시)(?![^\W\d_])
)
(?:\s?(?:Uhr|hrs|h)(?![^\W\d_]))?
(?:\s?(?P<half>[ap]\.?m\b\.?|SA\b|CH\b))?
"""
_ZONE = r"""
(?:\s{0,2}\(?\s?(?:
    (?:GMT|UTC)\s?(?P<shift>[+\-−]\s?\d{1,2}(?::?\d{2})?)(?!\d)
  | (?P<offset>[+\-−]\d{2}(?::?\d{2})?)(?![\d/.])
  | (?-i:(?P<zone>ZONE_NAMES))(?![^\W_])
)\s?\)?)?
""".replace("ZONE_NAMES", "|".join(sorted(map(str.upper, _ZONES), key=len, reverse=True)))
_FLAGS = re.IGNORECASE | re.VERBOSE
_AFTER = re.compile(
    r"(?:\s?(?:г\.?|r\.|d\.)(?![^\W_]))?[\s,;|•·\-–—@T(／/.]{0,6}(?:(?:at|lúc|vào\slúc|um|à|ore|kl\.?|alle|às|a\slas|om|в|klo|"
    r"o\sgodz\.?|time|오전|午前|上午)(?![^\W\d_]))?[\s:,]{0,3}(?P<noon>오후|午後|下午)?\s?"
    + _CLOCK
    + _ZONE,
    _FLAGS,
)
_BEFORE = re.compile(
    r"(?<![\d.,])"
    + _CLOCK
    + _ZONE
    + r"[\s,;:|•·\-–—()]{0,5}(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\snhật)?"
    + r"[\s,;:|•·\-–—()]{0,5}(?:(?:ngày|on|am|le|den|del|il|em)(?![^\W\d_]))?[\s:,]{0,3}$",
    _FLAGS,
)
_REACH = 48


@dataclass(frozen=True, slots=True)
class DayTime:
    """A time of day and where it stands in the text; ``second`` is None when not given."""

    hour: int
    minute: int
    second: int | None
    zone: timezone | None
    start: int
    end: int


def time_after(text: str, position: int) -> DayTime | None:
    """Return the time that directly follows ``position``, None when there is none."""
    match = _AFTER.match(text, position, min(len(text), position + _REACH))
    return _time(match, match.start("hour"), match.end()) if match else None


def time_before(text: str, position: int) -> DayTime | None:
    """Return the time that directly precedes ``position``, None when there is none."""
    start = max(0, position - _REACH)
    match = _BEFORE.search(text[start:position])
    return _time(match, start + match.start("hour"), position) if match else None


def _time(match: re.Match[str], start: int, end: int) -> DayTime | None:
    hour = int(match["hour"])
    minute = int(match["minute"] or match["dotted"] or match["compact"] or 0)
    seconds = match["second"] or match["seconds"]
    second = int(seconds) if seconds else None
    half = (match["half"] or "").replace(".", "").casefold()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in {"pm", "ch"} else 0)
    elif "noon" in match.re.groupindex and match["noon"] and hour < 12:
        hour += 12
    if hour > 23 or minute > 59 or (second or 0) > 60:
        return None
    if second == 60:  # a leap second; datetime has none
        second = 59
    return DayTime(hour, minute, second, _zone(match), start, end)


def _zone(match: re.Match[str]) -> timezone | None:
    name = (match["zone"] or "").casefold()
    if name:
        hours = _ZONES.get(name)
        return None if hours is None else timezone(timedelta(hours=hours))
    written = match["shift"] or match["offset"]
    if not written:
        return None
    digits = "".join(letter for letter in written if letter.isdigit())
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if written[0] in "-−" else shift)
