"""Which entries are alike: the index of shingles, what was found, and what an operator decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, text, union_all

from feedhub.model.likeness import EntryLink
from feedhub.store.engine import insert_for
from feedhub.store.entries import chunks
from feedhub.store.tables import entries, entry_links, pins

__all__ = ["LikenessRows", "Wish"]

_NUMBERS_AT_ONCE = 300

#: a list of keys as rows of one column, "value"
_KEYS = {
    "sqlite": "json_each(:keys)",
    "postgresql": "unnest(CAST(:keys AS bigint[])) AS wanted (value)",
}
_KEEP = "INSERT INTO entry_shingles (shingle, entry_number) SELECT value, :number FROM {}"
_HOLDERS = "SELECT shingle, entry_number FROM {} JOIN entry_shingles ON shingle = value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Entries that are asked for: published in a window, holding some of these keys."""

    keys: Sequence[int]
    since: datetime
    until: datetime


class LikenessRows:
    """The likeness of entries in one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def index(self, keys: Mapping[str, Collection[int]]) -> None:
        """Keep the index keys of entries that have none yet, by entry id."""
        values = []
        for part in chunks(keys):
            query = select(entries.c.id, entries.c.number).where(entries.c.id.in_(part))
            for entry_id, number in self._connection.execute(query):
                values.append({"number": number, "keys": self._listed(sorted(set(keys[entry_id])))})
        if values:
            # a text has dozens of keys: the database takes them as one list each
            self._connection.execute(text(_KEEP.format(self._keys)), values)

    def candidates(
        self, wishes: Sequence[Wish], *, least: int, most: int
    ) -> tuple[tuple[str, ...], ...]:
        """Return for each wish the entries of its window that share at least ``least`` of its keys.

        The ``most`` that share most keys, by their ids.
        """
        holders = self._holders({key for wish in wishes for key in wish.keys})
        shared = [
            Counter(number for key in wish.keys for number in holders.get(key, ()))
            for wish in wishes
        ]
        enough = {number for counts in shared for number in counts if counts[number] >= least}
        known = self._published(enough)
        found = []
        for wish, counts in zip(wishes, shared, strict=True):
            ranked = sorted(
                (-count, known[number][0])
                for number, count in counts.items()
                if count >= least and wish.since <= known[number][1] <= wish.until
            )
            found.append(tuple(name for _, name in ranked[:most]))
        return tuple(found)

    def _holders(self, keys: Collection[int]) -> dict[int, list[int]]:
        """Return the numbers of the entries that hold each key."""
        holders: dict[int, list[int]] = {}
        if keys:
            query = text(_HOLDERS.format(self._keys))
            for key, number in self._connection.execute(
                query, {"keys": self._listed(sorted(keys))}
            ):
                holders.setdefault(key, []).append(number)
        return holders

    def _published(self, numbers: Collection[int]) -> dict[int, tuple[str, datetime]]:
        known: dict[int, tuple[str, datetime]] = {}
        listed = sorted(numbers)
        for start in range(0, len(listed), _NUMBERS_AT_ONCE):
            part = listed[start : start + _NUMBERS_AT_ONCE]
            query = select(entries.c.number, entries.c.id, entries.c.published_at)
            for number, name, at in self._connection.execute(
                query.where(entries.c.number.in_(part))
            ):
                known[number] = (name, at)
        return known

    @property
    def _keys(self) -> str:
        return _KEYS[self._connection.dialect.name]

    def _listed(self, keys: list[int]) -> object:
        """Return keys as the database takes a list."""
        return json.dumps(keys) if self._connection.dialect.name == "sqlite" else keys

    def add_links(self, links: Iterable[EntryLink]) -> None:
        """Write down what was found between entries."""
        values = [
            {
                "first_id": link.first,
                "second_id": link.second,
                "verdict": link.verdict,
                "score": link.score,
                "reasons": list(link.reasons),
            }
            for link in links
        ]
        if values:
            statement = insert_for(self._connection, entry_links)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["first_id", "second_id"],
                    set_={
                        name: statement.excluded[name] for name in ("verdict", "score", "reasons")
                    },
                ),
                values,
            )

    def links(self, entry_ids: Collection[str]) -> tuple[EntryLink, ...]:
        """Return what was found between these entries and any others, strongest first."""
        found: dict[tuple[str, str], EntryLink] = {}
        for part in chunks(entry_ids):
            # not "union": PostgreSQL cannot compare the lists of reasons, and the keys below do
            either = union_all(
                select(entry_links).where(entry_links.c.first_id.in_(part)),
                select(entry_links).where(entry_links.c.second_id.in_(part)),
            )
            for row in self._connection.execute(either).mappings():
                found[row["first_id"], row["second_id"]] = EntryLink(
                    first=row["first_id"],
                    second=row["second_id"],
                    verdict=row["verdict"],
                    score=row["score"],
                    reasons=tuple(row["reasons"]),
                )
        return tuple(
            sorted(found.values(), key=lambda link: (-link.score, link.first, link.second))
        )

    def pin(self, kind: str, one: str, other: str, now: datetime) -> None:
        """Keep an operator's word on two entries; the newest word counts."""
        first, second = sorted((one, other))
        self._connection.execute(
            delete(pins).where(pins.c.first_id == first, pins.c.second_id == second)
        )
        self._connection.execute(
            pins.insert().values(first_id=first, second_id=second, kind=kind, at=now)
        )

    def pins(self, entry_ids: Collection[str]) -> dict[str, frozenset[frozenset[str]]]:
        """Return the pairs an operator split or merged that touch these entries, by kind."""
        found: dict[str, set[frozenset[str]]] = {"split": set(), "merge": set()}
        for part in chunks(entry_ids):
            query = select(pins).where(pins.c.first_id.in_(part) | pins.c.second_id.in_(part))
            for row in self._connection.execute(query).mappings():
                found[row["kind"]].add(frozenset((row["first_id"], row["second_id"])))
        return {kind: frozenset(pairs) for kind, pairs in found.items()}
