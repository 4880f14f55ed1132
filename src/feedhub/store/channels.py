"""Which stories a channel holds, and what its sealed archive documents hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from feedhub.store.bulk import chunks
from feedhub.store.engine import insert_for
from feedhub.store.tables import channel_stories, seals

__all__ = ["ChannelRows"]


class ChannelRows:
    """The channels of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seat(
        self, members: Mapping[str, Collection[str]], announced: Mapping[str, int]
    ) -> set[str]:
        """Say for each story which channels hold it now; its other memberships end.

        ``members`` gives channel ids by story id, ``announced`` the story's announcement number.
        Returns the channels that lost a story.
        """
        lost: set[str] = set()
        values = []
        for story_id, wanted in members.items():
            lost |= self._leave(story_id, wanted)
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
        return lost

    def _leave(self, story_id: str, wanted: Collection[str]) -> set[str]:
        of_story = channel_stories.c.story_id == story_id
        query = select(channel_stories.c.channel_id).where(of_story)
        ended = set(self._connection.execute(query).scalars()).difference(wanted)
        if ended:
            beyond = channel_stories.c.channel_id.in_(sorted(ended))
            self._connection.execute(delete(channel_stories).where(of_story, beyond))
        return ended

    def waiting(self, channel_id: str, limit: int | None = None) -> tuple[str, ...]:
        """Return a channel's stories that are not sealed, newest announcement first."""
        query = (
            select(channel_stories.c.story_id)
            .where(channel_stories.c.channel_id == channel_id, channel_stories.c.sealed.is_(False))
            .order_by(channel_stories.c.announced.desc())
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def holding(
        self, channel_id: str, story_ids: Collection[str], *, sealed: bool = False
    ) -> tuple[str, ...]:
        """Return which of these stories the channel holds, in order; sealed or unsealed ones."""
        found: set[str] = set()
        for part in chunks(story_ids):
            query = select(channel_stories.c.story_id).where(
                channel_stories.c.channel_id == channel_id,
                channel_stories.c.story_id.in_(part),
                channel_stories.c.sealed.is_(sealed),
            )
            found.update(self._connection.execute(query).scalars())
        return tuple(name for name in story_ids if name in found)

    def newest_seal(self, channel_id: str) -> int:
        """Return the number of a channel's newest sealed document, 0 when it has none."""
        query = select(func.max(seals.c.number)).where(seals.c.channel_id == channel_id)
        return self._connection.execute(query).scalar() or 0

    def seal_digest(self, channel_id: str, number: int) -> str:
        """Return the digest of a sealed document as it was last published, "" if it is not final.

        Also when there is no such document.
        """
        query = select(seals.c.digest).where(
            seals.c.channel_id == channel_id, seals.c.number == number
        )
        return self._connection.execute(query).scalar() or ""

    def finish(self, channel_id: str, number: int, digest: str) -> None:
        """Note that a sealed document was published and is final."""
        self._connection.execute(
            update(seals)
            .where(seals.c.channel_id == channel_id, seals.c.number == number)
            .values(digest=digest)
        )

    def sealed(self, channel_id: str, number: int) -> tuple[str, ...]:
        """Return the stories of a sealed document in order; empty when there is no such one."""
        query = select(seals.c.story_ids).where(
            seals.c.channel_id == channel_id, seals.c.number == number
        )
        return tuple(self._connection.execute(query).scalar() or ())

    def seal(self, channel_id: str, number: int, story_ids: Sequence[str]) -> None:
        """Remember a sealed document for good; the one before it gets its link to the next."""
        self.finish(channel_id, number - 1, "")
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
