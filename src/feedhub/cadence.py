"""When a source is next due: as often as it has news, as rarely as its server wishes.

Pure: the same history and moment always give the same answer, jitter included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

__all__ = ["LONGEST", "SHORTEST", "Due", "PullHistory", "is_due", "next_due", "server_wish"]

#: No source is asked more often, however much it publishes.
SHORTEST = timedelta(minutes=5)
#: No source is asked less often, whatever its server says or however long it has failed: a year
#: of max-age is a slip of configuration, and a dead source may come back any day.
LONGEST = timedelta(hours=24)
#: Pulls per expected piece of news. At six, news waits a twelfth of the usual gap on average.
_PULLS_PER_NEWS = 6
#: How far back the rhythm is read: the last week, or a month where the week says nothing.
_WINDOWS = (timedelta(days=7), timedelta(days=28))
#: What appears within this time came in one go and counts once.
_ONE_GO = timedelta(minutes=1)
#: The first retry after a failure; every further one waits twice as long, up to a day.
_FIRST_RETRY = timedelta(minutes=10)
#: A refusal (401, 403, 404, robots.txt, a bot wall) seldom passes within minutes.
_FIRST_RETRY_REFUSED = timedelta(hours=1)
#: How rarely a source is asked whose hub pushes its news to us (WebSub).
_PUSHED = timedelta(hours=12)
#: Jitter spreads sources that were added together; it only ever delays.
_JITTER_SHARE = 0.1
_JITTER_MOST = timedelta(minutes=15)
_STEP = timedelta(minutes=15)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullHistory:
    """What is known of a source after a pull.

    ``news`` are the moments at which entries appeared: their publication times where the source
    gives the hour, else when they were first seen; in any order. ``failures`` counts pulls that
    failed in a row (0 after a good one) and ``refused`` says that the last failure was a refusal
    (401, 403, 404, robots.txt, a bot wall). ``gone`` is a 410. ``retry_after`` is in seconds.
    ``fresh_for`` is what ``server_wish`` read, ``ttl_minutes``, ``skip_hours`` (0 to 23, GMT) and
    ``skip_days`` (English names) what the feed itself wishes. ``every`` is the operator's own
    rhythm; ``quiet_hours`` are hours of the day in ``timezone`` in which the operator wants no
    pull. ``pushed`` says that a WebSub hub delivers this source's news.
    """

    source_id: str
    news: tuple[datetime, ...] = ()
    failures: int = 0
    refused: bool = False
    gone: bool = False
    retry_after: float | None = None
    fresh_for: timedelta | None = None
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    every: timedelta | None = None
    quiet_hours: tuple[int, ...] = ()
    timezone: str = "UTC"
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When to pull next, and why then. ``at`` is None where no pull shall be made any more."""

    at: datetime | None
    reason: str


def next_due(
    history: PullHistory, now: datetime, *, usual: timedelta = timedelta(minutes=30)
) -> Due:
    """Say when a source that was pulled just now is due again.

    ``usual`` is the rhythm of a source of which nothing is known yet.
    """
    if history.gone:
        return Due(None, "the server says it is gone for good (410); it is not asked any more")
    if history.failures > 0:
        wait, reason = _after_failure(history)
    else:
        wait, reason = _after_success(history, now, usual)
    if history.retry_after is not None:
        asked = timedelta(seconds=min(max(history.retry_after, 0.0), LONGEST.total_seconds()))
        if asked > wait:
            wait, reason = asked, f"the server asks us to wait {_words(asked)}"
    wait += _jitter(history.source_id, wait)
    at, moved = _past_quiet_hours(history, now + wait)
    return Due(at, f"{reason}; {moved}" if moved else reason)


def is_due(due_at: datetime, pulled_at: datetime | None, now: datetime) -> bool:
    """Say whether a source is due, also when the machine's clock was set back meanwhile.

    A pull that lies in the future was dated by a clock that has since been corrected; waiting
    for its due moment could stall the source for as long as the clock was wrong.
    """
    return due_at <= now or (pulled_at is not None and pulled_at > now + SHORTEST)


def server_wish(headers: Iterable[tuple[str, str]], now: datetime) -> timedelta | None:
    """Read for how long an answer stays fresh (RFC 9111, 4.2.1): max-age less Age, or Expires.

    ``headers`` have lower-case names. Returns None where the server says nothing usable.
    """
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name, value)
    wish: timedelta | None = None
    for directive in first.get("cache-control", "").lower().split(",")[:20]:
        name, _, value = directive.strip().partition("=")
        if name in {"no-cache", "no-store"}:
            return None
        seconds = _digits(value.strip('" '))
        if name == "max-age" and seconds is not None:
            wish = timedelta(seconds=max(0, seconds - (_digits(first.get("age", "")) or 0)))
    if wish is None and "expires" in first:
        try:
            moment = parsedate_to_datetime(first["expires"][:64])
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            wish = moment - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return None  # "Expires: 0" and other nonsense mean: already stale (RFC 9111, 5.3)
    return wish if wish and wish > timedelta(0) else None


