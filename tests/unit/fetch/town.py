"""A town's web server on loopback that behaves exactly as a test says, byte for byte."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

__all__ = ["Behaviour", "Seen", "Town", "answer_bytes"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    at: float

    def header(self, name: str) -> str | None:
        """Return the first header of that lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


Behaviour = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def answer_bytes(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = -1,
) -> bytes:
    """Write an HTTP answer; ``length`` -1 states the true length, None states none."""
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    else:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclass(slots=True)
class Town:
    """Answers on 127.0.0.1; use as a context manager. Unknown paths are 404."""

    tls: ssl.SSLContext | None = None
    port: int = 0
    host: str = "127.0.0.1"
    seen: list[Seen] = field(default_factory=list)
    most_at_once: int = 0
    _answers: dict[str, list[Behaviour]] = field(default_factory=dict)
    _at_once: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _stop: asyncio.Event | None = None
    _thread: threading.Thread | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}{path}"

    @property
    def site(self) -> str:
        """The entry of ``allow_private`` that lets this server be asked."""
        return f"{self.host}:{self.port}"

    def targets(self) -> list[str]:
        """Return the paths asked so far, in order."""
        return [seen.target for seen in self.seen]

    def behaves(self, path: str, *behaviours: Behaviour) -> None:
        """Set what a path does, request by request; the last behaviour stays."""
        self._answers[path] = list(behaviours)

    def answers(
        self,
        path: str,
        status: int = 200,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        after: float = 0.0,
    ) -> None:
        """Set a plain answer for a path, given ``after`` seconds."""
        self.behaves(path, self.plain(status, body, headers, after=after))

    @staticmethod
    def plain(
        status: int = 200,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        after: float = 0.0,
    ) -> Behaviour:
        """Return the behaviour that gives this answer."""
        return Town.raw(answer_bytes(status, body, headers), after=after)

    @staticmethod
    def raw(answer: bytes, *, after: float = 0.0, close: bool = False) -> Behaviour:
        """Return the behaviour that writes these bytes, then perhaps hangs up."""

        async def write(_: Seen, writer: asyncio.StreamWriter) -> None:
            if after:
                await asyncio.sleep(after)
            writer.write(answer)
            await writer.drain()
            if close:
                writer.close()

        return write

    @staticmethod
    async def hang(_: Seen, __: asyncio.StreamWriter) -> None:
        """Never answer."""
        await asyncio.sleep(3600)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), daemon=True
        )
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda *_: None)  # clients that hang up are the point
        self._stop = asyncio.Event()
        server = await asyncio.start_server(
            self._connected, self.host, self.port, ssl=self.tls, backlog=512
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.rstrip("\r\n").split("\r\n")
                method, target, _ = first.split(" ", 2)
                pairs = tuple(
                    (key.strip().lower(), value.strip())
                    for key, _, value in (line.partition(":") for line in lines)
                )
                seen = Seen(method, target, pairs, asyncio.get_running_loop().time())
                self.seen.append(seen)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                try:
                    await self._behave(seen, writer)
                finally:
                    self._at_once -= 1
        except (asyncio.IncompleteReadError, OSError, ValueError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _behave(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        behaviours = self._answers.get(seen.target)
        if not behaviours:
            writer.write(answer_bytes(404, b"no such page"))
            return
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        await behaviour(seen, writer)
