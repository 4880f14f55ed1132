"""The outermost layer: every answer is safe, every failure is an answer, traffic is counted."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from feedhub.clock import Clock
from feedhub.web.answers import http_now, plain
from feedhub.web.files import send_answer
from feedhub.web.security import BARE_POLICY, SAFE_HEADERS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Shield", "Traffic"]

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})


class Traffic:
    """Answers counted by method and status, and bytes sent; nothing about who asked."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.bytes_sent = 0

    def text(self) -> str:
        """Return the counts in the Prometheus text format."""
        lines = ["# TYPE feedhub_http_answers_total counter"]
        lines += [
            f'feedhub_http_answers_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self.answers.items())
        ]
        lines.append("# TYPE feedhub_http_sent_bytes_total counter")
        lines.append(f"feedhub_http_sent_bytes_total {self.bytes_sent}")
        return "\n".join(lines) + "\n"


class Shield:
    """Wraps an application: adds the headers it forgot, answers 500 in its place when it fails."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        traffic: Traffic | None = None,
        *,
        only_https: bool = False,
    ) -> None:
        self._app = app
        self._clock = clock
        self._traffic = traffic or Traffic()
        self._own = [
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

    def _completed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name for name, _ in headers}
        date = (b"date", http_now(self._clock.now().timestamp()))
        return [date, *headers, *(pair for pair in self._own if pair[0] not in present)]
