"""Pulls sources: those that are due, those named, or all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import urlsplit

from feedhub.errors import ConfigError
from feedhub.flow.alerts import send_alerts
from feedhub.flow.network import notice_network
from feedhub.flow.parts import CollectParts
from feedhub.flow.pull import Pull
from feedhub.flow.pushing import leave_retired
from feedhub.flow.rhythm import due_sources
from feedhub.flow.round import run_round
from feedhub.flow.upkeep import tidy
from feedhub.model.pull import PullRecord, SourceState

__all__ = ["collect"]


def collect(
    parts: CollectParts,
    names: Sequence[str] = (),
    *,
    everything: bool = False,
    accept: bool = False,
    started: Callable[[int], None] = lambda _count: None,
    finished: Callable[[PullRecord], None] = lambda _record: None,
) -> tuple[PullRecord, ...]:
    """Pull the sources that are due, or those named, or all; return one record per source.

    ``started`` is told how many there are, ``finished`` of each as it ends. Sources are pulled side
    by side; one that fails does not hold up another. Raises ``ConfigError`` for an unknown name.
    """
    sources = {source.id: source for source in parts.settings.sources if source.enabled}
    for name in names:
        if name not in sources:
            raise ConfigError(f'there is no source "{name}"', file=str(parts.settings.file))
    now = parts.clock.now()
    with parts.store.writing() as tx:
        tx.sources.register(parts.settings.sources, now)
        if names:
            wanted = tuple(dict.fromkeys(names))
        elif everything:
            wanted = tuple(sources)
        else:
            wanted = due_sources(tx, now)
        states = tx.sources.states()
        pushes = tx.pushes.all()
    leave_retired(parts)
    started(len(wanted))
    records: dict[str, PullRecord] = {}

    def ended(record: PullRecord) -> None:
        records[record.source_id] = record
        finished(record)

    if wanted:
        pulls = (
            Pull(parts, sources[name], states[name], push=pushes.get(name), accept=accept)
            for name in _by_turns(wanted, states)
        )
        at_once = min(len(wanted), parts.settings.collect.in_flight)
        run_round(parts, pulls, at_once=at_once, finished=ended)
        tidy(parts.settings, parts.store, now)
        notice_network(parts, records.values(), states, now)
        send_alerts(parts)
    return tuple(records[name] for name in wanted)


def _by_turns(names: Sequence[str], states: Mapping[str, SourceState]) -> Iterator[str]:
    """Yield sources host by host in turn, so that none of the places waits for one slow host."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for name in names:
        hosts[urlsplit(states[name].url).netloc].append(name)
    queues = [iter(of_host) for of_host in hosts.values()]
    while queues:
        still = []
        for queue in queues:
            for name in islice(queue, 1):
                yield name
                still.append(queue)
        queues = still
