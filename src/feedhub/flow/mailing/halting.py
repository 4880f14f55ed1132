"""A halt of all sending outlasts the process that called it.

Only the halt after many refusals as unwanted is kept: a command that runs every few minutes would
else begin anew each time and spoil ten more messages. A server that is away, or a wrong password,
costs nobody a message, and whoever has just mended it wants to see it work.
"""

from __future__ import annotations

from datetime import datetime

from feedhub.model.mail import Refusal
from feedhub.redelivery import Pace
from feedhub.store.store import Store, Transaction

__all__ = ["keep_halt", "recall_halt", "standing_halt"]

_FACT = "mail_halted"


def standing_halt(tx: Transaction, now: datetime) -> tuple[datetime, str] | None:
    """Return until when nothing is sent, and why; None where nothing stands in the way."""
    until, _, because = (tx.facts.get(_FACT) or "").partition(" ")
    if not until:
        return None
    moment = datetime.fromisoformat(until)
    return (moment, because) if moment > now else None


def recall_halt(store: Store, pace: Pace, now: datetime) -> None:
    """Let ``pace`` stand still where another process called a halt."""
    with store.reading() as tx:
        halt = standing_halt(tx, now)
    if halt is not None:
        pace.halt(*halt, by=Refusal.POLICY)


def keep_halt(store: Store, pace: Pace, now: datetime) -> None:
    """Keep the halt that ``pace`` has come to, if it is one to outlast this process."""
    until = pace.halted_until
    if pace.halted_by is not Refusal.POLICY or until is None or until <= now:
        return
    kept = f"{until.isoformat()} {pace.halted_because}"
    with store.writing() as tx:
        if tx.facts.get(_FACT) != kept:
            tx.facts.set(_FACT, kept)
