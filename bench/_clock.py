"""A clock for the benches."""

from __future__ import annotations

from datetime import datetime

from feedhub.clock import SystemClock

__all__ = ["SetClock"]


class SetClock(SystemClock):
    """A clock that stands where it is put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was put at."""
        return self.moment
