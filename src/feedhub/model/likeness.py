"""What was found between two entries."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EntryLink"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLink:
    """Two entries, by id, and what was found between them; the older one comes first.

    ``verdict`` is ``same`` or ``related``, ``score`` the share of the shorter text that the other
    one holds (0 to 1), ``reasons`` say in words what spoke for it.
    """

    first: str
    second: str
    verdict: str
    score: float
    reasons: tuple[str, ...] = ()
