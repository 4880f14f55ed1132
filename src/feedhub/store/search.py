"""Full-text search over entries, with and without marks.

Each entry's words are kept folded to one spelling and bare of all marks (``text/search_forms.py``).
A question is answered by the bare words; what also matches the exact ones comes first. Folding and
cutting happen there, so SQLite (FTS5) and PostgreSQL (tsvector) answer alike; what they say
differently stands in one class each. Why: docs/decisions/169-search-index.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, text

from feedhub.text.folding import bare
from feedhub.text.search_forms import SearchForms, bare_words, exact_words

__all__ = ["Found", "SearchRows", "SearchWish"]

#: words of one question that are looked at
_MOST_WORDS = 16
#: entries that a question without limits looks at, the newest: nobody leafs through more, and a
#: word that stands in nearly every notice is answered as fast as any (bench/growth.py)
_MOST_ENTRIES = 2_000
#: what stands before a bare word of FTS5's one column; no word of a text holds it
_BARE = "·"


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


class _Dialect(Protocol):
    """How one database is told.

    ``KEEP`` takes the values of an entry that is not in the index, ``FORGET`` those it is in the
    index with. ``SAME`` and ``MATCHES`` are conditions on an entry (``JOIN`` brings its words), the
    first of them over ``EXACT``, the entries that match exactly; ``NEWEST`` selects the numbers of
    the newest entries that answer the question ``{}`` (``bare`` or ``exact``).
    """

    FORGET: str
    KEEP: str
    JOIN: str
    SAME: str
    EXACT: str
    MATCHES: str
    NEWEST: str

    def values(self, number: int, forms: SearchForms) -> tuple[object, ...]:
        """Return what is kept of the entry with a number."""

    def forgotten(self, number: int, forms: SearchForms) -> tuple[object, ...]:
        """Return what must be said of it once more to forget it."""

    def exact(self, words: Sequence[str]) -> str:
        """Return a question for every word; none is taken for an operator."""

    def bare(self, words: Sequence[str]) -> str:
        """Return a question for every word, whatever its marks are."""


class _Sqlite:
    # FTS5 keeps no copy of what it indexed, so it is told again what to forget (FTS5, 4.4.3)
    FORGET = "INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)"
    KEEP = "INSERT INTO search (rowid, words) VALUES (?, ?)"
    JOIN = ""
    SAME = "MAX(entries.number IN ({}))"
    EXACT = "SELECT rowid FROM search WHERE search MATCH :exact"
    MATCHES = "entries.number IN (SELECT rowid FROM search WHERE search MATCH :bare)"
    NEWEST = "SELECT rowid FROM search WHERE search MATCH :{} ORDER BY rowid DESC LIMIT :most"

    def values(self, number: int, forms: SearchForms) -> tuple[object, ...]:
        without_marks = forms.bare and f" {_BARE}" + forms.bare.replace(" ", f" {_BARE}")
        return number, forms.exact + without_marks

    def forgotten(self, number: int, forms: SearchForms) -> tuple[object, ...]:
        return self.values(number, forms)

    def exact(self, words: Sequence[str]) -> str:
        return " ".join(f'"{word}"' for word in words)

    def bare(self, words: Sequence[str]) -> str:
        return " AND ".join(f'("{word}" OR "{_BARE}{word}")' for word in words)


class _Postgres:
    FORGET = "DELETE FROM search WHERE entry_number = %s"
    KEEP = (
        "INSERT INTO search (entry_number, exact, bare) VALUES"
        " (%s, array_to_tsvector(string_to_array(%s, ' ')),"
        " array_to_tsvector(string_to_array(%s, ' ')))"
    )
    JOIN = "JOIN search ON search.entry_number = entries.number"
    SAME = "bool_or(search.exact @@ CAST(:exact AS tsquery))"
    EXACT = ""
    MATCHES = "search.bare @@ CAST(:bare AS tsquery)"
    NEWEST = (
        "SELECT entry_number FROM search WHERE {0} @@ CAST(:{0} AS tsquery)"
        " ORDER BY entry_number DESC LIMIT :most"
    )

    def values(self, number: int, forms: SearchForms) -> tuple[object, ...]:
        # what stands twice is kept once
        return number, forms.exact, " ".join(filter(None, (bare(forms.exact), forms.bare)))

    def forgotten(self, number: int, forms: SearchForms) -> tuple[object, ...]:  # noqa: ARG002 - FTS5 needs them
        return (number,)

    def exact(self, words: Sequence[str]) -> str:
        return " & ".join(f"'{word}'" for word in words)

    def bare(self, words: Sequence[str]) -> str:
        return self.exact(words)


class SearchRows:
    """The search index of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._says: _Dialect = _Postgres() if _is_postgres(connection) else _Sqlite()

    def index(self, fresh: Iterable[tuple[int, SearchForms]]) -> None:
        """Index entries that are not in the index, by their numbers."""
        self._tell(self._says.KEEP, [self._says.values(*one) for one in fresh])

    def forget(self, indexed: Iterable[tuple[int, SearchForms]]) -> None:
        """Take entries out of the index; the forms are those they were indexed with."""
        self._tell(self._says.FORGET, [self._says.forgotten(*one) for one in indexed])

    def _tell(self, statement: str, values: list[tuple[object, ...]]) -> None:
        if values:
            self._connection.exec_driver_sql(statement, values)

    def find(self, wish: SearchWish, *, limit: int, offset: int = 0) -> Found:
        """Answer a search: every word must be there; exact matches first, then the newest."""
        words = bare_words(wish.words)[:_MOST_WORDS]
        if not words:
            return Found(total=0, story_ids=())
        values: dict[str, Any] = {
            "bare": self._says.bare(words),
            "exact": self._says.exact(exact_words(wish.words)[:_MOST_WORDS]),
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
        condition = f"entries.number IN ({candidates})"
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
            FROM entries {self._says.JOIN}
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
