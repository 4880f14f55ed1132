"""A channel, a page or a digest at one moment: everything its rendering may know.

``edit`` makes these out of stories; ``render`` turns them into bytes. They hold no clock: the same
edition always gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.channel import Channel, Hub
from feedhub.model.entry import Dating, Enclosure, Revision

__all__ = ["Edition", "Printing", "SourceCard", "StoryCard", "StoryLink", "Tombstone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """A source as readers see it."""

    id: str
    name: str
    url: str
    homepage: str
    place: str
    topics: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """One source's printing of a story."""

    entry_id: str
    source: SourceCard
    link: str
    title: str
    published: Dating
    first_seen: datetime
    authors: tuple[str, ...]
    withdrawn_at: datetime | None
    revised_at: datetime | None
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """A related story: its address and title."""

    id: str
    title: str
    source_name: str
    published: Dating


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """A story ready to be shown; ``lead`` first, then ``others`` in order of appearance.

    ``published`` and ``updated`` are what feeds say: ``updated`` moves only on a significant
    revision or withdrawal, never on a later reprint.
    """

    id: str
    title: str
    lead: Printing
    others: tuple[Printing, ...]
    summary: str
    content: str
    text: str
    image: str
    enclosures: tuple[Enclosure, ...]
    categories: tuple[str, ...]
    places: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    published: datetime
    updated: datetime
    related: tuple[StoryLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A story that was withdrawn (RFC 6721)."""

    story_id: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A channel at one moment. ``path`` is its address below the base URL, without suffix."""

    hub: Hub
    channel: Channel
    path: str
    stories: tuple[StoryCard, ...]
    updated: datetime
    tombstones: tuple[Tombstone, ...] = ()
    #: addresses below the base URL of the neighbouring archive documents (RFC 5005), where any
    prev_archive: str = ""
    next_archive: str = ""
    is_archive: bool = False
