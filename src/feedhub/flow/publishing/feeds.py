"""The hub's feeds as editions: of channels with their archives, sources, places, topics."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from feedhub.edit.archives import Seal, archive_edition, open_edition
from feedhub.edit.channels import channel_edition
from feedhub.edit.corrections import corrections_edition
from feedhub.edit.notices import notices_edition
from feedhub.flow.publishing.pages import Site
from feedhub.model import addresses as at
from feedhub.model.channel import Channel
from feedhub.model.edition import Edition
from feedhub.store.store import Transaction

__all__ = ["Feeds"]

#: the newest corrections and withdrawals of the whole hub among which each feed finds its own
_RECENT = 300
_CORRECTIONS = 100
_NOTICES = 100


@dataclass(slots=True)
class Feeds:
    """Every feed of a site, made out of one state of the store."""

    site: Site
    tx: Transaction
    _revised: tuple[str, ...] | None = None

    def current(self, channel: Channel) -> Edition:
        """Return a channel's current feed: what is not sealed, and what was corrected since."""
        hub, path = self.site.hub, at.channel_path(channel.id)
        if not channel.dedupe:
            # a channel of single printings never seals; its limit is on printings, of which every
            # story has at least one
            waiting = self.tx.channels.waiting(channel.id, channel.limit)
            return channel_edition(
                hub, channel, self.site.cards.load(self.tx, waiting), path, home=at.FRONT
            )
        waiting = self.tx.channels.waiting(channel.id)
        changed = self.tx.channels.holding(channel.id, self._recently_revised(), sealed=True)
        newest = self.tx.channels.newest_seal(channel.id)
        seals = (Seal(number=newest, story_ids=changed),) if newest else ()
        cards = self.site.cards.load(self.tx, (*waiting, *changed))
        return open_edition(hub, channel, cards, path, seals, home=at.FRONT)

    def archive(self, channel: Channel, number: int) -> Edition:
        """Return one sealed document of a channel."""
        one = Seal(number=number, story_ids=self.tx.channels.sealed(channel.id, number))
        return archive_edition(
            self.site.hub,
            channel,
            self.site.cards.load(self.tx, one.story_ids),
            at.channel_path(channel.id),
            one,
            newest=self.tx.channels.newest_seal(channel.id),
            home=at.FRONT,
        )

    def of_pages(self, touched: Collection[str] | None) -> Iterator[Edition]:
        """Yield the feeds of sources, places and topics; None: of all, else of these addresses."""
        site = self.site
        pages = [
            (at.source_path(name), at.source_feed_path(name), Channel(id=name, title=card.name))
            for name, card in sorted(site.sources.items())
        ]
        pages += [
            (at.place_path(name), at.place_feed_path(name), Channel(id=name, title=label.name))
            for name, label in sorted(site.places.labels.items())
        ]
        pages += [
            (at.topic_path(name), at.topic_feed_path(name), Channel(id=name, title=label.name))
            for name, label in sorted(site.topics.labels.items())
        ]
        for home, path, channel in pages:
            if touched is None or home in touched:
                yield self._of_page(channel, path, home)

    def corrections(self) -> Edition:
        """Return the feed of what changed after publication."""
        cards = self.site.cards.load(self.tx, self._recently_revised()[:_CORRECTIONS])
        return corrections_edition(self.site.hub, self.site.corrections, cards, at.CORRECTIONS_FEED)

    def notices(self) -> Edition:
        """Return the operators' feed of what is unusual about the sources."""
        kept = self.tx.notices.newest(_NOTICES)
        return notices_edition(self.site.hub, kept, self.site.sources)

    def _of_page(self, channel: Channel, path: str, home: str) -> Edition:
        newest = self.tx.channels.waiting(home, channel.limit)
        held = self.tx.channels.holding(home, self._recently_revised())
        cards = self.site.cards.load(self.tx, dict.fromkeys((*newest, *held)))
        return channel_edition(self.site.hub, channel, cards, path, home=home)

    def _recently_revised(self) -> tuple[str, ...]:
        if self._revised is None:
            self._revised = self.tx.stories.revised(_RECENT)
        return self._revised
