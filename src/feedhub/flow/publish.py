"""Brings the published folder up to date with the store.

What changed is found by the stories' sequence; only that is rendered. Files are laid down in the
order of their links: stories first, then the pages and feeds that point to them, removals last.
The place reached in the sequence is remembered only after the last file, so a killed run is simply
made again; a file whose bytes are the same is not touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub import __version__
from feedhub.config.settings import Settings
from feedhub.deliver.files import PublishedFolder
from feedhub.edit.archives import Seal, archive_edition, open_edition, seal
from feedhub.edit.channels import belongs
from feedhub.flow.pages import Site
from feedhub.flow.standing import standings_of
from feedhub.model import addresses as at
from feedhub.model.channel import Channel
from feedhub.model.edition import Edition
from feedhub.model.story import Story
from feedhub.render.assets import fingerprint
from feedhub.render.feeds import render_atom, render_rss
from feedhub.render.jsonfeed import render_json
from feedhub.store.store import Store, Transaction

__all__ = ["Published", "publish"]

#: stories rendered at a time, so that a full rendering of a large hub stays small in memory
_BATCH = 200


@dataclass(slots=True)
class Published:
    """What a publishing did. ``stories`` counts those rendered."""

    stories: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0


class _Publication:
    def __init__(
        self, settings: Settings, store: Store, folder: PublishedFolder, now: datetime
    ) -> None:
        self.settings = settings
        self.store = store
        self.folder = folder
        self.now = now
        self.result = Published()
        self.laid: set[str] = set()

    def lay(self, path: str, data: bytes) -> None:
        """Lay one file down."""
        self.laid.add(path)
        if self.folder.write(path, data):
            self.result.written += 1
        else:
            self.result.unchanged += 1

    def run(self, *, full: bool) -> Published:
        """Publish what changed, or everything."""
        with self.store.writing() as tx:
            site = Site.of(self.settings, tx, self.now)
            mark = _mark(self.settings, site.tag_base)
            full = full or self.folder.recovered or tx.facts.get("published_mark") != mark
            since = 0 if full else int(tx.facts.get("published_sequence") or 0)
            changed = tx.stories.changed_since(since)
            newest = tx.stories.last_sequence()
            self._seat(tx, site, changed)
        with self.store.reading() as tx:
            standings = standings_of(self.settings, tx)
            told = json.loads(tx.facts.get("published_standings") or "{}")
            now_told = {name: one.fingerprint for name, one in standings.items()}
            troubled = {name for name in now_told if now_told[name] != told.get(name) or full}
            if changed or troubled or full:
                for path, data in site.fixed().items():
                    self.lay(path, data)
                days, sources = self._stories(tx, site, changed)
                sources = set(site.sources) if full else sources
                self._editions(tx, site, changed, sources, full=full)
                for path, data in site.pages(tx, standings, days=days, sources=sources | troubled):
                    self.lay(path, data)
        if full:
            self._sweep()
        self.folder.flush()
        with self.store.writing() as tx:
            tx.facts.set("published_sequence", str(newest))
            tx.facts.set("published_mark", mark)
            tx.facts.set("published_standings", json.dumps(now_told, sort_keys=True))
        return self.result

    def _seat(self, tx: Transaction, site: Site, changed: Sequence[str]) -> None:
        """Work out which channels hold the stories that changed, and seal what is full."""
        channels = self.settings.channels
        for start in range(0, len(changed), _BATCH):
            stories = tx.stories.load(changed[start : start + _BATCH])
            members: dict[str, list[str]] = {}
            announced: dict[str, int] = {}
            for story in stories:
                card = site.cards.card(story) if _is_news(story) else None
                announced[story.id] = story.announced or 0
                members[story.id] = (
                    [channel.id for channel in channels if belongs(card, channel)] if card else []
                )
            tx.channels.seat(members, announced)
        if not changed:
            return
        for channel in channels:
            if not channel.dedupe:
                continue
            waiting = tx.channels.members(channel.id)
            if len(waiting) > channel.limit:
                seals = _seals(tx, channel)
                for new in seal(channel, site.cards.load(tx, waiting), seals):
                    tx.channels.seal(channel.id, new.number, new.story_ids)

    def _stories(
        self, tx: Transaction, site: Site, changed: Sequence[str]
    ) -> tuple[set[str], set[str]]:
        """Render the stories that changed; return the days and sources they touch."""
        days: set[str] = set()
        sources: set[str] = set()
        for start in range(0, len(changed), _BATCH):
            for story in tx.stories.load(changed[start : start + _BATCH]):
                days.add(story.day)
                sources.update(entry.entry.source_id for entry in story.entries)
                for path, data in site.story(tx, story):
                    self.lay(path, data)
                self.result.stories += 1
            site.cards.forget()
        return days, sources

    def _editions(
        self,
        tx: Transaction,
        site: Site,
        changed: Sequence[str],
        sources: set[str],
        *,
        full: bool,
    ) -> None:
        """Render the feeds that hold what changed, archives before what points to them."""
        touched = None if full else tx.channels.of_stories(changed)
        for channel in self.settings.channels:
            if touched is not None and channel.id not in touched:
                continue
            for edition in self._of_channel(tx, site, channel, full=full):
                self._feed(edition)
        for edition in site.editions(tx, sources, corrected=bool(changed) or full):
            self._feed(edition)

    def _of_channel(
        self, tx: Transaction, site: Site, channel: Channel, *, full: bool
    ) -> Iterable[Edition]:
        path = at.channel_path(channel.id)
        seals = _seals(tx, channel)
        newest = max((one.number for one in seals), default=0)
        for one in seals:
            # a sealed document is final once its follower stands; only the last two can be new
            if full or one.number >= newest - 1:
                cards = site.cards.load(tx, one.story_ids)
                yield archive_edition(
                    site.hub, channel, cards, path, one, newest=newest, home=at.FRONT
                )
        wanted = tx.channels.members(channel.id)
        wanted += tuple(
            name
            for name in tx.channels.members(channel.id, limit=channel.limit)
            if name not in wanted
        )
        yield open_edition(
            site.hub, channel, site.cards.load(tx, wanted), path, seals, home=at.FRONT
        )

    def _feed(self, edition: Edition) -> None:
        self.lay(f"{edition.path}.atom", render_atom(edition))
        self.lay(f"{edition.path}.rss", render_rss(edition))
        self.lay(f"{edition.path}.json", render_json(edition))

    def _sweep(self) -> None:
        """Remove what a full rendering no longer contains; stories and archives stay for good."""
        for path in self.folder.paths():
            lasting = "stories/" in path or "/archive/" in path or path.startswith("archive/")
            if path not in self.laid and not lasting and self.folder.remove(path):
                self.result.removed += 1


def _is_news(story: Story) -> bool:
    return story.announced is not None and story.merged_into is None


def _seals(tx: Transaction, channel: Channel) -> tuple[Seal, ...]:
    return tuple(
        Seal(number=number, story_ids=ids) for number, ids in tx.channels.seals(channel.id).items()
    )


def _mark(settings: Settings, tag_base: str) -> str:
    """Return a fingerprint of all that shapes the pages besides the stories."""
    shape = repr(
        (
            __version__,
            tag_base,
            settings.hub.model_dump(exclude={"database_url", "data_dir", "publish_dir"}),
            settings.sources,
            settings.channels,
            fingerprint(settings.hub.theme_dir),
        )
    )
    return hashlib.sha256(shape.encode()).hexdigest()


def publish(
    settings: Settings, store: Store, folder: PublishedFolder, now: datetime, *, full: bool = False
) -> Published:
    """Bring the published folder up to date; ``full`` renders everything anew.

    A full rendering is also made when config or version changed, or when the folder was not closed
    properly. ``now`` only mints the hub's ids at its very first publishing; no page shows it.
    Raises ``DeliveryError``, ``StoreError``, and ``ConfigError`` for a broken template: then the
    old site stays whole.
    """
    return _Publication(settings, store, folder, now).run(full=full)
