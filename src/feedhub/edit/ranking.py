"""The rule by which stories are ordered on the front page, such that everybody can check it.

A story takes the place of its publication time. Every further independent source that prints it
makes it count as six hours newer; a source's weight above 1 adds six hours for each whole point, a
weight below 1 takes them away. Sources of one site are not independent of each other. Nothing else
counts: no clicks, no reader, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from feedhub.model.edition import StoryCard

__all__ = ["HOURS_PER_SOURCE", "independent_sources", "ranked"]

HOURS_PER_SOURCE = 6
#: further sources beyond this many move a story no more
_SOURCES_COUNTED = 8
_WEIGHT_BOUND = 10.0


def independent_sources(card: StoryCard) -> int:
    """Return how many sites print a story and stand by it, at least 1."""
    sites = {p.source.host or p.source.id for p in card.printings if p.withdrawn_at is None}
    return max(1, len(sites))


def ranked(cards: Iterable[StoryCard]) -> tuple[StoryCard, ...]:
    """Return the stories in the order of the rule above, the first in rank first."""
    return tuple(sorted(cards, key=lambda card: (_rank(card), card.id), reverse=True))


def _rank(card: StoryCard) -> float:
    further = min(independent_sources(card) - 1, _SOURCES_COUNTED)
    weight = max(-_WEIGHT_BOUND, min(_WEIGHT_BOUND, card.lead.source.weight)) - 1.0
    bonus = timedelta(hours=HOURS_PER_SOURCE) * (further + weight)
    return card.published.timestamp() + bonus.total_seconds()
