"""robots.txt (RFC 9309), asked once a day per site."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from feedhub.clock import Clock
from feedhub.errors import FetchError, Refused
from feedhub.fetch.address import WebAddress

__all__ = ["ROBOTS_BYTES", "RobotsRules"]

#: RFC 9309 (2.5): at least 500 KiB are read; what comes after is left out.
ROBOTS_BYTES = 500 * 1024
#: RFC 9309 (2.4): no longer than a day.
_KEPT = timedelta(hours=24)
#: When an unreadable robots.txt is asked again.
_RETRIED = timedelta(hours=1)
#: When a server that could not be reached, or wants rest, is asked for it again.
_RETRIED_SOON = timedelta(minutes=1)
_MOST_SITES = 5_000

#: reads one robots.txt: its address -> its bytes; raises ``FetchError``
ReadRobots = Callable[[WebAddress], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one site allows: everything where nothing is parsed, nothing while in trouble."""

    until: datetime
    parsed: Protego | None = None
    trouble: FetchError | None = None


class _Site:
    """One origin; the lock lets a single request ask for the file while others wait for it."""

    __slots__ = ("lock", "rules")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.rules: _Rules | None = None


class RobotsRules:
    """What each site lets this hub's user agent read."""

    def __init__(self, clock: Clock, agent: str, read: ReadRobots) -> None:
        self._clock = clock
        self._agent = agent
        self._read = read
        self._sites: dict[str, _Site] = {}

    async def check(self, address: WebAddress) -> float | None:
        """Return the Crawl-delay in seconds where the site states one.

        Raises ``Refused`` where robots.txt forbids the address or could not be read because the
        server is broken (RFC 9309, 2.3.1.4: then nothing may be asked), and what the network
        raised where there is no server to speak with.
        """
        if len(self._sites) >= _MOST_SITES:
            self._sites = {name: kept for name, kept in self._sites.items() if kept.lock.locked()}
        site = self._sites.setdefault(address.origin, _Site())
        async with site.lock:
            now = self._clock.now()
            rules = site.rules
            # rules kept for more than a day ahead were kept before the clock was set back
            if rules is None or not now < rules.until <= now + _KEPT:
                rules = site.rules = await self._fetch(address, rules, now)
        if rules.trouble is not None:
            raise _again(rules.trouble)
        if rules.parsed is None:
            return None
        if not rules.parsed.can_fetch(address.url, self._agent):
            raise Refused(
                f"robots.txt of {address.host} asks us not to read {address.target[:200]}"
            )
        delay = rules.parsed.crawl_delay(self._agent)
        return float(delay) if delay is not None else None

    async def _fetch(self, address: WebAddress, old: _Rules | None, now: datetime) -> _Rules:
        robots = WebAddress(address.scheme, address.host, address.port, "/robots.txt", address.ip)
        try:
            body = await self._read(robots)
        except FetchError as error:
            status = error.status or 0
            if 400 <= status < 500 and status != 429:
                return _Rules(now + _KEPT)  # RFC 9309 (2.3.1.3): unavailable, all allowed
            if old is not None and old.trouble is None:
                return _Rules(now + _RETRIED, old.parsed)
            if status < 500:
                return _Rules(now + _RETRIED_SOON, trouble=error)
            refusal = Refused(f"robots.txt of {address.host} cannot be read: {error}")
            return _Rules(now + _RETRIED, trouble=refusal)
        text = body[:ROBOTS_BYTES].decode("utf-8-sig", "replace")
        return _Rules(now + _KEPT, Protego.parse(text))


def _again(error: FetchError) -> FetchError:
    """Return an error of its own for each request, with its own traceback."""
    return type(error)(str(error), status=error.status, retry_after=error.retry_after)
