"""Stories as readers see them, each made once while a publishing runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feedhub.edit.cards import story_card
from feedhub.model.edition import SourceCard, StoryCard
from feedhub.model.story import Story
from feedhub.store.store import Transaction

__all__ = ["Cards"]

#: cards kept before older ones are dropped; a card holds its story's whole text
_KEPT = 3000


class Cards:
    """A memory of cards by story id."""

    def __init__(self, sources: Mapping[str, SourceCard]) -> None:
        self.sources = sources
        self._cards: dict[str, StoryCard] = {}

    def card(self, story: Story) -> StoryCard:
        """Return a story's card."""
        card = self._cards.get(story.id)
        if card is None:
            card = self._cards[story.id] = story_card(story, self.sources)
        return card

    def load(self, tx: Transaction, ids: Iterable[str]) -> tuple[StoryCard, ...]:
        """Return the cards of stories that are not merged away, in the order of ``ids``."""
        wanted = tuple(ids)
        missing = [name for name in wanted if name not in self._cards]
        for story in tx.stories.load(missing):
            if story.merged_into is None:
                self.card(story)
        return tuple(self._cards[name] for name in wanted if name in self._cards)

    def of(self, stories: Iterable[Story]) -> tuple[StoryCard, ...]:
        """Return the cards of stories."""
        return tuple(self.card(story) for story in stories if story.merged_into is None)

    def forget(self) -> None:
        """Drop cards if there are too many."""
        if len(self._cards) > _KEPT:
            self._cards.clear()
