"""What changed after publication: significant revisions and withdrawals.

- ``corrections(cards, limit) -> tuple[Correction, ...]``, newest first
- ``corrections_edition(hub, channel, cards, path) -> Edition``: the same as a feed of its own, one
  entry per change, each with its own id that never changes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape

from feedhub.edit.channels import EPOCH
from feedhub.model.addresses import CORRECTIONS
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition, Printing, StoryCard
from feedhub.model.page import Correction

__all__ = ["corrections", "corrections_edition"]

#: title of an entry in the corrections feed, by language of the hub: changed, withdrawn
_TITLES = {"vi": ("Đã sửa: {}", "Đã gỡ: {}"), "en": ("Corrected: {}", "Withdrawn: {}")}


def corrections(cards: Iterable[StoryCard], limit: int = 100) -> tuple[Correction, ...]:
    """Return the newest significant changes of the given stories, newest first."""
    found = [change for card in cards for change in _of_story(card)]
    found.sort(key=lambda change: (change.when, change.story.id, change.entry_id), reverse=True)
    return tuple(found[:limit])


def corrections_edition(
    hub: Hub, channel: Channel, cards: Iterable[StoryCard], path: str
) -> Edition:
    """Return the corrections feed. An entry's text says what changed, in words."""
    found = corrections(cards, max(1, channel.limit))
    entries = tuple(_entry(hub, change) for change in found)
    return Edition(
        hub=hub,
        channel=channel,
        path=path,
        home=CORRECTIONS,
        stories=entries,
        updated=max((entry.updated for entry in entries), default=EPOCH),
    )


def _of_story(card: StoryCard) -> Iterator[Correction]:
    for printing in card.printings:
        yield from _of_printing(card, printing)


def _of_printing(card: StoryCard, printing: Printing) -> Iterator[Correction]:
    titles = [revision.title for revision in printing.revisions] + [printing.title]
    for revision, after in zip(printing.revisions, titles[1:], strict=True):
        if revision.significant:
            yield Correction(
                story=card,
                entry_id=printing.entry_id,
                source=printing.source,
                when=revision.replaced_at,
                withdrawn=False,
                title_before=revision.title,
                title_after=after,
                changes=revision.changes,
            )
    if printing.withdrawn_at:
        yield Correction(
            story=card,
            entry_id=printing.entry_id,
            source=printing.source,
            when=printing.withdrawn_at,
            withdrawn=True,
            title_before=printing.title,
            title_after=printing.title,
        )


def _entry(hub: Hub, change: Correction) -> StoryCard:
    card = change.story
    printing = next(p for p in card.printings if p.entry_id == change.entry_id)
    titles = _TITLES.get(hub.language.split("-", 1)[0], _TITLES["en"])
    lines = list(change.changes)
    if change.title_before != change.title_after:
        lines.insert(0, f"{change.title_before} → {change.title_after}")
    rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
    # to the microsecond and with the entry's id: one change, one id, whatever is changed later
    mark = f"{change.when:%Y%m%dT%H%M%S%f}"
    return replace(
        card,
        id=f"{card.id}/{change.entry_id}/{mark}",
        page_of=card.id,
        title=titles[change.withdrawn].format(change.title_after),
        lead=replace(printing, revisions=(), text=""),
        others=(),
        summary="; ".join(lines),
        content=f"<ul>{rows}</ul>" if rows else "",
        text="",
        image="",
        enclosures=(),
        published=change.when,
        updated=change.when,
        withdrawn_at=None,
        related=(),
    )
