"""Entries: recognised, inserted, revised, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from feedhub.model.decision import IdentityKey, KnownEntry
from feedhub.model.entry import Entry, Revision, StoredEntry
from feedhub.store import rows
from feedhub.store.bulk import Shape, ask, chunks, insertion, marks, updating
from feedhub.store.column_types import as_number
from feedhub.store.search import SearchRows
from feedhub.store.tables import entries, entry_keys, revisions
from feedhub.text.search_forms import SearchForms, search_forms

__all__ = ["EntryRows", "NewEntry"]

#: earlier texts kept of one entry; an entry edited on every pull must not grow without end
KEPT_REVISIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry about to be stored for the first time.

    ``search_forms`` is what it is found by, where that was made already.
    """

    id: str
    story_id: str
    entry: Entry
    keys: tuple[IdentityKey, ...]
    source_hash: str
    article_read: bool = False
    article_tries: int = 0
    search_forms: SearchForms | None = None


def _forms(entry: Entry) -> SearchForms:
    return search_forms(entry.title, entry.text, entry.summary)


#: what an entry's recognition needs; the long columns are left where they lie
_KNOWN_COLUMNS = [entries.c[name] for name in rows.KNOWN_COLUMNS]
_KNOWN = Shape(_KNOWN_COLUMNS)
_POINTING = Shape([entry_keys.c.kind, entry_keys.c.key, entry_keys.c.entry_number])
_NUMBER = Shape([entries.c.id, entries.c.number])
_WHOLE = Shape(list(entries.columns))
_REVISION = Shape(list(revisions.columns))

_FRESH = (
    *("number", "id", "story_id", "source_hash", "first_seen", "last_seen", "listed"),
    *("article_read", "article_tries", *rows.ENTRY_COLUMNS),
)
#: as the partial index says it
_IS_LISTED = {"sqlite": "listed = 1", "postgresql": "listed"}

_INSERT = insertion(entries, _FRESH)
_REVISE = updating(
    entries,
    (*rows.ENTRY_COLUMNS, "source_hash", "listed", "article_read", "withdrawn_at"),
    by="id",
)
_REVISED = updating(entries, ["revised_at"], by="id")
_RELIST = updating(entries, ["listed", "withdrawn_at"], by="id")
_UNLIST = updating(entries, ["listed", "last_seen"], by="id")
_WITHDRAW = updating(entries, ["listed", "last_seen", "withdrawn_at"], by="id")
_OUTDATED = "DELETE FROM entry_keys WHERE entry_number = ? AND"
_DATES = Shape([entries.c.published_at])
_APPEARANCES = Shape(
    [entries.c.published_at, entries.c.precision, entries.c.date_used, entries.c.first_seen]
)
_POINT = insertion(entry_keys, clash=["entry_number"])


