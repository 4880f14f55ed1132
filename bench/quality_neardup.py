"""Reprints found and notices kept apart, on labelled texts: a line of figures per set.

Reads ``quality/`` and ``samples/`` of the shared folder beside the project (or of
``$FEEDHUB_SHARED``). Gold fields go to the scorer only, never to the code under test. Without an
argument the development sets are read; files of the same form may be named instead.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feedhub.dedupe.batch import group_records

SHARED = Path(
    os.environ.get("FEEDHUB_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")
)
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


def score(gold: Path, predicted: list[dict[str, str]]) -> list[str]:
    """Return the lines that score.py of the shared folder prints about the predictions."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predicted.jsonl"
        path.write_text("\n".join(map(json.dumps, predicted)), encoding="utf-8")
        scorer = SHARED / "quality" / "score.py"
        command = [sys.executable, str(scorer), "neardup", str(gold), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def pair_f1(lines: list[str]) -> float:
    """Return the pairwise F1 out of the scorer's lines."""
    words = next(line for line in lines if line.startswith("pairs")).split()
    return float(words[words.index("F1") + 1])


def spread(gold: Path, records: list[dict[str, Any]]) -> float:
    """Return how far F1 moves over ten orders of the same texts."""
    scores = []
    for seed in range(SHUFFLES):
        shuffled = list(records)
        random.Random(seed).shuffle(shuffled)
        scores.append(pair_f1(score(gold, group_records(shuffled))))
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


def reprints() -> str:
    """Return the figures of the real reprints: found, and different texts merged by mistake."""
    records = read(SHARED / "samples" / "reprints.jsonl")
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


def main() -> None:
    """Print two lines per set, and one about the real reprints."""
    named = [Path(name) for name in sys.argv[1:]]
    for path in named or [SHARED / "quality" / name for name in SETS]:
        records = without_gold(read(path))
        print(f"neardup {path.stem}: {' | '.join(score(path, group_records(records)))}")
        print(
            f"neardup {path.stem}: spread over {SHUFFLES} orders {spread(path, records):.4f},"
            f" respelt copies joined {folding(records)}"
        )
    if not named:
        print(f"neardup {reprints()}")


if __name__ == "__main__":
    main()
