"""What was decided about the entries of one pull, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.entry import Dating, Entry

__all__ = ["IdentityKey", "KnownEntry", "Matched"]


@dataclass(frozen=True, slots=True, order=True)
class IdentityKey:
    """By what an entry of a source is recognised: kind ``guid``, ``link`` or ``title``."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """As much of a stored entry as its recognition needs.

    ``number`` is by which the store's indexes know it.
    """

    id: str
    story_id: str
    guid: str
    link: str
    link_key: str
    title: str
    published: Dating
    source_hash: str
    first_seen: datetime
    listed: bool = True
    withdrawn: bool = False
    article_read: bool = False
    article_tries: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """An entry of a pull and the stored entry it is, if any.

    ``keys`` are those by which it is to be recognised from now on; ``by`` names the rule that
    matched. ``duplicate_of`` is the position of an earlier row of the same pull that is the same.
    """

    entry: Entry
    keys: tuple[IdentityKey, ...]
    source_hash: str
    known: KnownEntry | None = None
    by: str = ""
    duplicate_of: int | None = None
    #: whether the entry's own page was read in this pull, and how often that was tried
    article_read: bool = False
    article_tries: int = 0

    @property
    def changed(self) -> bool:
        """Whether a known entry's source now says something else."""
        return self.known is not None and self.known.source_hash != self.source_hash
