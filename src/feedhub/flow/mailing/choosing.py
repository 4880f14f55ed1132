"""What a window of the news holds for its readers; people with the same wishes share the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.config.settings import Settings
from feedhub.edit.digests import Choice, chosen, told_changes
from feedhub.flow.publishing.cards import Cards
from feedhub.model.digest import Digest, Position
from feedhub.model.edition import StoryCard
from feedhub.model.page import Correction
from feedhub.store.store import Transaction

__all__ = ["Window", "Windows"]

#: stories with the newest corrections that are looked through
_CHANGED_POOL = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The half-open window ``(after, upto]`` of a digest, for one reader's places and topics."""

    digest: Digest
    after: Position
    upto: Position
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class Windows:
    """The windows of one moment."""

    def __init__(self, settings: Settings, cards: Cards, now: datetime) -> None:
        self._channels = {channel.id: channel for channel in settings.channels}
        self._cards = cards
        self._now = now
        self._choices: dict[tuple[Window, frozenset[str]], Choice] = {}
        self._changes: dict[Window, tuple[Correction, ...]] = {}

    def choice(self, tx: Transaction, window: Window, told: frozenset[str] = frozenset()) -> Choice:
        """Choose the stories of a window that its reader has not been told yet."""
        key = (window, told)
        choice = self._choices.get(key)
        if choice is None:
            choice = self._choices[key] = chosen(
                self._cards.load(tx, self._ids(tx, window)),
                self._channels[window.digest.channel],
                every=window.digest.rhythm.every,
                until=self._now,
                places=window.places,
                topics=window.topics,
                told=told,
                restored_at=_restored_at(tx),
            )
        return choice

    def changed(self, tx: Transaction, window: Window) -> bool:
        """Tell whether anything older was corrected or withdrawn in a window."""
        changes = self._changes.get(window)
        if changes is None:
            ids = self._ids(tx, window)
            changes = self._changes[window] = self.changes(
                tx, window, besides=ids, after=window.after.at, upto=window.upto.at
            )
        return bool(changes)

    def changes(
        self,
        tx: Transaction,
        window: Window,
        *,
        besides: Sequence[str],
        after: datetime,
        upto: datetime,
    ) -> tuple[Correction, ...]:
        """Return what was corrected or withdrawn between two moments, besides some stories."""
        cards: tuple[StoryCard, ...] = self._cards.load(tx, tx.stories.revised(_CHANGED_POOL))
        return told_changes(
            cards,
            self._channels[window.digest.channel],
            after=after,
            upto=upto,
            places=window.places,
            topics=window.topics,
            besides=frozenset(besides),
        )

    def _ids(self, tx: Transaction, window: Window) -> tuple[str, ...]:
        return tx.digests.announced_between(window.after.announced, window.upto.announced)


def _restored_at(tx: Transaction) -> datetime | None:
    moment = tx.facts.get("restored_at")
    return datetime.fromisoformat(moment) if moment else None