class EntryRows:
    """The entries of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._search = SearchRows(connection)

    def known(
        self,
        source_id: str,
        keys: Collection[IdentityKey],
        *,
        at_hand: Iterable[KnownEntry] = (),
    ) -> dict[IdentityKey, KnownEntry]:
        """Return the stored entry of a source for each key that has one; an entry is one object.

        Those ``at_hand`` are not read again.
        """
        pointing: dict[IdentityKey, int] = {}
        for part in chunks(keys):
            rest = f"WHERE source_id = ? AND (kind, key) IN (VALUES {marks(len(part), '(?, ?)')})"
            values = (value for key in part for value in (key.kind, key.key))
            for row in _POINTING.ask(self._connection, rest, (source_id, *values)):
                pointing[IdentityKey(row["kind"], row["key"])] = row["entry_number"]
        met = {entry.number: entry for entry in at_hand}
        for numbers in chunks(set(pointing.values()) - met.keys()):
            rest = f"WHERE number IN ({marks(len(numbers))})"
            for row in _KNOWN.ask(self._connection, rest, numbers):
                met[row["number"]] = rows.known_entry(row)
        return {key: met[number] for key, number in pointing.items()}

    def listed(self, source_id: str) -> tuple[KnownEntry, ...]:
        """Return the entries that stood in the source's document at its last pull."""
        listed = _IS_LISTED[self._connection.dialect.name]
        rest = f"WHERE source_id = ? AND {listed} AND withdrawn_at IS NULL"
        held = _KNOWN.ask(self._connection, rest, [source_id])
        return tuple(rows.known_entry(row) for row in held)

    def insert(self, fresh: Sequence[NewEntry], now: datetime) -> None:
        """Store entries for the first time."""
        if not fresh:
            return
        last = ask(self._connection, "SELECT MAX(number) FROM entries").scalar() or 0
        numbered = list(enumerate(fresh, last + 1))
        _INSERT.run(
            self._connection,
            [
                {
                    "number": number,
                    "id": new.id,
                    "story_id": new.story_id,
                    "source_hash": new.source_hash,
                    "first_seen": now,
                    "last_seen": now,
                    "listed": True,
                    "article_read": new.article_read,
                    "article_tries": new.article_tries,
                    **rows.entry_values(new.entry),
                }
                for number, new in numbered
            ],
        )
        self._search.index(
            (number, new.search_forms or _forms(new.entry)) for number, new in numbered
        )
        self._point((number, new.entry.source_id, new.keys) for number, new in numbered)

    def remember_keys(self, keys: Mapping[str, tuple[str, tuple[IdentityKey, ...]]]) -> None:
        """Let entries be recognised by these keys; a key that pointed elsewhere moves here.

        ``keys`` gives source id and keys by entry id. Of each kind an entry keeps only the newest
        key, so that a guid renewed on every fetch does not grow the table.
        """
        numbers = self.numbers(keys)
        for entry_id, (_, wanted) in keys.items():
            places = marks(len(wanted))
            if wanted:
                ask(
                    self._connection,
                    f"{_OUTDATED} kind IN ({places}) AND key NOT IN ({places})",
                    (
                        numbers[entry_id],
                        *(key.kind for key in wanted),
                        *(key.key for key in wanted),
                    ),
                )
        self._point((numbers[name], *pointing) for name, pointing in keys.items())

    def _point(self, keys: Iterable[tuple[int, str, tuple[IdentityKey, ...]]]) -> None:
        _POINT.run(
            self._connection,
            [
                {"source_id": source_id, "kind": key.kind, "key": key.key, "entry_number": number}
                for number, source_id, wanted in keys
                for key in wanted
            ],
        )

    def numbers(self, ids: Collection[str]) -> dict[str, int]:
        """Return the numbers by which the indexes know entries; numbers grow with time."""
        found: dict[str, int] = {}
        for part in chunks(ids):
            held = _NUMBER.ask(self._connection, f"WHERE id IN ({marks(len(part))})", part)
            found.update((row["id"], row["number"]) for row in held)
        return found

    def revise(
        self,
        entry_id: str,
        entry: Entry,
        *,
        source_hash: str,
        earlier: Revision | None,
        revised_at: datetime | None,
        article_read: bool,
    ) -> None:
        """Replace what an entry says; keep the earlier text where it differed."""
        self._find_anew(entry_id, entry)
        values = {
            **rows.entry_values(entry),
            "id": entry_id,
            "source_hash": source_hash,
            "listed": True,
            "article_read": article_read,
            "withdrawn_at": None,
        }
        _REVISE.run(self._connection, [values])
        if revised_at is not None:
            _REVISED.run(self._connection, [{"id": entry_id, "revised_at": revised_at}])
        if earlier is not None:
            self._keep(entry_id, earlier)

    def _find_anew(self, entry_id: str, entry: Entry) -> None:
        """Let an entry be found by what it says now, and no more by what is stored of it."""
        columns = (entries.c.number, entries.c.title, entries.c.text, entries.c.summary)
        query = select(*columns).where(entries.c.id == entry_id)
        number, title, words, summary = self._connection.execute(query).one()
        old, new = search_forms(title, words, summary), _forms(entry)
        if new != old:
            self._search.forget([(number, old)])
            self._search.index([(number, new)])

    def _keep(self, entry_id: str, earlier: Revision) -> None:
        self._connection.execute(
            insert(revisions).values(
                entry_id=entry_id,
                title=earlier.title,
                text=earlier.text,
                content=earlier.content,
                replaced_at=earlier.replaced_at,
                significant=earlier.significant,
                changes=list(earlier.changes),
            )
        )
        # the first text and the newest ones stay; of what lies between the oldest goes
        numbers = list(
            self._connection.execute(
                select(revisions.c.number)
                .where(revisions.c.entry_id == entry_id)
                .order_by(revisions.c.number)
            ).scalars()
        )
        if len(numbers) > KEPT_REVISIONS:
            beyond = numbers[1 : len(numbers) - KEPT_REVISIONS + 1]
            self._connection.execute(delete(revisions).where(revisions.c.number.in_(beyond)))

    def relist(self, ids: Collection[str]) -> None:
        """Mark entries as standing in their source's document (again)."""
        _RELIST.run(
            self._connection, [{"id": name, "listed": True, "withdrawn_at": None} for name in ids]
        )

    def unlist(self, ids: Collection[str], now: datetime, *, withdrawn: bool) -> None:
        """Mark entries as no longer listed and, where the source took them back, withdrawn."""
        values = {"listed": False, "last_seen": now, "withdrawn_at": now}
        statement = _WITHDRAW if withdrawn else _UNLIST
        statement.run(self._connection, [{**values, "id": name} for name in ids])

    def count_article_try(self, ids: Collection[str]) -> None:
        """Count one more attempt at reading the pages of entries."""
        for part in chunks(ids):
            self._connection.execute(
                update(entries)
                .where(entries.c.id.in_(part))
                .values(article_tries=entries.c.article_tries + 1)
            )

    def load(self, ids: Collection[str]) -> dict[str, StoredEntry]:
        """Return stored entries with their revisions, oldest revision first."""
        return {entry.id: entry for part in chunks(ids) for entry in self._load("id", part)}

    def of_stories(self, story_ids: Collection[str]) -> dict[str, list[StoredEntry]]:
        """Return the entries of stories with their revisions, in the order they were first seen."""
        found: dict[str, list[StoredEntry]] = {}
        for part in chunks(story_ids):
            for entry in self._load("story_id", part):
                found.setdefault(entry.story_id, []).append(entry)
        return found

    def _load(self, column: str, values: list[str]) -> list[StoredEntry]:
        rest = f"WHERE {column} IN ({marks(len(values))}) ORDER BY number"
        held = list(_WHOLE.ask(self._connection, rest, values))
        history = self._revisions([row["id"] for row in held])
        return [rows.stored_entry(row, history.get(row["id"], ())) for row in held]

    def _revisions(self, ids: Collection[str]) -> dict[str, list[Revision]]:
        history: dict[str, list[Revision]] = {}
        for part in chunks(ids):
            rest = f"WHERE entry_id IN ({marks(len(part))}) ORDER BY number"
            for row in _REVISION.ask(self._connection, rest, part):
                history.setdefault(row["entry_id"], []).append(rows.revision(row))
        return history

    def appearances(self, source_id: str, since: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return when a source's entries appeared, and when they say that they were published.

        They appeared at their own time where it is known, else when they were first seen.
        """
        rest = "WHERE source_id = ? AND published_at >= ?"
        found = _APPEARANCES.ask(self._connection, rest, (source_id, as_number(since)))
        return tuple(
            (
                row["published_at"]
                if row["date_used"] == "source" and row["precision"] in {"minute", "second"}
                else row["first_seen"],
                row["published_at"],
            )
            for row in found
        )

    def newest_dates(self, source_id: str, limit: int = 2000) -> tuple[datetime, ...]:
        """Return when a source's newest entries were published, newest first."""
        rest = "WHERE source_id = ? ORDER BY published_at DESC LIMIT ?"
        found = _DATES.ask(self._connection, rest, (source_id, limit))
        return tuple(row["published_at"] for row in found)

    def counts(self) -> dict[str, int]:
        """Return how many entries each source has."""
        query = select(entries.c.source_id, func.count()).group_by(entries.c.source_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}
