"""Stories as readers see them, each made once while a publishing runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feedhub.edit.cards import story_card, story_link
from feedhub.model.edition import SourceCard, StoryCard, StoryLink
from feedhub.model.story import Story
from feedhub.store.store import Transaction

__all__ = ["Cards"]

#: related stories shown beside a story
_MOST_RELATED = 6

#: cards kept before older ones are dropped; a card holds its story's whole text
_KEPT = 3000


class Cards:
    """A memory of cards by story id."""

    def __init__(self, sources: Mapping[str, SourceCard]) -> None:
        self.sources = sources
        #: stories that cannot be shown: whatever lists stories goes on without them
        self.left_out: frozenset[str] = frozenset()
        self._cards: dict[str, StoryCard] = {}

    def card(self, story: Story) -> StoryCard:
        """Return a story's card."""
        card = self._cards.get(story.id)
        if card is None:
            card = self._cards[story.id] = story_card(story, self.sources)
        return card

    def load(self, tx: Transaction, ids: Iterable[str]) -> tuple[StoryCard, ...]:
        """Return the cards of stories that are not merged away, in the order of ``ids``."""
        wanted = tuple(name for name in ids if name not in self.left_out)
        missing = [name for name in wanted if name not in self._cards]
        for story in tx.stories.load(missing):
            if story.merged_into is None:
                self.card(story)
        return tuple(self._cards[name] for name in wanted if name in self._cards)

    def related(self, tx: Transaction, story: Story) -> tuple[StoryLink, ...]:
        """Return the stories of the same event as this one, most alike first."""
        own = {entry.id for entry in story.entries}
        beside = [
            link.second if link.first in own else link.first
            for link in tx.likeness.links(own)
            if link.verdict == "related" and not {link.first, link.second} <= own
        ]
        near = [name for name in tx.stories.of_entries(beside[:_MOST_RELATED]) if name != story.id]
        return tuple(story_link(card) for card in self.load(tx, near))

    def forget(self) -> None:
        """Drop cards if there are too many."""
        if len(self._cards) > _KEPT:
            self._cards.clear()