def _digits(text: str) -> int | None:
    text = text.strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _after_failure(history: PullHistory) -> tuple[timedelta, str]:
    first = _FIRST_RETRY_REFUSED if history.refused else _FIRST_RETRY
    wait = min(first * 2 ** min(history.failures - 1, 10), LONGEST)
    times = "once" if history.failures == 1 else f"{history.failures} times in a row"
    how = "tried once a day" if wait == LONGEST else f"tried again after {_words(wait)}"
    return wait, f"the pull failed {times}; {how}"


def _after_success(history: PullHistory, now: datetime, usual: timedelta) -> tuple[timedelta, str]:
    if history.every is not None:
        wait = max(history.every, timedelta(seconds=1))
        return wait, f"the operator set every {_words(wait)}"
    wait, reason = _rhythm(history.news, now, usual)
    if history.pushed and wait < _PUSHED:
        wait, reason = _PUSHED, f"its hub pushes news to us; asked every {_words(_PUSHED)} as well"
    wishes = (
        (history.fresh_for, "the server calls its answer fresh for"),
        (
            timedelta(minutes=min(max(history.ttl_minutes, 0), 10_000_000))
            if history.ttl_minutes
            else None,
            "the feed asks to be read no more than every",
        ),
    )
    for wish, words in wishes:
        if wish is not None and min(wish, LONGEST) > wait:
            wait, reason = min(wish, LONGEST), f"{words} {_words(wish)}"
            if wish > LONGEST:
                reason += f", which is capped at {_words(LONGEST)}"
    return wait, reason


def _rhythm(news: tuple[datetime, ...], now: datetime, usual: timedelta) -> tuple[timedelta, str]:
    """Learn the wait from the gaps between news, an ongoing silence counting as a gap."""
    moments = _occasions(moment for moment in news if moment <= now)
    if not moments:
        wait = min(max(usual, SHORTEST), LONGEST)
        return wait, f"its rhythm is not known yet; asked every {_words(wait)}"
    for window in _WINDOWS:
        recent = [moment for moment in moments if moment >= now - window]
        # a source met a day ago has a day of history, not a week of silence
        span = min(window, now - moments[0])
        if len(recent) >= 2 or (recent and window == _WINDOWS[-1]):
            gap = max(span, _ONE_GO) / len(recent)
            wait = min(max(gap / _PULLS_PER_NEWS, SHORTEST), LONGEST)
            return wait, f"it has news about every {_words(gap)}; asked every {_words(wait)}"
    return LONGEST, f"it has had no news for {_words(now - moments[-1])}; asked once a day"


def _occasions(moments: Iterable[datetime]) -> list[datetime]:
    """Sort moments and keep one of those that came in one go."""
    kept: list[datetime] = []
    for moment in sorted(moments):
        if not kept or moment - kept[-1] > _ONE_GO:
            kept.append(moment)
    return kept


def _jitter(source_id: str, wait: timedelta) -> timedelta:
    digest = hashlib.blake2b(source_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    share = int.from_bytes(digest, "big") / 2**32
    return min(wait * _JITTER_SHARE, _JITTER_MOST) * share


def _past_quiet_hours(history: PullHistory, at: datetime) -> tuple[datetime, str]:
    """Move a moment out of the hours and days in which no pull is wanted."""
    if not (history.skip_hours or history.skip_days or history.quiet_hours):
        return at, ""
    zone = ZoneInfo(history.timezone)
    skip_hours = {hour % 24 for hour in history.skip_hours}
    skip_days = {day.strip().lower() for day in history.skip_days} & set(_DAYS)
    quiet_hours = {hour % 24 for hour in history.quiet_hours}

    def unwanted(moment: datetime) -> str:
        utc = moment.astimezone(UTC)
        if moment.astimezone(zone).hour in quiet_hours:
            return "moved out of the quiet hours"
        if utc.hour in skip_hours or _DAYS[utc.weekday()] in skip_days:
            return "moved out of the hours and days the feed asks to skip"
        return ""

    why = unwanted(at)
    if not why:
        return at, ""
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    for step in range(1, 8 * 24 * 4):  # a week and a day of quarters
        moment = quarter + step * _STEP
        if not unwanted(moment):
            return moment + _jitter(history.source_id, timedelta(hours=2)), why
    return at, "every hour of the week is asked to be skipped, which cannot be meant"


def _words(wait: timedelta) -> str:
    """Say a length of time in its largest fitting unit."""
    seconds = wait.total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size * (2 if unit == "day" else 1):
            number = round(seconds / size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    number = max(1, round(seconds))
    return f"{number} second{'' if number == 1 else 's'}"
