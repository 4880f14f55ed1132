"""A turn at a host, as the processes of a fleet grant it to one another."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Turn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One of the places at a host, held until it is given back.

    ``wait``: seconds until the request may start. ``quiet``: seconds for which the host wants no
    request at all, because it answered ``quiet_status``; 0 where it did not.
    """

    place: int
    wait: float = 0.0
    quiet: float = 0.0
    quiet_status: int = 0
