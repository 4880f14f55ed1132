"""From a document to clean entries: parse, then normalise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from feedhub.dedupe.index import index_keys
from feedhub.dedupe.texts import TextDoc
from feedhub.errors import NotAFeed, ParseError
from feedhub.flow.collecting.confined import (
    is_risky,
    read_anywhere,
    read_aside,
    read_confined,
)
from feedhub.model.document import Document
from feedhub.model.entry import Entry, ParsedFeed
from feedhub.model.source import DateOrder, ListingRule, Source, SourceKind
from feedhub.normalise.entry import Rejection, normalise_entry
from feedhub.parse.feed import parse_feed
from feedhub.text.search_forms import SearchForms, search_forms

if TYPE_CHECKING:
    from feedhub.flow.parts import Desks  # other processes read without the doors it brings

__all__ = ["Prepared", "Reading", "entry_doc", "read_source", "with_date_order"]

NextPage = Callable[[str], Document]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What storing a new entry takes beside it.

    The keys under which alike ones are looked for, and what it is found by.
    """

    keys: tuple[int, ...]
    search_forms: SearchForms


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source's document, read. ``rejected`` has one sentence per row that is no entry.

    What another process read comes without the raw entries of ``parsed``.
    """

    parsed: ParsedFeed
    entries: tuple[Entry, ...]
    rejected: tuple[str, ...]
    #: by position, what was made aside of new entries
    prepared: Mapping[int, Prepared] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Rows seen, fit or not."""
        return len(self.entries) + len(self.rejected)


def _parse_listing(document: Document, source: Source, rule: ListingRule) -> ParsedFeed:
    from feedhub.parse.listing import parse_listing  # brings lxml; feeds need none

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
    document: Document,
    source: Source,
    now: datetime,
    *,
    next_page: NextPage | None = None,
    desks: Desks | None = None,
    known_until: datetime | None = None,
) -> Reading:
    """Read a source's document into clean entries.

    ``next_page`` fetches the following page of a listing whose rule names one. Where ``desks`` are
    busy, other processes read feeds, and risky ones always; what was published after
    ``known_until`` is new to all appearance, everything where that is None. Raises ``NotAFeed`` or
    ``ListingChanged``.
    """
    plain_feed = source.kind is not SourceKind.LISTING and source.listing is None
    # to clean what is risky costs more than to parse it: the limits are to hold for both
    if plain_feed and desks is not None and (desks.busy or is_risky(document.body)):
        read = read_aside if desks.crowded else read_anywhere
        return read(NotAFeed, document.body, _read_feed, document, source, now, known_until)
    return _cleaned(_parse(document, source, next_page), source, now)


def _read_feed(
    document: Document, source: Source, now: datetime, known_until: datetime | None
) -> Reading:
    """Do as much as can be done without the database. Runs in another process."""
    reading = _cleaned(parse_feed(document, source), source, now)
    # what was cleaned need not travel a second time as it was
    return replace(
        reading,
        parsed=replace(reading.parsed, entries=()),
        prepared={
            entry.position: _prepared(entry, source)
            for entry in reading.entries
            if known_until is None or entry.published.at > known_until
        },
    )


def _prepared(entry: Entry, source: Source) -> Prepared:
    return Prepared(
        keys=index_keys(entry_doc("", entry, source)),
        search_forms=search_forms(entry.title, entry.text, entry.summary),
    )


def entry_doc(
    entry_id: str, entry: Entry, source: Source | None, *, keys: tuple[int, ...] | None = None
) -> TextDoc:
    """Return an entry as far as comparing texts goes."""
    return TextDoc(
        id=entry_id,
        title=entry.title,
        text=entry.text or entry.summary,
        url=entry.link,
        source=entry.source_id,
        published=entry.published.at,
        language=entry.language,
        place=source.place if source else "",
        keys=keys,
    )


def _cleaned(parsed: ParsedFeed, source: Source, now: datetime) -> Reading:
    entries: list[Entry] = []
    rejected = list(parsed.rejected)
    for raw in parsed.entries:
        result = normalise_entry(raw, source, now)
        if isinstance(result, Rejection):
            rejected.append(result.reason)
        else:
            entries.append(result)
    return Reading(parsed=parsed, entries=tuple(entries), rejected=tuple(rejected))
