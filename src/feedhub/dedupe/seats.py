"""New entries find their stories among those already seated.

A story that stands is never taken apart: new entries join it, found another, or show that two
stories are one text, which then keep the older one's id. Verdicts look at pairs alone, so entries
that come in one batch or one by one, in any order, end in the same stories; the one exception is a
cut notice that fits two different notices of one form, which goes to the better fit of those known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.dedupe.gazetteer import NOWHERE, Gazetteer
from feedhub.dedupe.index import candidate_pairs
from feedhub.dedupe.links import NO_PINS, Grouping, Link, Pins, age, group
from feedhub.dedupe.texts import TextDoc

__all__ = ["Found", "Join", "Merge", "Seated", "Seating", "StoryChange", "seat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """A stored entry, the id of its story, and when that story was founded."""

    doc: TextDoc
    story: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """New entries (earliest first) that are one new story; the caller mints its id."""

    entries: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A new entry that belongs to a story; no links where only a pin says so."""

    entry: str
    story: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two stories that are one text; ``into`` is the older one and goes on."""

    story: str
    into: str
    links: tuple[Link, ...]


StoryChange = Found | Join | Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """What to do with the stories, and which entries are related without being one text."""

    changes: tuple[StoryChange, ...]
    related: tuple[Link, ...]


def seat(
    new: Iterable[TextDoc],
    seated: Sequence[Seated],
    *,
    gazetteer: Gazetteer = NOWHERE,
    pins: Pins = NO_PINS,
) -> Seating:
    """Return the story of every new entry: merges first, then joins and founded stories by age.

    ``seated`` holds the candidates that the index found for the new entries; the other members of
    their stories may be handed in too and sharpen the guard against joining different notices.
    An id both new and seated counts as seated.
    """
    stored = {one.doc.id: one for one in seated}
    fresh = {doc.id: doc for doc in new if doc.id not in stored}
    docs = {id_: one.doc for id_, one in stored.items()} | fresh
    grouping = Grouping(docs, gazetteer=gazetteer, pins=pins)
    stories: dict[str, list[str]] = defaultdict(list)
    for id_, one in stored.items():
        stories[one.story].append(id_)
    for members in stories.values():
        grouping.settle(sorted(members))

    ordered = sorted(docs.values(), key=age)
    used, related = group(grouping, candidate_pairs(ordered, about=fresh), pins)
    changes = _changes(grouping, stored, fresh, used)
    return Seating(changes=changes, related=tuple(related))


def _changes(
    grouping: Grouping, stored: dict[str, Seated], fresh: dict[str, TextDoc], used: list[Link]
) -> tuple[StoryChange, ...]:
    links_of: dict[str, list[Link]] = defaultdict(list)
    for link in used:
        links_of[grouping.home(link.first)].append(link)
    merges: list[StoryChange] = []
    seats: list[StoryChange] = []
    for members in grouping.groups():
        links = tuple(links_of[grouping.home(members[0])])
        arrived = tuple(id_ for id_ in members if id_ in fresh)
        stories = sorted(
            {(stored[id_].since, stored[id_].story) for id_ in members if id_ in stored}
        )
        if not stories:
            seats.append(Found(entries=arrived, links=links))
            continue
        _, kept = stories[0]
        merges += [Merge(story=gone, into=kept, links=links) for _, gone in stories[1:]]
        seats += [
            Join(
                entry=id_,
                story=kept,
                links=tuple(link for link in links if id_ in (link.first, link.second)),
            )
            for id_ in arrived
        ]
    return (*merges, *seats)
