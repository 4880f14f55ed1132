"""Sources: what is due, what is remembered of each, and every pull."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from feedhub.model.document import Validators
from feedhub.model.pull import PullRecord, SourceState
from feedhub.model.source import Source
from feedhub.model.trouble import PullFacts
from feedhub.store import rows
from feedhub.store.bulk import Shape, chunks, insertion, marks, updating
from feedhub.store.column_types import as_number
from feedhub.store.tables import pulls, sources

__all__ = ["SourceRows"]

_STATE = Shape([sources.c[name] for name in rows.STATE_COLUMNS])
_SAVE = updating(sources, rows.STATE_COLUMNS[:-1], by="id")
_REGISTER = insertion(sources, ("id", "url", "next_due_at"))
_FACTS = Shape([pulls.c.at, pulls.c.facts])
_ADD_PULL = insertion(pulls, rows.PULL_COLUMNS)


class SourceRows:
    """The sources of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def register(self, configured: Sequence[Source], now: datetime) -> None:
        """Bring the table in line with the config.

        A new source is due at once; one whose address was changed is asked afresh; one that left
        the config is retired and keeps its entries.
        """
        columns = (sources.c.id, sources.c.url, sources.c.first_pull_done, sources.c.retired_at)
        known = {row.id: row for row in self._connection.execute(select(*columns))}
        wanted = {source.id: source for source in configured if source.enabled}
        _REGISTER.run(
            self._connection,
            (
                {"id": source.id, "url": source.url, "next_due_at": now}
                for source in wanted.values()
                if source.id not in known
            ),
        )
        for name, row in known.items():
            source = wanted.get(name)
            if source is not None and row.url != source.url:
                fresh = SourceState(
                    id=name,
                    url=source.url,
                    next_due_at=now,
                    validators=Validators(),
                    first_pull_done=row.first_pull_done,
                    normal_since=now,
                )
                self.save(fresh)
            if source is not None and row.retired_at is not None:
                self._set(name, retired_at=None, next_due_at=now)
            if source is None and row.retired_at is None:
                self._set(name, retired_at=now)

    def _set(self, source_id: str, **values: object) -> None:
        self._connection.execute(update(sources).where(sources.c.id == source_id).values(**values))

    def states(self, among: Collection[str] | None = None) -> dict[str, SourceState]:
        """Return what is remembered of every source that is in the config, or of some of them."""
        found = (
            [_STATE.ask(self._connection, "WHERE retired_at IS NULL")]
            if among is None
            else [
                _STATE.ask(
                    self._connection,
                    f"WHERE retired_at IS NULL AND id IN ({marks(len(part))})",
                    part,
                )
                for part in chunks(among)
            ]
        )
        return {row["id"]: rows.source_state(row) for part in found for row in part}

    def maybe_due(
        self, now: datetime, among: Collection[str] | None = None
    ) -> tuple[tuple[str, datetime, datetime | None], ...]:
        """Return id, due time and last pull of sources that may be due, longest overdue first.

        That is where the due time has come, or where the last pull lies in the future. ``among``
        looks only at some sources.
        """
        query = select(sources.c.id, sources.c.next_due_at, sources.c.pulled_at).where(
            sources.c.retired_at.is_(None),
            or_(sources.c.next_due_at <= now, sources.c.pulled_at > now),
            _one_of(among),
        )
        found = self._connection.execute(query.order_by(sources.c.next_due_at, sources.c.id))
        return tuple((name, due, pulled) for name, due, pulled in found)

    def newest_pull(self) -> int:
        """Return the number of the newest pull of all sources, 0 where there is none."""
        return self._connection.execute(select(func.max(pulls.c.number))).scalar() or 0

    def save(self, *states: SourceState) -> None:
        """Remember the states of sources."""
        _SAVE.run_values(self._connection, map(rows.state_values, states))

    def add_pulls(self, ended: Iterable[tuple[PullRecord, PullFacts | None]]) -> None:
        """Write down finished pulls, each with its facts only where its entries were taken."""
        _ADD_PULL.run_values(self._connection, (rows.pull_values(*one) for one in ended))

    def facts(
        self, source_id: str, *, since: datetime | None, limit: int = 201
    ) -> tuple[PullFacts, ...]:
        """Return what a source's taken documents looked like, newest first."""
        rest = "WHERE source_id = ? AND facts IS NOT NULL"
        values: tuple[object, ...] = (source_id,)
        if since is not None:
            rest, values = f"{rest} AND at >= ?", (source_id, as_number(since))
        found = _FACTS.ask(
            self._connection, f"{rest} ORDER BY number DESC LIMIT ?", (*values, limit)
        )
        return tuple(map(rows.pull_facts, found))

    def history(self, source_id: str, limit: int = 100) -> tuple[PullRecord, ...]:
        """Return a source's pulls, newest first."""
        found = self._connection.execute(
            select(pulls)
            .where(pulls.c.source_id == source_id)
            .order_by(pulls.c.number.desc())
            .limit(limit)
        )
        return tuple(rows.pull_record(row) for row in found.mappings())

    def last_pulls(self) -> dict[str, PullRecord]:
        """Return the newest pull of each source that read its document."""
        newest = (
            select(func.max(pulls.c.number)).where(pulls.c.seen > 0).group_by(pulls.c.source_id)
        )
        found = self._connection.execute(select(pulls).where(pulls.c.number.in_(newest)))
        return {row["source_id"]: rows.pull_record(row) for row in found.mappings()}

    def forget_pulls(self, now: datetime, keep: timedelta = timedelta(days=90)) -> int:
        """Drop pulls older than ``keep``; return how many."""
        result = self._connection.execute(delete(pulls).where(pulls.c.at < now - keep))
        return result.rowcount


def _one_of(among: Collection[str] | None) -> ColumnElement[bool]:
    return true() if among is None else sources.c.id.in_(sorted(among))
