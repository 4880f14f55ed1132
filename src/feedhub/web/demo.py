"""Serve the sample portals of the demo over HTTP."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feedhub.clock import Clock
from feedhub.demo import Answer, answer

__all__ = ["portals_app"]


def portals_app(clock: Clock, started: datetime) -> Starlette:
    """Return the ASGI application of the portals.

    ``started`` is the moment (aware) at which the demo's timeline begins, usually ``clock.now()``.
    """

    async def ask(request: Request) -> Response:
        elapsed = clock.now() - started
        host, port = request.scope["server"]  # our own address; the Host header is the asker's
        base = f"http://{host}:{port}"
        found = await run_in_threadpool(
            answer, request.url.path, request.url.query, elapsed, started, base=base
        )
        headers = dict(found.headers)
        if found.status == 200 and _known(request, found):
            kept = {key: value for key, value in found.headers if key != "content-type"}
            return Response(status_code=304, headers=kept)
        return Response(found.body, status_code=found.status, headers=headers)

    return Starlette(routes=[Route("/{path:path}", ask, methods=["GET", "HEAD"])])


def _known(request: Request, found: Answer) -> bool:
    """Whether the asker has this very answer (RFC 9110, 13.1.2 and 13.1.3)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        asked = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return found.header("etag") in asked
    since = request.headers.get("if-modified-since")
    changed = found.header("last-modified")
    if since is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # a date that is none, or one without a zone
        return False
