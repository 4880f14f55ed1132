"""What goes into a digest: which stories of a window, under which headings, with which corrections.

- ``chosen(cards, channel, ...) -> Choice``: the stories of a window for one reader
- ``digest_edition(...) -> DigestEdition``: the same, set in order
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub.edit.channels import belongs
from feedhub.edit.corrections import corrections
from feedhub.edit.ranking import ranked
from feedhub.model.addresses import digest_path
from feedhub.model.channel import Channel, Hub
from feedhub.model.digest import Digest, DigestEdition, DigestRun, DigestSection, DigestStory
from feedhub.model.edition import Label, StoryCard
from feedhub.model.entry import DateUsed
from feedhub.model.page import Correction

__all__ = ["Choice", "chosen", "digest_edition", "told_changes"]

#: a digest made good late reaches back this far beyond its own period; older news is only counted
_LOOK_BACK = {"day": timedelta(days=7), "week": timedelta(days=14)}
#: a run made this long after its cut-off is called late
_PUNCTUAL = timedelta(hours=1)
_MOST_CORRECTIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The stories of a window for one reader, in the order of their announcement.

    ``left_out`` counts those that would have belonged but are too old to be sent.
    """

    stories: tuple[StoryCard, ...]
    left_out: int = 0


def chosen(
    cards: Iterable[StoryCard],
    channel: Channel,
    *,
    every: str,
    until: datetime,
    places: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    told: Collection[str] = frozenset(),
    restored_at: datetime | None = None,
) -> Choice:
    """Choose a reader's stories out of a window's.

    A story belongs if its channel takes it and it is of one of the reader's ``places`` and
    ``topics`` (label ids; empty means all). Withdrawn stories and those already ``told`` to the
    reader are not news. Left out and counted: what was announced longer ago than the look-back, and
    what a hub restored from a backup at ``restored_at`` met a second time.
    """
    wishes = replace(channel, topics=topics, places=places)
    oldest = until - _LOOK_BACK[every]
    stories: list[StoryCard] = []
    left_out = 0
    for card in cards:
        if card.withdrawn_at or card.id in told or not belongs(card, channel):
            continue
        if not belongs(card, wishes):
            continue
        if (card.announced_at or card.created) < oldest or _met_before(card, restored_at):
            left_out += 1
        else:
            stories.append(card)
    return Choice(stories=tuple(stories), left_out=left_out)


def digest_edition(
    hub: Hub,
    digest: Digest,
    run: DigestRun,
    stories: Sequence[StoryCard],
    changes: Sequence[Correction] = (),
    *,
    left_out: int = 0,
    since: datetime | None = None,
) -> DigestEdition:
    """Set a digest's stories in order: sections by name, within them by the front page's rank.

    ``stories`` are those chosen, as they stand now; one that was withdrawn meanwhile is left out.
    ``since`` is the reader's own beginning of the window where it is not the run's.
    """
    zone = ZoneInfo(digest.rhythm.timezone)
    begin = since or run.after.at
    first_day = begin.astimezone(zone).date()
    standing = [card for card in stories if card.withdrawn_at is None]
    sections: dict[Label | None, list[DigestStory]] = {}
    for card in ranked(standing):
        # nothing was announced before a hub's very first digest, so nothing in it comes late
        late = bool(run.after.announced) and card.published.astimezone(zone).date() < first_day
        story = DigestStory(card=card, late=late)
        sections.setdefault(_heading(card, digest.sections), []).append(story)
    in_order = sorted(sections, key=lambda label: (label is None, label.id if label else ""))
    return DigestEdition(
        hub=hub,
        digest=digest,
        day=run.day,
        since=begin,
        until=run.due_at,
        sections=tuple(
            DigestSection(label=label, stories=tuple(sections[label])) for label in in_order
        ),
        corrections=tuple(changes),
        left_out=left_out,
        made_late=run.made_at - run.due_at > _PUNCTUAL,
        path=digest_path(digest.id, run.day) if run.official else "",
    )


def told_changes(
    cards: Iterable[StoryCard],
    channel: Channel,
    *,
    after: datetime,
    upto: datetime,
    places: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    besides: Collection[str] = frozenset(),
) -> tuple[Correction, ...]:
    """Return the corrections and withdrawals of a window ``(after, upto]``, newest first.

    Only of announced stories that belong to the reader; ``besides`` are the stories that the digest
    tells as news anyway.
    """
    wishes = replace(channel, topics=topics, places=places)
    concerned = (
        card
        for card in cards
        if card.announced_at
        and card.id not in besides
        and belongs(card, channel)
        and belongs(card, wishes)
    )
    found = corrections(concerned, 10 * _MOST_CORRECTIONS)
    return tuple(one for one in found if after < one.when <= upto)[:_MOST_CORRECTIONS]


#: after this time every source that answers was pulled again
_ASKED_AGAIN = timedelta(days=1)


def _met_before(card: StoryCard, restored_at: datetime | None) -> bool:
    """Whether a story probably was sent before the hub was put back to an older state."""
    if restored_at is None:
        return False
    if card.created < restored_at:
        return False
    published = card.lead.published
    if published.used is DateUsed.FIRST_SEEN:
        # every source is asked within a day; what it then shows without a date may have been told
        return card.created < restored_at + _ASKED_AGAIN
    return published.at < restored_at


def _heading(card: StoryCard, by: str) -> Label | None:
    if by == "source":
        return Label(id=card.lead.source.id, name=card.lead.source.name)
    labels = card.topics if by == "topic" else card.places
    return labels[0] if labels else None
