"""The portals over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from feedhub.web.demo import portals_app

STARTED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Watch:
    """A clock that stands at a moment of the demo."""

    def __init__(self) -> None:
        self.elapsed = timedelta()

    def now(self) -> datetime:
        return STARTED + self.elapsed

    def monotonic(self) -> float:
        return self.elapsed.total_seconds()

    def sleep(self, seconds: float) -> None:
        self.elapsed += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


class Client:
    """Asks the application without a socket between."""

    def __init__(self, watch: Watch) -> None:
        self.transport = httpx.ASGITransport(portals_app(watch, STARTED))

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            base = "http://127.0.0.1:8001"
            async with httpx.AsyncClient(transport=self.transport, base_url=base) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(asked())


@pytest.fixture
def client(watch: Watch) -> Client:
    return Client(watch)


FEED = "/nguyet-giang/rss/tin-moi.rss"


def test_an_unchanged_feed_is_not_sent_twice(client: Client, watch: Watch) -> None:
    first = client.ask(FEED)
    assert first.status_code == 200
    assert "http://127.0.0.1:8001/nguyet-giang/" in first.text
    tag, day = first.headers["etag"], first.headers["last-modified"]
    watch.sleep(10)
    for asked in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-Modified-Since": day},
    ):
        again = client.ask(FEED, asked)
        assert again.status_code == 304, asked
        assert again.content == b""
        assert again.headers["etag"] == tag
    watch.sleep(15)
    for asked in (
        {"If-None-Match": tag},
        {"If-Modified-Since": day},
        {"If-Modified-Since": "yesterday"},
    ):
        assert client.ask(FEED, asked).status_code == 200, asked


def test_pages_pictures_and_refusals(client: Client) -> None:
    assert "Thạch Vân" in client.ask("/thach-van/").text
    assert client.ask("/thach-van").status_code == 301
    assert client.ask(FEED, method="HEAD").content == b""
    assert client.ask(FEED, method="POST").status_code == 405
    assert client.ask("/nowhere").status_code == 404
