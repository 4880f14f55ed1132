"""Brings the published folder up to date with the store.

What changed is found by the stories' sequence; only that is rendered. Files are laid down in the
order of their links: stories first, then the pages and feeds that point to them, removals last.
The place reached in the sequence is remembered only after the last file, so a killed run is simply
made again; a file whose bytes are the same is not touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from feedhub import __version__
from feedhub.config.settings import Settings
from feedhub.deliver.files import PublishedFolder
from feedhub.errors import ConfigError, FeedHubError
from feedhub.flow.publishing.digest_pages import DigestPages
from feedhub.flow.publishing.feeds import Feeds
from feedhub.flow.publishing.membership import seat_in_channels
from feedhub.flow.publishing.pages import Site, sends_mail
from feedhub.flow.publishing.standing import standings_of
from feedhub.flow.unshowable import leave_out, left_out
from feedhub.model import addresses as at
from feedhub.model.channel import Channel
from feedhub.model.edition import Edition
from feedhub.render.feeds import RENDERERS
from feedhub.store.store import Store, Transaction

__all__ = ["Published", "publish"]

#: stories rendered at a time, so that a full rendering of a large hub stays small in memory
_BATCH = 200

#: formats that link to archive documents; JSON Feed knows no archives
_ARCHIVED = ("atom", "rss")


@dataclass(slots=True)
class Published:
    """What a publishing did. ``stories`` counts those rendered."""

    stories: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(slots=True)
class _Touched:
    """What the stories that changed touch."""

    days: set[str]
    sources: set[str]
    #: places in the order of announcement
    announced: set[int]
    corrected: bool = False


class _Publication:
    def __init__(
        self, settings: Settings, store: Store, folder: PublishedFolder, now: datetime
    ) -> None:
        self.stopped: Callable[[], bool] = lambda: False
        self.settings = settings
        self.store = store
        self.folder = folder
        self.now = now
        self.result = Published()
        self.laid: set[str] = set()
        self.changed_feeds: list[str] = []
        self.final_seals: list[tuple[str, int, str]] = []
        #: the template that cannot be rendered: no page after it is, and feeds go on
        self.broken: ConfigError | None = None
        #: what the run began with, to look for what broke it
        self.site: Site | None = None
        self.changed: Sequence[str] = ()
        #: a run that was killed may have laid feeds down whose hub was never told
        self.recovering = folder.recovered

    def lay(self, path: str, data: bytes) -> bool:
        """Lay one file down; return whether it is another than before."""
        if self.stopped():
            raise CancelledError
        self.laid.add(path)
        changed = self.folder.write(path, data)
        if changed:
            self.result.written += 1
        else:
            self.result.unchanged += 1
        return changed

    def lay_pages(self, make: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        """Lay pages down until a template breaks; no page after that, and no feed is held up."""
        if self.broken is None:
            try:
                for path, data in make():
                    self.lay(path, data)
            except ConfigError as error:
                self.broken = error

    def run(self, *, full: bool, without: frozenset[str] = frozenset()) -> Published:
        """Publish what changed, or everything; ``without`` are stories known to break."""
        with self.store.writing() as tx:
            site = Site.of(self.settings, tx, self.now)
            mark = _mark(self.settings, site.tag_base, site.look)
            full = full or self.folder.recovered or tx.facts.get("published_mark") != mark
            since = 0 if full else int(tx.facts.get("published_sequence") or 0)
            changed = tx.stories.changed_since(since)
            site.cards.left_out = without if full else without | left_out(tx)
            self.site, self.changed = site, changed
            newest = tx.stories.last_sequence()
            # kept until they are published: a story that left a channel is not found there again
            waiting = set(json.loads(tx.facts.get("unpublished_channels") or "[]"))
            waiting |= seat_in_channels(tx, site, changed)
            tx.facts.set("unpublished_channels", json.dumps(sorted(waiting)))
        with self.store.reading() as tx:
            standings = standings_of(self.settings, tx)
            told = json.loads(tx.facts.get("published_standings") or "{}")
            now_told = {name: one.fingerprint for name, one in standings.items()}
            troubled = {name for name in now_told if now_told[name] != told.get(name) or full}
            if full:
                self.lay_pages(lambda: site.fixed().items())
            digests = DigestPages(self.settings, site, tx, tx.facts.get("published_digests"))
            if changed or troubled or full or digests.moved:
                touched = self._stories(tx, site, changed)
                if full:
                    touched.sources = set(site.sources)
                    touched.corrected = True
                self._feeds(tx, site, None if full else waiting)
                if touched.corrected:
                    self._corrected(tx, site)
                self.lay_pages(lambda: digests.files(touched.announced, full=full))
                pages = site.pages(
                    tx,
                    standings,
                    days=touched.days,
                    sources=touched.sources | troubled,
                    known=self.folder.digest,
                    digests=digests.standings,
                )
                self.lay_pages(lambda: pages)
            # rendered every time: little work, and the same bytes where nothing new was told
            self._feed(Feeds(site, tx).notices())
        if full and self.broken is None:
            self._sweep()
        self._remember_feeds()
        self.folder.flush()
        if self.broken is not None:
            raise self.broken  # nothing is taken as published: all is made again once it is mended
        with self.store.writing() as tx:
            tx.facts.set("published_sequence", str(newest))
            tx.facts.set("unpublished_channels", "[]")
            tx.facts.set("published_mark", mark)
            tx.facts.set("published_address", self.settings.hub.base_url)
            tx.facts.set("published_digests", digests.memory)
            tx.facts.set("published_standings", json.dumps(now_told, sort_keys=True))
            for channel_id, number, digest in self.final_seals:
                tx.channels.finish(channel_id, number, digest)
        return self.result

    def _stories(self, tx: Transaction, site: Site, changed: Sequence[str]) -> _Touched:
        """Render the stories that changed; return what they touch."""
        touched = _Touched(set(), set(), set())
        for start in range(0, len(changed), _BATCH):
            for story in tx.stories.load(changed[start : start + _BATCH]):
                touched.days.add(story.day)
                if story.announced is not None:
                    touched.announced.add(story.announced)
                for entry in story.entries:
                    touched.sources.add(entry.entry.source_id)
                    touched.corrected |= bool(entry.revised_at or entry.withdrawn_at)
                if story.id not in site.cards.left_out:
                    self.lay_pages(partial(site.story, tx, story))
                    self.result.stories += 1
            site.cards.forget()
        return touched

    def _feeds(self, tx: Transaction, site: Site, touched: Collection[str] | None) -> None:
        """Render all feeds or those of these channels, archives before what points to them."""
        feeds = Feeds(site, tx)
        moved = tx.facts.get("published_address") != self.settings.hub.base_url
        for channel in self.settings.channels:
            if touched is None or channel.id in touched:
                self._archives(tx, feeds, channel, full=touched is None, anew=moved)
                self._feed(feeds.current(channel))
        for edition in feeds.of_pages(touched):
            self._feed(edition)

    def _corrected(self, tx: Transaction, site: Site) -> None:
        self.lay_pages(lambda: site.corrected(tx))
        edition = Feeds(site, tx).corrections()
        self._feed(edition)
        for suffix, render in RENDERERS.items():
            # the same document a second time, beside the page, where people look for it
            self.lay(f"corrections.{suffix}", render(edition))

    def _archives(
        self, tx: Transaction, feeds: Feeds, channel: Channel, *, full: bool, anew: bool
    ) -> None:
        """Lay down the sealed documents that are not there yet or not final, the oldest first.

        One that is final is never rendered again, whatever became of its stories; unless it was
        damaged or lost, or the hub moved to another address and all its links would be dead.
        """
        newest = tx.channels.newest_seal(channel.id)
        missing: list[int] = []
        for number in range(newest, 0, -1):
            digest = tx.channels.seal_digest(channel.id, number)
            if anew or not digest or (full and digest != self._seal_digest(channel, number)):
                missing.append(number)
            elif not full:
                break
        for number in reversed(missing):
            edition = feeds.archive(channel, number)
            for suffix in _ARCHIVED:
                self.lay(f"{edition.path}.{suffix}", RENDERERS[suffix](edition))
            self.final_seals.append((channel.id, number, self._seal_digest(channel, number)))
            feeds.site.cards.forget()

    def _seal_digest(self, channel: Channel, number: int) -> str:
        path = at.archive_path(channel.id, number)
        return "".join(self.folder.digest(f"{path}.{suffix}") or "" for suffix in _ARCHIVED)

    def _feed(self, edition: Edition) -> None:
        for suffix, render in RENDERERS.items():
            path = f"{edition.path}.{suffix}"
            if self.lay(path, render(edition)) or self.recovering:
                self.changed_feeds.append(path)

    def _remember_feeds(self) -> None:
        """Note for the WebSub hub which feeds changed, before the disk counts as settled.

        So a run killed after its last file, whose next finds nothing to write, loses no ping.
        """
        if not self.settings.hub.websub_hub or not self.changed_feeds:
            return
        base = self.settings.hub.base_url
        with self.store.writing() as tx:
            tx.pings.add([base + path for path in self.changed_feeds], self.now)

    def _sweep(self) -> None:
        """Remove what a full rendering no longer contains.

        Stories, archives and digests stay for good.
        """
        for path in self.folder.paths():
            lasting = "stories/" in path or "/archive/" in path or path.startswith("archive/")
            lasting = lasting or "digests/" in path
            if path not in self.laid and not lasting and self.folder.remove(path):
                self.result.removed += 1


def _mark(settings: Settings, tag_base: str, look: str) -> str:
    """Return a fingerprint of all that shapes the pages besides the stories."""
    shape = repr(
        (
            __version__,
            tag_base,
            settings.hub.model_dump(exclude={"database_url", "data_dir", "publish_dir"}),
            settings.sources,
            settings.channels,
            sends_mail(settings),
            settings.digests,
            look,
        )
    )
    return hashlib.sha256(shape.encode()).hexdigest()


def publish(
    settings: Settings,
    store: Store,
    folder: PublishedFolder,
    now: datetime,
    *,
    full: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Published:
    """Bring the published folder up to date; ``full`` renders everything anew.

    Asked before every file, ``stopped`` breaks it off with ``CancelledError``; the next publishing
    takes over as after a kill.

    A full rendering is also made when config, theme or version changed, or when the folder was not
    closed properly. ``now`` mints the hub's ids at its very first publishing and dates what the
    WebSub hub is to be told; no page shows it. Raises ``DeliveryError``, ``StoreError``, and
    ``ConfigError`` for a broken template: then the pages it made stay as they were, while feeds,
    which have no template, go out.
    """
    publication = _Publication(settings, store, folder, now)
    publication.stopped = stopped
    try:
        return publication.run(full=full)
    except (FeedHubError, CancelledError):
        raise
    except Exception:
        if publication.site is None:
            raise
        without = leave_out(store, publication.site, publication.changed, now)
        if not without:
            raise  # no story's fault
        return _Publication(settings, store, folder, now).run(full=full, without=without)
