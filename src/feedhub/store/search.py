"""Full-text search over entries, with and without marks.

Two columns hold each entry's words: folded to one spelling, and bare of all marks. A question is
answered by the bare column; what also matches the exact one comes first. Folding happens here, so
SQLite (FTS5) and PostgreSQL (tsvector) answer alike; what they say differently stands in one class
each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, text

from feedhub.text.folding import bare, fold

__all__ = ["Found", "SearchRows", "SearchWish"]

#: words are cut as FTS5's unicode61 cuts them: letters and digits, nothing else
_WORD = re.compile(r"[^\W_]+")
#: words of one question that are looked at, and letters of one text that are indexed
_MOST_WORDS = 16
_INDEXED = 100_000
#: entries that a question without limits looks at, the newest: nobody leafs through more, and a
#: word that stands in nearly every notice is answered as fast as any (bench/growth.py)
_MOST_ENTRIES = 2_000
#: letters of one word; PostgreSQL takes 2,046 bytes
_LONGEST_WORD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWish:
    """What is searched: words, and optional limits on source and date of publication."""

    words: str
    sources: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of the stories on the page asked for, best first, and how many there are in all.

    ``more`` says that the words are so frequent that only the newest entries were looked at.
    """

    total: int
    story_ids: tuple[str, ...]
    more: bool = False


def _words(folded: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _WORD.findall(folded)]


class _Dialect(Protocol):
    """How one database is told.

    ``SAME`` and ``MATCHES`` are conditions on a row of ``search``, the first of them over
    ``EXACT``, the entries that match exactly; ``NEWEST`` selects the numbers of the newest entries
    that answer the question ``{}`` (``bare`` or ``exact``).
    """

    FORGET: str
    KEEP: str
    JOIN: str
    SAME: str
    EXACT: str
    MATCHES: str
    NEWEST: str

    def indexed(self, folded: str) -> object:
        """Return a text's words as the column takes them."""

    def question(self, column: str, words: Sequence[str]) -> str:
        """Return a question that asks a column for every word; none is taken for an operator."""


class _Sqlite:
    FORGET = "DELETE FROM search WHERE rowid = (SELECT number FROM entries WHERE id = :id)"
    KEEP = (
        "INSERT INTO search (rowid, exact, bare) "
        "SELECT number, :exact, :bare FROM entries WHERE id = :id"
    )
    JOIN = "search.rowid"
    SAME = "MAX(entries.number IN ({}))"
    EXACT = "SELECT rowid FROM search WHERE search MATCH :exact"
    MATCHES = "search MATCH :bare"
    NEWEST = "SELECT rowid FROM search WHERE search MATCH :{} ORDER BY rowid DESC LIMIT :most"

    def indexed(self, folded: str) -> object:
        return folded

    def question(self, column: str, words: Sequence[str]) -> str:
        phrase = " ".join(f'"{word}"' for word in words)
        return f"{column} : ({phrase})"


class _Postgres:
    FORGET = ""
    KEEP = (
        "INSERT INTO search (entry_number, exact, bare) SELECT number,"
        " array_to_tsvector(CAST(:exact AS text[])), array_to_tsvector(CAST(:bare AS text[]))"
        " FROM entries WHERE id = :id"
        " ON CONFLICT (entry_number) DO UPDATE SET exact = excluded.exact, bare = excluded.bare"
    )
    JOIN = "search.entry_number"
    SAME = "bool_or(search.exact @@ CAST(:exact AS tsquery))"
    EXACT = ""
    MATCHES = "search.bare @@ CAST(:bare AS tsquery)"
    NEWEST = (
        "SELECT entry_number FROM search WHERE {0} @@ CAST(:{0} AS tsquery)"
        " ORDER BY entry_number DESC LIMIT :most"
    )

    def indexed(self, folded: str) -> object:
        return sorted(set(_words(folded)))

    def question(self, column: str, words: Sequence[str]) -> str:  # noqa: ARG002 - FTS5 names it
        return " & ".join(f"'{word}'" for word in words)


class SearchRows:
    """The search index of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._says: _Dialect = _Postgres() if _is_postgres(connection) else _Sqlite()

    def index(self, texts: Sequence[tuple[str, str]], *, fresh: bool = False) -> None:
        """Index entries anew: ``(entry id, title and text)``; ``fresh`` ones never were before."""
        values = [
            {
                "id": entry_id,
                "exact": self._says.indexed(fold(said[:_INDEXED])),
                "bare": self._says.indexed(bare(said[:_INDEXED])),
            }
            for entry_id, said in texts
        ]
        if not values:
            return
        if self._says.FORGET and not fresh:
            self._connection.execute(text(self._says.FORGET), values)
        self._connection.execute(text(self._says.KEEP), values)

    def find(self, wish: SearchWish, *, limit: int, offset: int = 0) -> Found:
        """Answer a search: every word must be there; exact matches first, then the newest."""
        words = _words(bare(wish.words))[:_MOST_WORDS]
        if not words:
            return Found(total=0, story_ids=())
        values: dict[str, Any] = {
            "bare": self._says.question("bare", words),
            "exact": self._says.question("exact", _words(fold(wish.words))[:_MOST_WORDS]),
            "limit": limit,
            "offset": offset,
        }
        if not (wish.sources or wish.after or wish.before):
            return self._newest(values)
        conditions = [self._says.MATCHES]
        if wish.sources:
            names = [f":source{number}" for number in range(len(wish.sources))]
            values |= {f"source{number}": name for number, name in enumerate(wish.sources)}
            conditions.append(f"entries.source_id IN ({', '.join(names)})")
        for name, sign in (("after", ">="), ("before", "<")):
            moment = getattr(wish, name)
            if moment is not None:
                values[name] = int(moment.timestamp() * 1_000_000)
                conditions.append(f"entries.published_at {sign} :{name}")
        return self._ranked(values, " AND ".join(conditions))

    def _newest(self, values: dict[str, Any]) -> Found:
        """Answer from the newest entries alone; those that match exactly have a list of their own.

        A word that most entries hold would otherwise be gathered and sorted whole.
        """
        values["most"] = _MOST_ENTRIES
        bare_ones, exact_ones = (self._says.NEWEST.format(name) for name in ("bare", "exact"))
        # the statements are fixed words; everything a person typed is bound
        candidates = f"SELECT * FROM ({bare_ones}) b UNION SELECT * FROM ({exact_ones}) e"  # noqa: S608
        condition = f"{self._says.JOIN} IN ({candidates})"
        found = self._ranked(values, condition, exact=exact_ones)
        if found.total == 0:
            return found
        count = text(f"SELECT COUNT(*) FROM ({bare_ones}) b")  # noqa: S608
        looked_at = self._connection.execute(count, values).scalar() or 0
        return replace(found, more=looked_at >= _MOST_ENTRIES)

    def _ranked(self, values: dict[str, Any], condition: str, *, exact: str = "") -> Found:
        same = self._says.SAME.format(exact or self._says.EXACT)
        # the conditions are fixed words; everything a person typed is bound
        query = f"""
            SELECT entries.story_id,
                   {same} AS same,
                   MAX(entries.published_at) AS newest,
                   COUNT(*) OVER () AS total
            FROM search JOIN entries ON entries.number = {self._says.JOIN}
            WHERE {condition}
            GROUP BY entries.story_id
            ORDER BY same DESC, newest DESC, entries.story_id
            LIMIT :limit OFFSET :offset
        """  # noqa: S608
        rows = self._connection.execute(text(query), values).all()
        return Found(
            total=rows[0].total if rows else 0, story_ids=tuple(row.story_id for row in rows)
        )


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
