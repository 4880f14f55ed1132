"""One article as one source published it, in the moments of its life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Article",
    "DateUsed",
    "Dating",
    "Enclosure",
    "Entry",
    "ParsedFeed",
    "Precision",
    "RawDate",
    "RawEntry",
    "Revision",
    "StoredEntry",
]


class Precision(StrEnum):
    """How much of a date the source gave."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class DateUsed(StrEnum):
    """Where the date an entry goes by came from."""

    SOURCE = "source"
    FIRST_SEEN = "first_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """When an entry was published, how exactly that is known, and from what.

    ``at`` is in UTC and good for ordering; show it only to its ``precision``. ``evidence`` is the
    source's own text for it; ``note`` says in words why the source's date was not used.
    """

    at: datetime
    precision: Precision
    used: DateUsed = DateUsed.SOURCE
    evidence: str = ""
    note: str = ""

    def appeared(self, seen: datetime) -> datetime:
        """Return when the entry appeared: its own time where it gives one, else our first sight."""
        timed = self.precision in {Precision.MINUTE, Precision.SECOND}
        return self.at if timed and self.used is DateUsed.SOURCE else seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an entry. ``length`` is in bytes, 0 where unknown."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDate:
    """A date as the source wrote it, and as the parser understood it where it did."""

    text: str
    parsed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """An entry as parsed: the source's own words, nothing cleaned but the encoding.

    ``title`` is HTML when ``title_is_html``. ``summary`` and ``content`` are HTML. Addresses are
    as written, ``base_url`` is what they are relative to. ``position`` counts from 0 at the top of
    the document.
    """

    position: int
    base_url: str
    guid: str = ""
    link: str = ""
    title: str = ""
    title_is_html: bool = True
    published: RawDate | None = None
    updated: RawDate | None = None
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A parsed document. ``rejected`` holds one sentence per row that is no entry.

    ``every_minutes``, ``skip_hours`` and ``skip_days`` are the feed's own wishes for its cadence
    (RSS ttl, skipHours, skipDays, sy:updatePeriod); ``hub`` and ``self_url`` its WebSub links.
    ``encoding`` is what the bytes were read as and ``damaged`` how many characters that lost.
    """

    kind: str
    entries: tuple[RawEntry, ...]
    title: str = ""
    link: str = ""
    description: str = ""
    language: str = ""
    hub: str = ""
    self_url: str = ""
    every_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    next_page: str = ""
    encoding: str = ""
    damaged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an article page says. ``body_html`` is sanitised; ``confidence`` is 0 to 1.

    ``date`` is aware where the page gave an offset and naive local time of the source where it did
    not; ``date_text`` is the same in ISO 8601, as precise as known.
    """

    url: str
    title: str = ""
    date: datetime | None = None
    date_text: str = ""
    date_precision: Precision | None = None
    date_evidence: str = ""
    date_confidence: float = 0.0
    authors: tuple[str, ...] = ()
    body_html: str = ""
    body_text: str = ""
    image: str = ""
    language: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry made clean: text is NFC and free of control characters, HTML is safe, URLs absolute.

    ``title``, ``summary`` and ``text`` are plain text; ``content`` is safe HTML, empty where the
    source gave no more than a summary. ``link`` is the address to show people, ``link_key`` the
    canonical form two addresses of one article share. ``position`` counts from 0 at the top.
    """

    source_id: str
    guid: str
    link: str
    link_key: str
    title: str
    published: Dating
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    language: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An entry's earlier text, as it stood until ``replaced_at``."""

    title: str
    text: str
    content: str
    replaced_at: datetime
    significant: bool
    #: what changed, in words for people ("ngày 12/3 → 15/3")
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry that has been met: numbered, seated in a story, with its history."""

    id: str
    story_id: str
    entry: Entry
    first_seen: datetime
    last_seen: datetime
    #: set when a significant revision was seen
    revised_at: datetime | None = None
    withdrawn_at: datetime | None = None
    revisions: tuple[Revision, ...] = ()
