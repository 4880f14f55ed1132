"""The one aiohttp session that every request goes out by.

aiohttp's connector finds a free connection by its host; httpx's own pool looks through all of them
for every request, and even over aiohttp's connections httpx costs as much again as the request
(bench/fetch.py). The address goes out byte for byte as given, and each request trusts what it says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

import aiohttp
import yarl

from feedhub.fetch.guard import AddressGuard

__all__ = ["Wire"]

#: Seconds an idle connection is kept for the next request to its host.
_KEEP_ALIVE = 15.0


class Wire:
    """A session without cookies, proxies, redirects, decompression and limits of its own.

    How many requests run at once is decided before they come here. Must be made inside a running
    loop.
    """

    def __init__(self, guard: AddressGuard) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=guard,
                use_dns_cache=False,
                socket_factory=guard.open_socket,
                limit=0,
                keepalive_timeout=_KEEP_ALIVE,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(),
            auto_decompress=False,
            trust_env=False,
        )

    @asynccontextmanager
    async def send(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        *,
        content: bytes | None,
        trust: SSLContext | None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request; its answer's body is not read yet.

        Raises ``aiohttp.ClientError`` and ``OSError``.
        """
        response = await self._session.request(
            method,
            yarl.URL(url, encoded=True),
            headers=headers,
            data=content,
            allow_redirects=False,
            ssl=True if trust is None else trust,
        )
        try:
            yield response
        finally:
            # a body read to its end has given its connection back already; any other is cut
            response.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()
