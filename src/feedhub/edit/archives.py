"""Sealed archive documents (RFC 5005, section 4): a chain back to the first story.

A channel's stories stand in the order in which they were announced. The current feed shows the
newest; whenever more than ``channel.limit`` are waiting, the oldest block is sealed into the next
archive document. A sealed document is never written again, so which stories it holds is remembered
(``Seal``) rather than worked out anew from a channel whose rules may have changed since.

Walking from the current feed (``open_edition``) through ``prev-archive`` gives each story exactly
once: the current feed of a channel with an archive holds what is not yet sealed, that is between
half of the limit and the limit. Only a story that changes after it was sealed is met twice: in its
old text in the archive and, by its newer ``updated``, in the current feed.

``seal(channel, cards, seals) -> tuple[Seal, ...]``, ``next_seals(channel, waiting, newest)``,
``open_edition(...) -> Edition``, ``archive_edition(...) -> Edition``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.edit.channels import (
    announced,
    channel_edition,
    newest_change,
    standing_and_withdrawn,
)
from feedhub.model.addresses import archive_path
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition, StoryCard, Tombstone

__all__ = ["Seal", "archive_edition", "next_seals", "open_edition", "seal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What one sealed document holds: its number, counted from 1, and its stories' ids in order."""

    number: int
    story_ids: tuple[str, ...]


def seal(
    channel: Channel, cards: Iterable[StoryCard], seals: Sequence[Seal] = ()
) -> tuple[Seal, ...]:
    """Return the documents that must be sealed now, to be kept after ``seals``; often none.

    ``cards`` needs to hold at least all stories that are not sealed yet.
    """
    if not channel.dedupe:
        return ()
    sealed = {story_id for one in seals for story_id in one.story_ids}
    waiting = [card.id for card in announced(cards, channel) if card.id not in sealed]
    return next_seals(channel, waiting, max((one.number for one in seals), default=0))


def next_seals(channel: Channel, waiting: Sequence[str], newest: int) -> tuple[Seal, ...]:
    """Return the documents that must be sealed now, to follow the document of number ``newest``.

    ``waiting`` are the ids of all stories of the channel that are not sealed, in the order in which
    they were announced. A channel that shows every printing has none.
    """
    if not channel.dedupe:
        return ()
    limit = max(1, channel.limit)
    size = max(1, limit // 2)
    blocks = max(0, -(-(len(waiting) - limit) // size))
    return tuple(
        Seal(number=newest + 1 + block, story_ids=tuple(waiting[block * size : (block + 1) * size]))
        for block in range(blocks)
    )


def open_edition(
    hub: Hub,
    channel: Channel,
    cards: Iterable[StoryCard],
    path: str,
    seals: Sequence[Seal],
    *,
    home: str = "",
) -> Edition:
    """Return the current feed of a channel with an archive: every story that is not sealed.

    A sealed story that was corrected or withdrawn since its document was sealed comes back into the
    current feed with its new ``updated`` (RFC 5005, section 4: archives do not change, changes go
    into the subscription document); there are at most ``channel.limit`` of these, newest first.
    A channel that shows every printing keeps no archive: its entries are no stories.
    """
    if not channel.dedupe:
        return channel_edition(hub, channel, cards, path, home=home)
    sealed = {story_id for one in seals for story_id in one.story_ids}
    known = announced(cards, channel)
    waiting = [card for card in known if card.id not in sealed]
    since = min((card.announced_at for card in waiting if card.announced_at), default=None)
    changed = sorted(
        (card for card in known if card.id in sealed and since and _changed_after(card, since)),
        key=lambda card: (card.updated, card.id),
        reverse=True,
    )[: max(1, channel.limit)]
    standing, tombstones = standing_and_withdrawn([*waiting, *changed])
    last = max((one.number for one in seals), default=0)
    return Edition(
        hub=hub,
        channel=channel,
        path=path,
        home=home,
        stories=standing,
        tombstones=tombstones,
        updated=newest_change(standing, tombstones),
        prev_archive=archive_path(channel.id, last) if last else "",
    )


def archive_edition(
    hub: Hub,
    channel: Channel,
    cards: Iterable[StoryCard],
    path: str,
    one: Seal,
    *,
    newest: int,
    home: str = "",
) -> Edition:
    """Return one sealed document, newest announcement first; ``path`` is the current feed's.

    ``newest`` is the number of the newest sealed document. That one gets its link to the next when
    there is a next, because a link must never point to a file that is not there; its stories stay
    as they are. Every document before it is final to the byte.
    """
    by_id = {card.id: card for card in cards}
    held = [by_id[story_id] for story_id in reversed(one.story_ids) if story_id in by_id]
    standing = [card for card in held if card.withdrawn_at is None]
    tombstones = tuple(
        Tombstone(story_id=card.id, when=card.withdrawn_at)
        for card in held
        if card.withdrawn_at is not None
    )
    return Edition(
        hub=hub,
        channel=channel,
        path=archive_path(channel.id, one.number),
        home=home,
        of=path,
        stories=tuple(standing),
        tombstones=tombstones,
        updated=newest_change(standing, tombstones),
        prev_archive=archive_path(channel.id, one.number - 1) if one.number > 1 else "",
        next_archive=archive_path(channel.id, one.number + 1) if one.number < newest else "",
    )


def _changed_after(card: StoryCard, moment: datetime) -> bool:
    changes = [card.lead.revised_at, card.withdrawn_at]
    return any(change > moment for change in changes if change)
