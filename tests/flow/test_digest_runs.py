"""Digest runs: each story once, whatever the clock does and however long the hub was down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flow.stocked import START, add, configured, opened

from feedhub.config.settings import Settings
from feedhub.edit.windows import next_due, own_rhythm
from feedhub.flow.mailing.runs import Made, RunMaker
from feedhub.flow.publishing.pages import Site
from feedhub.model.digest import DigestRun, Position, RunState
from feedhub.model.mail import Delivery
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.store import Store

_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
#: 06:00 in Hanoi, an hour before the digest
_DAWN = datetime(2026, 1, 5, 6, tzinfo=_HANOI).astimezone(UTC)
_DAY = timedelta(days=1)
_CONFIG = """
[[sources]]
id = "b"
url = "https://b.example/rss"
place = "Phường B"
[[channels]]
id = "b"
sources = ["b"]
[[digests]]
id = "daily"
[[digests]]
id = "weekly"
every = "week"
on = "mon"
[[digests]]
id = "only-b"
channel = "b"
"""


class Town:
    """A hub and its post, looked at at moments of one's choosing."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = configured(folder, _CONFIG)
        self.store: Store = opened(self.settings)

    def subscribe(
        self,
        name: str,
        now: datetime,
        digest_id: str = "daily",
        *,
        zone: str = "Asia/Ho_Chi_Minh",
        at: str = "",
        places: tuple[str, ...] = (),
    ) -> None:
        """Sign somebody up and confirm at once."""
        person = Subscriber(
            id=name,
            address=f"{name}@town.example",
            state=SubscriberState.ACTIVE,
            language="vi",
            timezone=zone,
            created_at=now,
            consent=Consent(at=now, how="command", where="", words="yes"),
            confirmed_at=now,
        )
        digest = next(one for one in self.settings.digests if one.id == digest_id)
        wanted = Subscription(subscriber_id=name, digest_id=digest_id, at=at, places=places)
        with self.store.writing() as tx:
            if tx.subscribers.get(name) is None:
                tx.subscribers.add(person, f"print of {name}")
            due = next_due(own_rhythm(digest, wanted, zone), now)
            wanted = Subscription(
                subscriber_id=name, digest_id=digest_id, at=at, places=places, next_due_at=due
            )
            end = Position(announced=tx.digests.newest_announced(), at=now)
            tx.subscribers.subscribe(wanted, end)

    def maker(self, now: datetime) -> RunMaker:
        """Return what makes the runs of a moment."""
        with self.store.writing() as tx:
            site = Site.of(self.settings, tx, now)
        return RunMaker(self.settings, self.store, now, site.cards)

    def look(self, now: datetime) -> Made:
        """Look at what is due."""
        return self.maker(now).make()

    def runs(self, digest_id: str = "daily") -> tuple[DigestRun, ...]:
        """Return the digest's own runs, newest first."""
        with self.store.reading() as tx:
            return tx.digests.newest(digest_id, 100)

    def letters(self, name: str) -> list[Delivery]:
        """Return what somebody was queued, oldest first."""
        found: list[Delivery] = []
        with self.store.reading() as tx:
            for digest in self.settings.digests:
                for run in tx.digests.newest(digest.id, 100, official=False):
                    found += [
                        one for one in tx.deliveries.of_run(run.id) if one.subscriber_id == name
                    ]
        return sorted(found, key=lambda one: one.queued_at)

    def told(self, name: str) -> list[str]:
        """Return the stories somebody was told, in order."""
        return [story for letter in self.letters(name) for story in letter.story_ids]


