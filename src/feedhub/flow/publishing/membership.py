"""Works out which channels hold a story, and seals what no longer fits a channel's feed.

The feeds of sources, places and topics are channels too, named by the address of their page: which
of them hold a story is remembered like that of configured channels, so that no feed ever needs a
walk through the hub's history.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedhub.edit.archives import next_seals
from feedhub.edit.channels import belongs
from feedhub.flow.publishing.pages import Site
from feedhub.model import addresses as at
from feedhub.model.channel import Channel
from feedhub.model.edition import StoryCard
from feedhub.model.story import Story
from feedhub.store.store import Transaction

__all__ = ["seat_in_channels"]

#: stories worked on at a time, so that a whole hub takes little memory
_BATCH = 200


def seat_in_channels(tx: Transaction, site: Site, changed: Sequence[str]) -> set[str]:
    """Bring memberships up to date for stories that changed, in the order of their change.

    Returns the channels that hold any of them, or did.
    """
    channels = site.settings.channels
    touched: set[str] = set()
    for start in range(0, len(changed), _BATCH):
        members: dict[str, list[str]] = {}
        announced: dict[str, int] = {}
        for story in tx.stories.load(changed[start : start + _BATCH]):
            announced[story.id] = story.announced or 0
            members[story.id] = _homes(site.cards.card(story), channels) if _is_news(story) else []
            touched.update(members[story.id])
        touched |= tx.channels.seat(members, announced)
        site.cards.forget()
    for channel in channels:
        if channel.id in touched:
            _seal(tx, channel)
    return touched


def _is_news(story: Story) -> bool:
    return story.announced is not None and story.merged_into is None


def _homes(card: StoryCard, channels: Sequence[Channel]) -> list[str]:
    return [
        *(channel.id for channel in channels if belongs(card, channel)),
        *{at.source_path(printing.source.id) for printing in card.printings},
        *(at.place_path(label.id) for label in card.places),
        *(at.topic_path(label.id) for label in card.topics),
    ]


def _seal(tx: Transaction, channel: Channel) -> None:
    oldest_first = tx.channels.waiting(channel.id)[::-1]
    for new in next_seals(channel, oldest_first, tx.channels.newest_seal(channel.id)):
        tx.channels.seal(channel.id, new.number, new.story_ids)
