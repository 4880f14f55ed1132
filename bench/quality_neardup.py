"""Reprints found and notices kept apart, on labelled texts: a line of figures per set.

Gold fields go to the scorer only, never to the code under test. Run by ``quality.py``, which finds
the labelled split; run alone it takes files of the same form: ``quality_neardup.py FILE...``.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from _labelled import quality_folder
from feedhub.dedupe.batch import group_records

SETS = ("fetched/neardup_dev.jsonl", "own/notices_dev.jsonl")
GIVEN = ("id", "title", "text", "url", "source", "published", "lang")
SHUFFLES = 10
TONES = "\u0300\u0301\u0303\u0309\u0323"


def read(path: Path) -> list[dict[str, Any]]:
    """Return the records of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def without_gold(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records as the command would be given them."""
    return [{key: record.get(key) for key in GIVEN} for record in records]


def score(gold: Path, predicted: list[dict[str, str]], quality: Path) -> list[str]:
    """Return the lines that score.py of the shared folder prints about the predictions."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predicted.jsonl"
        path.write_text("\n".join(map(json.dumps, predicted)), encoding="utf-8")
        command = [sys.executable, str(quality / "score.py"), "neardup", str(gold), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def pair_f1(lines: list[str]) -> float:
    """Return the pairwise F1 out of the scorer's lines."""
    words = next(line for line in lines if line.startswith("pairs")).split()
    return float(words[words.index("F1") + 1])


def spread(gold: Path, records: list[dict[str, Any]], quality: Path) -> float:
    """Return how far F1 moves over ten orders of the same texts."""
    scores = []
    for seed in range(SHUFFLES):
        shuffled = list(records)
        random.Random(seed).shuffle(shuffled)
        scores.append(pair_f1(score(gold, group_records(shuffled), quality)))
    return max(scores) - min(scores)


def respelt(text: str, *, newer: bool) -> str:
    """Return a text with the tone marks of open oa, oe, uy in the newer or the older place."""
    for first, second in ("oa", "oe", "uy", "Oa", "Oe", "Uy", "OA", "OE", "UY"):
        for tone in TONES:
            older = unicodedata.normalize("NFC", first + tone + second)
            later = unicodedata.normalize("NFC", first + second + tone)
            old, new = (older, later) if newer else (later, older)
            pieces = text.split(old)
            text = pieces[0]
            for piece in pieces[1:]:
                text += (old if piece[:1].isalpha() else new) + piece
    return text


def folding(records: list[dict[str, Any]]) -> str:
    """Return how many texts end in one group with their three respellings, and of how many."""
    spellings = {
        "nfd": lambda text: unicodedata.normalize("NFD", text),
        "old": lambda text: respelt(unicodedata.normalize("NFC", text), newer=False),
        "new": lambda text: respelt(unicodedata.normalize("NFC", text), newer=True),
    }
    texts = [record for record in records if record["lang"] == "vi"]
    found = 0
    for record in texts:
        family = [record]
        for name, spell in spellings.items():
            copy = {key: spell(record[key]) for key in ("title", "text")}
            family.append(record | copy | {"id": name, "source": f"{name}.example"})
        found += len({line["group"] for line in group_records(family)}) == 1
    return f"{found} of {len(texts)}"


def reprints(path: Path) -> str:
    """Return the figures of the real reprints: found, and different texts merged by mistake."""
    records = read(path)
    given = [
        {
            "id": str(at),
            "source": urlsplit(record["url"]).netloc.removeprefix("www."),
            **{key: record[key] for key in ("title", "text", "url", "lang")},
        }
        for at, record in enumerate(records)
    ]
    group = {line["id"]: line["group"] for line in group_records(given)}
    found = wanted = wrong = 0
    for (a, one), (b, two) in itertools.combinations(enumerate(records), 2):
        together = group[str(a)] == group[str(b)]
        if not one["group_id"] or one["group_id"] != two["group_id"]:
            wrong += together
        elif one["relation"] == two["relation"] == "reprint":
            wanted += 1
            found += together
    return f"reprints: {found} of {wanted} true ones found, {wrong} pairs of different texts merged"


def measure(path: Path, quality: Path) -> None:
    """Print the two lines of figures of one labelled set."""
    records = without_gold(read(path))
    print(f"neardup {path.stem}: {' | '.join(score(path, group_records(records), quality))}")
    print(
        f"neardup {path.stem}: spread over {SHUFFLES} orders"
        f" {spread(path, records, quality):.4f}, respelt copies joined {folding(records)}"
    )


def run(quality: Path) -> None:
    """Print two lines per development set, and one about the real reprints."""
    for name in SETS:
        measure(quality / name, quality)
    real = quality.parent / "samples" / "reprints.jsonl"
    if real.is_file():
        print(f"neardup {reprints(real)}")


def main() -> int:
    """Measure the files named, or what ``quality.py`` would measure."""
    quality = quality_folder()
    if quality is None:
        print("neardup: skipped, no labelled split (shared/quality) beside the project")
        return 0
    for name in sys.argv[1:]:
        measure(Path(name), quality)
    if not sys.argv[1:]:
        run(quality)
    return 0


if __name__ == "__main__":
    sys.exit(main())
