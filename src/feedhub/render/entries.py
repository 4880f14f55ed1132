"""What one entry says in every format: worked out once from a card, free of anything harmful."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape

from feedhub.model.channel import Hub
from feedhub.model.edition import Edition, Printing, StoryCard
from feedhub.render.addresses import entry_id, source_id, story_address, story_link
from feedhub.render.language import language
from feedhub.render.safety import language_tag, media_type, title_text, uri
from feedhub.text.markup import clean, sanitise

__all__ = [
    "REMEMBERED",
    "Attachment",
    "FeedEntry",
    "Style",
    "feed_entry",
    "style_of",
    "with_own_instants",
]

#: entries remembered per format, about 10 KB each: pure functions of their values
REMEMBERED = 2_000
_ATTACHMENTS = 10
_CATEGORIES = 20
_NAME_LIMIT = 200
_MAIL = re.compile(r"[^\s@]{0,80}@[^\s@]{0,80}")


@dataclass(frozen=True, slots=True)
class Style:
    """All of an edition that an entry's bytes depend on: what stays equal can be reused."""

    base_url: str
    tag_base: str
    language: str
    full: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an entry; ``length`` in bytes, 0 where unknown."""

    url: str
    type: str
    length: int


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry, ready for any format. ``html`` is the whole body, ``summary`` plain text.

    Without an author of its own, an entry has its source for one.
    """

    id: str
    title: str
    link: str
    page: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    source_id: str
    source_title: str
    source_url: str
    source_home: str
    source_seen: datetime
    categories: tuple[str, ...]
    language: str
    image: str
    attachments: tuple[Attachment, ...]
    others: tuple[tuple[str, str], ...]


def style_of(edition: Edition) -> Style:
    """Return the style of an edition's entries."""
    hub = edition.hub
    return Style(
        base_url=hub.base_url,
        tag_base=hub.tag_base,
        language=hub.language,
        full=edition.channel.content != "summary",
    )


def with_own_instants(cards: Iterable[StoryCard]) -> tuple[StoryCard, ...]:
    """Return the cards with no two sharing one ``updated``, and none twice.

    Cards come with distinct instants (``edit.cards``); where two still coincide, the one with the
    greater id is moved by a microsecond. Order is kept.
    """
    taken: set[datetime] = set()
    moved: dict[str, StoryCard] = {}
    unique = {card.id: card for card in cards}
    for card in sorted(unique.values(), key=lambda card: (card.updated, card.id)):
        instant = card.updated
        while instant in taken:
            instant += timedelta(microseconds=1)
        taken.add(instant)
        moved[card.id] = card if instant == card.updated else replace(card, updated=instant)
    return tuple(moved[story_id] for story_id in unique)


@lru_cache(maxsize=REMEMBERED)
def feed_entry(card: StoryCard, style: Style) -> FeedEntry:
    """Return what the entry of a story says, in a style."""
    hub = Hub(title="", base_url=style.base_url, tag_base=style.tag_base, language=style.language)
    words = language(style.language)
    source = card.lead.source
    source_name = _name(source.name) or source.id
    summary = " ".join(clean(card.summary).split())
    link = story_link(hub, card)
    others = tuple(
        (_other_name(printing), uri(printing.link) or story_address(hub, card))
        for printing in card.others
        if printing.withdrawn_at is None
    )
    body = sanitise(card.content, card.lead.link or hub.base_url) if style.full else ""
    if not body and summary:
        body = f"<p>{escape(summary, quote=False)}</p>"
    credit = _linked(source_name, link)
    body += f"<p>{words.gettext('Source')}: {credit}</p>"
    if others:
        rows = "".join(f"<li>{_linked(name, address)}</li>" for name, address in others)
        body += f"<p>{words.gettext('Also published by')}:</p><ul>{rows}</ul>"
    attachments = _attachments(card)
    authors = tuple(filter(None, (_author(author) for author in card.lead.authors)))
    return FeedEntry(
        id=entry_id(hub, card.id),
        title=title_text(card.title, instead=title_text(summary[:80]) or source_name),
        link=link,
        page=story_address(hub, card),
        summary=summary,
        html=body,
        published=min(card.published, card.updated).astimezone(UTC),
        updated=card.updated.astimezone(UTC),
        authors=authors or (_author(source_name) or source.id,),
        source_id=source_id(hub, source),
        source_title=source_name,
        source_url=uri(source.url),
        source_home=uri(source.homepage),
        source_seen=card.lead.first_seen.astimezone(UTC),
        categories=_categories(card),
        language=language_tag(card.language),
        image=uri(card.image),
        attachments=attachments,
        others=others,
    )


def _name(name: str) -> str:
    return title_text(name)[:_NAME_LIMIT]


def _author(name: str) -> str:
    """An author's name without a mail address, which is nobody's name and collects spam."""
    name = _name(name)
    return _MAIL.sub("", name).strip(" ()<>,;:-") if "@" in name else name


def _other_name(printing: Printing) -> str:
    return _name(printing.source.name) or printing.source.id


def _linked(name: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(name, quote=False)}</a>'


def _categories(card: StoryCard) -> tuple[str, ...]:
    labels = [label.name for label in (*card.topics, *card.places)]
    names = (_name(name) for name in (*labels, *card.categories))
    return tuple(dict.fromkeys(name for name in names if name))[:_CATEGORIES]


def _attachments(card: StoryCard) -> tuple[Attachment, ...]:
    found: dict[str, Attachment] = {}
    for enclosure in card.enclosures:
        address = uri(enclosure.url)
        if address:
            found.setdefault(
                address,
                Attachment(
                    url=address,
                    type=media_type(enclosure.type, address),
                    length=max(0, enclosure.length),
                ),
            )
    return tuple(found.values())[:_ATTACHMENTS]
