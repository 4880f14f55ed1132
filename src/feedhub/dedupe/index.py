"""Which few stored texts are worth comparing with a new one.

A store keeps, for every entry inside the window, some of its shingles in a table
``entry_shingles(key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID``; entries that
share keys with a new one are its candidates. Which shingles a text keeps depends on the shingle
alone (``h mod 2^k = 0``), so two texts keep the same of those they share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from feedhub.dedupe.texts import TextDoc, read
from feedhub.text.folding import bare
from feedhub.text.shingles import sampled, shingles

__all__ = ["LEAST_SHARED", "MOST_CANDIDATES", "candidate_pairs", "index_keys"]

#: keys two texts must share before they are compared
LEAST_SHARED = 2
#: candidates compared with one text: those that share most keys
MOST_CANDIDATES = 40

#: up to so many words a text keeps one shingle in so many
_RATES = ((40, 1), (160, 4))
_ONE_IN = 16  # of a longer text
_OPENING = 30  # words; feeds often carry no more than the opening
_ONE_IN_OPENING = 4
_NO_TEXT = 12  # words; below, the headline stands for the entry


def index_keys(doc: TextDoc) -> tuple[int, ...]:
    """Return the keys of a document, sorted: integers below 2^47, about 35 for an article.

    A text keeps every sixteenth of its shingles, and every fourth of its opening; a short one keeps
    every fourth throughout, a very short one all. An entry without text has its headline. Every
    rate divides the next, so what a long text keeps, a short one that shares it keeps as well.
    """
    reading = read(doc)
    prints = reading.prints
    keys: set[int] = set()
    length = len(reading.body)
    rate = next((rate for longest, rate in _RATES if length <= longest), _ONE_IN)
    keys.update(sampled(prints, one_in=rate))
    keys.update(sampled(prints[:_OPENING], one_in=_ONE_IN_OPENING))
    if length < _NO_TEXT and reading.title.words:
        title = bare(" ".join(reading.title.words))
        keys.update(shingles((salt, title))[0] for salt in ("title", "headline"))
    return tuple(sorted(keys))


def candidate_pairs(docs: Sequence[TextDoc]) -> Iterable[tuple[int, int]]:
    """Yield the pairs of positions worth comparing, each once, the smaller position first.

    The same as asking an index for each document's candidates, over a closed set of documents.
    """
    holders: dict[int, list[int]] = defaultdict(list)
    for at, doc in enumerate(docs):
        for key in index_keys(doc):
            holders[key].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for group in holders.values():
        shared.update(combinations(group, 2))
    for pair, count in shared.items():
        if count >= LEAST_SHARED:
            yield pair
