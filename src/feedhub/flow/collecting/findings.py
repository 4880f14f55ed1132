"""What one pull has found, gathered step by step until it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedhub.flow.collecting.reading import Reading
from feedhub.model.decision import KnownEntry, Matched
from feedhub.model.document import Document
from feedhub.model.habits import SourceHabits
from feedhub.model.pull import Reconciliation

__all__ = ["Change", "Findings"]

#: reasons of rejected rows that are kept with a pull
_MOST_REASONS = 20


@dataclass(slots=True, kw_only=True)
class Change:
    """A known entry whose source says something else now, or whose page is still to be read."""

    match: Matched
    known: KnownEntry
    article_tried: bool = False


@dataclass(slots=True, kw_only=True)
class Findings:
    """The entries of one pull by what is to be done with them.

    ``repeated`` counts rows that repeat others of the same document. ``fresh`` were never met;
    ``back`` are listed again; ``missing`` should still be listed and are not; of these ``gone``
    were taken back and ``aged`` merely left the page; ``rekeyed`` are known by other keys now.
    """

    document: Document
    reading: Reading
    habits: SourceHabits
    repeated: int = 0
    fresh: list[Matched] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    rekeyed: list[Matched] = field(default_factory=list)
    back: list[KnownEntry] = field(default_factory=list)
    missing: list[KnownEntry] = field(default_factory=list)
    gone: list[KnownEntry] = field(default_factory=list)
    aged: list[KnownEntry] = field(default_factory=list)

    def counts(self) -> Reconciliation:
        """Account for every row seen."""
        reading, fresh = self.reading, len(self.fresh)
        revised = sum(change.match.changed for change in self.changes)
        return Reconciliation(
            seen=reading.seen,
            new=fresh,
            revised=revised,
            known=len(reading.entries) - fresh - revised - self.repeated,
            duplicate=self.repeated,
            rejected=len(reading.rejected),
            withdrawn=len(self.gone),
            reasons=reading.rejected[:_MOST_REASONS],
        )
