"""A place we pull from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

__all__ = ["ArticleRule", "DateOrder", "ListingRule", "RowReach", "Source", "SourceKind"]


class SourceKind(StrEnum):
    """What a source's URL answers with."""

    AUTO = "auto"
    FEED = "feed"
    LISTING = "listing"


class DateOrder(StrEnum):
    """The order in which a source writes numeric dates."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class RowReach(StrEnum):
    """Where the parts of an entry stand, seen from the element that ``entry`` selects."""

    INSIDE = "inside"
    #: in it and in what follows, up to the next entry's element (bare siblings, dt/dd)
    AFTER = "after"
    #: in it and in what stands before, back to the previous entry's element
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRule:
    """How entries are read off a listing page.

    Every rule is a CSS selector, or an XPath 1.0 expression when it begins with ``/``, ``./`` or
    ``(``. ``entry`` selects one element per entry; ``reach`` says how far the entry extends from
    there, and ``link``, ``title``, ``date`` and ``summary`` are applied to that stretch. An empty
    ``link`` means the entry's own or first link; an empty ``title`` the text of that link; an
    empty ``date`` the first date outside the title. ``heading`` selects the date headings that
    speak for all entries below them, up to the next heading.
    """

    entry: str
    link: str = ""
    title: str = ""
    date: str = ""
    summary: str = ""
    reach: RowReach = RowReach.INSIDE
    heading: str = ""
    #: rows without a date are no entries (links of a menu among those of the list)
    dated: bool = False
    date_order: DateOrder | None = None
    #: selects the link of the next page; at most ``page_limit`` pages are read
    pages: str = ""
    page_limit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRule:
    """How an article page is read where the general extraction needs help."""

    full_text: bool = False
    title: str = ""
    date: str = ""
    author: str = ""
    body: str = ""
    image: str = ""
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One configured source.

    ``timezone`` is an IANA name; ``weight`` orders sources of one story (higher leads); ``every``
    overrides the learnt cadence; ``identity`` names the query parameters that identify an article
    (empty: all but the known tracking parameters); ``backfill`` is how many entries of a first
    pull are announced.
    """

    id: str
    name: str
    url: str
    kind: SourceKind = SourceKind.AUTO
    place: str = ""
    topics: tuple[str, ...] = ()
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    every: timedelta | None = None
    weight: float = 1.0
    identity: tuple[str, ...] = ()
    listing: ListingRule | None = None
    article: ArticleRule = ArticleRule()
    backfill: int = 10
    enabled: bool = True
    ca_file: str = ""
    verify_tls: bool = True
    homepage: str = ""
