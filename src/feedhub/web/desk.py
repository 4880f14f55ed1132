"""The desk over HTTP: /subscribe, /confirm, /change and /unsubscribe, in both languages.

No cookie, no script, no redirect. A link's token stands in its query; the answers say that it goes
nowhere else (``Referrer-Policy: no-referrer``) and is kept by nobody (``no-store``).
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from feedhub.clock import Clock
from feedhub.web.answers import Answer, Headers, plain
from feedhub.web.callers import caller_of
from feedhub.web.files import request_headers, send_answer
from feedhub.web.limits import RateLimit
from feedhub.web.security import SAFE_HEADERS, page_policy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["FrontDesk", "desk_apps", "network_of"]

_PAGES = ("subscribe", "confirm", "change", "unsubscribe")
_LANGUAGES = {"": "vi", "/en": "en"}
_ALLOW = b"GET, HEAD, POST, OPTIONS"
_MOST_BYTES = 64 << 10
_MOST_FIELDS = 1000
_AT_ONCE = 4  # pages made at one time; further ones wait their turn
_MOST_WAITING = 64
#: Sign-ups are answered no sooner than this: how long the work took would tell whether an address
#: is known.
_SIGN_UP_SECONDS = 0.4
_KEPT_SECONDS = 60.0
_FORM = "application/x-www-form-urlencoded"
_ONE_NETWORK = {4: 24, 6: 48}  # bits that one household or office has in common
_ERRORS_400 = "Biểu mẫu không đọc được.\nThe form cannot be read.\n"
_ERRORS_403 = (
    "Biểu mẫu này chỉ gửi được từ trang của chúng tôi.\n"
    "This form can only be sent from our own page.\n"
)

Fields = Mapping[str, Sequence[str]]


class FrontDesk(Protocol):
    """What makes the pages. Called in a thread, several at a time."""

    def desk_page(
        self, page: str, *, post: bool, language: str, fields: Fields, caller: str
    ) -> tuple[int, bytes]:
        """Return status and page; ``page`` is ``subscribe`` or another, ``caller`` an address."""

    def too_often_page(self, language: str) -> bytes:
        """Return the page for somebody who asks too often."""


def network_of(caller: str) -> str:
    """Return the network an address belongs to; addresses of one network count as one caller."""
    try:
        address = ipaddress.ip_address(caller)
    except ValueError:
        return caller
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    bits = _ONE_NETWORK[address.version]
    return str(ipaddress.ip_network((address, bits), strict=False))


def desk_apps(desk: FrontDesk, clock: Clock) -> dict[str, ASGIApp]:
    """Return the application of every page by its path, for ``build_site(further=...)``."""
    one = _Desk(desk, clock)
    return {
        f"{prefix}/{page}": _of(one, page, language)
        for prefix, language in _LANGUAGES.items()
        for page in _PAGES
    }


def _of(desk: _Desk, page: str, language: str) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].count("/") > (1 if language == "vi" else 2):
            result = plain(404)  # there is nothing below these pages
        else:
            result = await desk.answer(scope, receive, page, language)
        await send_answer(send, result, scope["method"])

    return answer


class _Desk:
    """Answers all pages under the same limits."""

    def __init__(self, desk: FrontDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._refusals: dict[str, tuple[bytes, float]] = {}
        monotonic = clock.monotonic
        #: letters that strangers may bring about: a network's, and everybody's together
        self._letters = RateLimit(monotonic, burst=10, per_second=1 / 60)
        self._all_letters = RateLimit(monotonic, burst=200, per_second=1 / 5)
        self._pages = RateLimit(monotonic, burst=60, per_second=2.0)
        #: a large mail provider leaves for many of its people at once, by one click each
        self._leaving = RateLimit(monotonic, burst=300, per_second=20.0)

    async def answer(self, scope: Scope, receive: Receive, page: str, language: str) -> Answer:
        """Answer one request."""
        headers = request_headers(scope)
        method: str = scope["method"]
        if method == "OPTIONS":
            return Answer(204, [*SAFE_HEADERS, (b"allow", _ALLOW)])
        if method not in {"GET", "HEAD", "POST"}:
            return plain(405, (b"allow", _ALLOW))
        post = method == "POST"
        body = await _read(receive)
        if body is None:
            return plain(413, (b"connection", b"close"))
        fields = _fields(scope["query_string"], body if post else b"", headers, page)
        if fields is None:
            return plain(400, text=_ERRORS_400)
        if post and page != "unsubscribe" and _is_from_elsewhere(headers):
            return plain(403, text=_ERRORS_403)
        caller = caller_of(scope.get("client"), headers)
        wait = self._wait(page, network_of(caller), post=post)
        if wait:
            told = await self._too_often(language)
            return _page(429, told, (b"retry-after", b"%d" % math.ceil(wait)))
        if self._waiting >= _MOST_WAITING:
            return plain(503, (b"retry-after", b"5"))
        began = self._clock.monotonic()
        self._waiting += 1
        try:
            async with self._turns:
                status, made = await asyncio.to_thread(
                    self._desk.desk_page,
                    page,
                    post=post,
                    language=language,
                    fields=fields,
                    caller=caller,
                )
        finally:
            self._waiting -= 1
        if post and page == "subscribe":
            await asyncio.sleep(began + _SIGN_UP_SECONDS - self._clock.monotonic())
        return _page(status, made)

    async def _too_often(self, language: str) -> bytes:
        """The page for those who ask too often, kept a while: refusing must cost little."""
        now = self._clock.monotonic()
        made, until = self._refusals.get(language, (b"", 0.0))
        if not made or now >= until:
            made = await asyncio.to_thread(self._desk.too_often_page, language)
            self._refusals[language] = (made, now + _KEPT_SECONDS)
        return made

    def _wait(self, page: str, network: str, *, post: bool) -> float:
        """The seconds a caller has to wait, 0 for none."""
        if page == "unsubscribe":
            return self._leaving.take(network)
        if page == "subscribe" and post:
            return self._letters.take(network) or self._all_letters.take("")
        return self._pages.take(network)


def _page(status: int, body: bytes, *extra: tuple[bytes, bytes]) -> Answer:
    safe = [pair for pair in SAFE_HEADERS if pair[0] != b"referrer-policy"]
    head: Headers = [
        *safe,
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", page_policy()),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-robots-tag", b"noindex"),
        *extra,
    ]
    return Answer(status, head, body)


async def _read(receive: Receive) -> bytes | None:
    """Return the body; None for one that is too large for any of our forms."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _fields(
    query: bytes, body: bytes, headers: Mapping[str, str], page: str
) -> dict[str, list[str]] | None:
    """Return the fields of query and form, or None for what is neither.

    The one click of a mail program may come in any form, or none: its link says everything.
    """
    if body and headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        if page != "unsubscribe":
            return None
        body = b""
    found: dict[str, list[str]] = {}
    try:
        for part in (query, body):
            pairs = parse_qsl(
                part.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=_MOST_FIELDS,
                errors="strict",
                separator="&",
            )
            for name, value in pairs:
                found.setdefault(name, []).append(value)
    except ValueError:  # too many fields, or no text
        return None
    return found


def _is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Tell whether another site's page sent a form in its reader's name (Fetch Metadata)."""
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
