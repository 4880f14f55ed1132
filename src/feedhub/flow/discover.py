"""Looks at an address for a person: is it a feed, does it name one, can its listing be read?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub.errors import NotAFeed, SourceError
from feedhub.fetch.client import Request
from feedhub.flow.collecting.reading import Reading, read_source
from feedhub.flow.parts import CollectParts
from feedhub.model.document import Document
from feedhub.model.source import Source, SourceKind
from feedhub.parse.feed import parse_feed
from feedhub.suggest.difference import Difference, Known, difference
from feedhub.suggest.feeds import FeedLink, find_feeds, usual_feeds
from feedhub.suggest.listing import Suggestion, suggest_rule
from feedhub.suggest.site import links_of, title_of

__all__ = [
    "Discovery",
    "Mending",
    "check_source",
    "discover",
    "propose_mending",
    "suggest_for",
]

#: feeds a page names that are looked at, and usual places that are tried on a site that names none
_MOST_NAMED = 6
_MOST_TRIED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What an address offers: itself as a feed, feeds it names, or a proposed listing rule."""

    url: str
    is_feed: bool = False
    title: str = ""
    entries: int = 0
    feeds: tuple[FeedLink, ...] = ()
    suggestion: Suggestion | None = None


def _document(parts: CollectParts, url: str, kind: str) -> Document:
    answer = parts.ask(Request(url=url, kind="feed" if kind == "feed" else "page", full=True))
    if not isinstance(answer, Document):
        raise SourceError(f"{url} answered 304 to a request without validators")
    return answer


def discover(parts: CollectParts, url: str) -> Discovery:
    """Look at an address: a feed, a page that names feeds, a page whose site has one, a listing.

    Raises ``FetchError`` when the address cannot be had.
    """
    document = _document(parts, url, "feed")
    title = _feed_title(parts, document)
    if title is not None:
        return Discovery(url=document.url, is_feed=True, title=title[0], entries=title[1])
    feeds = _answering(parts, find_feeds(document)[:_MOST_NAMED])
    if not feeds:
        feeds = _answering(parts, usual_feeds(document)[:_MOST_TRIED], enough=1)
    return Discovery(
        url=document.url,
        title=title_of(document),
        feeds=feeds,
        suggestion=suggest_for(parts, document),
    )


def _feed_title(parts: CollectParts, document: Document) -> tuple[str, int] | None:
    """Return a feed's title and number of entries, None for what is no feed."""
    hub = parts.settings.hub
    probe = Source(
        id="probe", name="", url=document.url, language=hub.language, timezone=hub.timezone
    )
    try:
        parsed = parse_feed(document, probe)
    except NotAFeed:
        return None
    return parsed.title, len(parsed.entries)


def _answering(
    parts: CollectParts, links: Sequence[FeedLink], enough: int = _MOST_NAMED
) -> tuple[FeedLink, ...]:
    """Return those addresses that are there and are feeds, at most ``enough``, one by one."""
    found: list[FeedLink] = []
    for link in links:
        try:
            title = _feed_title(parts, _document(parts, link.url, "feed"))
        except SourceError:
            continue
        if title is not None:
            found.append(replace(link, title=link.title or title[0]))
        if len(found) >= enough:
            break
    return tuple(found)


def suggest_for(parts: CollectParts, document: Document) -> Suggestion:
    """Propose a rule for a listing; one of its articles is fetched to tell the menu from news."""
    hub = parts.settings.hub
    today = parts.clock.now().astimezone(ZoneInfo(hub.timezone)).date()
    first = suggest_rule(document, language=hub.language, today=today)
    rows = first.rows or (first.candidates[0].rows if first.candidates else ())
    here = urlsplit(document.url).hostname
    beside = [row.url for row in rows if urlsplit(row.url).hostname == here]
    if not beside:
        return first
    try:
        article = _document(parts, beside[len(beside) // 2], "page")
    except SourceError:
        return first
    # the list's own rows may stand on the article page as "other news"; only if they do not all
    # does subtracting leave the list whole
    menu = links_of(article) - {row.url for row in first.rows}
    return suggest_rule(document, language=hub.language, today=today, site_links=menu)


def check_source(parts: CollectParts, source: Source) -> Reading:
    """Pull a source and read it, storing nothing. Raises ``SourceError``."""
    kind = "page" if source.kind is SourceKind.LISTING else "feed"
    return read_source(_document(parts, source.url, kind), source, parts.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """A new rule for a listing whose old one no longer fits, and what it would change."""

    suggestion: Suggestion
    difference: Difference


def propose_mending(parts: CollectParts, source: Source) -> Mending:
    """Propose a new rule for a listing and compare its entries with those last listed."""
    suggestion = suggest_for(parts, _document(parts, source.url, "page"))
    with parts.store.reading() as tx:
        listed = tx.entries.listed(source.id)
    before = [Known(link=known.link, title=known.title) for known in listed]
    return Mending(
        suggestion=suggestion,
        difference=difference(before, suggestion.rows, identity=source.identity),
    )
