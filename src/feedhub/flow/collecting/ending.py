"""How a pull ended, and writing that down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedhub.model.pull import PullRecord, SourceState
from feedhub.model.trouble import Notice, PullFacts
from feedhub.store.store import Transaction

__all__ = ["Ending", "keep_endings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a pull ended: its record, the source's state after it, and what operators are told.

    ``facts`` is what the document looked like, only where its entries are taken.
    """

    record: PullRecord
    state: SourceState
    facts: PullFacts | None = None
    told: tuple[Notice, ...] = ()


def keep_endings(tx: Transaction, endings: Sequence[Ending]) -> None:
    """Write down how pulls ended."""
    tx.sources.save(*(ending.state for ending in endings))
    tx.sources.add_pulls((ending.record, ending.facts) for ending in endings)
    for ending in endings:
        tx.notices.add(ending.record.source_id, ending.record.at, ending.told)
