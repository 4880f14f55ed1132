"""The labelled sample pages (``shared/samples``), a line of figures per file.

An article is held to its title, date and author; a listing to its first three entries and whether
the detector spoke. Gold is read only to compare.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from feedhub.errors import SourceError
from feedhub.extract.article import extract_article
from feedhub.model.document import Document
from feedhub.suggest.listing import suggest_rule
from feedhub.text.folding import fold
from feedhub.text.urls import absolute, link_key

__all__ = ["run"]


def _document(samples: Path, label: dict[str, Any]) -> Document:
    first = (label["expected"].get("first_three") or [{}])[0].get("url") or ""
    url = first if first.startswith("http") else "https://sample.example/"
    return Document(
        requested_url=url,
        url=url,
        body=(samples / label["file"]).read_bytes(),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        headers=(("content-type", "text/html"),),
    )


def _article(samples: Path, label: dict[str, Any]) -> str:
    expected = label["expected"]
    found = extract_article(_document(samples, label), today=date(2026, 11, 1))
    said = [found.title, found.date_text[:10], ", ".join(found.authors)]
    marks = []
    for name, value in zip(("title", "date", "author"), said, strict=True):
        if name in expected:
            gold = str(expected[name] or "")
            gold = gold[:10] if name == "date" else gold
            marks.append(f"{name} {'right' if fold(gold) == fold(value) else 'WRONG'}")
    return ", ".join(marks) or "no label"


def _listing(samples: Path, label: dict[str, Any]) -> str:
    document = _document(samples, label)
    found = suggest_rule(document, today=date(2026, 11, 1))
    if found.abstained:
        return f"abstains: {found.reason}"
    gold = label["expected"].get("first_three") or []
    known = {link_key(row.url) for row in found.rows}
    hits = sum(link_key(absolute(row.get("url") or "", document.url)) in known for row in gold)
    return f"{len(found.rows)} entries, {hits} of the first {len(gold)} labelled"


def run(quality: Path) -> None:
    """Print one line per labelled page of the samples beside the labelled split."""
    samples = quality.parent / "samples"
    lines = (samples / "INDEX.jsonl").read_text(encoding="utf-8").splitlines()
    readers = {"article": _article, "listing": _listing}
    for label in map(json.loads, lines):
        if label["kind"] in readers and label["file"].endswith(".html"):
            try:
                words = readers[label["kind"]](samples, label)
            except SourceError as error:
                words = f"refused: {error}"
            print(f"{label['file']}: {words}")
