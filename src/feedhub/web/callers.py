"""Who asks: behind a proxy on this machine, or directly."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

__all__ = ["caller_of", "is_from_this_machine", "is_loopback"]

_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Tell whether an IP address is one of this machine alone."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def caller_of(client: Any, headers: Mapping[str, str]) -> str:
    """Return the address that asks.

    A proxy on this machine is believed about whom it speaks for: the last address of
    X-Forwarded-For, the one it added itself. Nobody else is.
    """
    peer = str(client[0]) if client else ""
    if is_loopback(peer) and (chain := headers.get("x-forwarded-for")):
        last = chain.rpartition(",")[2].strip(" []")
        try:
            return str(ipaddress.ip_address(last))
        except ValueError:
            return peer
    return peer


def is_from_this_machine(client: Any, headers: Mapping[str, str]) -> bool:
    """Tell whether a program on this very machine asks, not through a proxy.

    The Host header must be a name of this machine too: a page elsewhere whose name was made to
    point here (DNS rebinding) is a stranger.
    """
    peer = str(client[0]) if client else ""
    if not is_loopback(peer) or any(name in headers for name in _PROXY_HEADERS):
        return False
    host = headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _OWN_NAMES
