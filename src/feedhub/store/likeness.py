"""Which entries are alike: the index of shingles, what was found, and what an operator decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, union_all

from feedhub.model.likeness import EntryLink
from feedhub.store.engine import insert_for
from feedhub.store.entries import chunks
from feedhub.store.tables import entries, entry_links, entry_shingles, pins

__all__ = ["LikenessRows"]

_KEYS_AT_ONCE = 400


class LikenessRows:
    """The likeness of entries in one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def index(self, keys: Mapping[str, Collection[int]]) -> None:
        """Keep the index keys of entries, by entry id; earlier keys of theirs go."""
        values = []
        for part in chunks(keys):
            query = select(entries.c.id, entries.c.number).where(entries.c.id.in_(part))
            for entry_id, number in self._connection.execute(query):
                values += [{"shingle": key, "entry_number": number} for key in set(keys[entry_id])]
        if values:
            statement = insert_for(self._connection, entry_shingles).on_conflict_do_nothing()
            self._connection.execute(statement, values)

    def candidates(
        self, keys: Sequence[int], *, since: datetime, until: datetime, least: int, most: int
    ) -> tuple[str, ...]:
        """Return the entries published in a window that share at least ``least`` of the keys.

        The ``most`` that share most keys, by their ids.
        """
        shared: dict[str, int] = {}
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            query = (
                select(entries.c.id, func.count())
                .join(entry_shingles, entry_shingles.c.entry_number == entries.c.number)
                .where(
                    entry_shingles.c.shingle.in_(keys[start : start + _KEYS_AT_ONCE]),
                    entries.c.published_at >= since,
                    entries.c.published_at <= until,
                )
                .group_by(entries.c.id)
            )
            for entry_id, count in self._connection.execute(query):
                shared[entry_id] = shared.get(entry_id, 0) + count
        enough = [name for name, count in shared.items() if count >= least]
        return tuple(sorted(enough, key=lambda name: (-shared[name], name))[:most])

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
