"""One exchange: a request goes out in its turn, and an answer comes back within its limits."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import lru_cache

import httpx

from feedhub.clock import Clock
from feedhub.fetch.address import WebAddress
from feedhub.fetch.failures import explain, too_large
from feedhub.fetch.guard import AddressGuard, NameLookup
from feedhub.fetch.inflate import inflate, inflate_beginning
from feedhub.fetch.politeness import Doorkeeper
from feedhub.fetch.request import Exchange, FetchSettings, Request
from feedhub.fetch.transport import AiohttpTransport
from feedhub.fetch.trust import TrustStore

__all__ = ["REDIRECTS", "Answer", "Asker", "Budget"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: How much of an error page is read, to see whether it is a bot wall.
_ERROR_BYTES = 64 * 1024
#: A body above this size needs one of few places, so that a hundred requests in flight hold tens
#: of megabytes and not hundreds; a usual feed is smaller.
_LARGE = 512 * 1024
_LARGE_AT_ONCE = 12
#: errors behind an error whose frames are looked at
_MOST_CAUSES = 20

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Budget:
    """Seconds left of a whole visit; waiting for one's turn at a host does not count."""

    left: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a redirect's body is not read, an error's only in part."""

    address: WebAddress
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int

    def header(self, name: str) -> str | None:
        """Return the first header of that lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


class Asker:
    """Does exchanges inside one event loop. Make it and close it there.

    httpx's requests go straight to its transport: what its client would add (redirects, cookies,
    passwords) is never wanted here, and takes a quarter of the time of a quiet answer.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        doors: Doorkeeper,
        *,
        lookup: NameLookup,
        ledger: Callable[[Exchange], None] | None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._doors = doors
        self._ledger = ledger
        self._guard = AddressGuard(settings.allow_private, lookup)
        self._trust = TrustStore()
        self._slots = asyncio.Semaphore(settings.in_flight)
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._transport: httpx.AsyncBaseTransport = AiohttpTransport(self._guard)
        self._agent = settings.agent.encode()

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def ask(
        self,
        address: WebAddress,
        request: Request,
        budget: Budget,
        *,
        follows: bool = False,
        kind: str = "",
        limit: int = 0,
    ) -> Answer:
        """Ask once, within the turn at the host, the place in the hub and the time left.

        ``follows`` says that a redirect of the same visit led here; ``kind`` names the exchange in
        the ledger, ``limit`` bounds its body in bytes (default: the settings'). Raises
        ``FetchError``.
        """
        self._guard.check(address)
        wish = self._compose(address, request)
        async with self._doors.turn(address.site, follows=follows), self._slots:
            began, at = self._clock.monotonic(), self._clock.now()
            read = _Reading(address, limit or self._settings.max_bytes, self._large)
            try:
                async with asyncio.timeout(max(budget.left, 0.001)):
                    response = await self._transport.handle_async_request(wish)
                    try:
                        return await read.answer(response, posted=request.method == "POST")
                    finally:
                        await response.aclose()
            except Exception as error:
                _drop_bodies(error)
                raise explain(error, address, timeout=self._settings.timeout) from error
            finally:
                passed = self._clock.monotonic() - began
                budget.left -= passed
                _log.info("%s %s%s: %d", wish.method, wish.url, address.target, read.status)
                if self._ledger is not None:
                    self._ledger(
                        Exchange(
                            host=address.host,
                            url=address.url,
                            kind=kind or request.kind,
                            at=at,
                            status=read.status,
                            wire_bytes=read.wire_bytes,
                            elapsed_ms=round(passed * 1000),
                        )
                    )

    def _compose(self, address: WebAddress, request: Request) -> httpx.Request:
        headers = {
            b"Host": address.authority.encode(),
            b"User-Agent": self._agent,
            b"Accept": request.accepts.encode(),
            b"Accept-Encoding": b"gzip, br, zstd",
        }
        extensions: dict[str, object] = {"target": address.target.encode("ascii")}
        if address.scheme == "https":
            extensions["trust"] = self._trust.context(
                ca_file=request.ca_file, verify=request.verify_tls
            )
        if request.method == "POST":
            headers[b"Content-Type"] = request.content_type.encode()
            headers |= {name.encode(): value.encode() for name, value in request.headers}
        return httpx.Request(
            request.method,
            _root(address.origin),
            headers=headers | request.conditions,
            stream=httpx.ByteStream(request.content),
            extensions=extensions,
        )


@lru_cache(maxsize=1000)
def _root(origin: str) -> httpx.URL:
    """Read an origin the way httpx does, once: it takes its time with addresses."""
    return httpx.URL(origin)


def _drop_bodies(error: BaseException) -> None:
    """Empty the frames an error remembers: they hold half-read bodies, megabytes of them."""
    seen: BaseException | None = error
    # bounded, for errors that libraries raise again and again may name each other as their causes
    for _ in range(_MOST_CAUSES):
        if seen is None:
            return
        traceback.clear_frames(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__


class _Reading:
    """Reads one answer within its limit, and counts also where that ends badly."""

    def __init__(self, address: WebAddress, limit: int, large: asyncio.Semaphore) -> None:
        self._address = address
        self._limit = limit
        self._large = large
        self.status = 0
        self.wire_bytes = 0

    async def answer(self, response: httpx.Response, *, posted: bool) -> Answer:
        status = self.status = response.status_code
        headers = tuple(
            (key.decode("latin-1").lower(), value.decode("latin-1"))
            for key, value in response.headers.raw
        )
        encoding = ", ".join(value for key, value in headers if key == "content-encoding")
        if status in {200, 203} or (posted and 200 <= status < 300):
            async with AsyncExitStack() as room:
                packed = await self._whole(response, room)
                body = inflate(packed, encoding, self._limit) if encoding else packed
        elif status in REDIRECTS or status == 304:
            body = b""
        else:
            packed = await self._beginning(response)
            body = inflate_beginning(packed, encoding, _ERROR_BYTES) if encoding else packed
        return Answer(self._address, status, headers, body, self.wire_bytes)

    async def _whole(self, response: httpx.Response, room: AsyncExitStack) -> bytes:
        body = bytearray()
        async for piece in response.aiter_raw():
            if len(body) <= _LARGE < len(body) + len(piece):
                await room.enter_async_context(self._large)
            body += piece
            self.wire_bytes = len(body)
            if len(body) > self._limit:
                raise too_large(self._address, self._limit)
        return bytes(body)

    async def _beginning(self, response: httpx.Response) -> bytes:
        """Read the beginning of an error page; its status counts, however the page ends."""
        body = bytearray()
        try:
            async for piece in response.aiter_raw():
                body += piece
                self.wire_bytes = len(body)
                if len(body) >= _ERROR_BYTES:
                    break
        except httpx.TransportError:
            pass
        return bytes(body[:_ERROR_BYTES])
