"""A bare server of the feeds on many loopback ports, which counts what it is asked.

Started as a process of its own: ``origin.py FEEDS ENTRIES PORTS``; it prints its ports when it is
ready. ``/control/<mode>`` changes how it answers, ``/control/seen`` tells and forgets what it saw.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

from polling.feeds import Shape, feed, restamped

__all__ = ["CHANGED_EVERY", "NEW_ENTRIES"]

#: "changed": one feed in twenty has these many new entries
CHANGED_EVERY = 20
NEW_ENTRIES = 2
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n{}\r\n"


class Feeds:
    """The feeds as they stand, and what was asked of them."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.bodies = [feed(number, shape) for number in range(shape.feeds)]
        self.tags = ['"1"'] * shape.feeds
        self.mode = "304"
        self.seen: Counter[tuple[int, int]] = Counter()

    def turn(self, mode: str) -> None:
        """Answer in another way from now on."""
        self.mode = mode
        if mode == "changed":
            for number in range(7, self.shape.feeds, CHANGED_EVERY):
                self.bodies[number] = feed(number, self.shape, more=NEW_ENTRIES)
                self.tags[number] = '"2"'

    def control(self, word: str) -> bytes:
        """Carry out a word of the benchmark."""
        if word != "seen":
            self.turn(word)
            return b"{}"
        seen = [[number, status, times] for (number, status), times in self.seen.items()]
        self.seen.clear()
        return json.dumps(seen).encode()

    def answer(self, path: str, head: bytes) -> bytes:
        """Return the whole answer to a request."""
        if path.startswith("/control/"):
            body = self.control(path.removeprefix("/control/"))
            return _HEAD.format(len(body), "").encode() + body
        try:
            number = int(path.removeprefix("/feed/").removesuffix(".xml"))
            body, tag = self.bodies[number], self.tags[number]
        except (ValueError, IndexError):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        honoured = self.mode in {"304", "changed"}
        if honoured and _if_none_match(head) == tag.encode():
            self.seen[number, 304] += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        self.seen[number, 200] += 1
        if self.mode == "restamped":
            body = restamped(body)
        return _HEAD.format(len(body), f"ETag: {tag}\r\n" if honoured else "").encode() + body


def _if_none_match(head: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"if-none-match":
            return value.strip()
    return b""


class Talk(asyncio.Protocol):
    """Answers each request as soon as its head is whole."""

    def __init__(self, feeds: Feeds) -> None:
        self.feeds = feeds
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            self.transport.write(self.feeds.answer(path, head))


async def serve(shape: Shape, ports: int) -> None:
    """Serve until the process is ended."""
    feeds = Feeds(shape)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(lambda: Talk(feeds), "127.0.0.1", 0, backlog=1024)
        for _ in range(ports)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    asyncio.run(serve(Shape(counts[0], counts[1]), counts[2]))
