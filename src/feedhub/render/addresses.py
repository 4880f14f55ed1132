"""Absolute addresses and permanent ids in what we publish."""

from __future__ import annotations

from feedhub.model.addresses import story_path
from feedhub.model.channel import Hub
from feedhub.model.edition import Edition, SourceCard, StoryCard
from feedhub.render.safety import uri

__all__ = [
    "entry_id",
    "feed_address",
    "feed_id",
    "home_address",
    "page_address",
    "source_id",
    "story_address",
    "story_link",
]


def page_address(hub: Hub, path: str, prefix: str = "") -> str:
    """Return the absolute address of a path below the base URL, in the language of ``prefix``."""
    return uri(hub.base_url + prefix + path) or hub.base_url + prefix + path


def story_address(hub: Hub, card: StoryCard) -> str:
    """Return the permanent address of the page that shows a card: its story's, or its own."""
    return page_address(hub, card.shown_at or story_path(card.page_id))


def story_link(hub: Hub, card: StoryCard) -> str:
    """Return where a reader who wants the story goes: the original, else our page."""
    return uri(card.lead.link) or story_address(hub, card)


def entry_id(hub: Hub, story_id: str) -> str:
    """Return a story's permanent id, the same in every format (a tag URI, RFC 4151)."""
    return f"{hub.tag_base}story/{story_id}"


def source_id(hub: Hub, source: SourceCard) -> str:
    """Return the permanent id of a source as ``atom:source`` names it."""
    return f"{hub.tag_base}source/{source.id}"


def feed_id(edition: Edition) -> str:
    """Return a feed's permanent id; an archive document has that of its current feed."""
    return f"{edition.hub.tag_base}{edition.feed_path}{edition.query}"


def feed_address(edition: Edition, suffix: str, path: str | None = None) -> str:
    """Return the absolute address of an edition's feed (or of another document of it)."""
    query = edition.query if path is None else ""
    where = edition.path if path is None else path
    return page_address(edition.hub, f"{where}.{suffix}{query}")


def home_address(edition: Edition) -> str:
    """Return the address of the page that shows the edition to people."""
    return page_address(edition.hub, edition.home)
