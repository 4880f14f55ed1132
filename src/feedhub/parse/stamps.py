"""Feeds whose only news is the moment they were made at.

Many servers make a feed anew for every request and write that moment into it. Nothing is read for
its sake: FreshRSS leaves it out of its comparison too, and on a hub of such feeds that is most of
the work (bench/poll.py, "restamped").
"""

from __future__ import annotations

import re

__all__ = ["without_stamps"]

#: what stands before the first entry is looked at, up to so many bytes
_HEAD = 16_384
_FIRST_ROW = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_STAMP = re.compile(
    rb"<(lastBuildDate|pubDate|updated|modified|dc:date|dcterms:modified)>[^<>]{1,64}</\1\s*>"
)


def without_stamps(body: bytes) -> bytes:
    """Return a feed's bytes without the dates that stand before its first entry.

    For comparing with the same of another pull, not for reading. What has no entries comes back
    as it is.
    """
    first = _FIRST_ROW.search(body, 0, _HEAD)
    if first is None:
        return body
    head = body[: first.start()]
    bare = _STAMP.sub(b"", head)
    return body if bare == head else bare + body[first.start() :]
