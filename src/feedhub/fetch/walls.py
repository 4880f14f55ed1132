"""Bot walls: answers meant for a browser that proves itself, not the source's document.

A wall taken for the document would look like a source that withdrew everything. Every mark here
is one its vendor sets itself; a page is only weighed by its looks when it is tiny, holds a script
and next to nothing to read.
"""

from __future__ import annotations

import re

from feedhub.errors import Blocked
from feedhub.fetch.address import WebAddress

__all__ = ["find_wall"]

#: header name, what its value contains, whose wall it is
_HEADER_MARKS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-vercel-mitigated", "", "Vercel"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-datadome", "protected", "DataDome"),
)
#: what a body contains, whose wall it is; only looked for in small HTML answers
_BODY_MARKS = (
    (b"/cdn-cgi/challenge-platform/", "Cloudflare"),
    (b"cf-browser-verification", "Cloudflare"),
    (b"cf-turnstile", "Cloudflare"),
    (b"_incapsula_resource", "Imperva"),
    (b"sucuri_cloudproxy_js", "Sucuri"),
    (b"ddos-guard", "DDoS-Guard"),
    (b"captcha-delivery.com", "DataDome"),
    (b"awswafintegration", "AWS WAF"),
    (b'id="anubis_', "Anubis"),
    (b"/.within.website/x/cmd/anubis", "Anubis"),
    (b'document.cookie="d1n=', "D1N"),
    (b"slowaes.decrypt", "testcookie"),
    (b"errors.edgesuite.net", "Akamai"),
    (b"perimeterx", "PerimeterX"),
    (b"/_guard/", "Guard"),
)
#: Walls are small: the largest known (Cloudflare's, with its styles inside) is about 30 KB.
_LARGEST_WALL = 64 * 1024
#: A page of a single script is no more than this, and shows no more letters than this.
_LARGEST_SCRIPT_PAGE = 8 * 1024
_FEWEST_LETTERS = 120
#: What a script does to come back with proof.
_SCRIPT_ACTS = (b"document.cookie", b"location.reload", b"location.href", b"location.replace")
_WALL_STATUS = frozenset({200, 202, 401, 403, 405, 406, 429, 503})
_NOT_READ = re.compile(rb"<(script|style|noscript|head)\b")


def find_wall(
    address: WebAddress,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    retry_after: float | None,
) -> Blocked | None:
    """Return the error for an answer that is a bot wall, or None.

    ``headers`` have lower-case names; ``body`` is inflated and may be cut.
    """
    if status not in _WALL_STATUS:
        return None
    whose = _named_wall(status, headers, body)
    if whose is None and status in {200, 202, 403, 503} and _is_script_page(body):
        whose = "a page that only a browser's scripts get past"
    if whose is None:
        return None
    return Blocked(
        f"{address.host}: a bot wall stands in front of the document ({whose}); "
        f"the site's owner can let this hub in by its User-Agent: {address.url}",
        status=status,
        retry_after=retry_after,
    )


def _named_wall(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> str | None:
    for name, value in headers:
        for mark, part, vendor in _HEADER_MARKS:
            if name == mark and part in value.lower():
                return vendor
    if len(body) > _LARGEST_WALL or not _looks_like_html(body):
        return None
    low = body.lower()
    for needle, vendor in _BODY_MARKS:
        # scripts of these vendors also ride along on ordinary pages, which have something to read
        if needle in low and (status not in {200, 202} or _letters(low) < _FEWEST_LETTERS * 4):
            return vendor
    return None


def _looks_like_html(body: bytes) -> bool:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<!--", b"<meta"))


def _is_script_page(body: bytes) -> bool:
    if len(body) > _LARGEST_SCRIPT_PAGE or not _looks_like_html(body):
        return False
    low = body.lower()
    return (
        b"<script" in low
        and any(act in low for act in _SCRIPT_ACTS)
        and b"<a " not in low
        and _letters(low) < _FEWEST_LETTERS
    )


def _letters(low: bytes) -> int:
    """Count roughly the bytes a reader sees in lower-cased HTML, in one pass over it."""
    seen = 0
    place = 0
    while place < len(low):
        opening = low.find(b"<", place)
        if opening < 0:
            return seen + len(low[place:].split())
        seen += len(b"".join(low[place:opening].split()))
        hidden = _NOT_READ.match(low, opening)
        if hidden:
            closing = low.find(b"</" + hidden[1], opening)
            if closing < 0:
                return seen
            opening = closing
        end = low.find(b">", opening)
        if end < 0:
            return seen
        place = end + 1
    return seen
