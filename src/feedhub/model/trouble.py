"""What a source's pulls looked like, and what is unusual about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["KeptNotice", "Notice", "PullFacts", "Trouble", "TroubleKind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullFacts:
    """One pull that read a document, in numbers. A pull answered "not modified" has none.

    ``listed`` counts the rows of the document, ``new`` those never met before, ``rejected`` those
    that are no entry; ``dated`` and the following count, of the entries listed, those that carry
    the field. ``size`` is in bytes, inflated.
    """

    at: datetime
    listed: int
    new: int
    rejected: int = 0
    size: int = 0
    dated: int = 0
    linked: int = 0
    summarised: int = 0
    illustrated: int = 0
    signed: int = 0


class TroubleKind(StrEnum):
    """How a source can differ from what it usually is.

    The first six are about a source that answers; ``NETWORK`` and ``HUB`` are about no
    single source.
    """

    LATE = "late"
    EMPTY = "empty"
    SHRUNKEN = "shrunken"
    FLOODING = "flooding"
    UNDATED = "undated"
    REDESIGNED = "redesigned"
    FAILING = "failing"
    NETWORK = "network"
    #: the hub itself cannot do a part of its work
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something unusual about a source, in words for people.

    ``hold`` says that the pull's entries should not be published before somebody has looked.
    """

    kind: TroubleKind
    words: str
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an operator is told once: a trouble that is new, or one that is over."""

    kind: TroubleKind
    words: str
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """A notice as it was written down. ``source_id`` is empty where it is about no source."""

    number: int
    source_id: str
    at: datetime
    notice: Notice
