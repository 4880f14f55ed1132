"""Messages: as written, as addressed, as handed over, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Bounce",
    "BounceKind",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Handed",
    "Handing",
    "Headers",
    "Letter",
    "Links",
    "Message",
    "Refusal",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The personal addresses in a letter, absolute; empty where the letter has none.

    ``one_click`` takes a POST and ends the subscription at once (RFC 8058); ``unsubscribe`` is the
    page for people, ``change`` that of their choices, ``confirm`` where an address is confirmed.
    """

    unsubscribe: str = ""
    one_click: str = ""
    change: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a person reads: subject, plain text and HTML (its styles already inlined)."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """What stands around a letter.

    ``sender`` is the From header's value (``Town news <news@town.example>``), ``return_path`` the
    envelope sender (with the delivery's id in it: VERP), ``message_id`` without angle brackets.
    ``list_id`` (RFC 2919) and ``links`` are empty for letters that belong to no list.
    """

    message_id: str
    date: datetime
    sender: str
    recipient: str
    return_path: str
    list_id: str = ""
    feedback_id: str = ""
    links: Links = Links()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A finished message (RFC 5322, CRLF, signed where a key is set) with its envelope."""

    message_id: str
    return_path: str
    recipient: str
    data: bytes


class Refusal(StrEnum):
    """What a refusal is about, which decides what happens to the other messages."""

    #: this address: unknown, full, or refusing us
    RECIPIENT = "recipient"
    #: the recipient's domain asks for less (421, 4.7.x)
    DOMAIN = "domain"
    #: our relay: not reachable, out of space, shutting down
    RELAY = "relay"
    #: the relay or the domain takes nothing of this kind from us (5.7.x)
    POLICY = "policy"
    #: our name or password is not accepted, or TLS fails: nothing can be sent until mended
    LOGIN = "login"


class Handing(StrEnum):
    """How handing a message over ended."""

    SENT = "sent"
    #: not now (4xx, no connection): nothing was taken over
    DEFERRED = "deferred"
    #: never (5xx)
    FAILED = "failed"
    #: the connection ended between the final dot and the reply: it may have been taken over
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What became of handing one message over.

    ``code`` is the reply code (0 where there was no reply), ``status`` the enhanced one (RFC 3463,
    such as ``5.7.1``), ``words`` the server's words or ours, for the operator. ``refusal`` is None
    for what was sent, for what is unknown, and for what the caller itself called off.
    """

    handing: Handing
    refusal: Refusal | None = None
    code: int = 0
    status: str = ""
    words: str = ""


class DeliveryKind(StrEnum):
    """What a delivery carries."""

    DIGEST = "digest"
    #: asks for confirmation of an address
    CONFIRM = "confirm"
    #: tells somebody who signed up twice, or asks, where to change the choices
    CHANGE = "change"
    #: tells the operator of troubles
    ALERT = "alert"


class DeliveryState(StrEnum):
    """Where a delivery stands: queued -> leased -> data started -> sent, deferred or failed."""

    QUEUED = "queued"
    LEASED = "leased"
    DATA_STARTED = "data_started"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    #: may or may not have arrived; tried once more with the same Message-ID, or held for a look
    UNKNOWN = "unknown"
    #: not sent because its subscriber left, or the digest grew too old
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one person, kept before, while and after it is sent.

    ``(run_id, subscriber_id)`` is unique. A digest's content is frozen as ``story_ids`` and the
    window of corrections; ``body`` is the finished message once it was made. ``doubtful`` counts
    how often it was unknown whether the message had been taken over.
    """

    id: str
    kind: DeliveryKind
    state: DeliveryState
    message_id: str
    queued_at: datetime
    run_id: str | None = None
    subscriber_id: str | None = None
    #: of a letter to somebody who is no subscriber (an operator); empty otherwise
    address: str = ""
    #: of the recipient, for pacing and for the ledger
    domain: str = ""
    story_ids: tuple[str, ...] = ()
    changed_after: datetime | None = None
    changed_upto: datetime | None = None
    left_out: int = 0
    body: bytes | None = None
    tries: int = 0
    doubtful: int = 0
    next_try_at: datetime | None = None
    lease_until: datetime | None = None
    ended_at: datetime | None = None
    #: what the server said last, in its words
    answer: str = ""


class BounceKind(StrEnum):
    """What came back for a message that had been taken over."""

    #: the address does not exist (5.1.x)
    GONE = "gone"
    #: refused for another lasting reason (5.x.x), or given up after many tries (4.x.x)
    REFUSED = "refused"
    #: only late as yet; it is still tried
    DELAYED = "delayed"
    #: the person called it spam (RFC 5965)
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report about a delivery, matched by the VERP address or the Message-ID it names."""

    kind: BounceKind
    delivery_id: str = ""
    message_id: str = ""
    status: str = ""
    words: str = ""
