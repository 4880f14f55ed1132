"""What a published file is: media type, caching, and who else may use it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

__all__ = ["Kind", "is_feed_path", "kind_of"]

_TYPES: Final = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".ics": "text/calendar; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".opml": "text/x-opml; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".xsl": "text/xsl; charset=utf-8",
    ".xslt": "application/xslt+xml; charset=utf-8",
}
#: names under which the same content has its own media type, told by its first bytes
_TOLD_BY_CONTENT: Final = (
    (".json", b"https://jsonfeed.org/version/", "application/feed+json"),
    (".xml", b"<opml", _TYPES[".opml"]),
    (".xml", b"<rss", _TYPES[".rss"]),
    (".xml", b"http://www.w3.org/2005/Atom", _TYPES[".atom"]),
)
_LOOKED_AT = 1024
_FEED_SUFFIXES = frozenset({".atom", ".rss", ".json"})
_OPEN_SUFFIXES = _FEED_SUFFIXES | {".opml", ".xml"}
_FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json")
#: a name that carries a hash of its content never holds anything else
_HASHED_NAME = re.compile(r"[.-][0-9a-f]{8,64}\.[a-z0-9]{2,5}")

_FRESH = "no-cache"  # kept by caches, asked for every time: a 304 costs a hundred bytes
_DAY = "public, max-age=86400"
_HOUR = "public, max-age=3600"
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Kind:
    """``media_type`` complete with charset; ``cache`` the Cache-Control; ``open`` whether scripts
    of other sites may read it (feeds and lists of feeds); ``embeddable`` whether other sites may
    show it; ``feed`` whether it is a feed."""

    media_type: str
    cache: str
    open: bool
    embeddable: bool
    feed: bool

    @property
    def is_page(self) -> bool:
        """Tell whether a browser shows it as a page."""
        return self.media_type.startswith("text/html")


def is_feed_path(path: str) -> bool:
    """Tell by its name alone whether scripts of other sites may ask for ``path``."""
    return path[path.rfind(".") :] in _OPEN_SUFFIXES


def kind_of(path: str, content: bytes) -> Kind:
    """Return what the file ``path`` with this ``content`` is; only its first bytes are read."""
    suffix = PurePosixPath(path).suffix.lower()
    media_type = _TYPES.get(suffix, "application/octet-stream")
    head = content[:_LOOKED_AT]
    for told_suffix, mark, told_type in _TOLD_BY_CONTENT:
        if suffix == told_suffix and mark in head:
            media_type = told_type
            break
    feed = media_type.startswith(_FEED_TYPES)
    readable = feed or suffix in _OPEN_SUFFIXES
    return Kind(
        media_type=media_type,
        cache=_cache(path, media_type),
        open=readable,
        embeddable=readable or media_type.startswith(("image/", "font/")),
        feed=feed,
    )


def _cache(path: str, media_type: str) -> str:
    name = path.rpartition("/")[2]
    if _HASHED_NAME.search(name) and not media_type.startswith(("text/html", *_FEED_TYPES)):
        return _FOREVER
    if media_type.startswith(_FEED_TYPES) and "/archive/" in path:
        return _DAY  # sealed documents (RFC 5005, 4): only a deletion on demand changes them
    if media_type.startswith(("image/", "font/", "audio/", "application/pdf")):
        return _DAY
    if media_type.startswith(("text/css", "text/javascript", "application/manifest")):
        return _HOUR
    return _FRESH
