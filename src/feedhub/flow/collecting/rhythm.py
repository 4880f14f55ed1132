"""When a source is asked next, after a pull that ended well or badly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedhub.cadence import PullHistory, is_due, next_due, server_wish
from feedhub.config.settings import CollectSection
from feedhub.errors import BadStatus, Blocked, FetchError, Gone, Refused, SourceError
from feedhub.fetch.websub import is_pushing
from feedhub.model.document import Document, NotModified
from feedhub.model.pull import SourceState
from feedhub.model.push import Push
from feedhub.model.source import Source
from feedhub.store.store import Transaction

__all__ = ["after_failure", "after_network_trouble", "after_success", "due_sources"]

#: the due time of a source that is not asked any more
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

#: how long to wait while the hub's own network is down
_NETWORK_RETRY = timedelta(minutes=5)

#: statuses that mean "not for you", which seldom passes within minutes
_REFUSALS = frozenset({401, 403, 404})


def _history(
    collect: CollectSection,
    source: Source,
    state: SourceState,
    *,
    news: tuple[datetime, ...] = (),
    pushed: bool = False,
    fresh_for: timedelta | None = None,
) -> PullHistory:
    chosen = collect.every if "every" in collect.model_fields_set else None
    return PullHistory(
        source_id=source.id,
        every=source.every or chosen,
        timezone=source.timezone,
        ttl_minutes=state.ttl_minutes,
        skip_hours=state.skip_hours,
        skip_days=state.skip_days,
        news=news,
        pushed=pushed,
        fresh_for=fresh_for,
    )


def _due(collect: CollectSection, history: PullHistory, now: datetime) -> tuple[datetime, str]:
    due = next_due(history, now, usual=collect.every)
    return due.at or _NEVER, due.reason


def after_success(
    collect: CollectSection,
    source: Source,
    state: SourceState,
    *,
    answer: Document | NotModified,
    news: tuple[datetime, ...],
    push: Push | None,
    now: datetime,
) -> tuple[datetime, str]:
    """Return when the source is next due after a good answer, and why then.

    ``news`` are the moments at which entries appeared lately; ``push`` is what was agreed with the
    source's hub.
    """
    history = _history(
        collect,
        source,
        state,
        news=news,
        pushed=push is not None and is_pushing(push, now),
        fresh_for=server_wish(answer.headers, now),
    )
    return _due(collect, history, now)


def after_failure(
    collect: CollectSection,
    source: Source,
    state: SourceState,
    *,
    error: SourceError,
    now: datetime,
) -> tuple[datetime, str]:
    """Return when the source is next due after trouble, and why then."""
    refused = isinstance(error, Refused | Blocked) or (
        isinstance(error, BadStatus) and error.status in _REFUSALS
    )
    history = replace(
        _history(collect, source, state),
        failures=state.failures,
        refused=refused,
        gone=isinstance(error, Gone),
        retry_after=error.retry_after if isinstance(error, FetchError) else None,
    )
    return _due(collect, history, now)


def due_sources(
    tx: Transaction, now: datetime, *, among: Collection[str] | None = None
) -> tuple[str, ...]:
    """Return the ids of sources, or of some of them, that are due, longest overdue first."""
    return tuple(
        name
        for name, due_at, pulled_at in tx.sources.maybe_due(now, among)
        if is_due(due_at, pulled_at, now)
    )


def after_network_trouble(before: SourceState, now: datetime) -> SourceState:
    """Return the state a source had before a pull that failed for our own network's sake."""
    return replace(
        before,
        next_due_at=now + _NETWORK_RETRY,
        due_reason="the hub's own network was down; all sources are tried again soon",
    )
