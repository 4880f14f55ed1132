"""What is agreed with WebSub hubs: their promises to us, and what we owe them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Ping", "Push"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What is agreed with a hub about one source.

    ``topic`` is the address the hub knows the source by, ``token`` the unguessable part of our
    callback address, ``secret`` what the hub signs with (empty where the hub has no https, to
    which no secret may be told). ``granted_until`` is the end of the lease; ``missed_at`` the
    moment a pull found news that the hub had not sent.
    """

    source_id: str
    topic: str
    hub: str
    token: str
    secret: str
    asked_at: datetime | None = None
    #: what was asked is to end it
    leaving: bool = False
    granted_until: datetime | None = None
    delivered_at: datetime | None = None
    missed_at: datetime | None = None
    #: why the hub refused, in its own words
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A feed of ours that changed, and its WebSub hub has yet to be told (``topic``: its address).

    ``tries`` counts the attempts that failed.
    """

    topic: str
    due_at: datetime
    tries: int = 0
