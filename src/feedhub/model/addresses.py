"""The published addresses, below the base URL. They never change once published.

A page's address ends with a slash; a feed's address carries no suffix here, because every format
adds its own (``.atom``, ``.rss``, ``.json``). Pages in a further language of the interface stand
below that language's code (``en/stories/s1/``); feeds and files exist once.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date

__all__ = [
    "ARCHIVE",
    "CHANGE",
    "CONFIRM",
    "CORRECTIONS",
    "CORRECTIONS_FEED",
    "DIGESTS",
    "FEEDS",
    "FRONT",
    "OPML",
    "PLACES",
    "SEARCH",
    "SEARCH_FEED",
    "SOURCES",
    "STATISTICS",
    "STATUS",
    "STATUS_FEED",
    "STATUS_PULLS",
    "SUBSCRIBE",
    "TOPICS",
    "UNSUBSCRIBE",
    "archive_path",
    "channel_path",
    "day_path",
    "digest_path",
    "label_id",
    "place_feed_path",
    "place_path",
    "source_feed_path",
    "source_path",
    "story_path",
    "topic_feed_path",
    "topic_path",
]

FRONT = ""
ARCHIVE = "archive/"
FEEDS = "feeds/"
SOURCES = "sources/"
TOPICS = "topics/"
PLACES = "places/"
STATUS = "status/"
STATUS_FEED = "status/feed"
STATUS_PULLS = "status/pulls/"
CORRECTIONS = "corrections/"
SEARCH = "search/"
SEARCH_FEED = "search/feed"
STATISTICS = "statistics/"
DIGESTS = "digests/"
#: served only; the contract names them without a slash
SUBSCRIBE = "subscribe"
CONFIRM = "confirm"
CHANGE = "change"
UNSUBSCRIBE = "unsubscribe"
OPML = "opml.xml"
CORRECTIONS_FEED = "feeds/corrections"

_LABEL_LIMIT = 60


def label_id(name: str) -> str:
    """Return the address part for a place's or topic's name: ``Thuận Hóa`` -> ``thuan-hoa``.

    Lower-case ASCII letters, digits and single hyphens, at most 60 characters. Two spellings that
    differ only in diacritics share one page. A name without any Latin letter or digit gets an id
    made of its checksum.
    """
    spread = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    kept = "".join(
        letter if letter.isascii() and letter.isalnum() else "-"
        for letter in spread
        if not unicodedata.combining(letter)
    )
    short = "-".join(part for part in kept.split("-") if part)[:_LABEL_LIMIT].strip("-")
    return short or "x" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]


def story_path(story_id: str) -> str:
    """Return the address of a story's page."""
    return f"stories/{story_id}/"


def digest_path(digest_id: str, day: date) -> str:
    """Return the address of a digest's page, named by the local day of its cut-off."""
    return f"{DIGESTS}{digest_id}/{day.isoformat()}/"


def day_path(day: date) -> str:
    """Return the address of the page of one local day."""
    return f"archive/{day.year:04d}/{day.month:02d}/{day.day:02d}/"


def source_path(source_id: str) -> str:
    """Return the address of a source's page."""
    return f"sources/{source_id}/"


def topic_path(topic_id: str) -> str:
    """Return the address of a topic's page."""
    return f"topics/{topic_id}/"


def place_path(place_id: str) -> str:
    """Return the address of a place's page."""
    return f"places/{place_id}/"


def channel_path(channel_id: str) -> str:
    """Return the address of a channel's feeds, without suffix."""
    return f"feeds/{channel_id}"


def archive_path(channel_id: str, number: int) -> str:
    """Return the address of a sealed archive document, without suffix; counted from 1."""
    return f"feeds/{channel_id}/archive/{number}"


def source_feed_path(source_id: str) -> str:
    """Return the address of a source's own feeds, without suffix."""
    return f"sources/{source_id}/feed"


def topic_feed_path(topic_id: str) -> str:
    """Return the address of a topic's feeds, without suffix."""
    return f"topics/{topic_id}/feed"


def place_feed_path(place_id: str) -> str:
    """Return the address of a place's feeds, without suffix."""
    return f"places/{place_id}/feed"
