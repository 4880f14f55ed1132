"""The quick lane: plain requests are answered at once, without the machinery for hard ones.

Most requests to a hub are a feed reader's GET with validators, answered 304 from memory. Parsing,
checking and sending these through h11 and ASGI costs several times what the answer costs (see
bench/serve.py). A request takes the quick lane only when it is complete and simple by a pattern
stricter than RFC 9112; everything else, and everything doubtful, goes the ordinary way. Both lanes
end in the same functions, and the black-box tests ask everything on both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

__all__ = ["QuickApp", "QuickRequest", "quick_request"]

_LONGEST = 8 << 10
#: one token and one run of a class a line: nothing to back-track into
_HEAD = re.compile(
    rb"(GET|HEAD) (/[\x21-\x7e]*) HTTP/1\.1\r\n"
    rb"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)+)\r\n"
)
#: with any of these a request is not simple
_HARD = frozenset(
    {
        "content-length",
        "expect",
        "http2-settings",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True, slots=True)
class QuickRequest:
    """A simple request. ``size`` is the bytes it took."""

    method: str
    target: bytes
    headers: Mapping[str, str]
    size: int


@runtime_checkable
class QuickApp(Protocol):
    """An application that can answer simple requests at once."""

    def quick(self, request: QuickRequest, client: Any) -> tuple[bytes, bytes] | None:
        """Return head and body as they go over the wire, or None: ask the ordinary way."""


def quick_request(data: bytes) -> QuickRequest | None:
    """Return the simple request ``data`` begins with, or None when it is anything else."""
    head = _HEAD.match(data, 0, _LONGEST)
    if head is None:
        return None
    headers: dict[str, str] = {}
    for line in head[3].decode("latin-1").split("\r\n")[:-1]:
        written, _, value = line.partition(":")
        name = written.lower()
        value = value.strip(" \t")
        if name in headers:
            if name == "host":
                return None
            value = f"{headers[name]}, {value}"
        headers[name] = value
    if not headers.get("host") or not _HARD.isdisjoint(headers):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return QuickRequest(head[1].decode("ascii"), head[2], headers, head.end())
