"""Request targets of strangers -> paths of published files, or a refusal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

__all__ = ["BadTarget", "location_of", "path_of"]

_LONGEST = 2048
_ABSOLUTE_FORM = re.compile(rb"https?://[^/]*", re.IGNORECASE)
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPED_SLASH = re.compile(rb"%(?:2f|5c)", re.IGNORECASE)
#: dot names that may be asked for (RFC 8615)
_OPEN_DOT_NAMES = frozenset({".well-known"})


class BadTarget(Exception):  # noqa: N818 - reads as what happened
    """The request target cannot be a path here. ``status`` is what to answer."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


@lru_cache(maxsize=2048)
def path_of(target: bytes) -> str:
    """Return the path of a request target, decoded once, beginning with one slash.

    Takes the origin form and the absolute form (RFC 9112, 3.2). Raises `BadTarget`: 400 for what
    is malformed (broken escapes, no UTF-8, control characters), 414 for what is too long, 404 for
    what no published file can be called (dot segments, hidden names, empty names, backslashes).
    A refusal is never repaired into another path: two readers of one path must not differ.
    """
    if len(target) > _LONGEST:
        raise BadTarget(414)
    raw = target.partition(b"?")[0]
    if not raw.startswith(b"/"):
        absolute = _ABSOLUTE_FORM.match(raw)
        if absolute is None:
            raise BadTarget(400)
        raw = raw[absolute.end() :] or b"/"
    if _BROKEN_ESCAPE.search(raw):
        raise BadTarget(400)
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise BadTarget(400) from None
    if any(unicodedata.category(letter) in {"Cc", "Cn", "Cs"} for letter in path):
        raise BadTarget(400)
    if _ESCAPED_SLASH.search(raw) or "\\" in path:
        raise BadTarget(404)
    names = path.split("/")[1:]
    for at, name in enumerate(names):
        last = at == len(names) - 1
        if (not name and not last) or (name.startswith(".") and name not in _OPEN_DOT_NAMES):
            raise BadTarget(404)
    return path


def location_of(path: str, query: bytes) -> str:
    """Return a Location for a `path_of` path on this same site.

    The path begins with exactly one slash, so it can never name another host.
    """
    asked = "?" + query.decode("ascii", "ignore") if query else ""
    return quote(path, safe="/-._~!$&'()*+,;=:@") + asked
