"""When a source is asked next, after a pull that ended well or badly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feedhub.config.settings import Settings
from feedhub.errors import FetchError, SourceError
from feedhub.model.pull import SourceState
from feedhub.model.source import Source

__all__ = ["after_failure", "after_success"]


def after_success(
    state: SourceState, source: Source, settings: Settings, *, now: datetime
) -> SourceState:
    """Return the state with the next due time after a good answer."""
    return replace(state, next_due_at=now + (source.every or settings.collect.every))


def after_failure(
    state: SourceState, source: Source, settings: Settings, *, error: SourceError, now: datetime
) -> SourceState:
    """Return the state with the next due time after trouble: ever later, at least once a day."""
    pause = (source.every or settings.collect.every) * 2 ** min(state.failures - 1, 10)
    pause = min(pause, timedelta(days=1))
    if isinstance(error, FetchError) and error.retry_after is not None:
        pause = max(pause, timedelta(seconds=min(error.retry_after, 86_400)))
    return replace(state, next_due_at=now + pause)
