"""Pulls that find nothing changed: written many at a time, and the same as if read one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.flow.towns import Hub, Page, Town

from feedhub.app import App
from feedhub.clock import SystemClock
from feedhub.config.load import load_settings
from feedhub.fetch.client import Fetched
from feedhub.flow.collecting import taking
from feedhub.flow.collecting.pull import Pull
from feedhub.model.pull import Outcome, PullRecord, SourceState

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
SOURCES = 12


class _Clock(SystemClock):
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def app(hub: Hub, towns: Town) -> Iterator[App]:
    """A hub in this process with a dozen sources."""
    for number in range(SOURCES):
        _feed(towns, number, 3)
    sources = "".join(
        f'[[sources]]\nid = "s{number}"\nurl = "{towns.url(f"/{number}")}"\n'
        for number in range(SOURCES)
    )
    hub.configure(sources, private=towns.address)
    found = App(load_settings(hub.config), _Clock())
    yield found
    found.close()


def _feed(towns: Town, number: int, entries: int, *, built: str = "1") -> None:
    rows = [
        {
            "title": f"Tin thứ {entry} của nơi {number}",
            "guid": f"{number}-{entry}",
            "date": (START - timedelta(hours=7 * (20 - entry))).strftime("%a, %d %b %Y %H:%M GMT"),
        }
        for entry in range(entries)
    ]
    title = f"T</title><lastBuildDate>{built}</lastBuildDate><title>"
    towns.feed(f"/{number}", *rows, title=title)


def _collect(app: App, *, after: timedelta = timedelta(hours=1)) -> dict[str, PullRecord]:
    assert isinstance(app.clock, _Clock)
    app.clock.moment += after
    return {record.source_id: record for record in app.collect(everything=True)}


def _states(app: App) -> dict[str, SourceState]:
    with app.store.reading() as tx:
        return tx.sources.states()


def test_one_round_holds_quiet_changed_and_failing_sources(app: App, towns: Town) -> None:
    assert {one.outcome for one in _collect(app).values()} == {Outcome.OK}
    _feed(towns, 1, 4)
    towns.pages["/2"] = Page(status=500)
    records = _collect(app)
    assert list(records) == [f"s{number}" for number in range(SOURCES)]
    assert records.pop("s1").counts.new == 1
    assert records.pop("s2").outcome is Outcome.FAILED
    assert {one.outcome for one in records.values()} == {Outcome.UNCHANGED}
    states = _states(app)
    assert {state.pulled_at for state in states.values()} == {app.clock.now()}
    assert states["s2"].failures == 1
    assert states["s3"].failures == 0
    with app.store.reading() as tx:
        history = {name: tx.sources.history(name) for name in states}
    assert {len(pulls) for pulls in history.values()} == {2}


def test_a_feed_that_was_only_made_anew_is_unchanged(app: App, towns: Town) -> None:
    _collect(app)
    _feed(towns, 0, 3, built="2")
    assert _collect(app)["s0"].outcome is Outcome.UNCHANGED
    _feed(towns, 0, 4, built="3")
    assert _collect(app)["s0"].outcome is Outcome.OK


def test_what_is_remembered_gives_what_the_entries_give(app: App, towns: Town) -> None:
    _collect(app)
    for day in range(5):
        for number in range(0, SOURCES, 2):
            _feed(towns, number, 4 + day)
        _collect(app, after=timedelta(days=1))
    states = _states(app)
    assert all(state.learnt for state in states.values())
    with app.store.writing() as tx:  # every other source has to look at its entries again
        forgetful = [replace(state, learnt="") for state in list(states.values())[::4]]
        tx.sources.save(*forgetful)
    _collect(app, after=timedelta(days=3))
    after = _states(app)
    assert after["s0"].learnt
    for one, other in (("s0", "s2"), ("s1", "s3"), ("s4", "s6"), ("s8", "s10")):
        assert after[one].due_reason == after[other].due_reason
        assert after[one].troubles == after[other].troubles
        assert after[one].learnt == after[other].learnt


def test_a_bug_ends_the_round(app: App, towns: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(taking, "keep_pull", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        _collect(app)


def _interrupt(_app: App) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("end", "ended_by"), [(_interrupt, KeyboardInterrupt), (App.break_off, CancelledError)]
)
def test_who_ends_the_hub_waits_for_no_pull_that_waits_for_a_desk(
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[App], None],
    ended_by: type[BaseException],
) -> None:
    """Ctrl-C at a command, TERM to the service: what is being read is done, nothing else is."""
    read: list[str] = []

    def slowly(pull: Pull, asked: Future[Fetched]) -> PullRecord:
        read.append(pull.source.id)
        time.sleep(0.3)
        return take(pull, asked)

    take = taking.take
    monkeypatch.setattr(taking, "take", slowly)
    with pytest.raises(ended_by):
        app.collect(everything=True, finished=lambda _record: end(app))
    # four desks, and who came to one before the first pull was told of
    assert len(read) <= 8 < SOURCES
    with app.store.reading() as tx:
        assert len(tx.entries.counts()) == len(read)
