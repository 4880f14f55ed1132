"""The pages that are answered at the moment they are asked for."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import parse_qsl

from feedhub.clock import Clock
from feedhub.web.answers import Answer, Headers, plain
from feedhub.web.callers import caller_of, is_from_this_machine
from feedhub.web.files import (
    PublishedFiles,
    answer_aside,
    refuse_body,
    request_headers,
    send_answer,
)
from feedhub.web.limits import RateLimit
from feedhub.web.media import kind_of
from feedhub.web.security import OPEN_TO_SCRIPTS, SAFE_HEADERS, plain_headers
from feedhub.web.snapshots import Snapshot

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Health", "Live", "LivePages", "SearchFeeds", "Statistics"]

_ALLOW = b"GET, HEAD, OPTIONS"
_LONGEST_QUERY = 2048  # bytes of a query string; a Vietnamese letter takes up to nine
_MOST_FIELDS = 12
_LONGEST_VALUE = 200  # characters of one field, such as what is searched for
_AT_ONCE = 4  # pages made at one time; further ones wait their turn
_MOST_WAITING = 64
_FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
_SEARCH_FEEDS = ("atom", "rss", "json")
_LANGUAGES = {"": "vi", "/en": "en"}
_ERRORS_400 = "Câu hỏi quá dài hoặc không hợp lệ.\nThe query is too long or not valid.\n"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether all is well, and the facts behind it (answered as JSON)."""

    ok: bool
    facts: Mapping[str, str | int | float | bool | None]


class Live(Protocol):
    """What the hub answers itself. Each is called in a thread, several at a time."""

    def status_page(self, language: str) -> bytes:
        """Return the page /status/ in ``vi`` or ``en``."""

    def pulls_page(self, language: str, source_id: str) -> bytes | None:
        """Return the page /status/pulls/ of a source; None when there is no such source."""

    def search_page(self, language: str, query: Mapping[str, str]) -> bytes:
        """Return the page /search/ for the fields of its form (bounded in number and length)."""

    def health(self) -> Health:
        """Tell whether the process works."""

    def ready(self) -> Health:
        """Tell whether the hub does its job: pulls on time, database answers."""

    def metrics_text(self) -> str:
        """Return the hub's figures in the Prometheus text format."""


@runtime_checkable
class SearchFeeds(Protocol):
    """A `Live` that also answers searches as feeds, at ``/search/feed.atom?q=`` and so on."""

    def search_feed(self, suffix: str, query: Mapping[str, str]) -> bytes | None:
        """Return the feed as ``atom``, ``rss`` or ``json``; None when nothing was asked for."""


@runtime_checkable
class Statistics(Protocol):
    """A `Live` that also tells of the site's readers, at ``/statistics/``."""

    def statistics_page(self, language: str) -> bytes:
        """Return the page /statistics/ in ``vi`` or ``en``."""


