"""Which few stored texts are worth comparing with a new one.

A store keeps, for every entry inside the window, some of its shingles in a table
``entry_shingles(key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID``; entries that
share keys with a new one are its candidates. Which shingles a text keeps depends on the shingle
alone (``h mod 2^k = 0``), so two texts keep the same of those they share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from feedhub.dedupe.texts import TextDoc, read, without_furniture
from feedhub.dedupe.words import read_lanes, read_words
from feedhub.text.folding import bare
from feedhub.text.shingles import KEY_BITS, LANE, Shingles, shingles

__all__ = ["LEAST_SHARED", "MOST_CANDIDATES", "candidate_pairs", "index_keys"]

#: keys two texts must share before they are compared
LEAST_SHARED = 2
#: candidates compared with one text: those that share most keys
MOST_CANDIDATES = 16

#: up to so many words a text keeps one shingle in so many
_RATES = ((40, 1), (160, 4))
_ONE_IN = 16  # of a longer text
_OPENING = 24  # words; feeds often carry no more than the opening
_ONE_IN_OPENING = 4
_MOST_HOLDERS = 300
#: a key is the upper 31 bits of a shingle, for a row of four bytes less; with 30,000,000 rows a
#: query meets another text's key by chance once in four, and a candidate must share two
_DROPPED_BITS = KEY_BITS - 31
_NO_TEXT = 12  # words; below, the headline stands for the entry


def index_keys(doc: TextDoc) -> tuple[int, ...]:
    """Return the keys of a document, sorted: integers below 2^31, about 33 for an article.

    A text keeps every sixteenth of its shingles, and every fourth of its opening; a short one keeps
    every fourth throughout, a very short one all. An entry without text has its headline. Every
    rate divides the next, so what a long text keeps, a short one that shares it keeps as well.
    """
    if doc.keys is not None:
        return doc.keys
    body = read_lanes(without_furniture(doc.text)[0])
    return _remembered(doc, len(body) // LANE, Shingles.of(body))


def _stored_keys(doc: TextDoc) -> tuple[int, ...]:
    """Return the same keys, of a text that is about to be compared and so read anyway."""
    if doc.keys is not None:
        return doc.keys
    reading = read(doc)
    return _remembered(doc, len(reading.body), reading.shingles)


def _remembered(doc: TextDoc, length: int, made: Shingles) -> tuple[int, ...]:
    """Make the keys of a text of so many words, once; they are no part of what a document is."""
    rate = next((rate for longest, rate in _RATES if length <= longest), _ONE_IN)
    kept = {*made.sampled(one_in=rate), *made.sampled(one_in=_ONE_IN_OPENING, first=_OPENING)}
    if length < _NO_TEXT and (title := read_words(doc.title).words):
        bared = bare(" ".join(title))
        kept.update(shingles((salt, bared))[0] for salt in ("title", "headline"))
    keys = tuple(sorted({fingerprint >> _DROPPED_BITS for fingerprint in kept}))
    object.__setattr__(doc, "keys", keys)
    return keys


def candidate_pairs(
    docs: Sequence[TextDoc], *, about: Collection[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of ids worth comparing, each once: those that share enough keys.

    The same as asking an index for the candidates of each document, over a closed set, earliest
    document first. ``about`` names the documents of which at least one must be in a pair. A key
    that very many documents have (a form of a notice) pairs each only with the next few hundred.
    """
    known: list[tuple[str, bool, tuple[int, ...]]] = []
    met: set[int] = set()
    common: set[int] = set()
    for doc in docs:
        old = about is not None and doc.id not in about
        keys = _stored_keys(doc) if old else index_keys(doc)
        known.append((doc.id, old, keys))
        common.update(met.intersection(keys))
        met.update(keys)
    holders: dict[int, tuple[list[str], list[str]]] = {key: ([], []) for key in common}
    for id_, old, keys in known:
        for key in common.intersection(keys):
            holders[key][old].append(id_)
    shared = Counter(
        (id_, other)
        for new, old_ones in holders.values()
        for at, id_ in enumerate(new)
        for other in (*new[at + 1 : at + 1 + _MOST_HOLDERS], *old_ones[-_MOST_HOLDERS:])
    )
    yield from (pair for pair, count in shared.items() if count >= LEAST_SHARED)
