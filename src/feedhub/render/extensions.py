"""What feedgen does not write, or writes wrongly, added through its own extension classes.

Faults of feedgen 1.0.0 that are gone round here and in ``feeds``: it drops an author without a
mail address from RSS and the ``rel`` of every link of an Atom entry, writes an ``atom:source``
without id and date, stamps what is not set with the clock, sets the process's locale (for all
threads) to write a date, and loses the whole feed to one control character.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feedhub.model.edition import Edition
from feedhub.render.addresses import entry_id, feed_address
from feedhub.render.entries import FeedEntry

__all__ = ["NAMESPACES", "EntryExtension", "ShellExtension", "rfc3339"]

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

NAMESPACES = {"dc": DC, "media": MEDIA}


class ShellExtension(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """The feed's own links, archive and tombstone elements."""

    edition: Edition

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that a document declares once, at its root."""
        prefixes = dict(NAMESPACES)
        if self.edition.is_archive:
            prefixes["fh"] = HISTORY
        if self.edition.tombstones:
            prefixes["at"] = TOMBSTONES
        return prefixes

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Add links (hub, RFC 5005), the archive mark and tombstones (RFC 6721)."""
        edition = self.edition
        for rel, address in _relations(edition, "atom"):
            link = etree.SubElement(feed, "link", rel=rel, href=address)
            if rel != "hub":
                link.set("type", "application/atom+xml")
        if edition.is_archive:
            etree.SubElement(feed, f"{{{HISTORY}}}archive")
        for stone in edition.tombstones:
            deleted = etree.SubElement(
                feed,
                f"{{{TOMBSTONES}}}deleted-entry",
                ref=entry_id(edition.hub, stone.story_id),
                when=rfc3339(stone.when),
            )
            if stone.comment:
                etree.SubElement(deleted, f"{{{TOMBSTONES}}}comment").text = stone.comment
        return feed

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Add the hub link and the build date, which is the newest change, not the clock."""
        channel = feed[0]
        for rel, address in _relations(self.edition, "rss"):
            if rel == "hub":
                etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=address)
        built = etree.SubElement(channel, "lastBuildDate")
        built.text = format_datetime(self.edition.updated)
        return feed


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """Credit, dates, files and languages of one entry."""

    said: FeedEntry

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Add files, our own page, ``atom:source`` and the language."""
        said = self.said
        if said.language:
            entry.set(XML_LANG, said.language)
        if said.page != said.link:
            etree.SubElement(entry, "link", rel="related", type="text/html", href=said.page)
        for file in said.attachments:
            link = etree.SubElement(entry, "link", rel="enclosure", type=file.type, href=file.url)
            if file.length:
                link.set("length", str(file.length))
        source = etree.SubElement(entry, "source")
        etree.SubElement(source, "id").text = said.source_id
        etree.SubElement(source, "title").text = said.source_title
        etree.SubElement(source, "updated").text = rfc3339(said.source_seen)
        if said.source_home:
            etree.SubElement(
                source, "link", rel="alternate", type="text/html", href=said.source_home
            )
        if said.source_url:
            etree.SubElement(source, "link", rel="self", href=said.source_url)
        self._image(entry)
        return entry

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Add authors, the date (RFC 822), the language and the picture."""
        said = self.said
        for author in said.authors:
            etree.SubElement(item, f"{{{DC}}}creator").text = author
        etree.SubElement(item, "pubDate").text = format_datetime(said.published)
        if said.language:
            etree.SubElement(item, f"{{{DC}}}language").text = said.language
        self._image(item)
        return item

    def _image(self, entry: etree._Element) -> None:
        if self.said.image:
            etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", url=self.said.image)


def rfc3339(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 writes it, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _relations(edition: Edition, suffix: str) -> list[tuple[str, str]]:
    """The links beside self and alternate. A document with archive links names the current feed."""
    found: list[tuple[str, str]] = []
    if edition.hub.websub_hub and not edition.is_archive:
        found.append(("hub", edition.hub.websub_hub))
    if edition.is_archive or edition.prev_archive:
        found.append(("current", feed_address(edition, suffix, edition.feed_path)))
    if edition.prev_archive:
        found.append(("prev-archive", feed_address(edition, suffix, edition.prev_archive)))
    if edition.next_archive:
        found.append(("next-archive", feed_address(edition, suffix, edition.next_archive)))
    return found
