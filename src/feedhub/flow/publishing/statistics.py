"""What the site tells of its own readers: sums of the last days, kept from day to day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from feedhub.config.settings import Settings
from feedhub.flow.publishing.live import LiveSite
from feedhub.model.page import FeedLink, StatisticsPage
from feedhub.store.store import Store, Transaction
from feedhub.text.folding import bare

__all__ = ["Counted", "keep_counts", "statistics_page"]

_FACT = "readership"
_DAYS = 28
_MOST_CHANNELS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was asked of one channel on one day, ``channel`` "" being all pages together.

    ``people`` are different readers, or subscribers as reader services tell them.
    """

    channel: str
    day: date
    requests: int
    people: int


#: by day (ISO), by channel: requests and people
_Kept = dict[str, dict[str, list[int]]]


def _kept(tx: Transaction) -> _Kept:
    found: _Kept = json.loads(tx.facts.get(_FACT) or "{}")
    return found


def keep_counts(store: Store, counted: Iterable[Counted]) -> None:
    """Keep the counts of running and finished days; the larger of two counts of a day stays.

    Counters begin anew when the service does, so a day's numbers are those of its longest run.
    """
    fresh = list(counted)
    if not fresh:
        return
    with store.writing() as tx:
        kept = _kept(tx)
        for one in fresh:
            day = kept.setdefault(one.day.isoformat(), {})
            if one.channel in day or len(day) < _MOST_CHANNELS:
                before = day.get(one.channel, [0, 0])
                day[one.channel] = [max(before[0], one.requests), max(before[1], one.people)]
        newest = sorted(kept)[-_DAYS:]
        tx.facts.set(_FACT, json.dumps({day: kept[day] for day in newest}))


def statistics_page(live: LiveSite, settings: Settings, store: Store, language: str) -> bytes:
    """Return /statistics/: visits by day, subscribers of each feed, entries of each source."""
    with store.reading() as tx:
        site = live.of(settings, tx)
        kept, entries = _kept(tx), tx.entries.counts()
    by_size = sorted(
        site.sources.values(), key=lambda card: (-entries.get(card.id, 0), bare(card.name))
    )
    page = StatisticsPage(
        visits=_without_gaps({day: found[""][0] for day, found in kept.items() if "" in found}),
        visitors=sum(found[""][1] for found in kept.values() if "" in found),
        subscribers=_subscribers(kept, site.renderer.feeds),
        entries=tuple((card, entries.get(card.id, 0)) for card in by_size),
    )
    return site.renderer.statistics(page, language)


def _without_gaps(visits: dict[str, int]) -> tuple[tuple[date, int], ...]:
    """The visits of a run of days that ends with the newest counted; days of silence are 0."""
    if not visits:
        return ()
    last = date.fromisoformat(max(visits))
    days = (last - timedelta(days=back) for back in range(_DAYS - 1, -1, -1))
    return tuple((day, visits.get(day.isoformat(), 0)) for day in days)


def _subscribers(kept: _Kept, feeds: Iterable[FeedLink]) -> tuple[tuple[FeedLink, int], ...]:
    """Of each channel the larger number of the last two days: today is not over yet."""
    newest = [kept[day] for day in sorted(kept)[-2:]]
    counts = []
    for feed in feeds:
        channel = feed.path.removeprefix("feeds/")
        people = max((day[channel][1] for day in newest if channel in day), default=0)
        if people:
            counts.append((feed, people))
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0].title)))
