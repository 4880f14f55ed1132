"""Full-text search over entries, with and without marks (SQLite FTS5).

Two columns hold each entry's words: folded to one spelling, and bare of all marks. A question is
answered by the bare column; what also matches the exact one comes first. PostgreSQL has its own
full-text search, which this store does not use yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from feedhub.text.folding import bare, fold

__all__ = ["Found", "SearchRows", "SearchWish"]

_WORD = re.compile(r"\w+")
#: words of one question that are looked at, and letters of one text that are indexed
_MOST_WORDS = 16
_INDEXED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWish:
    """What is searched: words, and optional limits on source and date of publication."""

    words: str
    sources: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of the stories on the page asked for, best first, and how many there are in all."""

    total: int
    story_ids: tuple[str, ...]


def _phrase(words: str) -> str:
    """Return an FTS5 question that asks for every word; quoted, so no word is an operator."""
    found = _WORD.findall(words)[:_MOST_WORDS]
    return " ".join(f'"{word}"' for word in found)


class SearchRows:
    """The search index of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there = connection.dialect.name == "sqlite"

    def index(self, texts: Sequence[tuple[str, str]]) -> None:
        """Index entries anew: ``(entry id, title and text)``."""
        if not texts or not self._there:
            return
        for entry_id, said in texts:
            values = {"id": entry_id, "exact": fold(said[:_INDEXED]), "bare": bare(said[:_INDEXED])}
            self._connection.execute(
                text(
                    "DELETE FROM search WHERE rowid = (SELECT number FROM entries WHERE id = :id)"
                ),
                values,
            )
            self._connection.execute(
                text(
                    "INSERT INTO search (rowid, exact, bare) "
                    "SELECT number, :exact, :bare FROM entries WHERE id = :id"
                ),
                values,
            )

    def find(self, wish: SearchWish, *, limit: int, offset: int = 0) -> Found:
        """Answer a search: every word must be there; exact matches first, then the newest."""
        question = _phrase(bare(wish.words))
        if not question or not self._there:
            return Found(total=0, story_ids=())
        values: dict[str, Any] = {
            "bare": f"bare : ({question})",
            "exact": f"exact : ({_phrase(fold(wish.words))})",
            "limit": limit,
            "offset": offset,
        }
        conditions = ["1"]
        if wish.sources:
            names = [f":source{number}" for number in range(len(wish.sources))]
            values |= {f"source{number}": name for number, name in enumerate(wish.sources)}
            conditions.append(f"entries.source_id IN ({', '.join(names)})")
        for name, sign in (("after", ">="), ("before", "<")):
            moment = getattr(wish, name)
            if moment is not None:
                values[name] = int(moment.timestamp() * 1_000_000)
                conditions.append(f"entries.published_at {sign} :{name}")
        # the conditions are fixed words; everything a person typed is bound
        query = f"""
            SELECT entries.story_id,
                   MAX(entries.number IN (
                       SELECT rowid FROM search WHERE search MATCH :exact
                   )) AS same,
                   MAX(entries.published_at) AS newest,
                   COUNT(*) OVER () AS total
            FROM search JOIN entries ON entries.number = search.rowid
            WHERE search MATCH :bare AND {" AND ".join(conditions)}
            GROUP BY entries.story_id
            ORDER BY same DESC, newest DESC, entries.story_id
            LIMIT :limit OFFSET :offset
        """  # noqa: S608
        rows = self._connection.execute(text(query), values).all()
        return Found(
            total=rows[0].total if rows else 0, story_ids=tuple(row.story_id for row in rows)
        )
