"""Uvicorn's HTTP/1.1 connection, hardened where it trusts its clients too much."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState

from feedhub.clock import SystemClock
from feedhub.web.answers import http_now, plain
from feedhub.web.callers import is_loopback
from feedhub.web.quick import QuickApp, quick_request

__all__ = ["GuardedProtocol"]

#: a request has to arrive within this, head and body (the keep-alive time is between requests)
_REQUEST_SECONDS = 15.0
#: a reader who takes nothing for this long has gone; 48 KB in it are enough to stay
_STALL_SECONDS = 60.0
_MOST_CONNECTIONS = 2000
#: of one address; a proxy on this machine speaks for many
_MOST_OF_ONE_CALLER = 200
#: how long a refused client may go on sending, so that it gets to read why (RFC 9112, 9.6)
_LINGER_SECONDS = 2.0
_CLOCK = SystemClock()


class GuardedProtocol(H11Protocol):
    """Bounds connections and what clients may owe us; errors look like all other answers."""

    _deadline: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None
    _refused = False

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        app: object = config.app
        self._quick = app.quick if isinstance(app, QuickApp) else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start a connection, or turn it away when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS or self._is_one_too_many():
            self._refuse(503)
        else:
            self._arm(_REQUEST_SECONDS)

    def _is_one_too_many(self) -> bool:
        peer = self.client[0] if self.client else ""
        if len(self.connections) <= _MOST_OF_ONE_CALLER or is_loopback(peer):
            return False
        callers = [other.client for other in self.connections if isinstance(other, H11Protocol)]
        return sum(client is not None and client[0] == peer for client in callers) > (
            _MOST_OF_ONE_CALLER
        )

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._refused:
            return
        rest = self._answered_at_once(data) if self._is_free() else data
        if rest:
            super().data_received(rest)
            self._watch_request()

    def _is_free(self) -> bool:
        """Tell whether nothing is under way on this connection, in either direction."""
        return (
            self._quick is not None
            and self.conn.their_state is h11.IDLE
            and self.conn.our_state is h11.IDLE
            and not self.conn.trailing_data[0]
            and getattr(self.cycle, "response_complete", True)  # None before the first
        )

    def _answered_at_once(self, data: bytes) -> bytes:
        """Answer the simple requests ``data`` begins with; return what is left of it."""
        answered = False
        while data and self._quick is not None:
            if self.flow.write_paused or self.transport.is_closing():
                break  # a reader slower than its own questions waits in the ordinary lane
            request = quick_request(data)
            wire = self._quick(request, self.client) if request else None
            if request is None or wire is None:
                break
            head, body = wire
            self.transport.writelines([head, body] if body else [head])
            self.server_state.total_requests += 1
            data = data[request.size :]
            answered = True
        if answered:
            self._disarm()
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        return data

    def _watch_request(self) -> None:
        """Let the deadline run exactly while part of a request is still to come."""
        if self._refused:
            return
        state = self.conn.their_state
        begun = state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not begun and state is not h11.SEND_BODY:
            self._disarm()
        elif self._deadline is None:
            self._arm(_REQUEST_SECONDS)

    def pause_writing(self) -> None:
        """Note that the client reads more slowly than we write."""
        super().pause_writing()
        self._stall = self.loop.call_later(_STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client took what there was."""
        super().resume_writing()
        self._end_stall()

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up."""
        self._disarm()
        self._end_stall()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or a head that is too long."""
        del msg  # ours is in the languages of the hub
        self._refuse(400)

    def _refuse(self, status: int) -> None:
        self._refused = True
        answer = plain(status)
        head = [b"HTTP/1.1 %d %s" % (status, STATUS_PHRASES[status]), b"connection: close"]
        head.append(b"date: " + http_now(_CLOCK.now().timestamp()))
        if status == 503:
            head.append(b"retry-after: 5")
        head += [name + b": " + value for name, value in answer.headers]
        self.transport.write(b"\r\n".join([*head, b"", answer.body]))
        self.transport.write_eof()
        self._disarm()
        self._arm(_LINGER_SECONDS)

    def _arm(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._too_slow)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        self.transport.close()
