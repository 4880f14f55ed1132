"""Where a search matched: the title and a passage of the text as marked runs."""

from __future__ import annotations

import re

from feedhub.model.edition import StoryCard
from feedhub.model.page import SearchHit
from feedhub.text.folding import bare

__all__ = ["search_hit"]

_WORD = re.compile(r"\w+")
_PASSAGE = 220
_LEAD_IN = 60

Runs = tuple[tuple[str, bool], ...]


def _marked(text: str, wanted: frozenset[str]) -> Runs:
    """Cut a text into runs of (text, matched)."""
    runs: list[tuple[str, bool]] = []
    position = 0
    for word in _WORD.finditer(text):
        if bare(word[0]) not in wanted:
            continue
        if word.start() > position:
            runs.append((text[position : word.start()], False))
        runs.append((word[0], True))
        position = word.end()
    if position < len(text):
        runs.append((text[position:], False))
    return tuple(runs)


def _passage(text: str, wanted: frozenset[str]) -> str:
    """Return the part of a text around its first match, cut between words."""
    first = next((word for word in _WORD.finditer(text) if bare(word[0]) in wanted), None)
    start = max(0, first.start() - _LEAD_IN) if first else 0
    if start:
        start = text.find(" ", start) + 1
    part = text[start : start + _PASSAGE]
    if start + _PASSAGE < len(text):
        part = part.rsplit(" ", 1)[0] + " …"
    return " ".join((f"… {part}" if start else part).split())


def search_hit(card: StoryCard, question: str) -> SearchHit:
    """Return a story as the answer to a question, its matching words marked.

    Words are compared without case and marks, as the search itself compares them.
    """
    wanted = frozenset(_WORD.findall(bare(question)))
    text = card.text[:20_000] or card.summary
    return SearchHit(
        story=card,
        title=_marked(card.title, wanted),
        passage=_marked(_passage(text, wanted), wanted),
    )
