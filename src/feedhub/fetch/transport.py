"""httpx over aiohttp's connections.

httpx's own pool looks through all its connections for every request, which at 200 in flight costs
seven times the time of this (bench/fetch.py). Beside that, this transport sends the address
byte for byte as given, trusts per request what that request trusts, and keeps the cause of every
failure.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import httpx
import yarl

from feedhub.fetch.guard import AddressGuard

__all__ = ["AiohttpTransport"]

_PIECE = 65536
#: Seconds an idle connection is kept for the next request to its host.
_KEEP_ALIVE = 15.0


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_chunked(_PIECE):
                yield piece
        except aiohttp.ClientError as error:
            raise httpx.ReadError(str(error)) from error

    async def aclose(self) -> None:
        # a body read to its end has given its connection back already; any other is cut
        self._response.close()


def _address(request: httpx.Request) -> str:
    target: bytes | None = request.extensions.get("target")
    if target is None:
        return str(request.url)
    return str(request.url).removesuffix("/") + target.decode("ascii")


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Carries httpx requests over one aiohttp session without cookies, proxies and limits.

    How many requests run at once is decided before they come here. Of a request's extensions,
    ``target`` (httpx's own) replaces the path and query of its address, and ``trust`` is the
    ``ssl.SSLContext`` to use. Must be made inside a running loop.
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

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, the body not yet read."""
        try:
            response = await self._session.request(
                request.method,
                yarl.URL(_address(request), encoded=True),
                headers=[
                    (key.decode("ascii"), value.decode("utf-8"))
                    for key, value in request.headers.raw
                ],
                data=None if request.method == "GET" else await request.aread(),
                allow_redirects=False,
                ssl=request.extensions.get("trust", True),
            )
        except aiohttp.ClientConnectorError as error:
            raise httpx.ConnectError(str(error)) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return httpx.Response(
            status_code=response.status,
            headers=response.raw_headers,
            stream=_Body(response),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.close()
