"""Other news beside a story ("Các tin khác").

``related_stories(card, candidates, limit=5) -> tuple[StoryLink, ...]``

Only stories that were there before this one are shown: so a page once published stays as it is, and
a new story does not touch the pages of old ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from feedhub.edit.cards import story_link
from feedhub.model.edition import StoryCard, StoryLink
from feedhub.text.folding import bare

__all__ = ["related_stories"]

_TITLE_LIMIT = 400


def related_stories(
    card: StoryCard, candidates: Iterable[StoryCard], limit: int = 5
) -> tuple[StoryLink, ...]:
    """Return the earlier stories most like this one, the likest first.

    Likeness is what two titles share in pairs of neighbouring words, a pair counting more the fewer
    candidates have it (Vietnamese words are mostly pairs of syllables); a shared topic or place
    breaks ties. What is left is filled with the newest earlier stories of the same source or place.
    """
    earlier = [
        other
        for other in candidates
        if other.id != card.id
        and other.withdrawn_at is None
        and (other.created, other.id) < (card.created, card.id)
    ]
    pairs = {other.id: _pairs(other.title) for other in earlier}
    spread = Counter(pair for found in pairs.values() for pair in found)
    own = _pairs(card.title)
    places, topics = set(card.places), set(card.topics)

    def likeness(other: StoryCard) -> float:
        # sorted, because the sum of floats depends on their order and a set has none
        shared = sorted(own & pairs[other.id])
        weight = sum(math.log1p(len(earlier) / spread[pair]) for pair in shared)
        return round(weight, 6)

    def kinship(other: StoryCard) -> int:
        return len(places & set(other.places)) + len(topics & set(other.topics))

    scored = [(likeness(other), kinship(other), other) for other in earlier]
    alike = [entry for entry in scored if entry[0] > 0]
    alike.sort(key=lambda entry: (-entry[0], -entry[1], -entry[2].published.timestamp()))
    chosen = [other for _, _, other in alike[:limit]]
    near = [
        other
        for score, kin, other in scored
        if score == 0 and (kin or other.lead.source.id == card.lead.source.id)
    ]
    near.sort(key=lambda other: (other.published, other.id), reverse=True)
    return tuple(story_link(other) for other in [*chosen, *near][:limit])


def _pairs(title: str) -> set[tuple[str, str]]:
    letters = "".join(c if c.isalnum() else " " for c in bare(title[:_TITLE_LIMIT]))
    words = letters.split()
    return set(pairwise(words))
