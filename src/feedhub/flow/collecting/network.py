"""Is it the sources that are down, or the hub's own network?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from feedhub.flow.collecting.rhythm import after_network_trouble
from feedhub.flow.parts import CollectParts
from feedhub.model.pull import Outcome, PullRecord, SourceState
from feedhub.model.trouble import Notice, TroubleKind
from feedhub.store.store import Transaction
from feedhub.watch.network import network_is_down

__all__ = ["network_alarm", "notice_network"]

#: the fact that holds since when the network is down
_DOWN_SINCE = "network_down_since"


def notice_network(
    parts: CollectParts,
    records: Collection[PullRecord],
    before: Mapping[str, SourceState],
    started: datetime,
) -> None:
    """Tell a network that is down from sources that are, after one round of pulls.

    If no host at all answered, every source stands as before the round, what was told of them is
    taken back, and one alarm is told in its place. ``before`` holds the states at the start of
    the round, ``started`` its moment.
    """
    asked = [
        record
        for record in records
        if record.silent or record.status or record.outcome is not Outcome.FAILED
    ]
    hosts = (
        (urlsplit(before[record.source_id].url).hostname or "", not record.silent)
        for record in asked
    )
    with parts.store.writing() as tx:
        known = tx.facts.get(_DOWN_SINCE) is not None
        now = parts.clock.now()
        if network_is_down(hosts):
            silent = [record.source_id for record in records if record.silent]
            tx.notices.retract(silent, started)
            for name in silent:
                tx.sources.save(after_network_trouble(before[name], now))
            if not known:
                tx.facts.set(_DOWN_SINCE, now.isoformat())
                _tell(tx, now, f"none of {len(silent)} sources could be reached: {_first(records)}")
        elif known and any(not record.silent for record in asked):
            tx.facts.forget(_DOWN_SINCE)
            _tell(tx, now, "the network works again", over=True)


def _first(records: Collection[PullRecord]) -> str:
    return next(record.message for record in records if record.silent)


def _tell(tx: Transaction, now: datetime, words: str, *, over: bool = False) -> None:
    tx.notices.add("", now, [Notice(kind=TroubleKind.NETWORK, words=words, over=over)])


def network_alarm(tx: Transaction) -> tuple[str, ...]:
    """Return what is to be said while no source at all can be reached; nothing otherwise."""
    since = tx.facts.get(_DOWN_SINCE)
    if since is None:
        return ()
    at = datetime.fromisoformat(since)
    words = (
        f"no source at all could be reached since {at:%Y-%m-%d %H:%M} UTC: look at this machine's "
        "network and name server; no source is blamed, and all are asked again every few minutes"
    )
    return (words,)
