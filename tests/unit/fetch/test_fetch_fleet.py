"""Several fetchers share the limits of hosts, as the processes of a fleet do."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict

import pytest
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Seen, Town, answer_bytes

from feedhub.errors import BadStatus
from feedhub.fetch.client import Request
from feedhub.model.turn import Turn


class Doors:
    """Places kept in memory; may be shared by fetchers of one process."""

    def __init__(self, places: int) -> None:
        self._gate = threading.Lock()
        self._places = places
        self.taken: dict[str, set[int]] = defaultdict(set)
        self.waits: list[float] = []
        self.resting: tuple[int, float] = (0, 0.0)
        self.closed = 0

    def enter(self, site: str, gap: float, *, follows: bool = False) -> Turn | None:
        with self._gate:
            free = set(range(self._places)) - self.taken[site]
            if not free:
                return None
            self.taken[site].add(min(free))
            wait = self.waits.pop() if self.waits else 0.0
            status, quiet = self.resting
            return Turn(place=min(free), wait=wait, quiet=quiet, quiet_status=status)

    def leave(self, site: str, place: int) -> None:
        with self._gate:
            self.taken[site].remove(place)

    def rest(self, site: str, status: int, seconds: float) -> None:
        self.resting = (status, seconds)

    def close(self) -> None:
        self.closed += 1


def until(condition: object, seconds: float = 10) -> None:
    """Wait for what happens in another thread."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]  # a lambda
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_host_never_has_more_requests_than_the_fleet_may_send(
    town: Town, make_fetcher: MakeFetcher
) -> None:
    async def slowly(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(answer_bytes(200, b"here"))

    doors = Doors(2)
    fetchers = [make_fetcher(shared=doors) for _ in range(3)]
    asked = []
    for number in range(12):
        town.behaves(f"/{number}", slowly)
        asked.append(fetchers[number % 3].submit(Request(url=town.url(f"/{number}"))))
    assert {one.result(20).status for one in asked} == {200}
    assert town.most_at_once == 2
    until(lambda: not any(doors.taken.values()))


def test_the_fleets_own_gap_is_waited_for(town: Town, make_fetcher: MakeFetcher) -> None:
    doors = Doors(1)
    doors.waits = [0.4]
    town.answers("/", body=b"here")
    started = time.monotonic()
    make_fetcher(shared=doors).submit(Request(url=town.url("/"))).result(20)
    assert time.monotonic() - started >= 0.4


def test_what_one_was_told_holds_for_all(town: Town, make_fetcher: MakeFetcher) -> None:
    doors = Doors(2)
    for number in range(2):
        town.answers(f"/?{number}", 503, headers={"Retry-After": "600"})
        with pytest.raises(BadStatus) as told:
            make_fetcher(shared=doors).submit(Request(url=town.url(f"/?{number}"))).result(20)
        assert told.value.retry_after == pytest.approx(600, abs=5)
        until(lambda: doors.resting[0] == 503)
    assert len(town.seen) == 1
    until(lambda: not any(doors.taken.values()))


def test_a_fetcher_that_is_closed_gives_everything_back(
    town: Town, make_fetcher: MakeFetcher
) -> None:
    doors = Doors(1)
    town.behaves("/", Town.hang)
    fetcher = make_fetcher(shared=doors)
    held = fetcher.submit(Request(url=town.url("/")))
    until(lambda: len(town.seen) == 1)
    waiting = fetcher.submit(Request(url=town.url("/other")))
    fetcher.close()
    assert held.cancelled()
    assert waiting.cancelled()
    assert doors.closed == 1
    assert not any(doors.taken.values())
