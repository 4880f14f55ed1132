"""The list of sources as OPML 2.0, for feed readers and for other hubs.

``render_opml(hub, feeds, updated, title) -> bytes``; ``feeds`` are ``OpmlFeed`` values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from feedhub.model.channel import Hub
from feedhub.render.safety import language_tag, title_text, uri
from feedhub.text.markup import clean

__all__ = ["OpmlFeed", "render_opml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One outline: a feed's address, its title, the page it belongs to and the group it stands in.

    ``kind`` is the OPML type: ``rss`` for feeds of any format (OPML 2.0 says so), ``link`` for a
    page that has no feed.
    """

    title: str
    url: str
    home: str = ""
    group: str = ""
    language: str = ""
    description: str = ""
    kind: str = "rss"


def render_opml(hub: Hub, feeds: Iterable[OpmlFeed], title: str = "") -> bytes:
    """Return an OPML 2.0 list, grouped; groups and feeds in order of name.

    Feeds without a usable address are left out. OPML 2.0 needs no date, and the config has none:
    a list of the same sources is the same file.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title_text(title or hub.title, instead=hub.base_url)
    if uri(hub.base_url):
        etree.SubElement(head, "ownerId").text = uri(hub.base_url)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    groups: dict[str, etree._Element] = {}
    known = [feed for feed in feeds if uri(feed.url)]
    for feed in sorted(known, key=lambda feed: (feed.group, feed.title, feed.url)):
        place = body
        group = title_text(feed.group)
        if group:
            if group not in groups:
                groups[group] = etree.SubElement(body, "outline", text=group, title=group)
            place = groups[group]
        name = title_text(feed.title, instead=uri(feed.url))
        outline = etree.SubElement(place, "outline", type=feed.kind, text=name, title=name)
        address = "xmlUrl" if feed.kind == "rss" else "url"
        outline.set(address, uri(feed.url))
        if uri(feed.home):
            outline.set("htmlUrl", uri(feed.home))
        if language_tag(feed.language):
            outline.set("language", language_tag(feed.language))
        if feed.description.strip():
            outline.set("description", clean(" ".join(feed.description.split())))
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
