"""What is kept of the counts of readers, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from feedhub.flow.publishing.statistics import Counted, keep_counts
from feedhub.store.store import Store

TODAY = date(2026, 11, 23)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/feedhub.sqlite3")
    yield opened
    opened.close()


def kept(store: Store) -> dict[str, dict[str, list[int]]]:
    with store.reading() as tx:
        found: dict[str, dict[str, list[int]]] = json.loads(tx.facts.get("readership") or "{}")
    return found


def counted(requests: int, people: int, day: date = TODAY, channel: str = "") -> Counted:
    return Counted(channel=channel, day=day, requests=requests, people=people)


def test_the_longest_run_of_a_day_stays(store: Store) -> None:
    keep_counts(store, [counted(10, 4), counted(3, 2, channel="all")])
    keep_counts(store, [counted(2, 5)])
    keep_counts(store, [])
    assert kept(store) == {"2026-11-23": {"": [10, 5], "all": [3, 2]}}


def test_only_four_weeks_are_kept(store: Store) -> None:
    days = [TODAY - timedelta(days=back) for back in range(40)]
    keep_counts(store, [counted(1, 1, day) for day in days])
    assert sorted(kept(store)) == sorted(day.isoformat() for day in days[:28])


def test_channels_of_a_day_are_bounded(store: Store) -> None:
    keep_counts(store, [counted(1, 1, channel=f"c{number}") for number in range(1500)])
    assert len(kept(store)["2026-11-23"]) == 1000
