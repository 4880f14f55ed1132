"""The publisher's side of WebSub: what a hub is told when a feed of ours changed, and how often.

The Recommendation (W3C, 2018, section 6) leaves this message to hub and publisher. What every
public hub understands is that of PubSubHubbub 0.4 (section 7.1): a form of two fields. It is sent
for one feed at a time, as some hubs read only the last of several addresses.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

__all__ = ["next_try", "ping_form"]

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=6)
#: about a day and a half; a hub silent for longer learns of the next change anyway
_MOST_TRIES = 12


def ping_form(topic: str) -> bytes:
    """Return the message that says a feed changed, form-encoded; ``topic`` is its address."""
    return urlencode({"hub.mode": "publish", "hub.url": topic}).encode("ascii")


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when to try again after so many tries before this failed one; None: give up.

    Waits grow threefold from ten seconds to six hours.
    """
    if tries + 1 >= _MOST_TRIES:
        return None
    wait: timedelta = min(_FIRST_WAIT * 3**tries, _LONGEST_WAIT)
    return now + wait
