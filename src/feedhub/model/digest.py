"""Digests: what is mailed and shown once per day or week, and over which window of the news.

A *digest run* is one digest at one cut-off. It is a row before anything is rendered or mailed; its
window is half-open and goes by the order in which the hub announced its stories, never by the dates
that sources give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the config knows digests; what they show is needed by whoever makes one
    from feedhub.model.channel import Hub
    from feedhub.model.edition import Label, StoryCard
    from feedhub.model.page import Correction

__all__ = [
    "Digest",
    "DigestEdition",
    "DigestIndex",
    "DigestIndexRow",
    "DigestRun",
    "DigestSection",
    "DigestStanding",
    "DigestStory",
    "Position",
    "Rhythm",
    "RunState",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a digest is due, by somebody's wall clock.

    ``every`` is ``day`` or ``week``; ``at`` the local time as HH:MM; ``on`` the weekday of a weekly
    digest (``mon`` to ``sun``); ``timezone`` an IANA name.
    """

    every: str
    at: str
    on: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest of the config. ``sections`` is ``place``, ``topic`` or ``source``.

    ``title`` may be empty; then it is called the daily or weekly digest, in the reader's language.
    """

    id: str
    title: str
    channel: str
    rhythm: Rhythm
    sections: str = "place"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """How far somebody has read the news.

    ``announced`` is the number of the last story (``Story.announced``); ``at`` the moment up to
    which corrections and withdrawals were told.
    """

    announced: int
    at: datetime


class RunState(StrEnum):
    """What became of a digest run."""

    READY = "ready"
    #: there was nothing new; nothing was sent
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """One digest at one cut-off. ``(digest_id, due_at)`` is unique.

    The window is ``(after, upto]``. ``official`` runs follow the digest's own rhythm and have a
    page; others exist for subscribers who chose another hour or zone. ``made_at`` is later than
    ``due_at`` by more than a moment only when the hub was down.
    """

    id: str
    digest_id: str
    due_at: datetime
    after: Position
    upto: Position
    made_at: datetime
    official: bool
    state: RunState
    stories: int
    #: the local day it is named by, in the digest's own zone
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStory:
    """A story in a digest. ``late`` when its source dates it before the digest's window."""

    card: StoryCard
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """The stories under one heading; ``label`` is None for those without place or topic."""

    label: Label | None
    stories: tuple[DigestStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEdition:
    """A digest over one closed window: everything its page or its mail may know.

    ``since`` is None for a first digest. ``corrections`` are the corrections and withdrawals of the
    window whose story is older than it. ``left_out`` counts stories older than the look-back;
    ``made_late`` says that the hub made this run good after it had been down. ``path`` is the
    address of the digest's page below the base URL.
    """

    hub: Hub
    digest: Digest
    day: date
    since: datetime | None
    until: datetime
    sections: tuple[DigestSection, ...]
    corrections: tuple[Correction, ...] = ()
    left_out: int = 0
    made_late: bool = False
    path: str = ""

    @property
    def total(self) -> int:
        """How many stories the digest holds."""
        return sum(len(section.stories) for section in self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestIndexRow:
    """A run as the list of digests names it: its day, its page and how much is in it."""

    digest: Digest
    day: date
    path: str
    stories: int
    first_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestIndex:
    """All digests with their newest runs, newest first; ``next_due`` by digest id."""

    digests: tuple[Digest, ...]
    rows: tuple[DigestIndexRow, ...]
    next_due: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStanding:
    """How a digest is doing: its newest run, its newest run that had news, and the next cut-off."""

    digest: Digest
    last: DigestRun | None = None
    last_ready: DigestRun | None = None
    next_due: datetime | None = None