class LivePages:
    """Answers /status/, /search/, /healthz, /readyz and /metrics, in both languages."""

    def __init__(
        self,
        live: Live,
        clock: Clock,
        files: PublishedFiles,
        more_metrics: Callable[[], str],
    ) -> None:
        self._live = live
        self._clock = clock
        self._files = files
        self._more_metrics = more_metrics
        #: pages wait for one another; a slow search never holds up a question for our health
        self._turns = {False: asyncio.Semaphore(_AT_ONCE), True: asyncio.Semaphore(_AT_ONCE)}
        self._waiting = 0
        self._limits = {
            "search": RateLimit(clock.monotonic, burst=30, per_second=1.0),
            "other": RateLimit(clock.monotonic, burst=120, per_second=20.0),
        }
        self._makers: dict[str, Callable[[Mapping[str, str]], Answer | bytes]] = {
            "/healthz": lambda _query: _told(live.health()),
            "/readyz": lambda _query: _told(live.ready()),
            "/metrics": lambda _query: self._metrics(),
        }
        if isinstance(live, SearchFeeds):
            for suffix in _SEARCH_FEEDS:
                self._makers[f"/search/feed.{suffix}"] = _search_feed(live, suffix)
        for prefix, language in _LANGUAGES.items():
            self._makers[f"{prefix}/status/"] = _status(live, language)
            self._makers[f"{prefix}/status/pulls/"] = _pulls(live, language)
            self._makers[f"{prefix}/search/"] = _search(live, language)
            if isinstance(live, Statistics):
                self._makers[f"{prefix}/statistics/"] = _statistics(live, language)

    def knows(self, path: str) -> bool:
        """Tell whether ``path`` (decoded) is one of these pages."""
        return path in self._makers or path + "/" in self._makers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = request_headers(scope)
        method: str = scope["method"]
        result = await refuse_body(headers, receive) or self._refusal(scope, headers)
        result = result or await self._answer(scope, headers)
        await send_answer(send, result, method)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Answer | None:
        """Return the answer to a request that is not worth any work."""
        path: str = scope["path"]
        if path == "/metrics" and not is_from_this_machine(scope.get("client"), headers):
            return plain(404)  # as if there were none
        if scope["method"] == "OPTIONS":
            return Answer(204, [*SAFE_HEADERS, (b"allow", _ALLOW)])
        if scope["method"] not in {"GET", "HEAD"}:
            return plain(405, (b"allow", _ALLOW))
        if path not in self._makers:
            return self._files.moved(path + "/", scope["query_string"])
        if len(scope["query_string"]) > _LONGEST_QUERY:
            return plain(414)
        limit = self._limits["search" if "/search/" in path else "other"]
        wait = limit.take(caller_of(scope.get("client"), headers))
        if wait:
            return plain(429, (b"retry-after", b"%d" % math.ceil(wait)))
        if self._waiting >= _MOST_WAITING:
            return plain(503, (b"retry-after", b"5"))
        return None

    async def _answer(self, scope: Scope, headers: Mapping[str, str]) -> Answer:
        query = _fields(scope["query_string"])
        if query is None:
            return plain(400, text=_ERRORS_400)
        path: str = scope["path"]
        self._waiting += 1
        try:
            async with self._turns[path in _FOR_MACHINES]:
                made = await asyncio.to_thread(self._makers[path], query)
        finally:
            self._waiting -= 1
        if isinstance(made, Answer):
            return made
        name = path + "index.html" if path.endswith("/") else path
        page = Snapshot(
            path=name,
            body=made,
            kind=kind_of(name, made),
            modified=int(self._clock.now().timestamp()),
            packable=len(made) > 512,
        )
        # only the tag tells whether a live page changed: it is as new as the question
        asked = {name: value for name, value in headers.items() if name != "if-modified-since"}
        return await answer_aside(page, asked, scope["method"], self._files.fixed_headers)

    def _metrics(self) -> Answer:
        text = self._live.metrics_text() + self._more_metrics()
        return _text(200, text, b"text/plain; version=0.0.4; charset=utf-8")


def _status(live: Live, language: str) -> Callable[[Mapping[str, str]], bytes]:
    return lambda _query: live.status_page(language)


def _pulls(live: Live, language: str) -> Callable[[Mapping[str, str]], bytes | Answer]:
    return lambda query: live.pulls_page(language, query.get("source", "")) or plain(404)


def _search(live: Live, language: str) -> Callable[[Mapping[str, str]], bytes]:
    return lambda query: live.search_page(language, query)


def _statistics(live: Statistics, language: str) -> Callable[[Mapping[str, str]], bytes]:
    return lambda _query: live.statistics_page(language)


def _search_feed(live: SearchFeeds, suffix: str) -> Callable[[Mapping[str, str]], bytes | Answer]:
    return lambda query: live.search_feed(suffix, query) or plain(404, *OPEN_TO_SCRIPTS)


def _told(health: Health) -> Answer:
    facts = {"ok": health.ok, **health.facts}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n"
    return _text(200 if health.ok else 503, text, b"application/json")


def _text(status: int, text: str, media_type: bytes) -> Answer:
    body = text.encode("utf-8")
    head: Headers = [pair for pair in plain_headers(len(body)) if pair[0] != b"content-type"]
    return Answer(status, [*head, *SAFE_HEADERS, (b"content-type", media_type)], body)


def _fields(query: bytes) -> dict[str, str] | None:
    """Return the fields of a form, the last of equal names; None when they are out of bounds."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"), max_num_fields=_MOST_FIELDS, errors="strict", separator="&"
        )
    except ValueError:  # too many fields, or no text
        return None
    if any(len(name) > 40 or len(value) > _LONGEST_VALUE for name, value in pairs):
        return None
    return dict(pairs)
