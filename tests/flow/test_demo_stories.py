"""The demo's reprints are one story each; its press review and its twin notices are not."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from feedhub.dedupe.batch import group_records
from feedhub.demo import PORTALS
from feedhub.demo.showing import showing
from feedhub.demo.timeline import TIMELINE
from feedhub.demo.written import written

STARTED = datetime(2026, 11, 23, 2, 17, 43, tzinfo=UTC)
RECORDS = [
    {
        "id": f"{portal.id}/{shown.slug}",
        "title": shown.title,
        "text": "\n".join((*shown.paragraphs, shown.byline, shown.credit)),
        "url": f"http://127.0.0.1:8001/{portal.id}/{shown.address}",
        "source": portal.id,
        "published": shown.published.isoformat(),
        "lang": portal.language,
    }
    for portal in PORTALS.values()
    for shown in showing(portal.id, STARTED, len(TIMELINE)).articles
]


def stories(seed: int) -> set[frozenset[str]]:
    mixed = random.Random(seed).sample(RECORDS, len(RECORDS))
    groups: dict[str, set[str]] = {}
    for row in group_records(mixed):
        groups.setdefault(row["group"], set()).add(row["id"])
    return {frozenset(group) for group in groups.values() if len(group) > 1}


@pytest.mark.parametrize("seed", range(3))
def test_reprints_and_nothing_else_are_one_story(seed: int) -> None:
    wanted: dict[str, set[str]] = {}
    for portal in PORTALS:
        for text in written(portal):
            if text.reprint_of:
                group = wanted.setdefault(text.reprint_of, {text.reprint_of})
                group.add(f"{portal}/{text.slug}")
    assert stories(seed) == {frozenset(group) for group in wanted.values()}
