"""What a new entry costs when 100,000 and 1,000,000 are stored, and how large the index is.

Written texts only: articles of made-up words, notices of 40 forms, reprints of some of both. The
hub takes in 1,000 entries a day and compares within 14 days; older entries stand in the index with
keys drawn at random, since nothing of them is read again. The table is the one a store would have::

    entry_shingles(key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID

with entry numbers that grow with time, so that the window is a range of the primary key. Measured
per new entry: reading it, its keys, the candidates of the index, reading those, the seating, and
storing its keys. Numbers of stored entries may be named: ``dedupe_growth.py 100000``.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, quantiles

from feedhub.dedupe.index import LEAST_SHARED, MOST_CANDIDATES, index_keys
from feedhub.dedupe.seats import Join, Seated, seat
from feedhub.dedupe.texts import TextDoc

STORED = (100_000, 1_000_000)
A_DAY = 1_000
A_PULL = 10
WINDOW = 14 * A_DAY
NEW = 1_000
KEYS_OF_THE_OLD = 33
START = datetime(2024, 1, 1, tzinfo=UTC)

CANDIDATES = """
    SELECT entry FROM entry_shingles WHERE key IN ({}) AND entry >= ?
    GROUP BY entry HAVING count(*) >= ? ORDER BY count(*) DESC, entry DESC LIMIT ?
"""


class Press:
    """Writes a stream of entries: 70 % articles, 18 % notices, 12 % reprints of recent ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        letters = "aăâeêioôuưy"
        onsets = (
            "",
            "b",
            "c",
            "ch",
            "đ",
            "g",
            "h",
            "kh",
            "l",
            "m",
            "n",
            "ng",
            "ph",
            "th",
            "tr",
            "v",
        )
        endings = ("", "n", "ng", "c", "t", "m", "p", "i")
        self.words = [
            self.rng.choice(onsets) + self.rng.choice(letters) + self.rng.choice(endings)
            for _ in range(4_000)
        ]
        self.forms = [self.sentence(90, 0.0) for _ in range(40)]
        self.recent: list[TextDoc] = []

    def sentence(self, length: int, names: float) -> list[str]:
        """Return words, the frequent ones often; some are names or numbers."""
        made = []
        for _ in range(length):
            word = self.words[int(len(self.words) * self.rng.random() ** 3)]
            chance = self.rng.random()
            if chance < names:
                word = word.capitalize() if chance < 0.8 * names else str(self.rng.randint(2, 900))
            made.append(word)
        return made

    def entry(self, number: int) -> TextDoc:
        """Return the entry of a number."""
        kind = self.rng.random()
        if kind < 0.12 and self.recent:
            old = self.rng.choice(self.recent)
            title, text = old.title, self.reprinted(old.text)
        elif kind < 0.30:
            words = list(self.rng.choice(self.forms))
            for place in (4, 20, 33, 51, 70):
                words[place] = " ".join(self.sentence(2, 1.0))
            title, text = " ".join(words[:9]), " ".join(words)
        else:
            title = " ".join(self.sentence(12, 0.2))
            text = " ".join(self.sentence(self.rng.randint(120, 900), 0.15))
        doc = TextDoc(
            id=str(number),
            title=title,
            text=text,
            source=f"s{self.rng.randint(1, 50)}",
            published=START + timedelta(days=number / A_DAY),
            language="vi",
        )
        self.recent = [*self.recent[-300:], doc]
        return doc

    def reprinted(self, text: str) -> str:
        """Return the text as another source prints it: whole, or without its end."""
        words = text.split(" ")
        return " ".join(words if self.rng.random() < 0.6 else words[: len(words) * 2 // 3])


def build(base: sqlite3.Connection, stored: int, press: Press) -> None:
    """Fill the index: old entries at random, those inside the window with written texts."""
    base.executescript(
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;
        CREATE TABLE entry_shingles (
            key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
        PRAGMA texts.journal_mode = WAL; PRAGMA texts.synchronous = NORMAL;
        CREATE TABLE texts.entries (entry INTEGER PRIMARY KEY, story TEXT, doc TEXT);
        """
    )
    old = stored - WINDOW
    base.execute(
        "INSERT OR IGNORE INTO entry_shingles"
        " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
        " SELECT random() & 2147483647 AS key, i / ? FROM n ORDER BY key",
        (old * KEYS_OF_THE_OLD, KEYS_OF_THE_OLD),
    )
    for number in range(old, stored):
        store(base, number, press.entry(number), str(number))
    base.commit()


def store(base: sqlite3.Connection, number: int, doc: TextDoc, story: str) -> None:
    """Keep an entry: its keys in the index, its text for those who come after it."""
    base.executemany(
        "INSERT OR IGNORE INTO entry_shingles VALUES (?, ?)",
        [(key, number) for key in index_keys(doc)],
    )
    base.execute(
        "INSERT INTO texts.entries VALUES (?, ?, ?)",
        (number, story, f"{doc.title}\x1f{doc.text}\x1f{doc.source}"),
    )


def candidates(base: sqlite3.Connection, number: int, doc: TextDoc) -> Iterator[Seated]:
    """Yield the stored entries that share enough keys with a new one."""
    keys = index_keys(doc)
    found = base.execute(
        CANDIDATES.format(",".join("?" * len(keys))),
        (*keys, number - WINDOW, LEAST_SHARED, MOST_CANDIDATES),
    ).fetchall()
    for (entry,) in found:
        story, packed = base.execute(
            "SELECT story, doc FROM texts.entries WHERE entry = ?", (entry,)
        ).fetchone()
        title, text, source = packed.split("\x1f")
        published = START + timedelta(days=entry / A_DAY)
        yield Seated(
            doc=TextDoc(
                id=str(entry),
                title=title,
                text=text,
                source=source,
                published=published,
                language="vi",
            ),
            story=story,
            since=published,
        )


def measure(stored: int, folder: Path) -> str:
    """Return the line of figures for so many stored entries."""
    index, press = folder / f"{stored}.db", Press(stored)
    base = sqlite3.connect(index, isolation_level="DEFERRED")
    base.execute("ATTACH ? AS texts", (str(folder / f"{stored}.texts.db"),))
    build(base, stored, press)
    times: list[float] = []
    joined = compared = 0
    for number in range(stored, stored + NEW):
        doc = press.entry(number)
        begun = time.process_time()
        known = list(candidates(base, number, doc))
        change = seat([doc], known).changes[-1]
        story = change.story if isinstance(change, Join) else doc.id
        store(base, number, doc, story)
        if number % A_PULL == 0:
            base.commit()
        times.append(1000 * (time.process_time() - begun))
        joined += isinstance(change, Join)
        compared += len(known)
    base.commit()
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    return (
        f"dedupe {stored:,} stored: {mean(times):.2f} ms of CPU per new entry"
        f" (p95 {quantiles(times, n=20)[-1]:.2f}), {compared / NEW:.1f} candidates each,"
        f" {joined} of {NEW} joined a story, index {index.stat().st_size / 1e6:.0f} MB"
    )


def main() -> None:
    """Print one line per number of stored entries."""
    for stored in [int(number) for number in sys.argv[1:]] or STORED:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(stored, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
