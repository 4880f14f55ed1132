"""Notices that the clock was set."""

from __future__ import annotations

from datetime import timedelta

from feedhub.clock import Clock

__all__ = ["ClockWatch"]

#: a clock that is corrected little by little (NTP) stays below this between two looks
_STEP = timedelta(seconds=2)


class ClockWatch:
    """Compares the time of day with time that passes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now, self._passed = clock.now(), clock.monotonic()

    def step(self) -> timedelta:
        """Return by how much the clock was set since the last look, zero if it was not.

        Sleep of the whole machine counts as a step forward: nothing passed for its programs.
        """
        now, passed = self._clock.now(), self._clock.monotonic()
        step = (now - self._now) - timedelta(seconds=passed - self._passed)
        self._now, self._passed = now, passed
        return step if abs(step) > _STEP else timedelta()
