"""How often one caller may ask for what costs us work."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

__all__ = ["RateLimit"]


class RateLimit:
    """A bucket of ``burst`` requests per caller that refills at ``per_second``.

    Remembers at most ``callers`` of them, forgetting who asked longest ago: memory stays bounded
    whoever asks. ``monotonic`` gives seconds that only grow.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        burst: int,
        per_second: float,
        callers: int = 10_000,
    ) -> None:
        self._monotonic = monotonic
        self._burst = float(burst)
        self._rate = per_second
        self._most = callers
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Count one request of ``caller``. Returns 0.0, or the seconds to wait before the next."""
        now = self._monotonic()
        left, since = self._buckets.pop(caller, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1.0
        self._buckets[caller] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self._rate
