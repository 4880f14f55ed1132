"""Dates told from now: "2 giờ trước", "hôm qua", "3 hours ago", "vor 9 Stunden"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.model.entry import Precision

__all__ = ["RelativeDate", "find_relative"]

_UNITS = {
    "minute": r"phút|min(?:ute)?s?|minuten?|minut[oiaey]?s?|perc|мин\w{0,4}|分钟?",
    "hour": r"giờ|tiếng|hours?|hrs?|stunden?|std|heures?|horas?|or[ae]|uur|uren|godzin\w?|"
    r"hodin\w{0,4}|timmar|timer|tim|tunti\w?|час\w{0,2}|小时|時間",
    "day": r"ngày|days?|tagen?|jours?|d[ií]as?|giorn[oi]|dage?n?|dni|dnem|dny|dagar|päivää|"
    r"дн\w{1,2}|день|天|日",
    "week": r"tuần|weeks?|wochen?|semaines?|semanas?|settiman[ae]|we[ek]{1,2}en|tygodni\w?|"
    r"týdn\w{1,2}|veckor|uker|недел\w|周|週間",
    "month": r"tháng|months?|monaten?|mois|mes(?:es)?|mês|mes[ei]|maand(?:en)?|miesi\w{2,5}|"
    r"měsíc\w{0,3}|månader|måneder|месяц\w{0,2}|个月|か月",
    "year": r"năm|years?|jahren?|ans?|années?|años?|anos?|ann[oi]|jaar|lat|rok\w{0,3}|år|год\w?|年",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_COUNT = r"(?P<count>\d{1,3}|an?|one|một|einer|einem|un[ae]?)"
_AGO = re.compile(
    rf"(?<![^\W_]){_COUNT}\s{{0,2}}(?:{_UNIT})\s{{0,2}}"
    r"(?:trước|ago|fa|geleden|temu|sedan|siden|sitten|назад|前|atr[áà]s)(?![^\W\d_])",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?<![^\W\d_])(?:cách đây|vor|il y a|hace|há|před|för|for)\s{1,2}"
    rf"{_COUNT}\s{{0,2}}(?:{_UNIT})(?![^\W\d_])",
    re.IGNORECASE,
)
_DAY_WORD = re.compile(
    r"(?<![^\W\d_])(?:(?P<today>hôm nay|today|heute|aujourd['’]hui|hoy|hoje|oggi|vandaag|"
    r"dzisiaj|dnes|idag|i dag)|(?P<yesterday>hôm qua|yesterday|gestern|hier|ayer|ontem|ieri|"
    r"gisteren|wczoraj|včera|igår|i går)|(?P<before>hôm kia|vorgestern|avant-hier|anteayer))"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """What a relative form comes to, cut to its precision, and where it stands."""

    value: datetime
    precision: Precision
    start: int
    end: int


def find_relative(text: str, now: datetime, *, to_the_minute: bool) -> list[RelativeDate]:
    """Return every relative date of ``text``, counted back from ``now``.

    ``to_the_minute`` says that ``now`` is a moment; otherwise it is midnight of today and forms in
    hours or minutes count as today, to the day.
    """
    found = [
        _counted(match, now, to_the_minute=to_the_minute)
        for pattern in (_AGO, _SINCE)
        for match in pattern.finditer(text)
    ]
    for match in _DAY_WORD.finditer(text):
        back = 0 if match["today"] else 1 if match["yesterday"] else 2
        found.append(
            RelativeDate(
                _midnight(now - timedelta(days=back)), Precision.DAY, match.start(), match.end()
            )
        )
    return found


def _counted(match: re.Match[str], now: datetime, *, to_the_minute: bool) -> RelativeDate:
    unit = next(name for name in _UNITS if match[name])
    count = int(match["count"]) if match["count"].isdigit() else 1
    if unit == "minute":
        back, precision = timedelta(minutes=count), Precision.MINUTE
    elif unit == "hour":
        # "2 hours ago" is rounded by the site: the day is known, the minute is not
        back, precision = timedelta(hours=count), Precision.DAY
    else:
        back = timedelta(days=count * _DAYS[unit])
        precision = {"month": Precision.MONTH, "year": Precision.YEAR}.get(unit, Precision.DAY)
    if unit in {"minute", "hour"} and not to_the_minute:
        back, precision = timedelta(), Precision.DAY
    return RelativeDate(_cut(now - back, precision), precision, match.start(), match.end())


def _cut(value: datetime, precision: Precision) -> datetime:
    if precision is Precision.MINUTE:
        return value.replace(second=0, microsecond=0)
    value = _midnight(value)
    if precision is Precision.MONTH:
        return value.replace(day=1)
    return value.replace(month=1, day=1) if precision is Precision.YEAR else value


def _midnight(value: datetime) -> datetime:
    return value.replace(hour=0, minute=0, second=0, microsecond=0)
