"""How often the desk may be asked, by one network and by all together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from feedhub.clock import SystemClock
from feedhub.web.desk import desk_apps


class Desk:
    """A desk that is always open; it counts the refusals it had to write."""

    refusals = 0

    def desk_page(
        self,
        page: str,
        *,
        post: bool,
        language: str,
        fields: Mapping[str, Sequence[str]],
        caller: str,
    ) -> tuple[int, bytes]:
        return 200, b"page"

    def too_often_page(self, language: str) -> bytes:
        self.refusals += 1
        return b"too often"


class Stepping(SystemClock):
    """A clock that is put on by hand, so that nobody waits."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class Asked:
    """The desk's applications, asked without a server."""

    def __init__(self) -> None:
        self.desk, self.clock = Desk(), Stepping()
        self.apps = desk_apps(self.desk, self.clock)

    async def _ask(self, method: str, path: str, caller: str) -> tuple[int, dict[bytes, bytes]]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [],
            "client": (caller, 4711),
        }
        await self.apps[path](scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"])

    def all(self, method: str, path: str, callers: Sequence[str]) -> list[int]:
        """Ask once for every caller; return the statuses."""

        async def run() -> list[int]:
            return [(await self._ask(method, path, caller))[0] for caller in callers]

        return asyncio.run(run())

    def one(self, method: str, path: str, caller: str) -> tuple[int, dict[bytes, bytes]]:
        """Ask once."""
        return asyncio.run(self._ask(method, path, caller))


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_all_networks_together_bring_about_so_many_letters(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_pause(_seconds: float) -> None:
        """Go on at once."""

    monkeypatch.setattr("feedhub.web.desk.asyncio.sleep", no_pause)
    networks = [f"198.{n // 200}.{n % 200}.1" for n in range(220)]
    assert Counter(asked.all("POST", "/subscribe", networks)) == {200: 200, 429: 20}
    status, headers = asked.one("POST", "/en/subscribe", "203.0.113.1")
    assert (status, headers[b"retry-after"]) == (429, b"5")
    assert asked.desk.refusals == 2, "a page for each language, kept"
    asked.clock.seconds += 5
    assert asked.all("POST", "/subscribe", ["203.0.113.1", "203.0.113.9"]) == [200, 429]
    assert asked.one("GET", "/subscribe", "203.0.113.1")[0] == 200


def test_a_mail_provider_leaves_for_many_at_once(asked: Asked) -> None:
    assert set(asked.all("POST", "/unsubscribe", ["203.0.113.1"] * 300)) == {200}
    assert asked.one("POST", "/unsubscribe", "203.0.113.1")[0] == 429
    asked.clock.seconds += 1
    assert set(asked.all("POST", "/unsubscribe", ["203.0.113.1"] * 20)) == {200}


def test_links_are_tried_only_so_often(asked: Asked) -> None:
    tried = Counter(asked.all("POST", "/confirm", ["2001:db8:1::1", "2001:db8:1::2"] * 40))
    assert tried == {200: 60, 429: 20}
    assert asked.one("POST", "/confirm", "2001:db8:2::1")[0] == 200


def test_a_sign_up_is_answered_no_sooner_than_any_other(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(round(seconds, 3))

    monkeypatch.setattr("feedhub.web.desk.asyncio.sleep", pause)
    asked.one("POST", "/subscribe", "203.0.113.1")
    asked.one("GET", "/subscribe", "203.0.113.1")
    asked.one("POST", "/change", "203.0.113.1")
    assert pauses == [0.4]
