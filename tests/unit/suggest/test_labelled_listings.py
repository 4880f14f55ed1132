"""The labelled listings and real pages beside the project: nothing crashes, the law holds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedhub.model.document import Document
from feedhub.model.source import Source
from feedhub.parse.listing import parse_listing
from feedhub.suggest.listing import suggest_rule

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE = Source(id="page", name="Page", url="https://page.example/", language="", timezone="UTC")


def document(body: bytes, url: str) -> Document:
    return Document(requested_url=url, url=url, body=body, fetched_at=NOW)


def _pages(file: Path) -> list[tuple[str, Document]]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [
        (line["id"], document(line["html"].encode("utf-8", "replace"), line["url"]))
        for line in lines
    ]


def _holds_the_law(page: Document) -> bool:
    suggestion = suggest_rule(page, today=date(2026, 11, 1), alternatives=1)
    if suggestion.rule is None:
        return not suggestion.entries
    return parse_listing(page, SOURCE, suggestion.rule).entries == suggestion.entries


@pytest.mark.parametrize("name", ["own/listings_dev.jsonl", "fetched/listings_real_dev.jsonl"])
def test_a_frozen_rule_gives_the_suggested_entries(quality: Path, name: str) -> None:
    broken = [ident for ident, page in _pages(quality / name) if not _holds_the_law(page)]
    assert broken == []


@pytest.mark.parametrize("name", ["own/articles_dev.jsonl", "fetched/articles_real_dev.jsonl"])
def test_article_pages_are_told_from_listings(quality: Path, name: str) -> None:
    pages = _pages(quality / name)
    spoken = [
        ident
        for ident, page in pages
        if not suggest_rule(page, today=date(2026, 11, 1), alternatives=1).abstained
    ]
    assert len(spoken) <= 0.05 * len(pages)


def test_real_pages_of_every_kind_hold_the_law(samples: Path) -> None:
    files = [*sorted((samples / "listings").glob("*")), *sorted((samples / "articles").glob("*"))]
    assert files
    broken = [
        file.name
        for file in files
        if not _holds_the_law(document(file.read_bytes(), "https://page.example/list"))
    ]
    assert broken == []
