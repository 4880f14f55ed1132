"""Digest runs, and how far each digest's own pages have come."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, union_all, update

from feedhub.model.digest import DigestRun, Position, RunState
from feedhub.store.engine import insert_for
from feedhub.store.mail_tables import digest_runs, digests
from feedhub.store.tables import entries, revisions, stories

__all__ = ["DigestRows"]


class DigestRows:
    """The digests of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self) -> dict[str, datetime]:
        """Return the next cut-off of every digest that was ever scheduled."""
        query = select(digests.c.id, digests.c.next_due_at)
        return {row.id: row.next_due_at for row in self._connection.execute(query)}

    def position(self, digest_id: str) -> Position | None:
        """Return how far a digest's own runs have come; None before it was scheduled."""
        row = self._connection.execute(
            select(digests.c.announced, digests.c.told_upto).where(digests.c.id == digest_id)
        ).first()
        return None if row is None else Position(announced=row.announced, at=row.told_upto)

    def schedule(self, digest_id: str, next_due_at: datetime, position: Position) -> None:
        """Set a digest's next cut-off; a digest met before keeps the position it has reached."""
        statement = insert_for(self._connection, digests).values(
            id=digest_id,
            next_due_at=next_due_at,
            announced=position.announced,
            told_upto=position.at,
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={"next_due_at": next_due_at}
            )
        )

    def advance(self, digest_id: str, upto: Position, next_due_at: datetime) -> None:
        """Move a digest on to its next cut-off."""
        self._connection.execute(
            update(digests)
            .where(digests.c.id == digest_id)
            .values(announced=upto.announced, told_upto=upto.at, next_due_at=next_due_at)
        )

    def not_after(self, now: datetime) -> None:
        """Let no position lie after a moment."""
        late = digests.c.told_upto > now
        self._connection.execute(update(digests).where(late).values(told_upto=now))

    def newest_announced(self) -> int:
        """Return the number of the story announced last, 0 in an empty hub."""
        return self._connection.execute(select(func.max(stories.c.announced))).scalar() or 0

    def announced_between(self, after: int, upto: int) -> tuple[str, ...]:
        """Return the ids of the stories announced in a window, in that order, merged ones not."""
        query = (
            select(stories.c.id)
            .where(
                stories.c.announced > after,
                stories.c.announced <= upto,
                stories.c.merged_into.is_(None),
            )
            .order_by(stories.c.announced)
        )
        return tuple(self._connection.execute(query).scalars())

    def run_at(self, digest_id: str, due_at: datetime) -> DigestRun | None:
        """Return the run of a digest at a cut-off."""
        query = select(digest_runs).where(
            digest_runs.c.digest_id == digest_id, digest_runs.c.due_at == due_at
        )
        row = self._connection.execute(query).mappings().first()
        return _run(row) if row else None

    def add_run(self, run: DigestRun) -> None:
        """Store a run; a second one for the same cut-off is refused by the database."""
        self._connection.execute(
            insert(digest_runs).values(
                id=run.id,
                digest_id=run.digest_id,
                due_at=run.due_at,
                after_announced=run.after.announced,
                after_at=run.after.at,
                upto_announced=run.upto.announced,
                upto_at=run.upto.at,
                made_at=run.made_at,
                official=run.official,
                state=str(run.state),
                stories=run.stories,
                day=run.day.isoformat(),
            )
        )

    def make_official(self, run_id: str, after: Position, state: RunState, stories: int) -> None:
        """Give a run that subscribers brought about the digest's own window and a page."""
        self._connection.execute(
            update(digest_runs)
            .where(digest_runs.c.id == run_id)
            .values(
                official=True,
                after_announced=after.announced,
                after_at=after.at,
                state=str(state),
                stories=stories,
            )
        )

    def runs(self, ids: Collection[str]) -> dict[str, DigestRun]:
        """Return runs by id."""
        query = select(digest_runs).where(digest_runs.c.id.in_(sorted(ids)))
        return {row["id"]: _run(row) for row in self._connection.execute(query).mappings()}

    def newest(
        self, digest_id: str, limit: int, *, official: bool = True, ready: bool = False
    ) -> tuple[DigestRun, ...]:
        """Return a digest's newest runs, newest first; with ``ready`` only those with news."""
        query = select(digest_runs).where(digest_runs.c.digest_id == digest_id)
        if official:
            query = query.where(digest_runs.c.official)
        if ready:
            query = query.where(digest_runs.c.state == RunState.READY)
        query = query.order_by(digest_runs.c.due_at.desc()).limit(limit)
        return tuple(_run(row) for row in self._connection.execute(query).mappings())

    def beside(self, run: DigestRun) -> tuple[DigestRun | None, DigestRun | None]:
        """Return the digest's own runs with news before and after a run."""
        own = select(digest_runs).where(
            digest_runs.c.digest_id == run.digest_id,
            digest_runs.c.official,
            digest_runs.c.state == RunState.READY,
        )
        moment = digest_runs.c.due_at
        earlier = own.where(moment < run.due_at).order_by(moment.desc()).limit(1)
        later = own.where(moment > run.due_at).order_by(moment).limit(1)
        rows = [self._connection.execute(query).mappings().first() for query in (earlier, later)]
        before, after = (_run(row) if row else None for row in rows)
        return before, after

    def holding(self, announced: Collection[int]) -> tuple[DigestRun, ...]:
        """Return all digests' own runs with news whose windows hold any of these announcements."""
        if not announced:
            return ()
        numbers = sorted(announced)
        query = select(digest_runs).where(
            digest_runs.c.official,
            digest_runs.c.state == RunState.READY,
            digest_runs.c.after_announced < numbers[-1],
            digest_runs.c.upto_announced >= numbers[0],
        )
        found = (_run(row) for row in self._connection.execute(query).mappings())
        return tuple(
            run
            for run in found
            if bisect_right(numbers, run.after.announced)
            < bisect_right(numbers, run.upto.announced)
        )

    def changed_between(self, after: datetime, upto: datetime, limit: int) -> tuple[str, ...]:
        """Return the ids of stories corrected or withdrawn in ``(after, upto]``, oldest first."""
        corrected = (
            select(entries.c.story_id, revisions.c.replaced_at.label("moment"))
            .join(revisions, revisions.c.entry_id == entries.c.id)
            .where(
                revisions.c.significant,
                revisions.c.replaced_at > after,
                revisions.c.replaced_at <= upto,
            )
        )
        withdrawn = select(entries.c.story_id, entries.c.withdrawn_at.label("moment")).where(
            entries.c.withdrawn_at > after, entries.c.withdrawn_at <= upto
        )
        both = union_all(corrected, withdrawn).subquery()
        query = (
            select(both.c.story_id)
            .group_by(both.c.story_id)
            .order_by(func.min(both.c.moment), both.c.story_id)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def of_day(self, digest_id: str, day: date) -> DigestRun | None:
        """Return a digest's own run named by a day."""
        query = select(digest_runs).where(
            digest_runs.c.digest_id == digest_id,
            digest_runs.c.official,
            digest_runs.c.day == day.isoformat(),
        )
        row = self._connection.execute(query).mappings().first()
        return _run(row) if row else None


def _run(row: RowMapping) -> DigestRun:
    return DigestRun(
        id=row["id"],
        digest_id=row["digest_id"],
        due_at=row["due_at"],
        after=Position(announced=row["after_announced"], at=row["after_at"]),
        upto=Position(announced=row["upto_announced"], at=row["upto_at"]),
        made_at=row["made_at"],
        official=row["official"],
        state=RunState(row["state"]),
        stories=row["stories"],
        day=date.fromisoformat(row["day"]),
    )
