"""A channel or a feed at one moment: everything its rendering may know.

``edit`` makes these out of stories; ``render`` turns them into bytes. They hold no clock: the same
edition always gives the same bytes. What only pages need stands in ``model/page.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.channel import Channel, Hub
from feedhub.model.entry import Dating, Enclosure, Revision

__all__ = ["Edition", "Label", "Printing", "SourceCard", "StoryCard", "StoryLink", "Tombstone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A place or topic: the name people read and the id its address is made of."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """A source as readers see it.

    ``host`` is the site's name without ``www.``; two sources of one host are not independent.
    """

    id: str
    name: str
    url: str
    homepage: str
    place: Label | None
    topics: tuple[Label, ...]
    language: str
    weight: float = 1.0
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """One source's printing of a story.

    ``text`` is its current plain text, kept only where ``revisions`` need it for comparison.
    """

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
    language: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """A related story: its address and title."""

    id: str
    title: str
    source_name: str
    published: Dating
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """A story ready to be shown; ``lead`` first, then ``others`` in order of appearance.

    ``published`` and ``updated`` are what feeds say: ``updated`` moves only on a significant
    revision or withdrawal, never on a later reprint, and no two stories share one by accident (see
    ``edit.cards``). ``withdrawn_at`` is set when no source stands by the story any more;
    ``announced_at`` is None for a story that is kept and shown but was never news.
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
    places: tuple[Label, ...]
    topics: tuple[Label, ...]
    language: str
    published: datetime
    updated: datetime
    created: datetime
    announced_at: datetime | None = None
    withdrawn_at: datetime | None = None
    related: tuple[StoryLink, ...] = ()
    #: the story whose page shows this card, where the card is a part of a story (a single printing,
    #: a correction); empty for a whole story
    page_of: str = ""
    #: the page that shows this card where that is no story's, as an address below the base URL
    shown_at: str = ""

    @property
    def page_id(self) -> str:
        """The id of the story whose page shows this card."""
        return self.page_of or self.id

    @property
    def printings(self) -> tuple[Printing, ...]:
        """Every printing, the lead first."""
        return (self.lead, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A story that was withdrawn (RFC 6721)."""

    story_id: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A channel at one moment.

    ``path`` is this document's address below the base URL, without suffix; ``home`` the address of
    the page that shows the same to people. ``of`` is set in an archive document: the address,
    without suffix, of the channel's current feed. The archive addresses are those of the
    neighbouring sealed documents (RFC 5005, section 4), empty where there is none.
    """

    hub: Hub
    channel: Channel
    path: str
    stories: tuple[StoryCard, ...]
    updated: datetime
    home: str = ""
    tombstones: tuple[Tombstone, ...] = ()
    of: str = ""
    prev_archive: str = ""
    next_archive: str = ""
    #: the query of a feed that answers a question (``?q=...``, percent-encoded), as in its address
    query: str = ""

    @property
    def is_archive(self) -> bool:
        """Whether this is a sealed archive document."""
        return bool(self.of)

    @property
    def feed_path(self) -> str:
        """The address of the channel's current feed, from which all its documents take their id."""
        return self.of or self.path
