"""How often and how many at once one host is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from feedhub.clock import Clock
from feedhub.errors import BadStatus
from feedhub.fetch.fleet import SharedDoors, SharedTurns

__all__ = ["Doorkeeper"]

#: The longest a host may send us away: a day, so that no misconfigured site silences itself.
_LONGEST_WAIT = timedelta(hours=24)
#: What 429 without Retry-After means to us.
_UNSAID_WAIT = timedelta(minutes=1)
#: No robots.txt makes us slower than a request a minute.
_LONGEST_GAP = 60.0
_MOST_HOSTS = 10_000


class _Door:
    """One host: its free places, when the next request may start, and until when it wants rest."""

    __slots__ = ("gap", "places", "quiet_status", "quiet_until", "starts_at", "users")

    def __init__(self, places: int, gap: float) -> None:
        self.places = asyncio.Semaphore(places)
        self.gap = gap
        self.starts_at = 0.0
        self.users = 0
        self.quiet_until: datetime | None = None
        self.quiet_status = 0


class Doorkeeper:
    """Keeps the per-host limits for all requests of one hub.

    ``per_host`` requests at once to one host, whose starts are ``gap`` seconds apart. A host that
    said when to come back is not asked before. With ``shared``, all of this holds for the whole
    fleet of processes that share those doors.
    """

    def __init__(
        self, clock: Clock, *, per_host: int, gap: float, shared: SharedDoors | None = None
    ) -> None:
        self._clock = clock
        self._shared = SharedTurns(shared) if shared is not None else None
        self._per_host = per_host
        self._gap = gap
        self._doors: dict[str, _Door] = {}

    def _door(self, site: str) -> _Door:
        door = self._doors.get(site)
        if door is None:
            if len(self._doors) >= _MOST_HOSTS:
                now = self._clock.now()
                self._doors = {
                    name: kept
                    for name, kept in self._doors.items()
                    if kept.users or (kept.quiet_until is not None and kept.quiet_until > now)
                }
            door = self._doors[site] = _Door(self._per_host, self._gap)
        return door

    @asynccontextmanager
    async def turn(self, site: str, *, follows: bool = False) -> AsyncIterator[None]:
        """Wait for one's turn at a host and hold a place there.

        ``follows`` is for a request that a redirect of the same visit led to: it does not wait
        for the gap. Raises ``BadStatus`` where the host has asked for rest.
        """
        door = self._door(site)
        self._check_quiet(door, site)
        door.users += 1
        try:
            async with door.places:
                loop = asyncio.get_running_loop()
                now = loop.time()
                start = now if follows else max(now, door.starts_at)
                door.starts_at = max(door.starts_at, start + door.gap)
                if start > now:
                    await asyncio.sleep(start - now)
                self._check_quiet(door, site)
                if self._shared is None:
                    yield
                    return
                async with self._shared.turn(site, door.gap, follows=follows) as turn:
                    if turn.quiet:
                        self._keep_quiet(door, turn.quiet_status, turn.quiet)
                    self._check_quiet(door, site)
                    await asyncio.sleep(turn.wait)
                    yield
        finally:
            door.users -= 1

    async def close(self) -> None:
        """Give back what is held of shared doors."""
        if self._shared is not None:
            await self._shared.close()

    def _check_quiet(self, door: _Door, site: str) -> None:
        if door.quiet_until is None:
            return
        left = (door.quiet_until - self._clock.now()).total_seconds()
        # more than was ever granted means that the wall clock was set back meanwhile
        if not 0 < left <= _LONGEST_WAIT.total_seconds():
            door.quiet_until = None
            return
        raise BadStatus(
            f"{site} asked us ({door.quiet_status}) not to come back before "
            f"{door.quiet_until:%Y-%m-%d %H:%M:%S} UTC",
            status=door.quiet_status,
            retry_after=left,
        )

    def rest(self, site: str, status: int, seconds: float | None) -> None:
        """Remember that a host answered 429 or 503 and for how long it wants rest."""
        if seconds is None:
            if status != 429:
                return
            seconds = _UNSAID_WAIT.total_seconds()
        seconds = min(seconds, _LONGEST_WAIT.total_seconds())
        self._keep_quiet(self._door(site), status, seconds)
        if self._shared is not None:
            self._shared.rest(site, status, seconds)

    def _keep_quiet(self, door: _Door, status: int, seconds: float) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        if door.quiet_until is None or until > door.quiet_until:
            door.quiet_until = until
            door.quiet_status = status

    def slow_down(self, site: str, gap: float) -> None:
        """Take a host's own wish for the gap (Crawl-delay), where it is longer than ours."""
        door = self._door(site)
        door.gap = max(door.gap, min(gap, _LONGEST_GAP))
