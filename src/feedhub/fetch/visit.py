"""One visit: a request, its redirects, and the document or the reason there is none."""

from __future__ import annotations

from collections.abc import Callable

from feedhub.clock import Clock
from feedhub.errors import BadStatus, FetchError, Refused
from feedhub.fetch.address import WebAddress, parse_address
from feedhub.fetch.exchange import REDIRECTS, Answer, Asker, Budget
from feedhub.fetch.failures import parse_retry_after, status_error
from feedhub.fetch.fleet import SharedDoors
from feedhub.fetch.guard import NameLookup, system_lookup
from feedhub.fetch.politeness import Doorkeeper
from feedhub.fetch.request import Exchange, FetchSettings, Request
from feedhub.fetch.robots import ROBOTS_BYTES, RobotsRules
from feedhub.fetch.walls import find_wall
from feedhub.model.document import Document, NotModified, Validators

__all__ = ["Visitor"]

_MOST_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})


class Visitor:
    """Asks for documents inside one event loop. Make it and close it there."""

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        *,
        lookup: NameLookup = system_lookup,
        ledger: Callable[[Exchange], None] | None = None,
        shared: SharedDoors | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._doors = Doorkeeper(
            clock, per_host=settings.per_host, gap=settings.per_host_gap, shared=shared
        )
        self._robots = RobotsRules(clock, settings.agent, self._read_robots)
        self._asker = Asker(settings, clock, self._doors, lookup=lookup, ledger=ledger)

    async def close(self) -> None:
        """Close every connection."""
        await self._asker.close()
        await self._doors.close()

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

    async def _follow(self, request: Request) -> tuple[Answer, str | None]:
        """Follow redirects by hand: each hop is checked, counted and judged anew."""
        budget = Budget(self._settings.timeout)
        chain = [parse_address(request.url)]
        permanent = True
        while True:
            address = chain[-1]
            if self._asks_robots(request):
                delay = await self._robots.check(address)
                if delay is not None:
                    self._doors.slow_down(address.site, delay)
            answer = await self._asker.ask(address, request, budget, follows=len(chain) > 1)
            if answer.status not in REDIRECTS or request.method == "POST":
                self._judge(answer, request)
                return answer, address.url if permanent and len(chain) > 1 else None
            permanent = permanent and answer.status in _PERMANENT
            chain.append(self._next_stop(chain, answer))

    def _asks_robots(self, request: Request) -> bool:
        if request.kind == "call":
            return False
        choice = self._settings.robots
        return choice == "all" or (choice == "pages" and request.kind in {"page", "listing"})

    def _next_stop(self, chain: list[WebAddress], answer: Answer) -> WebAddress:
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

    def _judge(self, answer: Answer, request: Request) -> None:
        """Raise the error an answer stands for, where it is no document."""
        address, status = answer.address, answer.status
        if status == 304 and request.conditions:
            return
        if request.method == "POST" and 200 <= status < 300:
            return
        retry_after = None
        if status not in {200, 203}:
            retry_after = parse_retry_after(answer.header("retry-after"), self._clock.now())
            if status in {429, 503}:
                self._doors.rest(address.site, status, retry_after)
        wall = find_wall(address, status, answer.headers, answer.body, retry_after)
        if wall is not None:
            raise wall
        if status not in {200, 203}:
            raise status_error(status, address, retry_after=retry_after)

    async def _read_robots(self, robots: WebAddress) -> bytes:
        """Read one robots.txt, following redirects as RFC 9309 (2.3.1.2) asks."""
        request = Request(url=robots.url, kind="page", accept="text/plain, */*;q=0.1")
        budget = Budget(self._settings.timeout)
        chain = [robots]
        while True:
            answer = await self._asker.ask(
                chain[-1], request, budget, follows=True, kind="robots", limit=ROBOTS_BYTES * 4
            )
            if answer.status in REDIRECTS:
                try:
                    chain.append(self._next_stop(chain, answer))
                except FetchError as error:
                    # a chain that leads nowhere is a file that is not there (RFC 9309, 2.3.1.2)
                    raise BadStatus(str(error), status=404) from error
                continue
            self._judge(answer, request)
            return answer.body


def _as_sent(location: str) -> str:
    """Read a Location header's bytes as the UTF-8 they mostly are."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return location
