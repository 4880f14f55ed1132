"""Seats new entries: a story of their own, or the story that prints the same text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub.config.settings import Settings
from feedhub.dedupe.compare import WINDOW
from feedhub.dedupe.index import LEAST_SHARED, MOST_CANDIDATES, index_keys
from feedhub.dedupe.leads import Candidate, choose_lead
from feedhub.dedupe.links import Link, Pins
from feedhub.dedupe.seats import Found, Join, Merge, Seated, seat
from feedhub.flow.collecting.reading import Prepared, entry_doc
from feedhub.flow.parts import CollectParts
from feedhub.model.decision import Matched
from feedhub.model.entry import Entry, Precision
from feedhub.model.likeness import EntryLink
from feedhub.model.source import Source
from feedhub.model.story import Story
from feedhub.store.entries import NewEntry
from feedhub.store.likeness import Wish
from feedhub.store.store import Transaction
from feedhub.store.stories import NewStory

__all__ = ["day_of", "lead_of", "seat_fresh"]

_TIMED = frozenset({Precision.MINUTE, Precision.SECOND})


def lead_of(
    members: Mapping[str, tuple[Entry, datetime]],
    sources: Mapping[str, Source],
    settings: Settings,
    *,
    current: str = "",
) -> str:
    """Return which of a story's entries leads; ``members`` gives entry and first sight by id."""
    if len(members) == 1:
        return next(iter(members))  # as nearly all stories begin
    candidates = []
    for entry_id, (entry, first_seen) in members.items():
        source = sources.get(entry.source_id)
        host = urlsplit(source.homepage or source.url).hostname or "" if source else ""
        candidates.append(
            Candidate(
                doc=entry_doc(entry_id, entry, source),
                first_seen=first_seen,
                names=(source.name, host.removeprefix("www.")) if source else (),
                weight=source.weight if source else 0.0,
                precise=entry.published.precision in _TIMED,
            )
        )
    return choose_lead(candidates, current=current, timezone=ZoneInfo(settings.hub.timezone))


