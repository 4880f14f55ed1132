"""One fetch of one source: what is known before it, and what is written down after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedhub.model.document import Validators
from feedhub.model.source import SourceKind
from feedhub.model.trouble import Trouble

__all__ = ["Outcome", "PullRecord", "Reconciliation", "SourceState"]


class Outcome(StrEnum):
    """How a pull ended."""

    OK = "ok"
    UNCHANGED = "unchanged"  # 304, or the same bytes as last time
    HELD = "held"  # read, but too suspicious to be published
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Every row seen, accounted for: ``seen`` is the sum of the others but ``withdrawn``."""

    seen: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    duplicate: int = 0
    rejected: int = 0
    pending: int = 0
    #: entries of earlier pulls that the source has taken back
    withdrawn: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Tell whether readers may see a difference."""
        return bool(self.new or self.revised or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRecord:
    """A finished pull. ``bytes`` counts the wire; ``message`` is for people.

    ``silent`` says that no answer came at all; it is not kept.
    """

    source_id: str
    at: datetime
    outcome: Outcome
    status: int = 0
    bytes: int = 0
    milliseconds: int = 0
    counts: Reconciliation = field(default_factory=Reconciliation)
    message: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the hub remembers of a source between pulls."""

    id: str
    url: str
    next_due_at: datetime
    kind: SourceKind = SourceKind.AUTO
    moved_to: str = ""
    moved_proofs: int = 0
    validators: Validators = field(default_factory=Validators)
    body_hash: str = ""
    #: fingerprint of how the body was read: program version and the source's rules
    shape: str = ""
    due_reason: str = ""
    pulled_at: datetime | None = None
    succeeded_at: datetime | None = None
    full_fetch_at: datetime | None = None
    changed_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    gone: bool = False
    message: str = ""
    #: what of the last document could not be read as text, in words
    damage: str = ""
    title: str = ""
    homepage: str = ""
    date_order: str = ""
    #: keys of lines that recur on the source's article pages
    chrome: tuple[str, ...] = ()
    first_pull_done: bool = False
    #: pages of entries are still to be read
    pages_pending: bool = False
    #: the feed's own wishes for its rhythm: RSS ttl in minutes, skipHours (GMT) and skipDays
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    #: what was unusual at the last pull; the operator has been told of each kind
    troubles: tuple[Trouble, ...] = ()
    #: pulls before this moment say nothing about what is usual
    normal_since: datetime | None = None
    #: of the past, what a pull that finds nothing changed needs (flow/collecting/past.py)
    learnt: str = ""
