"""A closed set of entries into stories: the same groups in whatever order they are handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from feedhub.dedupe.gazetteer import NOWHERE, Gazetteer
from feedhub.dedupe.index import candidate_pairs
from feedhub.dedupe.links import NO_PINS, Grouping, Link, Pins, age, group
from feedhub.dedupe.texts import TextDoc

__all__ = ["Cluster", "cluster"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One story: entry ids from the earliest to the latest, and the links that made it one.

    A cluster of n entries has n - 1 links, fewer where an operator's pin stands for one.
    """

    entries: tuple[str, ...]
    links: tuple[Link, ...]


def cluster(
    docs: Iterable[TextDoc], *, gazetteer: Gazetteer = NOWHERE, pins: Pins = NO_PINS
) -> tuple[Cluster, ...]:
    """Return the stories of a set of documents with distinct ids, the earliest story first."""
    ordered = sorted(docs, key=age)
    by_id = {doc.id: doc for doc in ordered}
    if len(by_id) != len(ordered):
        raise ValueError("two documents have the same id")
    grouping = Grouping(by_id, gazetteer=gazetteer, pins=pins)
    used, _ = group(grouping, candidate_pairs(ordered), pins)
    links: dict[str, list[Link]] = defaultdict(list)
    for link in used:
        links[grouping.home(link.first)].append(link)
    return tuple(
        Cluster(tuple(members), tuple(links[grouping.home(members[0])]))
        for members in grouping.groups()
    )
