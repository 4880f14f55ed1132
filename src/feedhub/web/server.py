"""The HTTP server in its own thread: started on an address, stopped within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

from feedhub.errors import ConfigError
from feedhub.web.protocol import GuardedProtocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["WebServer", "listening_socket"]

_BACKLOG = 1024
_HEAD_BYTES = 32 << 10  # request line and headers together
_LINGER_SECONDS = 5  # how long open answers may finish when the server is told to stop
_KEEP_ALIVE_SECONDS = 30


class _Uvicorn(uvicorn.Server):
    """Uvicorn without its hands on the signals, and with an end to its patience."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the service."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let open answers finish for a while, then hang up on readers who take nothing."""
        patience = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._hang_up)
        try:
            await super().shutdown(sockets)
        finally:
            patience.cancel()

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, GuardedProtocol):
                connection.transport.abort()


class WebServer:
    """Serves one ASGI application. Several may run in one process, each on its own address."""

    def __init__(self, app: ASGIApp, *, name: str = "web") -> None:
        self._app = app
        self._name = name
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    def start(self, bind: str) -> str:
        """Listen on ``bind`` (``host:port``; port 0 takes a free one) and serve from now on.

        Returns the actual address as ``host:port``. Raises `ConfigError` in words when the address
        cannot be had.
        """
        if self._thread is not None:
            raise RuntimeError("this server was started already")
        listener = listening_socket(bind)
        address = _shown(listener)
        self._server = _Uvicorn(_config(self._app))
        self._thread = threading.Thread(
            target=self._run, args=(self._server, listener), name=self._name, daemon=True
        )
        self._thread.start()
        return address

    def stop(self, timeout: float = 10.0) -> bool:
        """Take no new requests, let running answers finish, close; True when all ended in time.

        May be called twice, and before `start`.
        """
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return True
        server.should_exit = True
        thread.join(max(timeout - 1.0, timeout / 2))
        if thread.is_alive():
            server.force_exit = True
            thread.join(min(1.0, timeout / 2))
        return not thread.is_alive()

    @property
    def alive(self) -> bool:
        """Tell whether the server's thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def connections(self) -> int:
        """Connections open at present."""
        return len(self._server.server_state.connections) if self._server else 0

    def _run(self, server: _Uvicorn, listener: socket.socket) -> None:
        with contextlib.closing(listener), asyncio.Runner(loop_factory=_loop_factory()) as runner:
            try:
                runner.run(server.serve(sockets=[listener]))
            except Exception:  # the service asks `alive` and says what it means for the hub
                logging.getLogger(__name__).exception("the web server ended")


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # or whoever sends rubbish fills our log
        access_log=False,
        proxy_headers=False,  # who asks is decided in one place, feedhub.web.callers
        server_header=False,
        date_header=False,  # the shield writes it: never older than a Last-Modified
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LINGER_SECONDS + 2,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        backlog=_BACKLOG,
    )


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # no wheel for this machine: the standard loop serves as well
        return None
    return uvloop.Loop


def listening_socket(bind: str) -> socket.socket:
    """Return a listening socket for ``host:port`` or ``[v6 address]:port``.

    Raises `ConfigError` that names the address, what is wrong with it and what to do.
    """
    host, port = _host_and_port(bind)
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
    except OSError as error:
        raise ConfigError(f'"{host}" is no address of this machine', key="serve.bind") from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise ConfigError(_why(error, bind), key="serve.bind") from error
    return listener


def _host_and_port(bind: str) -> tuple[str, int]:
    host, colon, port = bind.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ConfigError(
            f'"{bind}" is no address to listen on; write it like 127.0.0.1:8000', key="serve.bind"
        )
    return host, int(port)


def _why(error: OSError, bind: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"another program already listens on {bind};"
            " stop it, or choose another port for this hub"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {bind}; choose one it has, such as 127.0.0.1:8000"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"this user may not listen on {bind}; choose a port above 1023"
    return f"cannot listen on {bind}: {error.strerror or error}"


def _shown(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
