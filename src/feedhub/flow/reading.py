"""From a document to clean entries: parse, then normalise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.errors import NotAFeed, ParseError
from feedhub.flow.confined import read_confined
from feedhub.model.document import Document
from feedhub.model.entry import Entry, ParsedFeed
from feedhub.model.source import DateOrder, ListingRule, Source, SourceKind
from feedhub.normalise.entry import Rejection, normalise_entry
from feedhub.parse.feed import parse_feed
from feedhub.parse.listing import parse_listing

__all__ = ["Reading", "read_source", "with_date_order"]

NextPage = Callable[[str], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source's document, read. ``rejected`` has one sentence per row that is no entry."""

    parsed: ParsedFeed
    entries: tuple[Entry, ...]
    rejected: tuple[str, ...]

    @property
    def seen(self) -> int:
        """Rows seen, fit or not."""
        return len(self.entries) + len(self.rejected)


def _parse_listing(document: Document, source: Source, rule: ListingRule) -> ParsedFeed:
    return read_confined(ParseError, document.body, parse_listing, document, source, rule)


def _parse(document: Document, source: Source, next_page: NextPage | None) -> ParsedFeed:
    if source.kind is SourceKind.LISTING and source.listing is None:
        raise NotAFeed(
            f'the listing has no rule yet; "feedhub sources suggest {source.url}" proposes one'
        )
    if source.kind is not SourceKind.LISTING:
        try:
            return read_confined(NotAFeed, document.body, parse_feed, document, source)
        except NotAFeed:
            if source.kind is SourceKind.FEED or source.listing is None:
                raise
    rule = source.listing
    if rule is None:  # excluded above; said again for the type checker
        raise NotAFeed("the listing has no rule")
    parsed = _parse_listing(document, source, rule)
    pages = 1
    following = parsed.next_page
    while following and next_page is not None and pages < rule.page_limit:
        page = _parse_listing(next_page(following), source, rule)
        entries = tuple(
            replace(entry, position=entry.position + len(parsed.entries)) for entry in page.entries
        )
        parsed = replace(
            parsed,
            entries=parsed.entries + entries,
            rejected=parsed.rejected + page.rejected,
        )
        following = page.next_page if page.next_page != following else ""
        pages += 1
    return parsed


def with_date_order(source: Source, order: DateOrder | None) -> Source:
    """Return a source whose listing rule knows the order of its dates."""
    if source.listing is None or source.listing.date_order is not None:
        return source
    return replace(source, listing=replace(source.listing, date_order=order))


def read_source(
    document: Document, source: Source, now: datetime, *, next_page: NextPage | None = None
) -> Reading:
    """Read a source's document into clean entries.

    ``next_page`` fetches the following page of a listing whose rule names one. Raises
    ``NotAFeed`` or ``ListingChanged``.
    """
    parsed = _parse(document, source, next_page)
    entries: list[Entry] = []
    rejected = list(parsed.rejected)
    for raw in parsed.entries:
        result = normalise_entry(raw, source, now)
        if isinstance(result, Rejection):
            rejected.append(result.reason)
        else:
            entries.append(result)
    return Reading(parsed=parsed, entries=tuple(entries), rejected=tuple(rejected))
