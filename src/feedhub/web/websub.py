"""The callback address that hubs write to (WebSub)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["callback_app"]

#: a delivery larger than this is not read; the source is pulled in time all the same
_MOST_BYTES = 5_000_000

#: takes token, query, and body with signature of a POST; gives status and text
Hear = Callable[[str, Mapping[str, str], tuple[bytes, str | None] | None], tuple[int, str]]


def callback_app(hear: Hear) -> Starlette:
    """Return the application that owns ``/websub``; ``hear`` is called in a thread."""

    async def answer(request: Request) -> Response:
        delivered = None
        if request.method == "POST":
            body = bytearray()
            async for piece in request.stream():
                body += piece
                if len(body) > _MOST_BYTES:
                    return PlainTextResponse("too large", status_code=413)
            delivered = (bytes(body), request.headers.get("x-hub-signature"))
        query = dict(request.query_params)
        token = str(request.path_params["token"])[:200]
        status, text = await run_in_threadpool(hear, token, query, delivered)
        return PlainTextResponse(text, status_code=status)

    return Starlette(routes=[Route("/websub/{token}", answer, methods=["GET", "POST"])])
