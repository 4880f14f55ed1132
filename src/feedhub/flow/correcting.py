"""An operator's look at a story, and corrections of it that stick."""

from __future__ import annotations

from dataclasses import dataclass

from feedhub.errors import StoreError
from feedhub.flow.collecting.seating import day_of, lead_of
from feedhub.flow.parts import CollectParts
from feedhub.model.likeness import EntryLink
from feedhub.model.story import Story
from feedhub.store.store import Transaction
from feedhub.store.stories import NewStory

__all__ = ["StoryReport", "merge_stories", "report_story", "split_story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReport:
    """A story, and why its entries are one: what was found between them and anything else."""

    story: Story
    links: tuple[EntryLink, ...]
    split: frozenset[frozenset[str]]
    merged: frozenset[frozenset[str]]


def _story(tx: Transaction, story_id: str) -> Story:
    found = tx.stories.load([story_id])
    if not found:
        raise StoreError(f'there is no story "{story_id}"')
    if found[0].merged_into is not None:
        return _story(tx, found[0].merged_into)
    return found[0]


def report_story(tx: Transaction, story_id: str) -> StoryReport:
    """Return a story with its evidence. Raises ``StoreError`` when there is none of that id."""
    story = _story(tx, story_id)
    members = [entry.id for entry in story.entries]
    pins = tx.likeness.pins(members)
    return StoryReport(
        story=story,
        links=tx.likeness.links(members),
        split=pins["split"],
        merged=pins["merge"],
    )


def split_story(parts: CollectParts, story_id: str, entry_id: str) -> str:
    """Give an entry a story of its own, for good; return that story's id."""
    now = parts.clock.now()
    with parts.store.writing() as tx:
        story = _story(tx, story_id)
        leaving = next((one for one in story.entries if one.id == entry_id), None)
        staying = [one for one in story.entries if one.id != entry_id]
        if leaving is None or not staying:
            raise StoreError(f'the story "{story.id}" has no entry "{entry_id}" to split off')
        for one in staying:
            tx.likeness.pin("split", entry_id, one.id, now)
        fresh = parts.new_id()
        published = leaving.entry.published.at
        zone = parts.settings.hub.timezone
        tx.stories.insert(
            [
                NewStory(
                    id=fresh,
                    lead_id=entry_id,
                    published_at=published,
                    day=day_of(published, zone),
                    announced=story.announced is not None,
                )
            ],
            now,
        )
        tx.stories.move([entry_id], fresh)
        if story.lead_id == entry_id:
            sources = {source.id: source for source in parts.settings.sources}
            members = {one.id: (one.entry, one.first_seen) for one in staying}
            lead = lead_of(members, sources, parts.settings)
            at = members[lead][0].published.at
            tx.stories.lead(story.id, lead, at, day_of(at, zone))
        tx.stories.touch([story.id], now)
    return fresh


def merge_stories(parts: CollectParts, one_id: str, other_id: str) -> str:
    """Make two stories one, for good; return the id that goes on, which is the older one's."""
    now = parts.clock.now()
    with parts.store.writing() as tx:
        one, other = _story(tx, one_id), _story(tx, other_id)
        if one.id == other.id:
            raise StoreError("these are one story already")
        into, gone = sorted((one, other), key=lambda story: (story.created_at, story.founded))
        tx.likeness.pin("merge", into.lead_id, gone.lead_id, now)
        tx.stories.merge(gone.id, into.id, now)
        if gone.announced is not None:
            tx.stories.announce([into.id], now)
    return into.id
