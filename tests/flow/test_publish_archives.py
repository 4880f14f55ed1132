"""Whoever walks back from a feed meets every story once, and what is sealed stays as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
from lxml import etree
from tests.flow.stocked import START, add, configured, opened, told

from feedhub.config.settings import Settings
from feedhub.deliver.files import PublishedFolder
from feedhub.flow.publishing.feeds import Feeds
from feedhub.flow.publishing.membership import seat_in_channels
from feedhub.flow.publishing.pages import Site
from feedhub.flow.publishing.publish import publish
from feedhub.model.entry import Revision
from feedhub.render.feeds import render_atom
from feedhub.store.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://hub.example/"
FEW = '[[channels]]\nid = "all"\ntitle = "Tất cả"\nlimit = 20\n'


def entries(document: bytes) -> list[str]:
    root = etree.fromstring(document)
    return [entry.findtext(f"{ATOM}id") or "" for entry in root.iter(f"{ATOM}entry")]


def link(document: bytes, relation: str) -> str:
    found = etree.fromstring(document).findall(f"{ATOM}link[@rel='{relation}']")
    return found[0].get("href").removeprefix(BASE) if found else ""


def walk(documents: dict[str, bytes], start: str = "feeds/all.atom") -> list[str]:
    """Follow prev-archive as a reader does; return the ids met, newest document first."""
    met: list[str] = []
    seen: set[str] = set()
    path = start
    while path:
        assert path not in seen, "the chain runs in a circle"
        seen.add(path)
        met += entries(documents[path])
        earlier = link(documents[path], "prev-archive")
        if earlier and path != start:
            assert link(documents[earlier], "next-archive") == path
        path = earlier
    return met


def rendered(settings: Settings, store: Store, since: int) -> dict[str, bytes]:
    """Seat what changed and render the channel with its whole chain, pages left out."""
    (channel,) = settings.channels
    with store.writing() as tx:
        site = Site.of(settings, tx, START)
        seat_in_channels(tx, site, tx.stories.changed_since(since))
    documents = {}
    with store.reading() as tx:
        feeds = Feeds(Site.of(settings, tx, START), tx)
        documents["feeds/all.atom"] = render_atom(feeds.current(channel))
        for number in range(1, tx.channels.newest_seal("all") + 1):
            documents[f"feeds/all/archive/{number}.atom"] = render_atom(
                feeds.archive(channel, number)
            )
    return documents


def test_a_chain_over_5000_stories_gives_each_once_before_and_after_100_more(
    tmp_path: Path,
) -> None:
    settings = configured(tmp_path)
    store = opened(settings)
    for start in range(0, 5_000, 1_000):
        add(store, range(start, start + 1_000))
    before = rendered(settings, store, 0)
    met = walk(before)
    assert len(met) == len(set(met)) == 5_000
    assert {name.rpartition(":")[2].rpartition("/")[2] for name in met} == {
        f"s{number}" for number in range(5_000)
    }
    add(store, range(5_000, 5_100))
    after = rendered(settings, store, 5_000)
    met = walk(after)
    assert len(met) == len(set(met)) == 5_100
    newest = f"feeds/all/archive/{len(before) - 1}.atom"
    changed = {path for path in before if path in after and before[path] != after[path]}
    assert changed == {"feeds/all.atom", newest}
    assert entries(before[newest]) == entries(after[newest])
    store.close()


class Hub:
    """A small hub that is published for real."""

    def __init__(self, folder: Path) -> None:
        self.settings = configured(folder, FEW)
        self.store = opened(self.settings)
        self.folder = PublishedFolder(self.settings.publish_dir)

    def publish(self, *, full: bool = False) -> dict[str, bytes]:
        publish(self.settings, self.store, self.folder, START, full=full)
        root = self.settings.publish_dir
        return {
            str(path.relative_to(root)): path.read_bytes() for path in (root / "feeds").rglob("*.*")
        }

    def correct(self, number: int) -> None:
        """Let the source change the text of an entry."""
        moment = START + timedelta(days=1)
        earlier = Revision(
            title=told(number).title,
            text=told(number).text,
            content="",
            replaced_at=moment,
            significant=True,
            changes=("giờ",),
        )
        with self.store.writing() as tx:
            tx.entries.revise(
                f"e{number}",
                replace(told(number), title=f"Đã đổi giờ {number}"),
                source_hash="x",
                earlier=earlier,
                revised_at=moment,
                article_read=False,
            )
            tx.stories.touch([f"s{number}"], moment)


def test_published_archives_are_final_whatever_becomes_of_their_stories(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    add(hub.store, range(75))
    before = hub.publish()
    assert len(walk(before)) == len(set(walk(before))) == 75
    hub.correct(3)
    after = hub.publish()
    assert {path for path in after if after[path] != before.get(path)} == {
        f"feeds/{name}.{suffix}"
        for name in ("all", "corrections")
        for suffix in ("atom", "rss", "json")
    }
    assert "Đã đổi giờ 3" in after["feeds/all.atom"].decode()
    again = hub.publish(full=True)
    assert again == after
    add(hub.store, [75, 76, 77, 78, 79, 80, 81])
    grown = hub.publish()
    assert len(set(walk(grown))) == 82
    sealed = [path for path in after if "/archive/" in path]
    assert sum(after[path] != grown[path] for path in sealed) <= 2  # the newest got its next
    for suffix in ("atom", "rss"):
        assert feedparser.parse(grown[f"feeds/all/archive/1.{suffix}"]).entries
    hub.store.close()


def test_a_lost_archive_is_made_again(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    add(hub.store, range(60))
    before = hub.publish()
    shutil.rmtree(hub.settings.publish_dir)
    hub.folder = PublishedFolder(hub.settings.publish_dir)
    assert hub.publish(full=True) == before
    hub.store.close()


def test_a_story_that_leaves_a_channel_leaves_its_feed(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.settings = configured(tmp_path, f'{FEW}[[channels]]\nid = "hoa"\nexclude = ["đổi giờ"]\n')
    add(hub.store, range(3))
    assert len(entries(hub.publish()["feeds/hoa.atom"])) == 3
    hub.correct(1)
    assert len(entries(hub.publish()["feeds/hoa.atom"])) == 2
    hub.store.close()


def test_one_new_story_renders_only_what_it_touches(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.settings = configured(
        tmp_path,
        f'{FEW}[[sources]]\nid = "b"\nurl = "https://b.example/rss"\nplace = "B"\n',
    )
    hub.store.close()
    hub.store = opened(hub.settings)
    add(hub.store, range(30))
    everything = publish(hub.settings, hub.store, hub.folder, START)
    add(hub.store, [30])
    done = publish(hub.settings, hub.store, hub.folder, START)
    assert done.stories == 1
    assert done.written + done.unchanged < (everything.written + everything.unchanged) / 2
    assert publish(hub.settings, hub.store, hub.folder, START).written == 0
    hub.store.close()
