"""Looks at an address for a person: is it a feed, does it name one, can its listing be read?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from feedhub.errors import FetchError, NotAFeed, SourceError
from feedhub.fetch.client import Request
from feedhub.flow.parts import CollectParts
from feedhub.flow.reading import Reading, read_source
from feedhub.model.document import Document
from feedhub.model.source import Source, SourceKind
from feedhub.parse.feed import parse_feed
from feedhub.suggest.feeds import FeedLink, find_feeds
from feedhub.suggest.listing import Suggestion, suggest_rule

__all__ = ["Discovery", "check_source", "discover"]


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
    """Look at an address. Raises ``FetchError`` when it cannot be had."""
    hub = parts.settings.hub
    document = _document(parts, url, "feed")
    probe = Source(id="probe", name=url, url=url, language=hub.language, timezone=hub.timezone)
    try:
        parsed = parse_feed(document, probe)
    except NotAFeed:
        pass
    else:
        return Discovery(
            url=document.url, is_feed=True, title=parsed.title, entries=len(parsed.entries)
        )
    feeds = tuple(link for link in find_feeds(document) if _answers(parts, link, probe))
    today = parts.clock.now().astimezone(ZoneInfo(hub.timezone)).date()
    suggestion = suggest_rule(document, language=hub.language, today=today)
    return Discovery(url=document.url, feeds=feeds, suggestion=suggestion)


def _answers(parts: CollectParts, link: FeedLink, probe: Source) -> bool:
    """Tell whether a feed that a page names is there and is one."""
    try:
        parse_feed(_document(parts, link.url, "feed"), replace(probe, url=link.url))
    except (FetchError, NotAFeed):
        return False
    return True


def check_source(parts: CollectParts, source: Source) -> Reading:
    """Pull a source and read it, storing nothing. Raises ``SourceError``."""
    kind = "page" if source.kind is SourceKind.LISTING else "feed"
    return read_source(_document(parts, source.url, kind), source, parts.clock.now())
