"""Pulls sources: those that are due, those named, or all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from feedhub.errors import ConfigError
from feedhub.flow.alerts import send_alerts
from feedhub.flow.collecting.network import notice_network
from feedhub.flow.collecting.pull import Pull
from feedhub.flow.collecting.pushing import leave_retired
from feedhub.flow.collecting.rhythm import due_sources
from feedhub.flow.collecting.round import run_round
from feedhub.flow.fleet import admitted
from feedhub.flow.parts import CollectParts
from feedhub.flow.upkeep import tidy
from feedhub.model.pull import PullRecord, SourceState
from feedhub.model.source import Source

__all__ = ["Pulled", "collect", "pull_due"]

#: seconds that sources asked for by name wait for another process that is asking their host
_PATIENCE = 120.0

#: so many sources are looked up by their ids; with more, all are read
_FEW = 300


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
    by side; one that fails does not hold up another. In a fleet, what is due and being pulled by
    another process is left to it. Raises ``ConfigError`` for an unknown name.
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
    leave_retired(parts)
    patience = _PATIENCE if names or everything else 0.0
    chosen = [sources[name] for name in wanted]
    with admitted(parts.store, parts.clock, chosen, patience=patience) as free:
        chosen = [source for source in chosen if source.id in free]
        started(len(chosen))
        done = _pull(parts, chosen, accept=accept, finished=finished)
        if chosen:
            tidy(parts.settings, parts.store, now)
            notice_network(parts, done.records.values(), done.before, now)
            send_alerts(parts)
    return tuple(done.records[source.id] for source in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """The pulls of some sources, with the states of these before them, by source."""

    records: Mapping[str, PullRecord]
    before: Mapping[str, SourceState]


def pull_due(parts: CollectParts, sources: Sequence[Source]) -> Pulled:
    """Pull those of some sources that are due, as the only process that asks their hosts.

    What another process of the fleet is pulling is left to it.
    """
    with admitted(parts.store, parts.clock, sources, patience=0) as free:
        with parts.store.reading() as tx:
            due = due_sources(tx, parts.clock.now(), among=free)
        return _pull(parts, [source for source in sources if source.id in due])


def _pull(
    parts: CollectParts,
    sources: Sequence[Source],
    *,
    accept: bool = False,
    finished: Callable[[PullRecord], None] = lambda _record: None,
) -> Pulled:
    if not sources:
        return Pulled(records={}, before={})
    by_id = {source.id: source for source in sources}
    with parts.store.reading() as tx:
        some = by_id if len(by_id) < _FEW else None
        states = tx.sources.states(some)
        pushes = tx.pushes.all(some)
    records: dict[str, PullRecord] = {}

    def ended(record: PullRecord) -> None:
        records[record.source_id] = record
        finished(record)

    pulls = (
        Pull(parts, by_id[name], states[name], push=pushes.get(name), accept=accept)
        for name in _by_turns(tuple(by_id), states)
    )
    at_once = min(len(sources), parts.settings.collect.in_flight)
    run_round(parts, pulls, at_once=at_once, finished=ended)
    return Pulled(records=records, before=states)


def _by_turns(names: Sequence[str], states: Mapping[str, SourceState]) -> Iterator[str]:
    """Yield sources host by host in turn, so that none of the places waits for one slow host."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for name in names:
        hosts[states[name].url.split("/", 3)[2]].append(name)  # a whole reading takes longer
    queues = [iter(of_host) for of_host in hosts.values()]
    while queues:
        still = []
        for queue in queues:
            for name in islice(queue, 1):
                yield name
                still.append(queue)
        queues = still
