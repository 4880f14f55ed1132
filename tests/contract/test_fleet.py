"""A fleet of processes: who lives, who does what, and whose turn it is at a host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import psycopg
import pytest
from tests.postgres import server

from feedhub.errors import StoreError, TakenForDeadError
from feedhub.store.doors import HostDoors
from feedhub.store.store import Store

DEAD = timedelta(seconds=-1)


def test_what_the_living_claim_is_theirs_and_what_the_dead_claimed_is_free(store: Store) -> None:
    with store.writing() as tx:
        tx.fleet.enlist("a/1")
        tx.fleet.enlist("b/1")
        assert tx.fleet.claim("host:x", "a/1")
        assert not tx.fleet.claim("host:x", "b/1")
        assert not tx.fleet.claim("host:x", "a/1")
        assert tx.fleet.claim("host_y", "b/1")
        assert tx.fleet.claimed("host:") == {"host:x"}
        assert tx.fleet.bury() == ()
        tx.fleet.release(["host:x"], "b/1")
        assert tx.fleet.holder_of("host:x") == "a/1"
    with store.writing() as tx:
        assert tx.fleet.renew("a/1", DEAD)
        assert tx.fleet.bury() == ("a/1",)
        assert not tx.fleet.renew("a/1")
        assert tx.fleet.claim("host:x", "b/1")
        tx.fleet.leave("b/1")
        assert tx.fleet.living() == ()
        assert tx.fleet.claimed("") == frozenset()


def test_whoever_runs_at_the_same_place_takes_the_place_of_its_dead_predecessor(
    store: Store,
) -> None:
    with store.writing() as tx:
        for holder in ("a/1", "ab/1", "a%/1"):
            tx.fleet.enlist(holder)
        tx.fleet.claim("ring", "a/1")
        tx.fleet.enlist("a/2")
        assert tx.fleet.living() == ("a%/1", "a/2", "ab/1")
        assert tx.fleet.holder_of("ring") is None


def test_who_was_taken_for_dead_writes_nothing_more(store: Store) -> None:
    with store.writing() as tx:
        tx.fleet.enlist("a/1", DEAD)
    store.holder = "a/1"
    with store.writing() as tx:  # late, but nobody has noticed
        tx.facts.set("written", "1")
        tx.fleet.renew("a/1", DEAD)
        assert tx.fleet.bury() == ("a/1",)
    with pytest.raises(TakenForDeadError), store.writing() as tx:
        tx.facts.set("written", "2")
    with store.reading() as tx:
        assert tx.facts.get("written") == "1"


@pytest.fixture
def there() -> Iterator[str]:
    """The URL of a PostgreSQL database with a hub's tables."""
    made = server().database()
    Store.open(made).close()
    yield made
    server().drop(made)


def test_a_host_has_so_many_places_in_the_whole_fleet(there: str) -> None:
    with ExitStack() as opened:
        one, other = (HostDoors(there, per_host=2) for _ in range(2))
        for doors in (one, other):
            opened.callback(doors.close)
        first, second = one.enter("x", 0), other.enter("x", 0)
        assert first is not None
        assert second is not None
        assert first.place != second.place
        assert one.enter("x", 0) is None
        assert other.enter("x", 0) is None
        assert other.enter("y", 0) is not None
        one.leave("x", first.place)
        third = one.enter("x", 0)
        assert third is not None
        assert third.place == first.place
        other.close()  # as when its process is killed; the server notices a little later
        end = time.monotonic() + 10
        while one.enter("x", 0) is None:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert one.enter("x", 0) is None


def test_the_gap_and_the_rest_of_a_host_hold_in_the_whole_fleet(there: str) -> None:
    with ExitStack() as opened:
        one, other = (HostDoors(there, per_host=9) for _ in range(2))
        for doors in (one, other):
            opened.callback(doors.close)
        waits = []
        for doors in (one, other, one):
            turn = doors.enter("x", 10)
            assert turn is not None
            waits.append(turn.wait)
        assert waits == pytest.approx([0, 10, 20], abs=2)
        follower = other.enter("x", 10, follows=True)
        assert follower is not None
        assert follower.wait == 0
        one.rest("x", 503, 60)
        other.rest("x", 429, 5)  # the longer rest stays
        turn = other.enter("x", 10)
        assert turn is not None
        assert turn.quiet == pytest.approx(60, abs=2)
        assert turn.quiet_status == 503
        free = one.enter("y", 10)
        assert free is not None
        assert (free.wait, free.quiet) == (0, 0)


def test_hosts_that_nobody_asks_any_more_are_forgotten(there: str) -> None:
    doors = HostDoors(there, per_host=1)
    for site in ("old", "resting"):
        assert doors.enter(site, 0) is not None
    doors.rest("resting", 503, 600)
    doors.close()
    store = Store.open(there)
    with store.writing() as tx:
        tx.fleet.forget_hosts(timedelta(hours=1))
    assert _sites(there) == ["old", "resting"]
    with store.writing() as tx:
        tx.fleet.forget_hosts(DEAD)
    assert _sites(there) == ["resting"]
    store.close()


def _sites(there: str) -> list[str]:
    with psycopg.connect(there) as connection:
        return [row[0] for row in connection.execute("SELECT site FROM hosts ORDER BY site")]


def test_doors_whose_session_broke_begin_anew(there: str) -> None:
    doors = HostDoors(there, per_host=1)
    assert doors.enter("x", 0) is not None
    with psycopg.connect(there, autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    time.sleep(0.1)
    with pytest.raises(StoreError):
        doors.enter("y", 0)
    turn = doors.enter("x", 0)
    assert turn is not None
    doors.leave("x", turn.place)
    doors.close()
