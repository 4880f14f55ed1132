"""What is remembered of a source after a pull that ended well, badly, or in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from feedhub.errors import Gone, ListingChanged, SourceError
from feedhub.flow.collecting.watching import failing, held_words
from feedhub.model.document import Document, NotModified
from feedhub.model.pull import SourceState
from feedhub.model.source import Source
from feedhub.model.trouble import Trouble, TroubleKind

__all__ = ["MOVE_PROOFS", "answered", "failed", "held"]

#: pulls in a row that must end at the same new address before the subscription moves there
MOVE_PROOFS = 3


def answered(
    state: SourceState,
    answer: Document | NotModified,
    body_hash: str,
    now: datetime,
    **changes: Any,
) -> SourceState:
    """Return the state after any good answer, with what else changed."""
    moved = answer.moved_to or ""
    proofs = state.moved_proofs
    if moved:
        proofs = proofs + 1 if moved == state.moved_to else 1
    elif proofs < MOVE_PROOFS:
        proofs = 0
    full = isinstance(answer, Document)
    return replace(
        state,
        validators=answer.validators,
        body_hash=body_hash,
        moved_to=moved or (state.moved_to if proofs else ""),
        moved_proofs=proofs,
        pulled_at=now,
        succeeded_at=now,
        full_fetch_at=now if full else state.full_fetch_at,
        failing_since=None,
        failures=0,
        **changes,
    )


def failed(state: SourceState, error: SourceError, now: datetime) -> SourceState:
    """Return the state after trouble. A listing its rule no longer fits counts as redesigned."""
    state = replace(
        state,
        pulled_at=now,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        gone=isinstance(error, Gone),
        message=str(error),
    )
    if isinstance(error, ListingChanged):
        changed = Trouble(kind=TroubleKind.REDESIGNED, words=str(error), hold=True)
        return replace(state, troubles=(changed,))
    return replace(state, troubles=failing(state))


def held(
    state: SourceState, source: Source, troubles: Sequence[Trouble], now: datetime
) -> SourceState:
    """Return the state after a suspicious document.

    Its validators are not taken over: the document of the last good pull stays the one compared
    with, so that a source that comes to itself is recognised.
    """
    return replace(
        state,
        pulled_at=now,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        message=held_words(source, troubles),
        troubles=tuple(troubles),
    )
