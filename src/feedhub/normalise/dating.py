"""When an entry was published: the source's word where it can be true, else when we first saw it.

Feeds mostly write RFC 822 or ISO 8601 dates; these are read here, exactly and with their precision.
Everything else goes to ``text.dates`` and, last, to what the parser made of it.

What counts as the future: up to ten minutes ahead is a clock that runs ahead, and the entry is
given the present; later on the same day of the source's calendar is a wrong time zone, and only the
day is believed; anything further is not believed.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from feedhub.model.entry import DateUsed, Dating, Precision, RawDate
from feedhub.model.source import DateOrder, Source
from feedhub.text.dates import read_date

__all__ = ["dated", "local_date_of", "moment_of"]

#: articles older than this are not on the web; such dates are defaults of programs
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=10)
_NOON = time(12)
#: seconds from noon that keep a day-only date on its day
_HALF_DAY = 43_199

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
# RFC 822, 5.1, and the names that feeds of Europe and East Asia use. Military letters mean nothing
# (RFC 2822, 4.3) but for Z.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "wet": 0, "west": 60, "bst": 60,
    "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180,
    "ict": 420, "jst": 540, "kst": 540, "aest": 600, "aedt": 660,
}  # fmt: skip
_ZONE = r"(?P<zone>\s{0,3}(?:(?:GMT|UTC|UT)?[+-]\d{1,2}:?(?:\d{2})?|[A-Za-z]{1,5}))?"
_RFC822 = re.compile(
    r"(?:[^\W\d]{1,12}\.?,?\s{0,3})?(?P<d>\d{1,2})[\s-](?P<name>[A-Za-z]{3})[a-z]{0,6}\.?[\s-]"
    r"(?P<y>\d{4}|\d{2})(?:,?\s{1,3}(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?:\.\d{1,9})?"
    + _ZONE
    + r"(?:\s{0,3}\([^()]{0,40}\))?)?"
)
_ISO = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2})(?:(?:[Tt]|\s{1,3})(?P<h>\d{1,2}):(?P<min>\d{2})"
    r"(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?" + _ZONE + r")?)?)?"
)
_OFFSET = re.compile(r"(?:gmt|utc|ut)?([+-])(\d{1,2}):?(\d{2})?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")

# A tuple: to look an enumeration's member up in a set costs more than to compare it three times.
_BY_CALENDAR = (Precision.YEAR, Precision.MONTH, Precision.DAY)

_Read = tuple[datetime, Precision]


def dated(
    raw: RawDate | None,
    *,
    source: Source,
    now: datetime,
    position: int = 0,
    order: DateOrder | None = None,
) -> Dating:
    """Return the dating of an entry at ``position`` of its page.

    A day-only date becomes noon of that day where the source is, less ``position`` seconds, which
    keeps the page's order; on the day of ``now`` it is ``now``. A missing, impossible or future
    date becomes ``now`` with a note that says why.
    """
    if raw is None or not raw.text.strip():
        return _first_seen(now, position, "", "The source gives no date.")
    text = " ".join(raw.text.split())[:200]
    zone = _zone(source.timezone)
    read = _read(raw, text, source=source, now=now, order=order)
    if read is None:
        return _first_seen(now, position, text, f"The source's date “{text}” cannot be read.")
    moment, precision = read
    if precision in _BY_CALENDAR:
        return _by_calendar(read, zone=zone, now=now, position=position, text=text)
    at = moment.astimezone(UTC)
    if at < EARLIEST:
        return _first_seen(now, position, text, f"The source's date “{text}” is impossibly old.")
    if at <= now:
        return Dating(at=at, precision=precision, evidence=text)
    if at <= now + CLOCK_SKEW:
        note = "The source's clock runs ahead."
        return Dating(at=now, precision=precision, evidence=text, note=note)
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        note = f"The source's time “{text}” is still to come; only its day is believed."
        return Dating(at=_earlier(now, position), precision=Precision.DAY, evidence=text, note=note)
    return _first_seen(now, position, text, f"The source's date “{text}” lies in the future.")


def moment_of(raw: RawDate | None, *, source: Source, now: datetime) -> datetime | None:
    """Return a date of update in UTC, None where it is missing, impossible or in the future."""
    if raw is None or not raw.text.strip():
        return None
    dating = dated(raw, source=source, now=now)
    return dating.at if dating.used is DateUsed.SOURCE else None


def local_date_of(moment: datetime, source: Source) -> date:
    """Return the day that ``moment`` is on where the source is; a naive moment is local already."""
    return (moment.astimezone(_zone(source.timezone)) if moment.tzinfo else moment).date()


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _read(
    raw: RawDate, text: str, *, source: Source, now: datetime, order: DateOrder | None
) -> _Read | None:
    """Read a date; what comes without an offset is local time of the source. None if unreadable."""
    zone = _zone(source.timezone)
    try:
        read = _by_standard(text) or _by_language(text, source, zone, now, order)
        if read is None and raw.parsed is not None:
            read = (raw.parsed, _precision_of(text))
        if read is None:
            return None
        moment, precision = read
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None  # a 30th of February, a year 9999 that its zone pushes over the edge
    return moment, precision


def _by_standard(text: str) -> _Read | None:
    found = _ISO.fullmatch(text)
    if found is not None:
        month = int(found["m"]) if found["m"] else 1
        day = int(found["d"]) if found["d"] else 1
        if not found["d"]:
            coarse = Precision.MONTH if found["m"] else Precision.YEAR
            return datetime(int(found["y"]), month, day), coarse  # noqa: DTZ001 - local, see _read
        return _at(found, int(found["y"]), month, day)
    found = _RFC822.fullmatch(text)
    if found is not None:
        named = _MONTHS.get(found["name"].lower())
        if named is None:
            return None
        year = int(found["y"])
        if year < 100:
            year += 2000 if year < 70 else 1900
        return _at(found, year, named, int(found["d"]))
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC), Precision.SECOND
    return None


def _at(found: re.Match[str], year: int, month: int, day: int) -> _Read | None:
    if found["h"] is None:
        return datetime(year, month, day), Precision.DAY  # noqa: DTZ001 - local, see _read
    hour, minute = int(found["h"]), int(found["min"])
    second = min(int(found["s"] or 0), 59)  # a leap second is the second before it
    midnight_after = hour == 24 and minute == 0
    moment = datetime(year, month, day, 0 if midnight_after else hour, minute, second)  # noqa: DTZ001
    if midnight_after:
        moment += timedelta(days=1)
    known, offset = _offset(found["zone"])
    if not known:
        return None
    precision = Precision.SECOND if found["s"] else Precision.MINUTE
    return (moment if offset is None else moment.replace(tzinfo=offset)), precision


# A source writes its offset the same way each time.
@functools.lru_cache(maxsize=256)
def _offset(zone: str | None) -> tuple[bool, timezone | None]:
    """Return whether the zone can be read, and its offset; None for local time."""
    name = (zone or "").strip().lower()
    if not name:
        return True, None
    if name in _ZONES:
        return True, timezone(timedelta(minutes=_ZONES[name]))
    numeric = _OFFSET.fullmatch(name)
    if numeric is None:
        # AM and PM are no zones; an unknown name is taken for the source's own zone.
        return name not in {"am", "pm", "a", "p"}, None
    minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
    if minutes > 14 * 60:
        return True, None
    return True, timezone(timedelta(minutes=-minutes if numeric[1] == "-" else minutes))


def _by_language(
    text: str, source: Source, zone: ZoneInfo, now: datetime, order: DateOrder | None
) -> _Read | None:
    found = read_date(
        text, order=order, language=source.language, today=now.astimezone(zone).date()
    )
    return (found.value, found.precision) if found is not None else None


def _precision_of(text: str) -> Precision:
    if re.search(r"\d:\d{2}:\d{2}", text):
        return Precision.SECOND
    return Precision.MINUTE if re.search(r"\d:\d{2}", text) else Precision.DAY


def _by_calendar(read: _Read, *, zone: ZoneInfo, now: datetime, position: int, text: str) -> Dating:
    """Date an entry of which only the day, month or year is known."""
    moment, precision = read
    day, today = moment.date(), now.astimezone(zone).date()
    if day.year < EARLIEST.year:
        return _first_seen(now, position, text, f"The source's date “{text}” is impossibly old.")
    if day > today:
        return _first_seen(now, position, text, f"The source's date “{text}” lies in the future.")
    current = {
        Precision.YEAR: day.year == today.year,
        Precision.MONTH: (day.year, day.month) == (today.year, today.month),
    }.get(precision, day == today)
    if current:
        return Dating(at=_earlier(now, position), precision=precision, evidence=text)
    noon = datetime.combine(day, _NOON, tzinfo=zone)
    at = noon.astimezone(UTC) - timedelta(seconds=min(position, _HALF_DAY))
    return Dating(at=at, precision=precision, evidence=text)


def _first_seen(now: datetime, position: int, evidence: str, note: str) -> Dating:
    return Dating(
        at=_earlier(now, position),
        precision=Precision.SECOND,
        used=DateUsed.FIRST_SEEN,
        evidence=evidence,
        note=note,
    )


def _earlier(now: datetime, position: int) -> datetime:
    # A millisecond apart keeps the page's order among entries seen at once.
    return now.astimezone(UTC) - timedelta(milliseconds=min(position, 5000))
