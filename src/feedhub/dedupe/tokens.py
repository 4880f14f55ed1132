"""The tokens of a text: words, and what figures stand for.

``17/02/2023``, ``17-2-2023`` and ``17 tháng 2 năm 2023`` are the same two words, ``1.500`` and
``1500`` one.
"""

from __future__ import annotations

import re
from enum import IntEnum

from feedhub.text.folding import fold

__all__ = ["MONTH", "TOKEN", "Kind", "figures", "opens", "read_word"]


class Kind(IntEnum):
    """What a word is. ``OPENING`` is a capital at the start of a sentence: a name, or not."""

    PLAIN = 0
    OPENING = 1
    NAME = 2
    NUMBER = 3
    DATE = 4
    TIME = 5
    ACT = 6


_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
#: the names of months, as alternatives of a pattern
MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

#: A token without the group ``word`` begins with figures, or is a month's name and figures; only
#: such ones reach across blanks.
TOKEN = re.compile(
    rf"""
      (?=\d)(?:
        (?P<act>\d{{1,6}}(?:/(?:19|20)\d\d)?/(?-i:[A-ZĐ])[A-Zđ]*(?:-[A-Zđ]+)*)
      | (?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d?)-(?P<d1>\d\d?)(?!\d)
      | (?P<d2>\d\d?)(?P<by>[/.-])(?P<m2>\d\d?)(?P=by)(?P<y2>(?:19|20)\d\d)(?!\d)
      | (?P<d3>\d\d?)\s{{1,3}}tháng\s{{1,3}}(?P<m3>\d\d?)(?!\d)
          (?:,?\s{{1,3}}năm\s{{1,3}}(?P<y3>\d{{4}}))?
      | (?P<d4>\d\d?)(?:st|nd|rd|th)?\s(?P<m4>{MONTH})\b\.?(?:,?\s(?P<y4>(?:19|20)\d\d))?
      | (?P<month>\d\d?)[/.-](?P<year>(?:19|20)\d\d)(?![/.-]?\d)
      | (?P<d6>\d\d?)[/-](?P<m6>\d\d?)(?![/-]?\d)
      | (?P<hour>\d\d?)
          (?::(?P<min1>\d\d)(?!\d)|h(?P<min2>\d\d)\b|\s?(?:giờ|h)\b(?:\s?(?P<min3>\d\d)\b)?)
          (?:\s?(?P<half1>[ap])\.?m\b)?
      | (?P<hour2>\d\d?)\s?(?P<half2>[ap])\.?m\b
      | (?P<number>\d+(?:[.,]\d+)*)
      )
    | (?=[jfmasond])\b(?P<m5>{MONTH})\b\.?\s(?P<d5>\d\d?)(?:st|nd|rd|th)?(?!\d)
        (?:,?\s(?P<y5>(?:19|20)\d\d))?
    | (?P<word>[^\W\d_][^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPENS_SENTENCE = frozenset(".!?:;\"'\n…•|-")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")


def opens(gap: str) -> bool:
    """Return whether a sentence may begin behind the signs between two tokens."""
    return gap != " " and not _OPENS_SENTENCE.isdisjoint(gap)


def read_word(token: str) -> tuple[str, bool, bool]:
    """Return a word folded, whether it has a capital, and whether it is all in capitals."""
    return fold(token), token[0].isupper(), len(token) > 1 and token.isupper()


def figures(found: re.Match[str]) -> list[tuple[str, Kind]]:
    """Return what a token that begins with figures (or a month's name) stands for."""
    if found["number"] is not None:
        return [(_number(found["number"]), Kind.NUMBER)]
    if found["act"] is not None:
        return [(fold(found["act"]), Kind.ACT)]
    if found["month"] is not None:
        return [(_number(found["month"]), Kind.NUMBER), (found["year"], Kind.NUMBER)]
    for branch in "123456":
        day = found["d" + branch]
        if day is None:
            continue
        month = found["m" + branch]
        year = None if branch == "6" else found["y" + branch]
        return _date(int(day), _MONTHS.get(month.lower()) or int(month), year)
    hour = int(found["hour"] or found["hour2"])
    minute = int(found["min1"] or found["min2"] or found["min3"] or 0)
    half = (found["half1"] or found["half2"] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return [(f"{hour}:{minute:02}", Kind.TIME)]


def _date(first: int, second: int, year: str | None) -> list[tuple[str, Kind]]:
    """Return day and month as one word and the year as another, for it is often left out."""
    if second > 12 >= first:
        first, second = second, first
    dated = 1 <= first <= 31 and 1 <= second <= 12
    day = (f"{first}/{second}", Kind.DATE if dated else Kind.NUMBER)
    return [day, (year, Kind.NUMBER)] if year else [day]


def _number(text: str) -> str:
    """Return a number without signs of thousands and with a point before its decimals."""
    whole = _THOUSANDS.sub("", text).replace(",", ".")
    stripped = whole.lstrip("0")
    return stripped if stripped[:1].isdigit() else "0" + stripped
