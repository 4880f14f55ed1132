"""The limits of hosts where several processes ask: whoever keeps them is asked from a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol, TypeVar

from feedhub.model.turn import Turn

__all__ = ["SharedDoors", "SharedTurns"]

Given = TypeVar("Given")

#: seconds between two tries for a place that others hold: short at first, then longer
_FIRST_TRY, _LAST_TRY, _SLOWER = 0.02, 0.3, 1.5


class SharedDoors(Protocol):
    """Who keeps the places of hosts for a fleet; called from one thread, one call at a time."""

    def enter(self, site: str, gap: float, *, follows: bool = False) -> Turn | None:
        """Take a place at a host; None while all are taken."""

    def leave(self, site: str, place: int) -> None:
        """Give a place back."""

    def rest(self, site: str, status: int, seconds: float) -> None:
        """Remember that a host wants to be left alone."""

    def close(self) -> None:
        """Give every place back."""


class SharedTurns:
    """Turns at hosts for one event loop, out of the doors that a fleet shares."""

    def __init__(self, doors: SharedDoors) -> None:
        self._doors = doors
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="doors")

    async def _ask(self, question: Callable[[], Given]) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    @asynccontextmanager
    async def turn(self, site: str, gap: float, *, follows: bool) -> AsyncIterator[Turn]:
        """Wait until the host has a place and hold it; its ``wait`` has not passed yet."""
        turn = await self._enter(site, gap, follows=follows)
        try:
            yield turn
        finally:
            # in the order of the thread, and whatever becomes of who held it
            self._thread.submit(self._doors.leave, site, turn.place)

    async def _enter(self, site: str, gap: float, *, follows: bool) -> Turn:
        pause = _FIRST_TRY
        while True:
            asked = asyncio.ensure_future(
                self._ask(partial(self._doors.enter, site, gap, follows=follows))
            )
            try:
                turn = await asyncio.shield(asked)
            except asyncio.CancelledError:
                asked.add_done_callback(partial(self._give_back, site))
                raise
            if turn is not None:
                return turn
            await asyncio.sleep(pause)
            pause = min(pause * _SLOWER, _LAST_TRY)

    def _give_back(self, site: str, asked: asyncio.Future[Turn | None]) -> None:
        if not asked.cancelled() and asked.exception() is None:
            turn = asked.result()
            if turn is not None:
                self._thread.submit(self._doors.leave, site, turn.place)

    def rest(self, site: str, status: int, seconds: float) -> None:
        """Remember that a host wants to be left alone; waits for nothing."""
        self._thread.submit(self._doors.rest, site, status, seconds)

    async def close(self) -> None:
        """Give every place back."""
        await self._ask(self._doors.close)
        self._thread.shutdown()
