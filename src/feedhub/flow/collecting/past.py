"""A source's past, read once a pull, and as much of it as a quiet pull needs, packed small.

A pull that finds nothing changed learns nothing new: what is usual and when news came are the same
as after the pull before. So they are kept with the source, and thousands of such pulls need no look
at any entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feedhub.flow.parts import CollectParts
from feedhub.model.entry import Entry
from feedhub.model.pull import SourceState
from feedhub.model.source import Source
from feedhub.model.trouble import PullFacts
from feedhub.watch.normal import Normal, learn

__all__ = ["Learnt", "Past", "learnt_from", "pack", "read_past", "unpack"]

#: news is read this far back from the latest on, to learn what is usual
_NEWS = timedelta(weeks=12)
#: a rhythm is learnt from this much of the past
_RHYTHM = timedelta(days=28)
#: moments of news that are packed: of a source that has more within a week, the rhythm is the
#: shortest there is anyway (cadence: six pulls per piece of news, five minutes at least)
_MOST_PACKED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What came of a source's earlier pulls.

    ``news`` gives, per entry, when it appeared and when it says it was published.
    """

    history: tuple[PullFacts, ...] = ()
    news: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def newest(self) -> datetime | None:
        """When the newest entry says it was published; None where none is known."""
        return max((published for _, published in self.news), default=None)

    def normal(self, source: Source, now: datetime) -> Normal:
        """Learn what is usual."""
        since = (self.newest or now) - _NEWS
        news = [moment for moment, published in self.news if published >= since]
        return learn(self.history, news, now, timezone=source.timezone)

    def rhythm(self, now: datetime) -> tuple[datetime, ...]:
        """Return the moments of news that the rhythm of pulls is learnt from."""
        return tuple(moment for moment, published in self.news if published >= now - _RHYTHM)

    def after(self, facts: PullFacts, fresh: Iterable[Entry], now: datetime) -> Past:
        """Return the past as it is once a pull is over that found these new entries."""
        news = [(entry.published.appeared(now), entry.published.at) for entry in fresh]
        return Past(history=(*self.history, facts), news=(*self.news, *news))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What the next quiet pull needs to know: what is usual, and the moments of news."""

    normal: Normal
    news: tuple[datetime, ...]


def read_past(parts: CollectParts, source: Source, since: datetime | None, now: datetime) -> Past:
    """Read a source's past; documents from before ``since`` say nothing any more."""
    with parts.store.reading() as tx:
        history = tx.sources.facts(source.id, since=since)
        newest = tx.entries.newest_dates(source.id, limit=1)
        if not newest:
            return Past(history=history)
        start = min(newest[0] - _NEWS, now - _RHYTHM)
        return Past(history=history, news=tx.entries.appearances(source.id, start))


def learnt_from(past: Past, source: Source, now: datetime) -> Learnt:
    """Learn from the past what the next quiet pulls need."""
    return Learnt(normal=past.normal(source, now), news=past.rhythm(now))


def pack(learnt: Learnt) -> str:
    """Put what was learnt into a short text."""
    normal = learnt.normal
    return json.dumps(
        [
            normal.pulls,
            [round(chance, 6) for chance in normal.active_days],
            round(normal.weeks, 3),
            normal.days_with_news,
            normal.last_news.isoformat() if normal.last_news else "",
            _seconds(learnt.news),
        ],
        separators=(",", ":"),
    )


def _seconds(news: Sequence[datetime]) -> list[int]:
    return sorted(int(moment.timestamp()) for moment in news)[-_MOST_PACKED:]


def unpack(state: SourceState, source: Source) -> Learnt | None:
    """Return what was learnt at a source's last reading; None where nothing is kept."""
    if not state.learnt:
        return None
    pulls, active_days, weeks, days_with_news, last_news, seconds = json.loads(state.learnt)
    return Learnt(
        normal=Normal(
            pulls=pulls,
            active_days=tuple(active_days),
            weeks=weeks,
            days_with_news=days_with_news,
            last_news=date.fromisoformat(last_news) if last_news else None,
            timezone=source.timezone,
        ),
        news=tuple(datetime.fromtimestamp(second, UTC) for second in seconds),
    )
