"""Stories: made, joined, announced, and handed out in the orders that publishing asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from feedhub.model.story import Story
from feedhub.store.bulk import Shape, chunks, insertion, marks, updating
from feedhub.store.entries import EntryRows
from feedhub.store.facts import FactRows
from feedhub.store.tables import entries, stories

__all__ = ["NewStory", "StoryRows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStory:
    """A story about to be stored. ``day`` is the lead's day in the hub's time zone."""

    id: str
    lead_id: str
    published_at: datetime
    day: str
    announced: bool


_WHOLE = Shape(list(stories.columns))
_ANNOUNCED = Shape([stories.c.id, stories.c.announced])
_SEATED = Shape([entries.c.story_id])
_INSERT = insertion(
    stories, [column.name for column in stories.columns if column.name != "merged_into"]
)
_TOUCH = updating(stories, ("sequence", "changed_at"), by="id")
_ANNOUNCE = updating(stories, ("announced", "announced_at"), by="id")


class StoryRows:
    """The stories of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._facts = FactRows(connection)
        self._entries = EntryRows(connection)

    def insert(self, fresh: Sequence[NewStory], now: datetime) -> None:
        """Store stories in the order given, which becomes the order of their announcement."""
        if not fresh:
            return
        sequence = self._facts.take("sequence", len(fresh))
        announced = self._facts.take("announced", sum(story.announced for story in fresh))
        values = []
        for offset, story in enumerate(fresh):
            values.append(
                {
                    "id": story.id,
                    "sequence": sequence + offset,
                    "founded": sequence + offset,
                    "announced": announced if story.announced else None,
                    "announced_at": now if story.announced else None,
                    "created_at": now,
                    "changed_at": now,
                    "published_at": story.published_at,
                    "day": story.day,
                    "lead_id": story.lead_id,
                }
            )
            announced += story.announced
        _INSERT.run(self._connection, values)

    def touch(self, ids: Collection[str], now: datetime) -> None:
        """Note that stories changed: they get new places in the sequence."""
        number = self._facts.take("sequence", len(ids))
        _TOUCH.run(
            self._connection,
            [
                {"id": story_id, "sequence": sequence, "changed_at": now}
                for sequence, story_id in enumerate(sorted(ids), number)
            ],
        )

    def announce(self, ids: Collection[str], now: datetime) -> None:
        """Announce stories that were kept without being announced; others stay as they are."""
        silent: list[str] = []
        for part in chunks(ids):
            held = _ANNOUNCED.ask(self._connection, f"WHERE id IN ({marks(len(part))})", part)
            silent += (row["id"] for row in held if row["announced"] is None)
        number = self._facts.take("announced", len(silent))
        _ANNOUNCE.run(
            self._connection,
            [
                {"id": story_id, "announced": place, "announced_at": now}
                for place, story_id in enumerate(sorted(silent), number)
            ],
        )

    def lead(self, story_id: str, lead_id: str, published_at: datetime, day: str) -> None:
        """Let another entry speak for a story."""
        self._connection.execute(
            update(stories)
            .where(stories.c.id == story_id)
            .values(lead_id=lead_id, published_at=published_at, day=day)
        )

    def redate(self, lead_id: str, published_at: datetime, day: str) -> None:
        """Date the story that an entry leads anew."""
        seated = select(entries.c.story_id).where(entries.c.id == lead_id).scalar_subquery()
        self._connection.execute(
            update(stories)
            .where(stories.c.id == seated, stories.c.lead_id == lead_id)
            .values(published_at=published_at, day=day)
        )

    def move(self, entry_ids: Collection[str], story_id: str) -> None:
        """Seat entries in another story."""
        self._connection.execute(
            update(entries).where(entries.c.id.in_(sorted(entry_ids))).values(story_id=story_id)
        )

    def merge(self, story_id: str, into: str, now: datetime) -> None:
        """Move all entries of a story into an older one; its address then points there."""
        self._connection.execute(
            update(entries).where(entries.c.story_id == story_id).values(story_id=into)
        )
        self._connection.execute(
            update(stories).where(stories.c.id == story_id).values(merged_into=into)
        )
        self.touch({story_id, into}, now)

    def last_sequence(self) -> int:
        """Return the place of the newest change, 0 in an empty hub."""
        return self._facts.counter("sequence")

    def changed_since(self, sequence: int) -> tuple[str, ...]:
        """Return the ids of stories that changed after a place in the sequence, oldest first."""
        query = (
            select(stories.c.id).where(stories.c.sequence > sequence).order_by(stories.c.sequence)
        )
        return tuple(self._connection.execute(query).scalars())

    def announced(self, limit: int) -> tuple[str, ...]:
        """Return the ids of the stories announced last, the newest first."""
        query = (
            select(stories.c.id)
            .where(stories.c.announced.is_not(None), stories.c.merged_into.is_(None))
            .order_by(stories.c.announced.desc())
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def of_sources(self, source_ids: Collection[str], limit: int) -> tuple[str, ...]:
        """Return the ids of the newest stories that any of some sources printed, by their dates.

        Of each source its newest entries are looked at, so the cost does not grow with the hub; a
        source that prints the same text more than twice may give fewer stories.
        """
        newest: dict[str, datetime] = {}
        for source_id in sorted(source_ids):
            query = (
                select(entries.c.story_id, entries.c.published_at)
                .where(entries.c.source_id == source_id)
                .order_by(entries.c.published_at.desc())
                .limit(2 * limit)
            )
            for story_id, moment in self._connection.execute(query):
                newest[story_id] = max(moment, newest.get(story_id, moment))
        return _newest(newest, limit)

    def of_entries(self, entry_ids: Collection[str]) -> tuple[str, ...]:
        """Return the ids of the stories that entries are seated in."""
        found: set[str] = set()
        for part in chunks(entry_ids):
            held = _SEATED.ask(self._connection, f"WHERE id IN ({marks(len(part))})", part)
            found.update(row["story_id"] for row in held)
        return tuple(sorted(found))

    def of_day(self, day: str) -> tuple[str, ...]:
        """Return the ids of the stories of one day, newest first."""
        query = (
            select(stories.c.id)
            .where(stories.c.day == day, stories.c.merged_into.is_(None))
            .order_by(stories.c.published_at.desc(), stories.c.id)
        )
        return tuple(self._connection.execute(query).scalars())

    def days(self) -> dict[str, int]:
        """Return every day that has stories, with their number, in order."""
        query = (
            select(stories.c.day, func.count())
            .where(stories.c.merged_into.is_(None))
            .group_by(stories.c.day)
            .order_by(stories.c.day)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all stories, oldest first, merged ones included."""
        query = select(stories.c.id).order_by(stories.c.created_at, stories.c.id)
        return tuple(self._connection.execute(query).scalars())

    def revised(self, limit: int) -> tuple[str, ...]:
        """Return the ids of stories that were revised or withdrawn, the newest change first.

        Only significant revisions count.
        """
        newest: dict[str, datetime] = {}
        for moment in (entries.c.revised_at, entries.c.withdrawn_at):
            query = (
                select(entries.c.story_id, moment)
                .where(moment.is_not(None))
                .order_by(moment.desc())
                .limit(2 * limit)
            )
            for story_id, when in self._connection.execute(query):
                newest[story_id] = max(when, newest.get(story_id, when))
        return _newest(newest, limit)

    def load(self, ids: Sequence[str]) -> tuple[Story, ...]:
        """Return stories in the order of ``ids``, each with its entries, the lead first."""
        found: dict[str, Story] = {}
        for part in chunks(ids):
            members = self._entries.of_stories(part)
            rest = f"WHERE id IN ({marks(len(part))})"
            for row in _WHOLE.ask(self._connection, rest, part):
                lead = row["lead_id"]
                found[row["id"]] = Story(
                    id=row["id"],
                    sequence=row["sequence"],
                    created_at=row["created_at"],
                    changed_at=row["changed_at"],
                    lead_id=lead,
                    entries=tuple(
                        sorted(
                            members.get(row["id"], ()), key=lambda one, lead=lead: one.id != lead
                        )
                    ),
                    announced_at=row["announced_at"],
                    announced=row["announced"],
                    day=row["day"],
                    founded=row["founded"],
                    merged_into=row["merged_into"],
                )
        return tuple(found[name] for name in ids if name in found)


def _newest(moments: Mapping[str, datetime], limit: int) -> tuple[str, ...]:
    ordered = sorted(moments, key=lambda name: (moments[name], name), reverse=True)
    return tuple(ordered[:limit])
