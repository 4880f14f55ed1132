"""People who asked for digests, and what exactly they asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Consent", "Subscriber", "SubscriberState", "Subscription"]


class SubscriberState(StrEnum):
    """Whether somebody is written to."""

    #: signed up, but has not confirmed the address yet
    PENDING = "pending"
    ACTIVE = "active"
    #: not written to after repeated bounces, until the address is confirmed again
    PAUSED = "paused"
    #: left, was removed, does not exist, or complained; never written to again unasked
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """When, how and to which words somebody agreed.

    ``how`` is ``form``, ``import`` or ``command``; ``where`` what is known of the place (a network
    address, a file); ``words`` the text that was agreed to.
    """

    at: datetime
    how: str
    where: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person with one address.

    ``address`` is as typed, its domain in lower case; it is empty once erased. ``language`` is that
    of the interface and the mails, ``timezone`` an IANA name. ``ended_because`` is a word for the
    ledger: ``unsubscribed``, ``removed``, ``bounced``, ``complained``, ``unconfirmed``.
    """

    id: str
    address: str
    state: SubscriberState
    language: str
    timezone: str
    created_at: datetime
    consent: Consent
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str = ""
    #: digests in a row that bounced
    bounces: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One digest for one subscriber.

    ``at`` (HH:MM) and ``on`` (weekday) are the person's own choice, empty for the digest's. Places
    and topics are label ids; empty means all. A stored subscription has ``next_due_at``, the next
    cut-off as an instant.
    """

    subscriber_id: str
    digest_id: str
    at: str = ""
    on: str = ""
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    next_due_at: datetime | None = None
