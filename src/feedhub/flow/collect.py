"""Pulls sources: those that are due, those named, or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from feedhub.errors import ConfigError
from feedhub.flow.alerts import send_alerts
from feedhub.flow.network import notice_network
from feedhub.flow.parts import CollectParts
from feedhub.flow.pull import pull_source
from feedhub.flow.pushing import leave_retired
from feedhub.flow.rhythm import due_sources
from feedhub.flow.upkeep import tidy
from feedhub.model.pull import PullRecord

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
    leave_retired(parts)
    started(len(wanted))
    records: dict[str, PullRecord] = {}
    if wanted:
        workers = min(len(wanted), parts.settings.collect.in_flight)
        with ThreadPoolExecutor(workers, thread_name_prefix="pull") as pool:
            futures = [
                pool.submit(pull_source, parts, sources[name], states[name], accept=accept)
                for name in wanted
            ]
            for future in as_completed(futures):
                record = future.result()
                records[record.source_id] = record
                finished(record)
        tidy(parts.settings, parts.store, now)
        notice_network(parts, records.values(), states, now)
        send_alerts(parts)
    return tuple(records[name] for name in wanted)
