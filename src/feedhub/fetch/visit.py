"""One visit: a request, its redirects, and the document or the reason there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from feedhub.clock import Clock
from feedhub.errors import BadStatus, FetchError, Refused
from feedhub.fetch.address import WebAddress, parse_address
from feedhub.fetch.failures import explain, parse_retry_after, status_error, too_large
from feedhub.fetch.guard import AddressGuard, NameLookup, system_lookup
from feedhub.fetch.inflate import inflate
from feedhub.fetch.politeness import Doorkeeper
from feedhub.fetch.request import Exchange, FetchSettings, Request
from feedhub.fetch.robots import ROBOTS_BYTES, RobotsRules
from feedhub.fetch.transport import AiohttpTransport
from feedhub.fetch.trust import TrustStore
from feedhub.fetch.walls import find_wall
from feedhub.model.document import Document, NotModified, Validators

__all__ = ["Visitor"]

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_DOCUMENTS = frozenset({200, 203})
#: How much of an error page is read, to see whether it is a bot wall.
_ERROR_BYTES = 64 * 1024


@dataclass(slots=True)
class _Budget:
    """Seconds left of the whole visit; waiting for one's turn at a host does not count."""

    left: float


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer: a redirect's body is not read, an error's only in part."""

    address: WebAddress
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Visitor:
    """Asks for documents inside one event loop. Make it and close it there."""

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        *,
        lookup: NameLookup = system_lookup,
        ledger: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._guard = AddressGuard(settings.allow_private, lookup)
        self._trust = TrustStore()
        self._doors = Doorkeeper(clock, per_host=settings.per_host, gap=settings.per_host_gap)
        self._robots = RobotsRules(clock, settings.agent, self._read_robots)
        self._slots = asyncio.Semaphore(settings.in_flight)
        # requests are made by hand, so no cookie is ever sent; the policy keeps the jar empty
        jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(self._guard), cookies=jar, trust_env=False
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def visit(self, request: Request) -> Document | NotModified:
        """Return the document, or that ours is current. Raises ``FetchError``."""
        started = self._clock.monotonic()
        answer, moved_to = await self._follow(request)
        elapsed = round((self._clock.monotonic() - started) * 1000)
        validators = Validators(
            etag=answer.header("etag"), last_modified=answer.header("last-modified")
        )
        if answer.status == 304:
            return NotModified(
                requested_url=request.url,
                url=answer.address.url,
                fetched_at=self._clock.now(),
                validators=Validators(
                    etag=validators.etag or request.validators.etag,
                    last_modified=validators.last_modified or request.validators.last_modified,
                ),
                headers=answer.headers,
                moved_to=moved_to,
                elapsed_ms=elapsed,
            )
        return Document(
            requested_url=request.url,
            url=answer.address.url,
            body=answer.body,
            fetched_at=self._clock.now(),
            status=answer.status,
            headers=answer.headers,
            validators=validators,
            moved_to=moved_to,
            wire_bytes=answer.wire_bytes,
            elapsed_ms=elapsed,
        )

    async def _follow(self, request: Request) -> tuple[_Answer, str | None]:
        """Follow redirects by hand: each hop is checked, counted and judged anew."""
        budget = _Budget(self._settings.timeout)
        chain = [parse_address(request.url)]
        permanent = True
        while True:
            address = chain[-1]
            if self._asks_robots(request):
                delay = await self._robots.check(address)
                if delay is not None:
                    self._doors.slow_down(address.site, delay)
            answer = await self._ask(address, request, budget, follows=len(chain) > 1)
            if answer.status not in _REDIRECTS:
                self._judge(answer, request)
                return answer, address.url if permanent and len(chain) > 1 else None
            permanent = permanent and answer.status in _PERMANENT
            chain.append(self._next_stop(chain, answer))

    def _asks_robots(self, request: Request) -> bool:
        choice = self._settings.robots
        return choice == "all" or (choice == "pages" and request.kind in {"page", "listing"})

    def _next_stop(self, chain: list[WebAddress], answer: _Answer) -> WebAddress:
        here = chain[-1]
        location = answer.header("location")
        if not location:
            raise BadStatus(
                f"{here.host} answers {answer.status} without saying where to go: {here.url}",
                status=answer.status,
            )
        target = parse_address(_as_sent(location), here)
        shown = " → ".join(stop.url for stop in (*chain, target))
        if target.url in {stop.url for stop in chain}:
            raise BadStatus(f"redirects go round in a circle: {shown}", status=answer.status)
        if len(chain) > _MOST_REDIRECTS:
            raise BadStatus(
                f"more than {_MOST_REDIRECTS} redirects one after another: {shown}",
                status=answer.status,
            )
        if here.scheme == "https" and target.scheme == "http":
            raise Refused(f"a redirect leads from https to plain http: {shown}")
        return target

    def _judge(self, answer: _Answer, request: Request) -> None:
        """Raise the error an answer stands for, where it is no document."""
        address, status = answer.address, answer.status
        if status == 304 and request.conditions:
            return
        retry_after = None
        if status not in _DOCUMENTS:
            retry_after = parse_retry_after(answer.header("retry-after"), self._clock.now())
            if status in {429, 503}:
                self._doors.rest(address.site, status, retry_after)
        wall = find_wall(address, status, answer.headers, answer.body, retry_after)
        if wall is not None:
            raise wall
        if status not in _DOCUMENTS:
            raise status_error(status, address, retry_after=retry_after)

    async def _ask(
        self,
        address: WebAddress,
        request: Request,
        budget: _Budget,
        *,
        follows: bool = False,
        kind: str = "",
        limit: int = 0,
    ) -> _Answer:
        """Do one exchange within its turn at the host, its place in the hub and its time."""
        self._guard.check(address)
        headers = {
            "Host": address.authority,
            "User-Agent": self._settings.agent,
            "Accept": request.accepts,
            "Accept-Encoding": "gzip, br, zstd",
            **request.conditions,
        }
        extensions = {}
        if address.scheme == "https":
            extensions["trust"] = self._trust.context(
                ca_file=request.ca_file, verify=request.verify_tls
            )
        wish = httpx.Request("GET", address.url, headers=headers, extensions=extensions)
        async with self._doors.turn(address.site, follows=follows), self._slots:
            began = self._clock.monotonic()
            status = wire_bytes = 0
            try:
                async with asyncio.timeout(max(budget.left, 0.001)):
                    response = await self._client.send(wish, stream=True, follow_redirects=False)
                    try:
                        status = response.status_code
                        answer = await self._read(
                            response, address, limit or self._settings.max_bytes
                        )
                        wire_bytes = answer.wire_bytes
                    finally:
                        await response.aclose()
            except Exception as error:
                failure = explain(error, address, timeout=self._settings.timeout)
                raise failure from error
            finally:
                passed = self._clock.monotonic() - began
                budget.left -= passed
                if self._ledger is not None:
                    self._ledger(
                        Exchange(
                            host=address.host,
                            url=address.url,
                            kind=kind or request.kind,
                            at=self._clock.now(),
                            status=status,
                            wire_bytes=wire_bytes,
                            elapsed_ms=round(passed * 1000),
                        )
                    )
            return answer

    async def _read(self, response: httpx.Response, address: WebAddress, limit: int) -> _Answer:
        status = response.status_code
        headers = tuple(
            (key.decode("latin-1").lower(), value.decode("latin-1"))
            for key, value in response.headers.raw
        )
        cut = status not in _DOCUMENTS
        if cut:
            limit = 0 if status in _REDIRECTS or status == 304 else min(limit, _ERROR_BYTES)
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > limit:
                if cut:
                    break
                raise too_large(address, limit)
        answer = _Answer(address, status, headers, bytes(body), len(body))
        encoding = answer.header("content-encoding")
        if not encoding or (cut and len(body) > limit):
            return answer
        return _Answer(address, status, headers, inflate(bytes(body), encoding, limit), len(body))

    async def _read_robots(self, robots: WebAddress) -> bytes:
        """Read one robots.txt, following redirects as RFC 9309 (2.3.1.2) asks."""
        request = Request(url=robots.url, kind="page", accept="text/plain, */*;q=0.1")
        budget = _Budget(self._settings.timeout)
        chain = [robots]
        while True:
            answer = await self._ask(
                chain[-1], request, budget, follows=True, kind="robots", limit=ROBOTS_BYTES * 4
            )
            if answer.status in _REDIRECTS:
                try:
                    chain.append(self._next_stop(chain, answer))
                except FetchError as error:
                    # a chain that leads nowhere is a file that is not there (RFC 9309, 2.3.1.2)
                    raise BadStatus(str(error), status=404) from error
                continue
            if answer.status not in _DOCUMENTS:
                retry_after = parse_retry_after(answer.header("retry-after"), self._clock.now())
                if answer.status in {429, 503}:
                    self._doors.rest(chain[-1].site, answer.status, retry_after)
                raise status_error(answer.status, chain[-1], retry_after=retry_after)
            return answer.body


def _as_sent(location: str) -> str:
    """Read a Location header's bytes as the UTF-8 they mostly are."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return location
