"""What belongs in a channel, and the channel's edition.

- ``belongs(card, channel) -> bool``
- ``channel_edition(hub, channel, cards, path, ...) -> Edition``: current feed of a channel
- ``search_edition(hub, title, cards, query) -> Edition``: the answer to a search as a feed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from feedhub.model.addresses import SEARCH, SEARCH_FEED, label_id
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition, Label, Printing, StoryCard, Tombstone
from feedhub.text.folding import bare

__all__ = [
    "EPOCH",
    "announced",
    "belongs",
    "channel_edition",
    "newest_change",
    "search_edition",
    "single_printings",
    "standing_and_withdrawn",
]

#: the ``updated`` of a feed that never had an entry: the same bytes for ever
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT_SEARCHED = 100_000


def belongs(card: StoryCard, channel: Channel) -> bool:
    """Return whether a story belongs in a channel.

    It must satisfy every wish of the channel; within one wish, one match is enough. Sources, topics
    and places are those of any printing. Languages are compared by their first part (``vi`` takes
    ``vi-VN``). Words and phrases are whole words of title, summary or text, without case and marks.
    """
    if channel.sources and not any(p.source.id in channel.sources for p in card.printings):
        return False
    if channel.topics and not _meets(card.topics, channel.topics):
        return False
    if channel.places and not _meets(card.places, channel.places):
        return False
    if channel.languages:
        spoken = {_primary(language) for language in channel.languages}
        if _primary(card.language) not in spoken:
            return False
    if not channel.include and not channel.exclude:
        return True
    words = _words(f"{card.title} {card.summary} {card.text[:_TEXT_SEARCHED]}")
    if any(_words(phrase) in words for phrase in channel.exclude if phrase.strip()):
        return False
    wanted = [phrase for phrase in channel.include if phrase.strip()]
    return not wanted or any(_words(phrase) in words for phrase in wanted)


def announced(cards: Iterable[StoryCard], channel: Channel) -> tuple[StoryCard, ...]:
    """Return the channel's stories that are news, in the order in which they were announced.

    Stories that came with a source's first pull and were not announced are on pages, not in feeds.
    """
    chosen = [card for card in cards if card.announced_at and belongs(card, channel)]
    if not channel.dedupe:
        chosen = [single for card in chosen for single in single_printings(card)]
    return tuple(sorted(chosen, key=lambda card: (card.announced_at or EPOCH, card.id)))


def channel_edition(
    hub: Hub,
    channel: Channel,
    cards: Iterable[StoryCard],
    path: str,
    *,
    home: str = "",
    prev_archive: str = "",
) -> Edition:
    """Return the channel's current feed: its newest stories, newest publication first.

    ``cards`` may be in any order and hold more than the channel takes. The window of
    ``channel.limit`` stories is by the last change, so that a correction of an old story reaches
    readers; the order is by publication, so that it does not jump to the top. Withdrawn stories of
    the window become tombstones. ``updated`` is the newest change shown, the epoch when there is
    none, never the clock.
    """
    window = sorted(
        announced(cards, channel), key=lambda card: (_changed(card), card.id), reverse=True
    )[: max(1, channel.limit)]
    standing, tombstones = standing_and_withdrawn(window)
    return Edition(
        hub=hub,
        channel=channel,
        path=path,
        home=home,
        stories=standing,
        tombstones=tombstones,
        updated=newest_change(standing, tombstones),
        prev_archive=prev_archive,
    )


def standing_and_withdrawn(
    cards: Iterable[StoryCard],
) -> tuple[tuple[StoryCard, ...], tuple[Tombstone, ...]]:
    """Part what a current feed shows: stories, newest publication first, and tombstones."""
    shown = list(cards)
    standing = [card for card in shown if card.withdrawn_at is None]
    standing.sort(key=lambda card: (card.published, card.created, card.id), reverse=True)
    tombstones = tuple(
        Tombstone(story_id=card.id, when=card.withdrawn_at)
        for card in shown
        if card.withdrawn_at is not None
    )
    return tuple(standing), tombstones


def search_edition(
    hub: Hub, title: str, cards: Iterable[StoryCard], query: str, *, limit: int = 50
) -> Edition:
    """Return the answer to a search as a feed, newest first.

    ``query`` is the request's query string as in the feed's address (``?q=...``, percent-encoded).
    """
    standing = [card for card in cards if card.withdrawn_at is None]
    standing.sort(key=lambda card: (card.published, card.created, card.id), reverse=True)
    shown = tuple(standing[:limit])
    return Edition(
        hub=hub,
        channel=Channel(id="search", title=title, content="summary"),
        path=SEARCH_FEED,
        home=SEARCH + query,
        query=query,
        stories=shown,
        updated=newest_change(shown),
    )


def newest_change(cards: Iterable[StoryCard], tombstones: Iterable[Tombstone] = ()) -> datetime:
    """Return the newest ``updated`` or withdrawal; the epoch when there is nothing."""
    moments = [card.updated for card in cards] + [stone.when for stone in tombstones]
    return max(moments, default=EPOCH)


def single_printings(card: StoryCard) -> tuple[StoryCard, ...]:
    """Return one card per printing, for a channel that does not merge reprints.

    Each keeps its story's page. What only the lead's text can say (summary, content) is left out
    of the others.
    """
    lead = replace(card, others=())
    rest = (
        replace(
            card,
            id=f"{card.id}/{printing.entry_id}",
            page_of=card.id,
            title=printing.title,
            lead=printing,
            others=(),
            summary="",
            content="",
            text="",
            image="",
            enclosures=(),
            categories=(),
            places=(printing.source.place,) if printing.source.place else (),
            topics=printing.source.topics,
            language=printing.language or card.language,
            published=printing.published.at,
            updated=_printing_changed(printing),
            withdrawn_at=printing.withdrawn_at,
            related=(),
        )
        for printing in card.others
    )
    return (lead, *rest)


def _printing_changed(printing: Printing) -> datetime:
    moments = [printing.first_seen, printing.revised_at, printing.withdrawn_at]
    return max(moment for moment in moments if moment)


def _changed(card: StoryCard) -> datetime:
    """When subscribers last had a reason to look: announced, corrected or withdrawn."""
    moments = [card.announced_at, card.lead.revised_at, card.withdrawn_at]
    return max((moment for moment in moments if moment), default=EPOCH)


def _meets(labels: tuple[Label, ...], wanted: tuple[str, ...]) -> bool:
    ids = {label_id(name) for name in wanted}
    return any(label.id in ids for label in labels)


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-", 1)[0].lower()


@lru_cache(maxsize=256)  # every channel with words asks for the same story, and for its own words
def _words(text: str) -> str:
    """The text as bare words between single spaces, with a space at either end."""
    letters = "".join(letter if letter.isalnum() else " " for letter in bare(text))
    return f" {' '.join(letters.split())} "