def _minute(now: datetime) -> int:
    """Return the number of a story that is announced now."""
    return int((now - START) / timedelta(minutes=1))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A hub whose digests were scheduled at dawn."""
    made = Town(tmp_path)
    made.look(_DAWN)
    yield made
    made.store.close()


def test_news_is_told_once_and_nothing_new_is_no_letter(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    add(town.store, [1, 2])
    assert town.look(_DAWN + timedelta(minutes=59)) == Made()
    assert town.look(_DAWN + timedelta(hours=1)) == Made(pages=2, queued=1)
    assert town.look(_DAWN + timedelta(hours=1)) == Made()
    assert town.look(_DAWN + _DAY + timedelta(hours=1)) == Made()
    assert [run.state for run in town.runs()] == [RunState.EMPTY, RunState.READY]
    add(town.store, [3])
    assert town.look(_DAWN + 2 * _DAY + timedelta(hours=2)).queued == 1
    assert town.told("lan") == ["s1", "s2", "s3"]


def test_a_story_that_arrives_after_the_run_was_made_waits_for_the_next(town: Town) -> None:
    town.subscribe("an", _DAWN)
    town.subscribe("binh", _DAWN, zone="UTC", at="00:00")  # the same instant as 07:00 in Hanoi
    add(town.store, [1])
    town.look(_DAWN + timedelta(hours=1))
    add(town.store, [2])
    town.look(_DAWN + timedelta(hours=1, minutes=1))
    assert town.told("an") == town.told("binh") == ["s1"]
    town.look(_DAWN + _DAY + timedelta(hours=1))
    assert town.told("an") == town.told("binh") == ["s1", "s2"]


def test_three_days_down_make_one_letter_and_one_page(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    for day in range(4):
        add(town.store, [_minute(_DAWN) + day * 1440 + 10])
    made = town.look(_DAWN + 3 * _DAY + timedelta(hours=5))
    assert made.queued == 1
    assert len(town.letters("lan")) == 1
    assert len(town.told("lan")) == 4
    [run] = town.runs()
    assert run.day.isoformat() == "2026-01-08"


def test_a_hub_that_comes_back_in_the_evening_waits_for_the_next_morning(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    add(town.store, [1])
    town.look(_DAWN + timedelta(hours=14))
    assert town.letters("lan") == []
    add(town.store, [2])
    town.look(_DAWN + _DAY + timedelta(hours=1))
    assert len(town.letters("lan")) == 1
    assert town.told("lan") == ["s1", "s2"]


def test_a_person_with_two_digests_is_told_each_story_once(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    town.subscribe("lan", _DAWN, "weekly")
    numbers = [_minute(_DAWN + day * _DAY) for day in range(8)]
    for day, number in enumerate(numbers):
        add(town.store, [number])
        town.look(_DAWN + day * _DAY + timedelta(hours=1))
    assert sorted(town.told("lan")) == sorted(f"s{number}" for number in numbers)


def test_a_person_is_told_of_the_places_chosen_only(town: Town) -> None:
    town.subscribe("an", _DAWN, places=("phuong-a",))
    town.subscribe("binh", _DAWN, places=("phuong-b",))
    add(town.store, [1])
    assert town.look(_DAWN + timedelta(hours=1)).queued == 1
    assert town.told("an") == ["s1"]
    assert town.told("binh") == []


def test_a_clock_that_runs_ahead_and_comes_back_doubles_nothing_and_loses_nothing(
    town: Town,
) -> None:
    town.subscribe("lan", _DAWN)
    add(town.store, [1])
    town.look(_DAWN + _DAY + timedelta(hours=2))  # the clock stood a day ahead
    add(town.store, [2])
    for hours in range(1, 80):
        town.look(_DAWN + timedelta(hours=hours))
    assert town.told("lan") == ["s1", "s2"]
    assert len(town.letters("lan")) == 2
    with town.store.reading() as tx:
        position = tx.digests.position("daily")
        assert position is not None
        assert position.at <= _DAWN + timedelta(hours=80)


def test_a_changed_rule_of_a_zone_moves_the_next_cut_off(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    wrong = _DAWN + timedelta(hours=2)  # as reckoned by yesterday's rules
    with town.store.writing() as tx:
        [(wanted, _)] = tx.subscribers.scheduled()
        tx.subscribers.reschedule([Subscription(**{**_fields(wanted), "next_due_at": wrong})])
    town.maker(_DAWN).reschedule()
    with town.store.reading() as tx:
        [(wanted, _)] = tx.subscribers.scheduled()
    assert wanted.next_due_at == _DAWN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "day"),
    [("02:30", datetime(2026, 3, 8, tzinfo=UTC)), ("01:30", datetime(2026, 11, 1, tzinfo=UTC))],
    ids=["an hour that is left out", "an hour that comes twice"],
)
def test_a_change_of_summer_time_brings_one_digest_a_day(
    tmp_path: Path, at: str, day: datetime
) -> None:
    town = Town(tmp_path)
    now = day - 2 * _DAY
    town.look(now)
    town.subscribe("lan", now, zone="America/New_York", at=at)
    numbers = []
    for quarter in range(4 * 24 * 4):
        now = day - 2 * _DAY + quarter * timedelta(minutes=15)
        if quarter % 48 == 0:
            numbers.append(_minute(now))
            add(town.store, numbers[-1:])
        town.look(now)
    zone = ZoneInfo("America/New_York")
    days = [letter.queued_at.astimezone(zone).date() for letter in town.letters("lan")]
    assert days == [(day + number * _DAY).date() for number in range(-2, 2)]
    told = town.told("lan")
    assert told == [f"s{number}" for number in numbers[: len(told)]]
    town.store.close()


def _fields(wanted: Subscription) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in wanted.__slots__}


def test_what_a_restored_hub_meets_again_is_counted_and_not_told(town: Town) -> None:
    town.subscribe("lan", _DAWN)
    with town.store.writing() as tx:
        tx.facts.set("restored_at", (START + timedelta(minutes=50)).isoformat())
    add(town.store, [1])  # before the restore
    add(town.store, [40, 60])  # met again at minute 60, one of them dated before the restore
    town.look(_DAWN + timedelta(hours=1))
    [letter] = town.letters("lan")
    assert letter.story_ids == ("s1", "s60")
    assert letter.left_out == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_story_reaches_everybody_once_however_often_the_hub_looks(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    town = Town(tmp_path_factory.mktemp("town"))
    town.look(_DAWN)
    zones = ("Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe")
    for number, zone in enumerate(zones):
        at = data.draw(st.sampled_from(("", "02:30", "23:55")))
        town.subscribe(f"p{number}", _DAWN, zone=zone, at=at)
    now, numbers = _DAWN, []
    for hours, fresh in data.draw(
        st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=12)
    ):
        now += timedelta(hours=hours)
        if fresh:
            numbers.append(_minute(now))
            add(town.store, numbers[-1:])
        town.look(now)
    for _ in range(2):  # two quiet days bring what is left
        for _ in range(24):
            now += timedelta(hours=1)
            town.look(now)
    everything = [f"s{number}" for number in numbers]
    assert [town.told(f"p{n}") for n in range(3)] == [everything] * 3
    town.store.close()
