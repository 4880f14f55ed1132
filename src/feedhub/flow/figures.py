"""The figures an operator watches, each with what it means."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedhub import __version__
from feedhub.config.settings import Settings
from feedhub.flow.publishing.live import figures
from feedhub.flow.upkeep import local_day
from feedhub.store.store import Store

__all__ = ["Figure", "hub_figures"]

_MEANING = {
    "sources": "Sources in the config.",
    "sources_failing": "Sources whose last pulls did not work.",
    "sources_held": "Sources whose entries are held back because they look suspicious.",
    "sources_late": "Sources that were due and not asked, or without news for unusually long.",
    "entries": "Entries in the database.",
    "sequence": "Changes of stories since the hub began.",
    "unpublished": "Changes of stories that are not published yet.",
    "seconds_since_success": "Seconds since any source was last read well.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: its name, what it means, and its values, by the value of ``label`` if any."""

    name: str
    means: str
    label: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


def hub_figures(settings: Settings, store: Store, now: datetime, alarms: int) -> Iterator[Figure]:
    """Yield all figures of a hub; ``alarms`` is how much keeps this process from its work."""
    yield Figure(
        name="info", means="Which FeedHub this is.", label="version", values={__version__: 1}
    )
    for name, value in figures(settings, store, now).items():
        if value is not None:
            yield _plain(name, _MEANING[name], value)
    yield _plain("alarms", "What keeps this process from its work at this moment.", alarms)
    today = local_day(settings, now)
    with store.reading() as tx:
        lines = tx.ledger.lines(since=today)
        due = tx.sources.maybe_due(now)
        letters = tx.deliveries.totals()
        people = tx.subscribers.counts()
        living = len(tx.fleet.living())
        size = tx.facts.database_bytes()
    overdue = max(((now - at).total_seconds() for _, at, _ in due), default=0.0)
    yield _plain("seconds_overdue", "How long the source longest overdue has waited.", overdue)
    kinds = sorted({line.kind for line in lines})
    for name, means in (
        ("requests", "Requests sent today (in the hub's time zone), by kind."),
        ("unchanged", 'Requests of today that were answered "not modified", by kind.'),
        ("failed", "Requests of today without a good answer, by kind."),
        ("bytes", "Bytes that today's requests brought, by kind."),
    ):
        sums = {
            kind: sum(getattr(line, name) for line in lines if line.kind == kind) for kind in kinds
        }
        yield Figure(name=f"asked_{name}", means=means, label="kind", values=sums)
    yield Figure(
        name="messages", means="Messages in the outbox, by state.", label="state", values=letters
    )
    yield Figure(name="subscribers", means="Subscribers, by state.", label="state", values=people)
    yield _plain("fleet_processes", "Processes that work on this database together.", living)
    yield _plain("database_bytes", "Size of the database.", size)
    folders = {"data": settings.data_dir, "public": settings.publish_dir}
    free = {name: shutil.disk_usage(path).free for name, path in folders.items() if path.is_dir()}
    yield Figure(name="free_bytes", means="Free disk space.", label="folder", values=free)


def _plain(name: str, means: str, value: float) -> Figure:
    return Figure(name=name, means=means, values={"": value})
