"""Which stories a channel holds, and what its sealed archive documents hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from feedhub.store.engine import insert_for
from feedhub.store.entries import chunks
from feedhub.store.tables import channel_stories, seals

__all__ = ["ChannelRows"]


class ChannelRows:
    """The channels of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seat(self, members: Mapping[str, Collection[str]], announced: Mapping[str, int]) -> None:
        """Say for each story which channels hold it now; its other memberships end.

        ``members`` gives channel ids by story id, ``announced`` the story's announcement number.
        """
        values = []
        for story_id, wanted in members.items():
            self._connection.execute(
                delete(channel_stories).where(
                    channel_stories.c.story_id == story_id,
                    channel_stories.c.channel_id.not_in(sorted(wanted)),
                )
            )
            values += [
                {
                    "channel_id": channel_id,
                    "story_id": story_id,
                    "announced": announced[story_id],
                    "sealed": False,
                }
                for channel_id in sorted(wanted)
            ]
        if values:
            statement = insert_for(self._connection, channel_stories)
            self._connection.execute(statement.on_conflict_do_nothing(), values)

    def of_stories(self, story_ids: Collection[str]) -> set[str]:
        """Return the channels that hold any of these stories."""
        found: set[str] = set()
        for part in chunks(story_ids):
            query = select(channel_stories.c.channel_id).where(channel_stories.c.story_id.in_(part))
            found.update(self._connection.execute(query.distinct()).scalars())
        return found

    def members(self, channel_id: str, *, limit: int | None = None) -> tuple[str, ...]:
        """Return a channel's stories, newest announcement first; without a limit those unsealed."""
        query = (
            select(channel_stories.c.story_id)
            .where(channel_stories.c.channel_id == channel_id)
            .order_by(channel_stories.c.announced.desc())
        )
        if limit is None:
            query = query.where(channel_stories.c.sealed.is_(False))
        return tuple(self._connection.execute(query.limit(limit)).scalars())

    def seals(self, channel_id: str) -> dict[int, tuple[str, ...]]:
        """Return a channel's sealed documents by number: their stories in order."""
        query = select(seals).where(seals.c.channel_id == channel_id).order_by(seals.c.number)
        return {
            row["number"]: tuple(row["story_ids"])
            for row in self._connection.execute(query).mappings()
        }

    def seal(self, channel_id: str, number: int, story_ids: Sequence[str]) -> None:
        """Remember a sealed document for good."""
        self._connection.execute(
            insert(seals).values(channel_id=channel_id, number=number, story_ids=list(story_ids))
        )
        for part in chunks(story_ids):
            self._connection.execute(
                update(channel_stories)
                .where(
                    channel_stories.c.channel_id == channel_id,
                    channel_stories.c.story_id.in_(part),
                )
                .values(sealed=True)
            )
