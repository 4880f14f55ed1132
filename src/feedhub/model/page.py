"""What pages show beyond the stories themselves: made by ``edit``, shown by ``render``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from feedhub.model.edition import Label, SourceCard, StoryCard
from feedhub.model.pull import PullRecord

if TYPE_CHECKING:  # digests hold corrections, and a status page holds digests
    from feedhub.model.digest import DigestStanding

__all__ = [
    "Calendar",
    "CalendarMonth",
    "Correction",
    "CorrectionsPage",
    "DayPage",
    "FeedLink",
    "FrontPage",
    "LabelCount",
    "LabelPage",
    "PullsPage",
    "Reconciliation",
    "SearchHit",
    "SearchPage",
    "Section",
    "SourceHealth",
    "SourcePage",
    "SourceStanding",
    "StatisticsPage",
    "StatusPage",
]


class SourceHealth(StrEnum):
    """How a source is doing, in one word."""

    FRESH = "fresh"
    LATE = "late"
    HELD = "held"  # it answers, with something too unusual to be published unseen
    FAILING = "failing"
    NEW = "new"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of stories under one heading; ``label`` is None for the first, unlabelled run."""

    label: Label | None
    stories: tuple[StoryCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCount:
    """A place or topic and how many stories it has."""

    label: Label
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The stories of the newest local day that has any.

    ``top`` is ranked over the whole day; ``sections`` hold the rest by place; ``earlier`` fills up
    a short day with the stories before it, newest first. ``updated`` is the newest change of any
    story shown; ``stale_since`` is passed in when no source has been read for too long.
    """

    day: date | None
    top: tuple[StoryCard, ...]
    sections: tuple[Section, ...]
    earlier: tuple[StoryCard, ...]
    topics: tuple[LabelCount, ...]
    total: int
    updated: datetime | None
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """One local day; ``earlier`` and ``later`` are the nearest days that have stories."""

    day: date
    stories: tuple[StoryCard, ...]
    earlier: date | None = None
    later: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonth:
    """A month as weeks of seven days, Monday first; 0 stands for a day of another month.

    ``counts`` holds the number of stories by day of the month, for days that have any.
    """

    year: int
    month: int
    weeks: tuple[tuple[int, ...], ...]
    counts: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All months that have stories, newest first."""

    months: tuple[CalendarMonth, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Where every row that a source ever listed went; the parts add up to ``listed``."""

    listed: int
    published: int
    duplicate: int
    rejected: int
    pending: int = 0
    #: how many rows were refused for each reason, in words
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """How a source is doing. ``message`` says in words what is wrong; ``since`` since when."""

    source: SourceCard
    health: SourceHealth
    last_success: datetime | None = None
    since: datetime | None = None
    next_try: datetime | None = None
    message: str = ""
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """A source with its newest stories, its sums and its days.

    ``per_day`` holds (day, entries) for a run of days without gaps, oldest first.
    """

    standing: SourceStanding
    stories: tuple[StoryCard, ...]
    reconciliation: Reconciliation | None = None
    per_day: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPage:
    """A place or a topic with its newest stories and the sources that speak for it."""

    label: Label
    stories: tuple[StoryCard, ...]
    sources: tuple[SourceCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """All sources, the troubled first, and all digests. ``as_of`` is the moment this was true.

    ``alarms`` says what keeps the hub itself from its work.
    """

    standings: tuple[SourceStanding, ...]
    as_of: datetime | None = None
    alarms: tuple[str, ...] = ()
    digests: tuple[DigestStanding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullsPage:
    """The newest pulls of a source, newest first."""

    source: SourceCard
    pulls: tuple[PullRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One change after publication: a significant revision, or a withdrawal."""

    story: StoryCard
    entry_id: str
    source: SourceCard
    when: datetime
    withdrawn: bool
    title_before: str = ""
    title_after: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsPage:
    """The newest corrections, newest first."""

    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A channel's feeds for people: title, what is in it, address without suffix."""

    title: str
    path: str
    description: str = ""
    #: the page that shows the same, below the base URL
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """A story found, with the part of its text that matched.

    ``title`` and ``passage`` are runs of (text, matched).
    """

    story: StoryCard
    title: tuple[tuple[str, bool], ...]
    passage: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The answer to a search. ``page`` counts from 1; ``asked`` is False before any question.

    ``more`` says that there are more than ``total``, older ones.
    """

    query: str = ""
    source_id: str = ""
    place_id: str = ""
    after: date | None = None
    before: date | None = None
    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    more: bool = False
    page: int = 1
    pages: int = 1
    asked: bool = False
    sources: tuple[SourceCard, ...] = ()
    places: tuple[Label, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsPage:
    """Who reads the site, counted from its own logs and in sums only.

    ``visits`` holds (day, pages asked for) for a run of days without gaps, oldest first;
    ``visitors`` the different callers of the same days; ``subscribers`` (feed, people) about as
    many as feed readers tell of or fetch for themselves, most first; ``entries`` (source, entries).
    """

    visits: tuple[tuple[date, int], ...] = ()
    visitors: int = 0
    subscribers: tuple[tuple[FeedLink, int], ...] = ()
    entries: tuple[tuple[SourceCard, int], ...] = ()
