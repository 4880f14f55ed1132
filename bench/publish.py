"""What publishing costs: a full build, and one new entry in hubs of 500, 5,000 and 50,000.

A hub of 50 channels and 40 sources, its stories put into the store as collecting would. Printed for
each size: stories per second of a full build (CPU time), then the CPU seconds that one new entry
takes in the running service (best and worst of five), and how many files that wrote. The largest
hub is not rendered first, as old pages play no part in that; ``--whole`` renders it too. Sizes may
be named: ``publish.py 500 5000``.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from feedhub.config.load import load_settings
from feedhub.config.settings import Settings
from feedhub.deliver.files import PublishedFolder
from feedhub.flow.publishing.membership import seat_in_channels
from feedhub.flow.publishing.pages import Site
from feedhub.flow.publishing.publish import publish
from feedhub.model.decision import IdentityKey
from feedhub.model.entry import Dating, Entry, Precision
from feedhub.store.entries import NewEntry
from feedhub.store.store import Store
from feedhub.store.stories import NewStory

SIZES = (500, 5_000, 50_000)
#: a larger hub is not rendered as a whole unless asked for
MOST_RENDERED = 5_000
SOURCES = 40
CHANNELS = 50
TOPICS = ("đất đai", "giáo dục", "y tế", "giao thông", "văn hóa")
A_DAY = 200
START = datetime(2024, 1, 1, tzinfo=UTC)
SENTENCE = "Ủy ban nhân dân phường thông báo lịch tưới vườn hoa và quét lá ngõ {} trong tháng tới."


def settings(folder: Path) -> Settings:
    """A hub with channels of every kind: by source, place, topic, words, and of everything."""
    lines = ['[hub]\ntitle = "Thử"\nbase_url = "https://hub.example/"\n']
    lines += [
        f'[[sources]]\nid = "s{number}"\nname = "Phường {number}"\n'
        f'url = "https://s{number}.example/rss"\nplace = "Phường {number}"\n'
        f'topics = ["{TOPICS[number % len(TOPICS)]}"]\n'
        for number in range(SOURCES)
    ]
    wishes = [f'sources = ["s{number}"]' for number in range(CHANNELS - 20)]
    wishes += [f'places = ["Phường {number}"]' for number in range(9)]
    wishes += [f'topics = ["{topic}"]' for topic in TOPICS]
    wishes += [f'include = ["ngõ {number}"]' for number in range(CHANNELS - 1 - len(wishes))]
    for number, wish in enumerate(wishes):
        lines.append(f'[[channels]]\nid = "c{number}"\ntitle = "Kênh {number}"\n{wish}\n')
    file = folder / "feedhub.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return load_settings(file)


def fill(store: Store, numbers: Sequence[int]) -> None:
    """Put stories of one entry each into the store, 3 KB of text in each."""
    entries, stories = [], []
    for number in numbers:
        at = START + timedelta(days=1) / A_DAY * number
        street = random.Random(number).randrange(500)
        sentence = SENTENCE.format(street)
        entry = Entry(
            source_id=f"s{number % SOURCES}",
            guid=str(number),
            link=f"https://s{number % SOURCES}.example/{number}",
            link_key=f"s{number % SOURCES}.example/{number}",
            title=f"Thông báo số {number} của ngõ {street}",
            published=Dating(at=at, precision=Precision.MINUTE),
            summary=sentence,
            content=f"<p>{sentence}</p>" * 15,
            text=f"{sentence}\n" * 15,
            language="vi",
        )
        stories.append(
            NewStory(
                id=f"st{number:08}",
                lead_id=f"en{number:08}",
                published_at=at,
                day=at.date().isoformat(),
                announced=True,
            )
        )
        entries.append(
            NewEntry(
                id=f"en{number:08}",
                story_id=f"st{number:08}",
                entry=entry,
                keys=(IdentityKey("guid", f"{number}"),),
                source_hash="",
            )
        )
    with store.writing() as tx:
        now = START + timedelta(days=1) / A_DAY * (numbers[-1] + 1)
        tx.stories.insert(stories, now)
        tx.entries.insert(entries, now)


def count_as_built(hub: Settings, store: Store) -> None:
    """Seat all stories in their channels and archives, as if all of it had been published."""
    with store.writing() as tx:
        site = Site.of(hub, tx, START)
        seat_in_channels(tx, site, tx.stories.changed_since(0))
        for channel in hub.channels:
            for number in range(1, tx.channels.newest_seal(channel.id)):
                tx.channels.finish(channel.id, number, "built")
        tx.facts.set("published_sequence", str(tx.stories.last_sequence()))


def measure(size: int, *, whole: bool) -> str:
    """Build a hub of some stories and add to it; return the figures."""
    with tempfile.TemporaryDirectory() as name:
        hub = settings(Path(name))
        store = Store.open(hub.database_url)
        with store.writing() as tx:
            tx.sources.register(hub.sources, START)
        folder = PublishedFolder(hub.publish_dir)
        publish(hub, store, folder, START)
        for start in range(0, size, 1_000):
            fill(store, range(start, min(size, start + 1_000)))
        rate = "not rendered"
        begun = process_time()
        if whole:
            built = publish(hub, store, folder, START)
            rate = f"{built.stories / (process_time() - begun):.0f} stories/s"
        else:
            count_as_built(hub, store)
            fill(store, [size])
            publish(hub, store, folder, START)  # lays down the newest archive documents
            size += 1
        times, written = [], 0
        for number in range(size, size + 5):
            fill(store, [number])
            begun = process_time()
            written = publish(hub, store, folder, START).written
            times.append(process_time() - begun)
        store.close()
    return (
        f"{size} entries: {rate}, "
        f"one more {min(times):.2f} to {max(times):.2f} s CPU ({written} files)"
    )


def main() -> None:
    """Measure each size."""
    whole = "--whole" in sys.argv
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()] or SIZES
    figures = [measure(size, whole=whole or size <= MOST_RENDERED) for size in sizes]
    print(f"publish: {CHANNELS} channels; " + "; ".join(figures))


if __name__ == "__main__":
    main()
