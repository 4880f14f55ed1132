"""How each source is doing, for pages: only what changes when its state changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.config.settings import Settings
from feedhub.edit.cards import source_card
from feedhub.flow.collecting.remembering import MOVE_PROOFS
from feedhub.model.page import Reconciliation, SourceHealth, SourceStanding
from feedhub.model.pull import PullRecord, SourceState
from feedhub.model.source import Source
from feedhub.model.trouble import TroubleKind
from feedhub.store.store import Transaction

__all__ = ["Standing", "live_standings", "silent_since", "standings_of"]

#: a source is late when it was due this long ago and has still not been read
_LATE = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A source's standing and sums, with a fingerprint that tells when its page must change."""

    standing: SourceStanding
    reconciliation: Reconciliation | None

    @property
    def fingerprint(self) -> str:
        """A text that differs when the page does."""
        one, sums = self.standing, self.reconciliation
        return repr((one.health, one.since, one.message, one.entries, sums))


def _standing(source: Source, state: SourceState | None, entries: int) -> SourceStanding:
    card = source_card(source)
    if not source.enabled:
        return SourceStanding(source=card, health=SourceHealth.PAUSED, entries=entries)
    if state is None or state.pulled_at is None:
        return SourceStanding(source=card, health=SourceHealth.NEW, entries=entries)
    health = SourceHealth.FRESH
    message = state.message
    if state.moved_proofs >= MOVE_PROOFS and state.moved_to != source.url:
        moved = f"moved for good to {state.moved_to}: put that address into the config"
        message = f"{message}; {moved}" if message else moved
    if state.failing_since is not None:
        held = any(one.hold and one.words in state.message for one in state.troubles)
        health = SourceHealth.HELD if held else SourceHealth.FAILING
    elif any(trouble.kind is TroubleKind.LATE for trouble in state.troubles):
        health = SourceHealth.LATE
    return SourceStanding(
        source=card,
        health=health,
        since=state.failing_since,
        message=message,
        entries=entries,
    )


def _sums(pull: PullRecord | None) -> Reconciliation | None:
    if pull is None:
        return None
    counts = pull.counts
    reasons: dict[str, int] = {}
    for reason in counts.reasons:
        reasons[reason] = reasons.get(reason, 0) + 1
    return Reconciliation(
        listed=counts.seen,
        published=counts.new + counts.revised + counts.known,
        duplicate=counts.duplicate,
        rejected=counts.rejected,
        pending=counts.pending,
        reasons=tuple(sorted(reasons.items())),
    )


def standings_of(settings: Settings, tx: Transaction) -> dict[str, Standing]:
    """Return the standing of every configured source by its id, without passing moments."""
    states, counts, pulls = tx.sources.states(), tx.entries.counts(), tx.sources.last_pulls()
    return {
        source.id: Standing(
            standing=_standing(source, states.get(source.id), counts.get(source.id, 0)),
            reconciliation=_sums(pulls.get(source.id)),
        )
        for source in settings.sources
    }


def silent_since(settings: Settings, tx: Transaction) -> datetime | None:
    """Return when a source was last read, if none of those that are asked can be read any more."""
    states = tx.sources.states()
    asked = [
        state
        for source in settings.sources
        if source.enabled and (state := states.get(source.id)) and state.pulled_at
    ]
    if not asked or any(state.failing_since is None for state in asked):
        return None
    return max((state.succeeded_at for state in asked if state.succeeded_at), default=None)


def live_standings(
    settings: Settings, tx: Transaction, now: datetime
) -> tuple[SourceStanding, ...]:
    """Return every source's standing at this moment, with last success and next try."""
    states = tx.sources.states()
    found = []
    for name, one in standings_of(settings, tx).items():
        state = states.get(name)
        standing = one.standing
        if state is not None:
            health = standing.health
            if health is SourceHealth.FRESH and state.next_due_at < now - _LATE:
                health = SourceHealth.LATE
            standing = replace(
                standing,
                health=health,
                last_success=state.succeeded_at,
                next_try=None if state.gone else state.next_due_at,
            )
        found.append(standing)
    return tuple(found)
