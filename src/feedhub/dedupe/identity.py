"""Have we met? Recognises the entries of one source from pull to pull.

The chain is guid, then link, then title and date. Each link of the chain is trusted only as far as
the batch shows that it tells entries apart, because sources send one guid on all entries
(feedbin/support#573), a new guid on every fetch (feedbin/support#580), an old guid on a new article
(feedbin/support#604), or one link for everything.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from feedhub.model.decision import IdentityKey, KnownEntry, Matched
from feedhub.model.entry import DateUsed, Entry
from feedhub.text.folding import fold
from feedhub.text.urls import link_key

__all__ = ["Rows", "lookup_keys", "match_entries", "source_hash"]

#: a title shorter than this ("Thông báo") may head any number of articles of one day
_TELLING_TITLE = 16

#: strongest first; "all" recognises an entry that shares every other key by what it says
_KINDS = ("guid", "link", "title", "all")


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def source_hash(entry: Entry) -> str:
    """Return a fingerprint of what the source says in an entry, its dates left out.

    Sources renew dates on every fetch (ncarlier/feedpushr#53); that alone is no change of the
    entry.
    """
    return _digest(
        entry.title,
        entry.summary,
        entry.content,
        "\x1e".join(entry.authors),
        "\x1e".join(enclosure.url for enclosure in entry.enclosures),
        entry.image,
    )


class _Row:
    """One entry of a batch with everything it may be recognised by."""

    __slots__ = ("_made", "day", "entry", "hash", "link", "title", "values")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hash = source_hash(entry)
        self.link = entry.link_key
        self.title = fold(entry.title)
        published = entry.published
        #: the day the source gave
        self.day = published.at.date() if published.used is DateUsed.SOURCE else None
        #: what its key of each kind stands for, "" where it has none
        self.values: dict[str, str] = {}
        self._made: dict[str, IdentityKey] = {}

    def number(self, ordinal: int) -> None:
        """Take note of how many rows of the same link and title stand below in the document."""
        # a guid that is an address flips between http and https, and GOV.UK adds "#<updated>"
        guid = self.entry.guid
        is_address = guid.startswith(("http://", "https://"))
        telling = self.day and len(self.title) >= _TELLING_TITLE
        self.values = {
            "guid": (link_key(guid) if is_address else "") or guid,
            "link": self.link,
            "title": f"{self.title}\x1f{self.day}" if telling else "",
            "all": f"{self.link}\x1f{self.title}\x1f{ordinal}",
        }

    def key(self, kind: str) -> IdentityKey | None:
        """Return the key of one kind, if the entry has it; made once."""
        key = self._made.get(kind)
        if key is None and (value := self.values[kind]):
            key = self._made[kind] = IdentityKey(kind, _digest(value))
        return key

    def forget_guid(self) -> None:
        """Be recognised without the guid, which tells nothing."""
        self.values["guid"] = ""
        self._made.pop("guid", None)


class Rows:
    """The entries of one pull with everything each may be recognised by.

    Alike ones are counted from below, as news comes in on top. ``repeats`` gives, by index, the
    earlier entry that one repeats.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.rows = [_Row(entry) for entry in entries]
        self.repeats = _repeats(self.rows)
        alike: Counter[tuple[str, str]] = Counter()
        for index in reversed(range(len(self.rows))):
            row = self.rows[index]
            if index in self.repeats:
                row.number(0)
            else:
                row.number(alike[row.link, row.title])
                alike[row.link, row.title] += 1


def _repeats(rows: Sequence[_Row]) -> dict[int, int]:
    """Find rows that say exactly what an earlier row of the batch says, under the same date."""
    first: dict[tuple[object, ...], int] = {}
    found: dict[int, int] = {}
    for index, row in enumerate(rows):
        earlier = first.setdefault((row.link, row.title, row.hash, row.day), index)
        if earlier != index:
            found[index] = earlier
    return found


def lookup_keys(read: Rows) -> frozenset[IdentityKey]:
    """Return every key under which a stored entry might be met again in this batch."""
    return frozenset(key for row in read.rows for kind in _KINDS if (key := row.key(kind)))


class _Batch:
    """One pull being matched: which keys tell its entries apart, who is spoken for."""

    def __init__(self, read: Rows, known: Mapping[IdentityKey, KnownEntry]) -> None:
        self.rows, self.duplicates = read.rows, read.repeats
        self.known = known
        if known and self._guids_churn():
            for row in self.rows:
                row.forget_guid()
        self.links = {row.link for row in self.rows}
        self.taken: set[str] = set()
        rows = [row for index, row in enumerate(self.rows) if index not in self.duplicates]
        shared = {kind: Counter([row.values[kind] for row in rows]) for kind in _KINDS}
        #: the keys that tell each row apart from the others of its batch
        self.keys = [
            tuple(
                key
                for kind in _KINDS
                if shared[kind][row.values[kind]] == 1 and (key := row.key(kind))
            )
            for row in self.rows
        ]

    def _guids_churn(self) -> bool:
        """Tell whether the source renews its guids on every fetch: old links, no old guid."""

        def met(kind: str) -> bool:
            return any((key := row.key(kind)) and key in self.known for row in self.rows)

        return met("link") and not met("guid")

    def find(self, index: int, kind: str) -> KnownEntry | None:
        """Return the stored entry the row's key of that kind points to, if its rule agrees."""
        row = self.rows[index]
        key = next((key for key in self.keys[index] if key.kind == kind), None)
        found = self.known.get(key) if key else None
        if found is None or found.id in self.taken:
            return None
        if kind == "guid" and _another_article(found, row):
            return None
        # a re-platformed portal: the same title and date at a new address, the old one gone
        if kind == "title" and found.link_key != row.link and found.link_key in self.links:
            return None
        return found


def _another_article(known: KnownEntry, row: _Row) -> bool:
    """Tell a reused guid from a corrected article: link, title and date must all differ."""
    if known.link_key == row.link or fold(known.title) == row.title:
        return False
    published = row.entry.published
    dated = DateUsed.SOURCE in {known.published.used, published.used}
    return not dated or known.published.at.date() != published.at.date()


def match_entries(read: Rows, known: Mapping[IdentityKey, KnownEntry]) -> tuple[Matched, ...]:
    """Match the entries of one pull with the stored entries of the same source.

    ``known`` gives the stored entry for each of ``lookup_keys`` that has one. A stronger key is
    matched over the whole batch before a weaker one, so that a shared title never takes an entry
    from its guid. The result has one ``Matched`` per entry, in the same order.
    """
    batch = _Batch(read, known)
    matches: dict[int, tuple[KnownEntry, str]] = {}
    for kind in _KINDS if known else ():
        for index in range(len(batch.rows)):
            if index in matches or index in batch.duplicates:
                continue
            if found := batch.find(index, kind):
                matches[index] = (found, kind)
                batch.taken.add(found.id)
    return tuple(
        Matched(
            entry=row.entry,
            keys=batch.keys[index],
            source_hash=row.hash,
            known=matches[index][0] if index in matches else None,
            by=matches[index][1] if index in matches else "",
            duplicate_of=batch.duplicates.get(index),
        )
        for index, row in enumerate(batch.rows)
    )
