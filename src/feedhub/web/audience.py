"""How many people read a channel or a page: told by feed readers, counted without knowing anybody.

A reader program that fetches for many says so in its User-Agent ("12 subscribers"). Programs that
fetch for one person are counted as distinct fetchers of a day: of address and program only a hash
with a random salt is kept, the salt lives in memory and dies with the day, and what leaves this
class are numbers. See docs/decisions/084-audience.md.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b

__all__ = ["PAGES", "Audience", "Readership", "subscribers_told"]

#: the channel under which visits of pages are counted
PAGES = "*"

_LONGEST_AGENT = 300
_MOST_FETCHERS = 50_000  # distinct fetchers of a channel and day that are told apart
_MOST_PROGRAMS = 500
_MOST_CHANNELS = 5_000
#: no public feed had more; a larger number is a joke or an error
_MOST_TOLD = 5_000_000
_TOLD = re.compile(r"(?<![\w./])(\d{1,9}) (?:subscribers?|readers?|users?)\b(?!\.)", re.IGNORECASE)
_TOLD_AFTER = re.compile(
    r"\b(?:subscribers?|readers?|users)[:= ]{1,2}(\d{1,9})(?![\d.])", re.IGNORECASE
)
_FEED_ID = re.compile(r"\bfeed-?id[:=] ?([0-9A-Za-z_-]{1,40})", re.IGNORECASE)
_ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|preview|monitor|lighthouse|curl/|wget/", re.IGNORECASE
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z .+_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Readership:
    """One channel on one day. ``told`` is the sum of what reader services say, ``fetchers`` how
    many other programs came, ``people`` both together; ``requests`` counts every answer."""

    channel: str
    day: date
    told: int
    fetchers: int
    services: tuple[tuple[str, int], ...]
    requests: int = 0

    @property
    def people(self) -> int:
        """Subscribers that services told of, and fetchers that came for themselves."""
        return self.told + self.fetchers


@dataclass(slots=True)
class _Day:
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    fetchers: set[bytes] = field(default_factory=set)
    requests: int = 0


def subscribers_told(user_agent: str) -> tuple[str, str, int] | None:
    """Return (program, feed id, subscribers) if this reader fetches for several people.

    Understands the forms in use: ``Feedly/1.0 (+http://...; 16 subscribers; ...)``, ``Feedbin
    feed-id:1 - 12 subscribers``, ``NewsBlur Feed Fetcher - 3 subscribers - http://...``,
    ``YahooFeedSeeker/2.0 (...; users 12; ...)``.
    """
    agent = user_agent[:_LONGEST_AGENT]
    told = _TOLD.search(agent) or _TOLD_AFTER.search(agent)
    if told is None:
        return None
    count = int(told[1])
    if count > _MOST_TOLD:
        return None
    program = _PROGRAM.match(agent)
    feed_id = _FEED_ID.search(agent)
    name = program[0].lower().partition(" feed")[0].strip(" -+.") if program else "?"
    return name, feed_id[1] if feed_id else "", count


class Audience:
    """Counts the readers of feeds, by channel and day. Safe to use from several threads.

    ``channel_of`` names the channel of a path such as ``/feeds/all.atom``, ``PAGES`` for a page, ""
    for what is not counted. Visits of robots to pages are not counted.
    """

    def __init__(self, channel_of: Callable[[str], str] | None = None) -> None:
        self._channel_of = channel_of or _channel_of
        self._lock = threading.Lock()
        self._today: date | None = None
        self._salt = b""
        self._channels: dict[str, _Day] = {}
        self._finished: list[Readership] = []

    def note(self, path: str, *, user_agent: str, caller: str, now: datetime) -> None:
        """Count one successful request for ``path``."""
        channel = self._channel_of(path)
        if not channel or (channel == PAGES and _ROBOT.search(user_agent[:_LONGEST_AGENT])):
            return
        told = subscribers_told(user_agent)
        with self._lock:
            self._turn_page(now.astimezone(UTC).date())
            if channel not in self._channels and len(self._channels) >= _MOST_CHANNELS:
                return
            day = self._channels.setdefault(channel, _Day())
            day.requests += 1
            if told is not None:
                program, feed_id, count = told
                key = (program, feed_id or path)
                if key in day.told or len(day.told) < _MOST_PROGRAMS:
                    day.told[key] = count
            elif len(day.fetchers) < _MOST_FETCHERS:
                seen = f"{caller}\n{user_agent[:_LONGEST_AGENT]}".encode("utf-8", "replace")
                day.fetchers.add(blake2b(seen, key=self._salt, digest_size=8).digest())

    def today(self) -> tuple[Readership, ...]:
        """Return the counts of the running day (UTC) so far."""
        with self._lock:
            return self._counts()

    def take_finished(self, now: datetime | None = None) -> tuple[Readership, ...]:
        """Return the counts of days that are over, once: the caller keeps them.

        With ``now``, the running day is closed when it is over though nobody came since.
        """
        with self._lock:
            if now is not None and self._today is not None:
                self._turn_page(now.astimezone(UTC).date())
            finished, self._finished = tuple(self._finished), []
            return finished

    def _turn_page(self, today: date) -> None:
        if today == self._today:
            return
        if self._today is not None:
            self._finished.extend(self._counts())
        self._today = today
        self._salt = secrets.token_bytes(32)
        self._channels = {}

    def _counts(self) -> tuple[Readership, ...]:
        day = self._today
        if day is None:
            return ()
        return tuple(
            _readership(channel, day, seen) for channel, seen in sorted(self._channels.items())
        )


def _readership(channel: str, day: date, seen: _Day) -> Readership:
    services: dict[str, int] = {}
    for (program, _), count in seen.told.items():
        services[program] = services.get(program, 0) + count
    ranked = sorted(services.items(), key=lambda pair: (-pair[1], pair[0]))
    return Readership(
        channel=channel,
        day=day,
        told=sum(services.values()),
        fetchers=len(seen.fetchers),
        services=tuple(ranked),
        requests=seen.requests,
    )


def _channel_of(path: str) -> str:
    stem, dot, suffix = path.rpartition(".")
    if suffix == "html":
        return PAGES
    if not dot or suffix not in {"atom", "rss", "json"} or "/archive/" in path:
        return ""
    return stem.strip("/").removeprefix("feeds/")
