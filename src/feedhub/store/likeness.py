"""Which entries are alike: the index of shingles, what was found, and what an operator decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, union_all

from feedhub.model.likeness import EntryLink
from feedhub.store.bulk import Shape, ask, chunks, insertion, marks
from feedhub.store.entries import EntryRows
from feedhub.store.tables import entries, entry_links, entry_shingles, pins

__all__ = ["LikenessRows", "Wish"]

_NUMBERS_AT_ONCE = 300

#: a list of keys as rows of one column, "value"
_KEYS = {
    "sqlite": "json_each(?)",
    "postgresql": "unnest(CAST(? AS bigint[])) AS listed (value)",
}
#: who holds each of them, asked level by level so that neighbours are met one after the other
_ON_LEVEL = (
    "SELECT shingle, entry_number FROM wanted CROSS JOIN entry_shingles"
    " WHERE level = {} AND shingle = value"
)
_ON_EACH = " UNION ALL ".join(map(_ON_LEVEL.format, range(3)))
_HOLDERS = f"WITH wanted AS MATERIALIZED (SELECT value FROM {{}}) {_ON_EACH}"  # noqa: S608 - ours
#: A key falls anywhere: each dirties a page of its own of a large index. So SQLite keeps those of
#: the newest entries on level 0, some hundred pages; each time so many entries have come, level 0
#: moves to level 1, and of level 1 one slice in so many of all keys to level 2
_STEP, _SLICES = 512, 16
_KEY_SPACE = 1 << 31
_DROP = "DELETE FROM entry_shingles WHERE level = ? AND shingle >= ? AND shingle < ?"
_COPY = (
    "INSERT INTO entry_shingles (level, shingle, entry_number)"
    " SELECT level + 1, shingle, entry_number FROM entry_shingles"
    " WHERE level = ? AND shingle >= ? AND shingle < ?"
)

_KEEP = insertion(entry_shingles)
#: PostgreSQL gathers what it writes by itself, and takes two lists sooner than a thousand rows
_KEEP_LISTS = (
    "INSERT INTO entry_shingles (level, shingle, entry_number) SELECT 2, key, number"
    " FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[])) AS kept (key, number)"
)
_LINK = insertion(entry_links, clash=["verdict", "score", "reasons"])
_PINS = Shape(list(pins.columns))
_PUBLISHED = Shape([entries.c.number, entries.c.id, entries.c.published_at])


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
        self._entries = EntryRows(connection)
        self._query = _HOLDERS.format(_KEYS[connection.dialect.name])

    def index(self, keys: Mapping[str, Collection[int]]) -> None:
        """Keep the index keys of entries that have none yet, by entry id."""
        numbers = self._entries.numbers(keys)
        kept = sorted((key, numbers[name]) for name in numbers for key in set(keys[name]))
        if not kept:
            return
        if self._connection.dialect.name != "sqlite":
            ask(self._connection, _KEEP_LISTS, [list(column) for column in zip(*kept, strict=True)])
            return
        _KEEP.put(self._connection, [(0, *one) for one in kept])
        before, last = min(numbers.values()) - 1, max(numbers.values())
        for step in range(before // _STEP, last // _STEP):
            self._move_on(step % _SLICES)

    def _move_on(self, turn: int) -> None:
        """Move keys to the levels where they stay longer."""
        since, until = (_KEY_SPACE * one // _SLICES for one in (turn, turn + 1))
        self._lift(1, since, until)
        self._lift(0, 0, _KEY_SPACE)

    def _lift(self, level: int, since: int, until: int) -> None:
        for statement in (_COPY, _DROP):
            ask(self._connection, statement, (level, since, until))

    def candidates(
        self, wishes: Sequence[Wish], *, least: int, most: int
    ) -> tuple[tuple[str, ...], ...]:
        """Return for each wish the entries of its window that share at least ``least`` of its keys.

        The ``most`` that share most keys, by their ids.
        """
        holders = self._holders({key for wish in wishes for key in wish.keys})
        shared = [
            Counter(number for key in holders.keys() & wish.keys for number in holders[key])
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
            wanted = self._listed(sorted(keys))
            for key, number in map(tuple, ask(self._connection, self._query, [wanted]).fetchall()):
                holders.setdefault(key, []).append(number)
        return holders

    def _published(self, numbers: Collection[int]) -> dict[int, tuple[str, datetime]]:
        known: dict[int, tuple[str, datetime]] = {}
        listed = sorted(numbers)
        for start in range(0, len(listed), _NUMBERS_AT_ONCE):
            part = listed[start : start + _NUMBERS_AT_ONCE]
            rest = f"WHERE number IN ({marks(len(part))})"
            for row in _PUBLISHED.ask(self._connection, rest, part):
                known[row["number"]] = (row["id"], row["published_at"])
        return known

    def _listed(self, keys: list[int]) -> object:
        """Return keys as the database takes a list."""
        return json.dumps(keys) if self._connection.dialect.name == "sqlite" else keys

    def add_links(self, links: Iterable[EntryLink]) -> None:
        """Write down what was found between entries."""
        _LINK.run(
            self._connection,
            [
                {
                    "first_id": link.first,
                    "second_id": link.second,
                    "verdict": link.verdict,
                    "score": link.score,
                    "reasons": list(link.reasons),
                }
                for link in links
            ],
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
            places = marks(len(part))
            rest = f"WHERE first_id IN ({places}) OR second_id IN ({places})"
            for row in _PINS.ask(self._connection, rest, [*part, *part]):
                found[row["kind"]].add(frozenset((row["first_id"], row["second_id"])))
        return {kind: frozenset(pairs) for kind, pairs in found.items()}
