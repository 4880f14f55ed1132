"""The outermost layer: every answer is safe, every failure is an answer, traffic is counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock
from feedhub.web.answers import Answer, Headers, http_now, plain
from feedhub.web.files import send_answer
from feedhub.web.quick import QuickRequest
from feedhub.web.security import BARE_POLICY, SAFE_HEADERS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Shield", "Traffic"]

Header = tuple[bytes, bytes]
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})


class Traffic:
    """Answers counted by method and status, and bytes sent; nothing about who asked."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.bytes_sent = 0

    def text(self) -> str:
        """Return the counts in the Prometheus text format."""
        from feedhub.web.metrics import answers_text

        return answers_text(dict(self.answers), self.bytes_sent)


class Shield:
    """Wraps an application: adds the headers it forgot, answers 500 in its place when it fails."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        traffic: Traffic | None = None,
        *,
        only_https: bool = False,
        quick: Callable[[QuickRequest, Any], Answer | None] | None = None,
    ) -> None:
        self._app = app
        self._clock = clock
        self._traffic = traffic or Traffic()
        self._quick = quick
        self._own: list[tuple[bytes, bytes]] = [
            *SAFE_HEADERS,
            (b"content-security-policy", BARE_POLICY),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if only_https:  # RFC 6797
            self._own.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever the application does."""
        if scope["type"] != "http":
            return
        method: str = scope["method"]
        counted = method if method in _METHODS else "other"
        started = False

        async def safe_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._traffic.answers[counted, message["status"]] += 1
                message["headers"] = self._completed(message["headers"])
            else:
                self._traffic.bytes_sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, safe_send)
        except Exception:
            logging.getLogger(__name__).exception("an answer failed")
            if started:
                raise  # the connection is cut, so nobody takes half an answer for a whole one
            await send_answer(safe_send, plain(500), method)

    def quick(self, request: QuickRequest, client: Any) -> tuple[bytes, bytes] | None:
        """Return head and body of the answer to a simple request, or None: the ordinary way."""
        if self._quick is None:
            return None
        try:
            result = self._quick(request, client)
        except Exception:
            logging.getLogger(__name__).exception("an answer failed")
            result = plain(500)
        if result is None:
            return None
        body = b"" if request.method == "HEAD" else result.body
        self._traffic.answers[request.method, result.status] += 1
        self._traffic.bytes_sent += len(body)
        first, rest = _wire(result.status, tuple(result.headers), tuple(self._own))
        return first + http_now(self._clock.now().timestamp()) + rest, body

    def _completed(self, headers: Headers) -> Headers:
        date = (b"date", http_now(self._clock.now().timestamp()))
        return [date, *headers, *_missing(headers, self._own)]


def _missing(headers: Iterable[Header], own: Iterable[Header]) -> list[Header]:
    present = {name for name, _ in headers}
    return [pair for pair in own if pair[0] not in present]


@lru_cache(maxsize=1024)
def _wire(status: int, headers: tuple[Header, ...], own: tuple[Header, ...]) -> tuple[bytes, bytes]:
    """Return a head as it goes over the wire, before and after the date."""
    lines = [name + b": " + value for name, value in [*headers, *_missing(headers, own)]]
    reason = HTTPStatus(status).phrase.encode("ascii")
    return b"HTTP/1.1 %d %s\r\ndate: " % (status, reason), b"\r\n".join([b"", *lines, b"", b""])
