"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 by feedparser; JSON Feed by its own module.

A plain feed is read without feedparser (``plain_feed``), to the same values; every other by it.

feedparser is handed text that was decoded here (one bad byte makes it take a whole feed for another
code page), without its own cleaning and without resolving addresses in HTML: both cost half its
time and are done better later. It is not told the document's address, because it would rewrite
identifiers with it; what xml:base says it keeps, and that is joined to the address here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from feedhub.errors import NotAFeed
from feedhub.model.document import Document
from feedhub.model.entry import ParsedFeed
from feedhub.model.source import Source
from feedhub.parse import cadence_wishes
from feedhub.parse.feed_rows import TAG, base_of, field, is_html, joined, link_of, read_rows
from feedhub.parse.jsonfeed import looks_like_json, parse_json_feed
from feedhub.parse.plain_feed import read_plain
from feedhub.parse.reading import Reading
from feedhub.parse.recognise import describe, feed_root, inflated
from feedhub.parse.repair import mended, root_element
from feedhub.text.decode import decode

__all__ = ["parse_feed"]

_ROW = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_Map = Mapping[str, Any]


def parse_feed(
    document: Document,
    source: Source,  # noqa: ARG001 - every parser has one shape; a feed needs no rule
) -> ParsedFeed:
    """Read a feed of any kind.

    Every row of the document becomes an entry or a sentence in ``rejected``. Raises ``NotAFeed``,
    saying what the document looks like, and ``ParseError`` for a feed that is refused or beyond
    reading (see ``parse.bounded_reader``).
    """
    body = inflated(document.body)
    decoded = decode(body, content_type=document.content_type, kind="xml")
    text = decoded.text.lstrip("\ufeff\u200b \t\r\n\0")
    if looks_like_json(text):
        feed = parse_json_feed(text, document.url)
        return replace(feed, encoding=decoded.encoding, damaged=decoded.damaged)
    root = feed_root(text)
    if root is None:
        raise describe(body, text)
    xml = root_element(text, root.start(), root[0][1:])
    reading = read_plain(xml)
    if reading is None:
        as_sent, xml = xml, mended(xml)
        reading = read_plain(xml) if xml != as_sent else None
    if reading is None:
        reading = _by_feedparser(xml)
    about = reading.about
    if not reading.version and root[1].lower() != "channel":
        raise describe(body, text)
    entries, rejected = read_rows(reading, document.url)
    if reading.cut:
        rest = max(0, len(_ROW.findall(xml)) - len(reading.rows))
        rejected.append(f"The feed's end, with {rest} further rows, was too long or broken.")
    if not entries and not rejected and not (about.get("title") or about.get("link")):
        raise NotAFeed("This is no feed: it begins like one and holds nothing readable.")
    links = [link for link in about.get("links") or () if isinstance(link, Mapping)]
    hub, self_url = cadence_wishes.websub_links(document)
    every, hours, days = cadence_wishes.wishes(xml, about)
    base = joined(document.url, base_of(about.get("title_detail"))) or document.url
    return ParsedFeed(
        kind=reading.version or "rss",
        entries=tuple(entries),
        title=_title(about),
        link=_homepage(about, links, base),
        description=field(about, "subtitle", limit=2000),
        language=field(about, "language", limit=40),
        hub=hub or joined(base, link_of(links, "hub")),
        self_url=self_url or joined(base, link_of(links, "self")),
        every_minutes=every,
        skip_hours=hours,
        skip_days=days,
        rejected=tuple(rejected),
        next_page=joined(base, link_of(links, "next") or link_of(links, "prev-archive")),
        encoding=decoded.encoding,
        damaged=decoded.damaged,
    )


def _by_feedparser(xml: str) -> Reading:
    # Imported where it is needed: it takes long to start, and most feeds are plain.
    from feedhub.parse.bounded_reader import read_feed

    return read_feed(xml)


def _title(about: _Map) -> str:
    title = field(about, "title", limit=2000)
    detail = about.get("title_detail")
    if is_html(detail, title, atom=False):
        title = html.unescape(TAG.sub("", title))
    return " ".join(title.split())


def _homepage(about: _Map, links: Sequence[_Map], base: str) -> str:
    # An Atom feed without an alternate link gets its id as link from feedparser.
    link = joined(base, link_of(links, "alternate") or field(about, "link"))
    return link if link.startswith(("http://", "https://")) else ""
