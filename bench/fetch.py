"""What a request costs: the hub's fetcher beside plain httpx and aiohttp, against a local origin.

The origin is a bare asyncio server in a process of its own that answers 200 with 30 KB or 304.
Prints one line: requests per second and CPU milliseconds per request for each, same run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import aiohttp
import httpx

from feedhub.clock import SystemClock
from feedhub.fetch.client import Fetcher, FetchSettings, Request
from feedhub.model.document import Validators

REQUESTS = 1000
IN_FLIGHT = 100
ROUNDS = 3
TRIES = 5
SITES = 20
BODY = b"<item><title>Th\xc3\xb4ng b\xc3\xa1o</title></item>" * 700
WHOLE = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY
SAME = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


class Origin(asyncio.Protocol):
    """Answers each request as soon as its head is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.head = b""

    def data_received(self, data: bytes) -> None:
        self.head += data
        while b"\r\n\r\n" in self.head:
            head, _, self.head = self.head.partition(b"\r\n\r\n")
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.write(SAME if b"if-none-match" in head.lower() else WHOLE)


def serve(pipe: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        ports = []
        for _ in range(SITES):
            server = await loop.create_server(Origin, "127.0.0.1", 0, backlog=1024)
            ports.append(server.sockets[0].getsockname()[1])
        pipe.send(ports)
        await asyncio.sleep(600)

    asyncio.run(main())


def hub(urls: list[str], validators: Validators) -> None:
    settings = FetchSettings(
        allow_private=("127.0.0.1",), in_flight=IN_FLIGHT, per_host=IN_FLIGHT, per_host_gap=0
    )
    with Fetcher(settings, SystemClock()) as fetcher:
        wishes = [Request(url=url, validators=validators) for url in urls]
        for future in [fetcher.submit(wish) for wish in wishes]:
            future.result(60)


async def at_once(ask: Callable[[str], Awaitable[None]], urls: list[str]) -> None:
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one(url: str) -> None:
        async with slots:
            await ask(url)

    await asyncio.gather(*(one(url) for url in urls))


def plain_httpx(urls: list[str], validators: Validators) -> None:
    headers = {"If-None-Match": validators.etag} if validators.etag else {}

    async def main() -> None:
        limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

            async def ask(url: str) -> None:
                for _ in range(TRIES):  # its pool breaks requests off now and then
                    try:
                        answer = await client.get(url, headers=headers)
                    except httpx.TransportError:
                        continue
                    assert answer.status_code in {200, 304}
                    return
                raise AssertionError(f"httpx failed {TRIES} times")

            await at_once(ask, urls)

    asyncio.run(main())


def plain_aiohttp(urls: list[str], validators: Validators) -> None:
    headers = {"If-None-Match": validators.etag} if validators.etag else {}

    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def ask(url: str) -> None:
                async with session.get(url, headers=headers) as answer:
                    await answer.read()
                    assert answer.status in {200, 304}

            await at_once(ask, urls)

    asyncio.run(main())


def measure(
    ask: Callable[[list[str], Validators], None], urls: list[str], validators: Validators
) -> tuple[float, float]:
    """Return requests per second and CPU milliseconds per request, the median of the rounds."""
    walls, costs = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        ask(urls, validators)
        walls.append(time.perf_counter() - wall)
        costs.append(time.process_time() - cpu)
    return len(urls) / statistics.median(walls), statistics.median(costs) / len(urls) * 1000


def main() -> None:
    ours, theirs = multiprocessing.Pipe()
    origin = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    origin.start()
    ports = ours.recv()
    urls = [f"http://127.0.0.1:{ports[n % SITES]}/feed/{n}" for n in range(REQUESTS)]
    figures = []
    for name, ask in (("feedhub", hub), ("httpx", plain_httpx), ("aiohttp", plain_aiohttp)):
        for answer, validators in (("200", Validators()), ("304", Validators(etag='"1"'))):
            rate, cost = measure(ask, urls, validators)
            figures.append(f"{name} {answer}: {rate:.0f}/s {cost:.2f} ms CPU")
    origin.terminate()
    origin.join()
    print(f"fetch, {IN_FLIGHT} in flight, {REQUESTS} requests of 30 KB: " + "; ".join(figures))


if __name__ == "__main__":
    main()
