"""Many hosts on loopback ports, which write down who asked what and how many at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One request: of which host and path, and when it came."""

    host: int
    path: str
    at: float


@dataclass
class ManyHosts:
    """The hosts. ``answer`` makes the body for a path; each answer takes ``delay`` seconds."""

    answer: Callable[[str], bytes]
    delay: float = 0.1
    ports: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    at_once: dict[int, int] = field(default_factory=dict)
    most_at_once: dict[int, int] = field(default_factory=dict)

    async def serve(self, hosts: int, started: threading.Event, ending: asyncio.Event) -> None:
        servers = []
        for host in range(hosts):

            async def answering(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: int = host
            ) -> None:
                try:
                    while await self._exchange(host, reader, writer):
                        pass
                except (ConnectionError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            server = await asyncio.start_server(answering, "127.0.0.1", 0)
            servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await ending.wait()
        for server in servers:
            server.close()

    async def _exchange(
        self, host: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False when the client is gone."""
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        self.asked.append(Asked(host, path, time.monotonic()))
        self.at_once[host] = self.at_once.get(host, 0) + 1
        self.most_at_once[host] = max(self.most_at_once.get(host, 0), self.at_once[host])
        try:
            # a client that was killed is gone at once, and no longer asks anything of this host
            if await asyncio.wait_for(reader.read(1), self.delay) == b"":
                return False
        except TimeoutError:
            pass
        finally:
            self.at_once[host] -= 1
        body = self.answer(path)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        return True


@contextmanager
def many_hosts(
    hosts: int, answer: Callable[[str], bytes], *, delay: float = 0.1
) -> Iterator[ManyHosts]:
    """Serve so many hosts while the block runs."""
    made = ManyHosts(answer, delay)
    started = threading.Event()
    loop = asyncio.new_event_loop()
    ending = asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(made.serve(hosts, started, ending))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
