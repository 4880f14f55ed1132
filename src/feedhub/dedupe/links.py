"""Verdicts on pairs, put together into groups.

Strongest links first, in an order that the texts alone decide; two groups are joined by a link
unless an operator has split them or two of their members were found to be different notices of one
form. So a cut notice, which fits several, joins one and bridges none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from feedhub.dedupe.compare import Match, Verdict, compare
from feedhub.dedupe.gazetteer import NOWHERE, Gazetteer
from feedhub.dedupe.texts import TextDoc

__all__ = ["NO_PINS", "Grouping", "Link", "Pins", "age", "group"]


@dataclass(frozen=True, slots=True)
class Link:
    """Two entries (by id) and what was found between them; the older one comes first."""

    first: str
    second: str
    match: Match


@dataclass(frozen=True, slots=True)
class Pins:
    """What an operator has decided about pairs of entry ids; it always stands.

    A pair in ``merge`` is one story whatever the texts say, a pair in ``split`` never is.
    """

    split: frozenset[frozenset[str]] = frozenset()
    merge: frozenset[frozenset[str]] = frozenset()


NO_PINS = Pins()
#: what the fullest texts of two groups must have in common; else a quotation links two reports
_LEAST_AGREEMENT = 0.3
#: members of a group that speak for it when two groups are about to be joined
_SPOKESMEN = 24
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def age(doc: TextDoc) -> tuple[datetime, str, str]:
    """Return the sort key of an entry: earliest first, then by source and id."""
    published = doc.published or _LONG_AGO
    if published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    return (published, doc.source, doc.id)


class Grouping:
    """Groups of entries under construction. Every group is named by its first member's id."""

    def __init__(
        self,
        docs: Mapping[str, TextDoc],
        *,
        gazetteer: Gazetteer = NOWHERE,
        pins: Pins = NO_PINS,
    ) -> None:
        self._docs = docs
        self._ages = {id_: age(doc) for id_, doc in docs.items()}
        self._gazetteer = gazetteer
        self._pins = pins
        self._members: dict[str, list[str]] = {id_: [id_] for id_ in docs}
        self._home: dict[str, str] = {id_: id_ for id_ in docs}
        self._matches: dict[frozenset[str], Match] = {}
        self._split_of: dict[str, set[str]] = {}
        for pair in pins.split:
            for id_ in pair:
                self._split_of.setdefault(id_, set()).update(pair - {id_})

    def match(self, one: str, two: str) -> Match:
        """Return the verdict on a pair, found once."""
        pair = frozenset((one, two))
        if pair not in self._matches:
            self._matches[pair] = compare(
                self._docs[one], self._docs[two], gazetteer=self._gazetteer
            )
        return self._matches[pair]

    def home(self, id_: str) -> str:
        """Return the name of the group an entry is in."""
        return self._home[id_]

    def groups(self) -> list[list[str]]:
        """Return the groups, members and groups from the earliest to the latest."""
        found = [sorted(members, key=self._age) for members in self._members.values()]
        return sorted(found, key=lambda members: self._age(members[0]))

    def settle(self, ids: Iterable[str]) -> None:
        """Put entries into one group without asking: they are one story already."""
        first, *others = ids
        for other in others:
            self._unite(self._home[first], self._home[other])

    def join(self, link: Link) -> bool:
        """Join the groups of a link and return whether they were two and now are one."""
        one, two = self._home[link.first], self._home[link.second]
        if one == two or self._is_split(one, two) or self._are_two_notices(one, two):
            return False
        if not self._agree(one, two):
            return False
        self._unite(one, two)
        return True

    def links(self, pairs: Iterable[tuple[str, str]]) -> tuple[list[Link], list[Link]]:
        """Return the links of these pairs, strongest first: those of one text, those related."""
        same: list[Link] = []
        related: list[Link] = []
        in_order = sorted(self._docs, key=self._age)
        rank = {id_: at for at, id_ in enumerate(in_order)}
        ranked = sorted((min(rank[a], rank[b]), max(rank[a], rank[b])) for a, b in pairs)
        for one, two in ranked:  # neighbours in time, so that what was read is still remembered
            first, second = in_order[one], in_order[two]
            match = self.match(first, second)
            if match.verdict is Verdict.SAME:
                same.append(Link(first, second, match))
            elif match.verdict is Verdict.RELATED:
                related.append(Link(first, second, match))
        return sorted(same, key=self._strength), sorted(related, key=self._strength)

    def _age(self, id_: str) -> tuple[datetime, str, str]:
        return self._ages[id_]

    def _strength(self, link: Link) -> tuple[object, ...]:
        return (-link.match.score, self._age(link.first), self._age(link.second))

    def _unite(self, one: str, two: str) -> None:
        if one == two:
            return
        self._members[one] += self._members.pop(two)
        for id_ in self._members[one]:
            self._home[id_] = one

    def _is_split(self, one: str, two: str) -> bool:
        fewer, other = sorted((one, two), key=lambda name: len(self._members[name]))
        return any(
            self._home.get(apart) == other
            for id_ in self._members[fewer]
            for apart in self._split_of.get(id_, ())
        )

    def _agree(self, one: str, two: str) -> bool:
        """Return whether the fullest texts of two groups have enough in common."""
        ours, theirs = (
            min(self._members[name], key=lambda id_: (-len(self._docs[id_].text), self._age(id_)))
            for name in (one, two)
        )
        return self.match(ours, theirs).score >= _LEAST_AGREEMENT

    def _are_two_notices(self, one: str, two: str) -> bool:
        ours, theirs = (
            sorted(self._members[name], key=self._age)[:_SPOKESMEN] for name in (one, two)
        )
        return any(self.match(a, b).forbids for a in ours for b in theirs)


def group(
    grouping: Grouping, pairs: Iterable[tuple[str, str]], pins: Pins = NO_PINS
) -> tuple[list[Link], list[Link]]:
    """Join what is one text and return the links that did it, and the related pairs left over."""
    known = grouping.home
    for pair in sorted(tuple(sorted(pair)) for pair in pins.merge):
        first, second = pair
        try:
            known(first), known(second)
        except KeyError:
            continue
        grouping.settle((first, second))
    same, related = grouping.links(pairs)
    used = [link for link in same if grouping.join(link)]
    apart = [link for link in related if known(link.first) != known(link.second)]
    return used, apart
