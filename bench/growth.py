"""What grows with the hub, and what does not: quiet rounds, pulls, search, database, memory.

Printed, one line each. For 10 to 10,000 sources: the CPU milliseconds of a round that finds nothing
changed (answers of 304 from an origin on loopback), a source. For 10,000 and 100,000 stored entries
of 240 words: megabytes of database; milliseconds of searches (a frequent word, two words, a rare
word, nothing found; each the median of nine); CPU milliseconds of a pull that brings two new
entries, reprints among them; the peak memory of the process so far.

    growth.py                                    some five minutes
    growth.py --entries 1000000 --sources 100    the largest takes half an hour to fill
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.config.load import load_settings
from feedhub.dedupe.index import index_keys
from feedhub.flow.collecting.past import Past, learnt_from, pack
from feedhub.flow.collecting.pull import Pull
from feedhub.flow.collecting.reading import entry_doc
from feedhub.model.decision import IdentityKey
from feedhub.model.document import Validators
from feedhub.model.entry import Dating, Entry, Precision
from feedhub.model.pull import Outcome
from feedhub.store.entries import NewEntry
from feedhub.store.search import SearchWish
from feedhub.store.store import Store
from feedhub.store.stories import NewStory
from poll import Origin, origin
from polling.feeds import Shape, sentence
from polling.origin import CHANGED_EVERY

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
A_DAY = 1_000
OLD_SOURCES = 50
ROUNDS = 9


def open_hub(folder: Path, served: Origin, *, others: int = 0) -> App:
    """Open a hub of the origin's feeds, and of other sources that are only remembered."""
    lines = [
        f'[hub]\ntitle = "Growth"\ndata_dir = "{folder / "var"}"',
        '[collect]\nper_host = 50\nper_host_gap = "0s"\nallow_private = ["127.0.0.1"]',
    ]
    lines += [
        f'[[sources]]\nid = "t{number}"\nurl = "{url}"' for number, url in enumerate(served.urls)
    ]
    lines += [
        f'[[sources]]\nid = "old{number}"\nurl = "https://old{number}.example/"'
        for number in range(others)
    ]
    (folder / "feedhub.toml").write_text("\n".join(lines), encoding="utf-8")
    return App(load_settings(folder / "feedhub.toml"), SetClock(START))


def quiet_round(sources: int) -> str:
    """Measure a round in which nothing changed."""
    with tempfile.TemporaryDirectory() as name, origin(Shape(sources, 1)) as served:
        hub = open_hub(Path(name), served)
        hub.register()
        with hub.store.writing() as tx:  # as if each had been read an hour ago
            states = tx.sources.states()
            parts = hub.collect_parts()
            pulled = []
            for source in hub.settings.sources:
                state = states[source.id]
                past = pack(learnt_from(Past(), source, START))
                seen = replace(
                    state,
                    shape=Pull(parts, source, state).shape,
                    learnt=past,
                    validators=Validators(etag='"1"'),
                    body_hash="known",
                    full_fetch_at=START,
                    first_pull_done=True,
                )
                pulled.append(seen)
            tx.sources.save(*pulled)
        costs = []
        for _ in range(3):
            begun = process_time()
            records = hub.collect(everything=True)
            costs.append(process_time() - begun)
            assert {record.outcome for record in records} == {Outcome.UNCHANGED}
        hub.close()
    return f"{sources:,} sources {1000 * median(costs) / sources:.2f} ms"


def fill(store: Store, numbers: range) -> None:
    """Put entries of one story each into the store, as collecting would."""
    entries, stories, keys = [], [], {}
    for number in numbers:
        at = START - timedelta(days=1) / A_DAY * (numbers.stop - number)
        chance = random.Random(number)
        words = " ".join(sentence(chance, 20) for _ in range(4))
        source = f"old{number % OLD_SOURCES}"
        entry = Entry(
            source_id=source,
            guid=str(number),
            link=f"https://{source}.example/{number}",
            link_key=f"{source}.example/{number}",
            title=sentence(chance, 4),
            published=Dating(at=at, precision=Precision.MINUTE),
            content=f"<p>{words}</p>",
            text=f"{words} số{number}",
            language="vi",
        )
        one, story = f"en{number:09}", f"st{number:09}"
        stories.append(
            NewStory(
                id=story, lead_id=one, published_at=at, day=at.date().isoformat(), announced=True
            )
        )
        key = (IdentityKey("guid", str(number)),)
        entries.append(NewEntry(id=one, story_id=story, entry=entry, keys=key, source_hash=""))
        keys[one] = index_keys(entry_doc(one, entry, None))
    with store.writing() as tx:
        tx.stories.insert(stories, START)
        tx.entries.insert(entries, START)
        tx.likeness.index(keys)


def searches(store: Store, size: int) -> str:
    """Measure searches by what they find."""
    with store.reading() as tx:
        frequent = sentence(random.Random(1), 1).split()[0]
    wishes = {
        "frequent": frequent,
        "two words": " ".join(sentence(random.Random(2), 1).split()[:2]),
        "rare": f"số{size // 2}",
        "nothing": "xyzzy",
    }
    figures = []
    for name, words in wishes.items():
        times = []
        for _ in range(ROUNDS):
            begun = perf_counter()
            with store.reading() as tx:
                found = tx.search.find(SearchWish(words=words), limit=20)
            times.append(perf_counter() - begun)
        figures.append(f"{name} {1000 * median(times):.1f} ({found.total:,} found)")
    return ", ".join(figures)


def stored(size: int) -> str:
    """Measure a hub that holds so many entries."""
    with tempfile.TemporaryDirectory() as name, origin(Shape(CHANGED_EVERY, 30)) as served:
        hub = open_hub(Path(name), served, others=OLD_SOURCES)
        hub.register()
        begun = process_time()
        for start in range(0, size, 1_000):
            fill(hub.store, range(start, min(size, start + 1_000)))
        filled = process_time() - begun
        pulled = [f"t{number}" for number in range(CHANGED_EVERY)]
        hub.collect(pulled)
        served.turn("changed")
        begun = process_time()
        (record,) = hub.collect(["t7"])
        pull = process_time() - begun
        assert record.counts.new == 2
        found = searches(hub.store, size)
        hub.close()
        database = (Path(name) / "var" / "feedhub.sqlite3").stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{size:,} entries: {database / 1e6:.0f} MB, filled at {1000 * filled / size:.2f} ms CPU"
        f" each; a pull with 2 new {1000 * pull:.0f} ms CPU; search ms: {found}; peak {peak} MiB"
    )


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", default="10,100,1000,10000")
    parser.add_argument("--entries", default="10000,100000")
    chosen = parser.parse_args()
    rounds = [quiet_round(int(size)) for size in chosen.sources.split(",") if size]
    if rounds:
        print(f"growth: a quiet pull, CPU: {', '.join(rounds)}", flush=True)
    for size in chosen.entries.split(","):
        if size:
            print(f"growth: {stored(int(size))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