def day_of(moment: datetime, zone: str) -> str:
    """Return the day a moment falls on in an IANA time zone, as YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def _written(links: Sequence[Link]) -> list[EntryLink]:
    return [
        EntryLink(
            first=link.first,
            second=link.second,
            verdict=str(link.match.verdict),
            score=link.match.score,
            reasons=link.match.reasons,
        )
        for link in links
    ]


#: more new entries than this that are older than this, met in one pull, are an archive and no news
_OLD = timedelta(days=30)
_MOST_OLD = 20


def _announced(
    fresh: Sequence[Matched], source: Source, now: datetime, *, first_pull: bool
) -> set[int]:
    """Return the positions of entries that are news.

    All are, but of a first pull only the newest, and none of an old archive that a source puts
    out anew (it moved to another system): those stand on the pages of their days.
    """
    by_date = sorted(fresh, key=_age)
    if first_pull:
        by_date = by_date[len(by_date) - min(source.backfill, len(by_date)) :]
    old = [match for match in by_date if now - match.entry.published.at > _OLD]
    if len(old) > _MOST_OLD and not first_pull:
        by_date = by_date[len(old) :]
    return {match.entry.position for match in by_date}


def _age(match: Matched) -> tuple[datetime, int]:
    return (match.entry.published.at, -match.entry.position)


class _Table:
    """The new entries of one pull, being seated."""

    def __init__(
        self,
        parts: CollectParts,
        tx: Transaction,
        fresh: Mapping[str, Matched],
        news: Collection[str],
        now: datetime,
        *,
        prepared: Mapping[int, Prepared],
    ) -> None:
        self.parts = parts
        self.settings = parts.settings
        self.tx = tx
        self.fresh = fresh
        self.news = frozenset(news)
        self.now = now
        self.sources = parts.sources
        # a page that was read since says more than the feed did
        self.prepared = {
            name: prepared[match.entry.position]
            for name, match in fresh.items()
            if match.entry.position in prepared and not match.article_read
        }
        self.docs = {
            name: entry_doc(
                name,
                match.entry,
                self.sources.get(match.entry.source_id),
                keys=self.prepared[name].keys if name in self.prepared else None,
            )
            for name, match in fresh.items()
        }
        self.keys = {name: index_keys(doc) for name, doc in self.docs.items()}
        self.seats: dict[str, str] = {}
        self.touched: set[str] = set()

    def seat(self) -> set[str]:
        """Seat every new entry and store it; return the ids of older stories that changed."""
        standing = self._standing()
        members = [entry for story in standing.values() for entry in story.entries]
        known = [entry.id for entry in members]
        pins = self.tx.likeness.pins(known)
        seating = seat(
            self.docs.values(),
            [
                Seated(
                    doc=entry_doc(entry.id, entry.entry, self.sources.get(entry.entry.source_id)),
                    story=entry.story_id,
                    since=standing[entry.story_id].created_at,
                )
                for entry in members
            ],
            gazetteer=self.parts.gazetteer,
            pins=Pins(split=pins["split"], merge=pins["merge"]),
        )
        links = list(seating.related)
        merged: dict[str, str] = {}
        founded = []
        for change in seating.changes:
            links += change.links
            if isinstance(change, Merge):
                merged[change.story] = change.into
                self.tx.stories.merge(change.story, change.into, self.now)
            elif isinstance(change, Join):
                self.seats[change.entry] = change.story
                self.touched.add(change.story)
            else:
                founded.append(change)
        self._found(founded)
        self._store()
        self.tx.likeness.add_links(_written(links))
        self._choose_leads(standing, merged)
        return self.touched

    def _standing(self) -> dict[str, Story]:
        """Return the stories whose entries might be the same text as a new one, by id."""
        moments = [(keys, self.fresh[name].entry.published.at) for name, keys in self.keys.items()]
        near = self.tx.likeness.candidates(
            [Wish(keys=keys, since=at - WINDOW, until=at + WINDOW) for keys, at in moments],
            least=LEAST_SHARED,
            most=MOST_CANDIDATES,
        )
        found = self.tx.stories.of_entries(set().union(*near))
        return {story.id: story for story in self.tx.stories.load(found)}

    def _found(self, founded: Sequence[Found]) -> None:
        """Make the new stories, the oldest first, so that the newest is announced last."""
        zone = self.settings.hub.timezone
        oldest_first = sorted(
            founded, key=lambda change: max(_age(self.fresh[name]) for name in change.entries)
        )
        stories = []
        for change in oldest_first:
            members = {name: (self.fresh[name].entry, self.now) for name in change.entries}
            lead = lead_of(members, self.sources, self.settings)
            published = self.fresh[lead].entry.published.at
            story_id = self.parts.new_id()
            self.seats |= dict.fromkeys(change.entries, story_id)
            stories.append(
                NewStory(
                    id=story_id,
                    lead_id=lead,
                    published_at=published,
                    day=day_of(published, zone),
                    announced=any(name in self.news for name in change.entries),
                )
            )
        self.tx.stories.insert(stories, self.now)

    def _store(self) -> None:
        self.tx.entries.insert(
            [
                NewEntry(
                    id=name,
                    story_id=self.seats[name],
                    entry=match.entry,
                    keys=match.keys,
                    source_hash=match.source_hash,
                    article_read=match.article_read,
                    article_tries=match.article_tries,
                    search_forms=(
                        self.prepared[name].search_forms if name in self.prepared else None
                    ),
                )
                for name, match in self.fresh.items()
            ],
            self.now,
        )
        self.tx.likeness.index(self.keys)
        joined = {self.seats[name] for name in self.news if self.seats[name] in self.touched}
        self.tx.stories.announce(joined, self.now)

    def _choose_leads(self, standing: Mapping[str, Story], merged: Mapping[str, str]) -> None:
        """Let the right entry lead stories that grew; a lead that was published stays."""
        grown = self.touched | set(merged.values())
        members: dict[str, dict[str, tuple[Entry, datetime]]] = {name: {} for name in grown}
        for story in standing.values():
            home = merged.get(story.id, story.id)
            if home in grown:
                members[home] |= {one.id: (one.entry, one.first_seen) for one in story.entries}
        for name, home in self.seats.items():
            if home in grown:
                members[home][name] = (self.fresh[name].entry, self.now)
        published = int(self.tx.facts.get("published_sequence") or 0) if grown else 0
        for name in sorted(grown):
            story = standing[name]
            current = story.lead_id if story.founded <= published else ""
            lead = lead_of(members[name], self.sources, self.settings, current=current)
            if lead != story.lead_id:
                at = members[name][lead][0].published.at
                self.tx.stories.lead(name, lead, at, day_of(at, self.settings.hub.timezone))


def seat_fresh(
    parts: CollectParts,
    tx: Transaction,
    source: Source,
    fresh: Sequence[Matched],
    now: datetime,
    *,
    first_pull: bool,
    prepared: Mapping[int, Prepared],
) -> set[str]:
    """Store new entries, each in its story; return the ids of older stories that changed.

    ``prepared`` holds, by position, what was made of entries already.
    """
    if not fresh:
        return set()
    by_id = {parts.new_id(): match for match in sorted(fresh, key=_age)}
    positions = _announced(fresh, source, now, first_pull=first_pull)
    news = [name for name, match in by_id.items() if match.entry.position in positions]
    return _Table(parts, tx, by_id, news, now, prepared=prepared).seat()
