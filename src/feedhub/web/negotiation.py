"""Which content coding a client gets (RFC 9110, 12.5.3)."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["IDENTITY", "coding_for"]

IDENTITY = "identity"
#: ours, best first; equal wishes of the client are settled in this order
_OURS = ("br", "gzip")
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_MOST_CODINGS = 32
_ALIASES = {"x-gzip": "gzip"}


@lru_cache(maxsize=512)
def coding_for(accept: str | None, *, packable: bool) -> str | None:
    """Return the coding to answer in, or None when the client refuses every one we have (406).

    ``accept`` is the Accept-Encoding header, None when there was none (then: as it is).
    ``packable`` is False for content that packing does not make smaller; it is then packed only
    for a client that refuses it plain.
    """
    if accept is None:
        return IDENTITY
    wishes = _wishes(accept)
    anything = wishes.get("*")
    plain = wishes.get(IDENTITY, anything if anything == 0 else None)
    packed = {
        coding: quality for coding in _OURS if (quality := wishes.get(coding, anything or 0)) > 0
    }
    best = max(packed, key=lambda coding: packed[coding], default=None)
    if plain == 0:
        return best
    # identity is always acceptable, but least wanted unless the client ranks it
    if best is None or not packable or packed[best] < (plain or 0):
        return IDENTITY
    return best


def _wishes(accept: str) -> dict[str, float]:
    wishes: dict[str, float] = {}
    for part in accept.lower().split(",")[:_MOST_CODINGS]:
        coding, _, parameters = part.partition(";")
        name = coding.strip(" \t")
        if not name:
            continue
        quality = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.partition("=")
            if key.strip(" \t") == "q":
                text = value.strip(" \t")
                # a weight that is none: the coding is taken as not wanted
                quality = float(text) if _QVALUE.fullmatch(text) else 0.0
        name = _ALIASES.get(name, name)
        wishes[name] = max(quality, wishes.get(name, 0.0))
    return wishes
