"""Editions as Atom 1.0, RSS 2.0 and JSON Feed 1.1.

- ``render_atom(edition) -> bytes`` (``application/atom+xml``), also archive documents
- ``render_rss(edition) -> bytes`` (``application/rss+xml``)
- ``render_json(edition) -> bytes`` (``application/feed+json``)
- ``RENDERERS``: suffix -> renderer, for the three addresses of a channel

Same edition, same bytes. Ids are equal in the three formats. Entries are rendered one by one and
remembered, so a feed in which one entry changed costs little more than that entry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from feedgen.entry import FeedEntry as GeneratedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feedhub.model.addresses import FRONT
from feedhub.model.channel import Hub
from feedhub.model.edition import Edition, StoryCard
from feedhub.render.addresses import feed_address, feed_id, home_address, page_address
from feedhub.render.entries import REMEMBERED, Style, feed_entry, style_of, with_own_instants
from feedhub.render.extensions import NAMESPACES, EntryExtension, ShellExtension
from feedhub.render.jsonfeed import render_json
from feedhub.render.safety import language_tag, title_text
from feedhub.text.markup import clean

__all__ = ["RENDERERS", "STYLESHEET", "render_atom", "render_json", "render_rss"]

#: the style sheet that explains a feed to a person who opens it in a browser. Its address carries
#: no checksum, because sealed archive documents point to it for ever.
STYLESHEET = "assets/feed.css"

_EXTENSION = "feedhub"


class _Shell(FeedGenerator):  # type: ignore[misc]  # feedgen ships no types
    """A feed without entries that takes nothing from the clock."""

    def __init__(self, edition: Edition, suffix: str, media_type: str) -> None:
        super().__init__()
        hub, channel = edition.hub, edition.channel
        home = home_address(edition)
        title = title_text(channel.title, instead=title_text(hub.title, instead=hub.base_url))
        if title_text(hub.title) and title_text(hub.title) not in title:
            title = f"{title} · {title_text(hub.title)}"
        self.id(feed_id(edition))
        self.title(title)
        self.updated(edition.updated)
        # feedgen takes the last link for the channel's own in RSS, whatever its rel
        self.link(href=feed_address(edition, suffix), rel="self", type=media_type)
        self.link(href=home, rel="alternate", type="text/html")
        about = title_text(channel.description or hub.description, instead=title)
        self.description(about)
        self.generator("FeedHub")
        if language_tag(hub.language):
            self.language(language_tag(hub.language))
        self.author(name=_hub_name(hub), uri=page_address(hub, FRONT))
        self.docs("https://www.rssboard.org/rss-specification")
        self.register_extension(_EXTENSION, ShellExtension, None, atom=True, rss=True)
        self.feedhub.edition = edition
        # feedgen would write this date by switching the locale of the whole process, threads and
        # all, and cannot leave it out; ShellExtension writes it.
        self._FeedGenerator__rss_lastBuildDate = None


def render_atom(edition: Edition) -> bytes:
    """Return the edition as Atom 1.0 (RFC 4287), with RFC 5005 links and RFC 6721 tombstones."""
    shell = _Shell(edition, "atom", "application/atom+xml").atom_str()
    style = style_of(edition)
    entries = [_atom_entry(card, style) for card in with_own_instants(edition.stories)]
    return _assembled(edition, shell, entries, b"</feed>")


def render_rss(edition: Edition) -> bytes:
    """Return the edition as RSS 2.0 with the content, Dublin Core and Atom modules."""
    shell = _Shell(edition, "rss", "application/rss+xml").rss_str()
    style = style_of(edition)
    entries = [_rss_item(card, style) for card in with_own_instants(edition.stories)]
    return _assembled(edition, shell, entries, b"</channel></rss>")


RENDERERS: dict[str, Callable[[Edition], bytes]] = {
    "atom": render_atom,
    "rss": render_rss,
    "json": render_json,
}


@lru_cache(maxsize=REMEMBERED)
def _atom_entry(card: StoryCard, style: Style) -> bytes:
    said = feed_entry(card, style)
    entry = GeneratedEntry()
    entry.id(said.id)
    entry.title(said.title)
    entry.updated(said.updated)
    entry.published(said.published)
    entry.link(href=said.link, rel="alternate")
    for author in said.authors:
        entry.author({"name": author})
    if style.full:
        entry.content(said.html, type="html")
        if said.summary:
            entry.summary(said.summary, type="text")
    else:
        entry.summary(said.html, type="html")
    for category in said.categories:
        entry.category(term=category)
    _extend(entry, said)
    return _fragment(entry.atom_entry())


@lru_cache(maxsize=REMEMBERED)
def _rss_item(card: StoryCard, style: Style) -> bytes:
    said = feed_entry(card, style)
    item = GeneratedEntry()
    item.guid(said.id, permalink=False)
    item.title(said.title)
    item.link(href=said.link, rel="alternate")
    if style.full and said.summary:
        # The summary is plain text and an RSS description is HTML.
        item.description(clean(_as_html(said.summary)))
        item.content(said.html, type="html")
    else:
        item.description(said.html)
    for category in said.categories:
        item.category(term=category)
    for file in said.attachments[:1]:  # RSS takes one enclosure, with a length: 0 when unknown
        item.enclosure(url=file.url, type=file.type, length=str(file.length))
    if said.source_url:
        item.source(url=said.source_url, title=said.source_title)
    _extend(item, said)
    return _fragment(item.rss_entry())


def _extend(entry: GeneratedEntry, said: object) -> None:
    entry.register_extension(_EXTENSION, EntryExtension, atom=True, rss=True)
    entry.feedhub.said = said


def _fragment(entry: etree._Element) -> bytes:
    """The entry alone, written as it stands inside a document that declares the prefixes."""
    root = etree.Element("root", nsmap={**NAMESPACES, "content": _CONTENT})
    root.append(entry)
    whole = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return whole[whole.index(b">") + 1 : whole.rindex(b"</")]


_CONTENT = "http://purl.org/rss/1.0/modules/content/"


def _assembled(edition: Edition, shell: bytes, entries: list[bytes], end: bytes) -> bytes:
    """Put the style sheet's instruction after the declaration and the entries before the end."""
    declaration, rest = shell.split(b"?>", 1)
    sheet = page_address(edition.hub, STYLESHEET).replace("&", "&amp;").replace('"', "%22")
    head, tail = rest[: rest.rindex(end)], rest[rest.rindex(end) :]
    return b"\n".join(
        [
            declaration + b"?>",
            f'<?xml-stylesheet type="text/css" href="{sheet}"?>'.encode(),
            head.lstrip(),
            *entries,
            tail.rstrip() + b"\n",
        ]
    )


def _hub_name(hub: Hub) -> str:
    return title_text(hub.title, instead=hub.base_url)


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
