"""How often the hub asked whom."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LedgerLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """The requests of one day (YYYY-MM-DD, the hub's time zone) to one host, of one kind.

    ``unchanged`` counts answers that said "not modified", ``failed`` requests without a good
    answer; ``bytes`` are those of the bodies on the wire.
    """

    day: str
    host: str
    kind: str
    requests: int = 0
    unchanged: int = 0
    failed: int = 0
    bytes: int = 0
