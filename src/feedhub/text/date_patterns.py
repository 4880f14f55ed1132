"""The regular expressions of `feedhub.text.dates`: every part bounded, none nested.

Groups: ``d`` day, ``m`` month, ``y`` year, ``name`` a word that may be a month's name.
"""

from __future__ import annotations

import re

from feedhub.text.month_names import VIETNAMESE_MONTHS

__all__ = [
    "CJK",
    "COMPACT",
    "CTIME",
    "DAY_LABEL",
    "DAY_NAME",
    "ERA_BEGINS",
    "MONTH_YEAR",
    "NAME_DAY",
    "NUMERIC",
    "VIETNAMESE",
    "YEAR_NAME_DAY",
]

# a four-digit year may be glued to a time ("December 14, 202311:30 AM") or to another date
_YEAR = r"\d{4}(?!\d(?!\d?:\d\d|\d?\.\s))"
_YEAR_OR_SHORT = rf"(?:{_YEAR}|\d{{2}}(?!\d|[./:\-]\d))"
_BEGIN = r"(?<!\d)(?<!\d[./\-])"
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u097f\u0e00-\u0e4e])"
_WORD = rf"(?P<name>{_LETTER}{{3,15}}(?:\.{_LETTER}{{1,2}}\.)?)"

NUMERIC = re.compile(
    _BEGIN
    + r"(?:(?P<y1>\d{4})\s?(?P<s1>[./\-])\s?(?P<m1>\d{1,2})\s?(?P=s1)\s?(?P<d1>\d{1,2})(?!\d)"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})(?=T\d{4})"
    r"|(?P<a>\d{1,2})\s?(?P<s2>[./\-])\s?(?P<b>\d{1,2})(?:\s?(?P=s2)\s?|\s{1,2}năm\s{1,2})"
    rf"(?P<y2>{_YEAR_OR_SHORT})"
    r"|(?P<a4>\d{1,2})\s?[/\-]\s?(?P<b4>\d{1,2})(?!\d|\s?[./\-]\s?\w))",
    re.IGNORECASE,
)
DAY_NAME = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:(?:st|nd|rd|th|er|ste|de|-a|º|ª|°)(?![^\W\d_]))?[\s.\-/,]{0,3}"
    rf"(?:(?:de|of)\s{{1,2}}|d['’]|ta['’])?{_WORD}[.,]?[\s.\-/,]{{0,3}}"
    rf"(?:(?:de|del|van|พ\.ศ\.)\s{{0,2}})?(?P<y>{_YEAR_OR_SHORT}|['’]\d{{2}}(?!\d))?",
    re.IGNORECASE,
)
NAME_DAY = re.compile(
    rf"(?<![^\W\d_]){_WORD}\.?,?\s{{0,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
    rf"(?:(?:,\s{{0,3}}|\s{{1,3}})(?P<y>{_YEAR}))?",
    re.IGNORECASE,
)
# as C's asctime writes: Fri Feb 17 08:15:00 2023
CTIME = re.compile(
    rf"(?<![^\W\d_]){_WORD}\s{{1,2}}(?P<d>\d{{1,2}})\s"
    rf"(?P<clock>\d\d:\d\d:\d\d(?:\s[A-Z]{{3,4}})?)\s(?P<y>{_YEAR})"
)
# Hungarian "2023. február 17.", Lithuanian "2023 m. vasario 17 d."
YEAR_NAME_DAY = re.compile(
    rf"(?<!\d)(?P<y>\d{{4}})(?:\.|\sm\.|,)?[\s\-]{{1,2}}{_WORD}[.,]?[\s\-]{{1,2}}(?P<d>\d{{1,2}})(?!\d)"
)
VIETNAMESE = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})\s{0,2}[/,\-]?\s{0,2}tháng\s{0,2}"
    rf"(?P<m>\d{{1,2}}|{'|'.join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))})(?![^\W_])"
    rf"(?:\s{{0,2}}[,/\-]?\s{{0,2}}(?:năm\s{{0,2}})?(?P<y>{_YEAR}))?"
    rf"|tháng\s{{1,2}}(?P<m2>{'|'.join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))})"
    rf"\s{{1,2}}(?P<d2>\d{{1,2}}),?\s{{1,2}}(?P<y2>{_YEAR})",
    re.IGNORECASE,
)
CJK = re.compile(
    r"(?:(?P<era>令和|平成|昭和|民國|民国)?\s?(?<!\d)(?P<y>\d{1,4}|元)\s?[年년]\s?)?"
    r"(?<!\d)(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]?"
)
ERA_BEGINS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
MONTH_YEAR = re.compile(
    rf"(?:tháng\s{{0,2}}(?P<m>\d{{1,2}})\s?(?:/|-|,?\snăm\s|\s)\s?|{_WORD}[.,]?\s{{1,2}}(?:de\s)?)"
    r"(?P<y>\d{4})$|(?P<y2>\d{4})-(?P<m2>\d{2})$|(?P<m3>\d{1,2})/(?P<y3>\d{4})$|(?P<y4>\d{4})$",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
#: what must stand before a day and month without a year inside a longer text
DAY_LABEL = re.compile(r"(?:ngày|\(|\[)\s{0,2}$", re.IGNORECASE)
