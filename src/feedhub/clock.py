"""The only place that reads the time.

Doors, flows and the roof receive a ``Clock``; pure rooms receive ``now`` as a value.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "SetClock", "ShiftedClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time of day and measures time that passes."""

    def now(self) -> datetime:
        """Return the moment, aware and in UTC."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow, whatever happens to the wall clock."""

    def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        time.sleep(seconds)


class ShiftedClock(SystemClock):
    """A clock set to ``start`` when it is made, running on from there (``--now``)."""

    def __init__(self, start: datetime) -> None:
        self._shift: timedelta = start.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the shifted moment, aware and in UTC."""
        return super().now() + self._shift


class SetClock(SystemClock):
    """A clock that stands where it is put: what tests and benches work by."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was put at."""
        return self.moment
