"""The subscriber's side of WebSub (W3C Recommendation, 2018): values in, values out.

Requests are sent by the ``Fetcher``, so a hub's address passes the same guard as any other; the
callback is answered by the web server, which hands over what arrived.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from feedhub.errors import Refused
from feedhub.fetch.address import parse_address
from feedhub.fetch.request import Request
from feedhub.model.document import Document
from feedhub.model.push import Push

__all__ = [
    "Delivery",
    "answer_hub",
    "ask_hub",
    "check_delivery",
    "find_hub",
    "is_leaving",
    "is_pushing",
    "needs_asking",
    "new_push",
    "note_delivered",
    "note_missed",
]

#: The lease we ask for; the hub decides.
_LEASE = timedelta(days=10)
#: A lease is renewed when this share of it is left, and never later than a day before its end.
_RENEWED = timedelta(days=1)
#: A hub that does not answer our wish is asked again after this time.
_PATIENCE = timedelta(hours=6)
#: The longest lease we believe; a hub that forgets us must not silence a source for a year.
_LONGEST_LEASE = timedelta(days=30)
#: WebSub (5.1.1): a secret is shorter than 200 bytes.
_SECRET_BYTES = 32
_ALGORITHMS = {"sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}
_LINK = re.compile(
    r'<([^<>]{1,2000})>((?:\s*;\s*[\w*-]{1,40}(?:\s*=\s*(?:"[^"]{0,500}"|[^\s",;]{1,500}))?){0,10})'
)
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
_MOST_LINKS = 50


class Delivery(StrEnum):
    """What came to our callback."""

    CONTENT = "content"  # signed by the hub: as good as a pull
    PING = "ping"  # not signed as no secret was agreed: a reason to pull now, nothing more
    FORGED = "forged"  # the signature is missing or wrong: to be ignored


def find_hub(document: Document, *, hub: str = "", self_url: str = "") -> tuple[str, str] | None:
    """Return the hub and the topic of a document, or None (WebSub, 4).

    Link headers come first; ``hub`` and ``self_url`` are what the feed itself says. Both are
    absolute; a hub whose address could not be asked counts as none.
    """
    links: dict[str, str] = {}
    for name, value in document.headers:
        if name == "link":
            for target, parameters in _LINK.findall(value[:8000])[:_MOST_LINKS]:
                rel = _REL.search(parameters)
                for word in (rel[1] or rel[2] or "").lower().split() if rel else ():
                    links.setdefault(word, target)
    try:
        base = parse_address(document.url)
        found = parse_address(links.get("hub") or hub, base) if links.get("hub") or hub else None
        topic = parse_address(links.get("self") or self_url or document.url, base)
    except Refused:
        return None
    return (found.url, topic.url) if found is not None else None


def new_push(source_id: str, hub: str, topic: str) -> Push:
    """Make the terms on which a hub will be asked: a token and, over https, a secret of our own."""
    secret = secrets.token_urlsafe(_SECRET_BYTES) if hub.startswith("https://") else ""
    return Push(
        source_id=source_id,
        topic=topic,
        hub=hub,
        token=secrets.token_urlsafe(_SECRET_BYTES),
        secret=secret,
    )


def needs_asking(push: Push, now: datetime) -> bool:
    """Say whether the hub is to be asked now: for the first time, again, or for a new lease."""
    waiting = push.asked_at is not None and now - push.asked_at < _PATIENCE
    return not waiting and (push.granted_until is None or push.granted_until - now < _RENEWED)


def is_leaving(push: Push, now: datetime) -> bool:
    """Say whether the hub was asked to end it and still has time to answer."""
    return push.leaving and push.asked_at is not None and now - push.asked_at < _PATIENCE


def ask_hub(
    push: Push, callback: str, now: datetime, *, leave: bool = False
) -> tuple[Request, Push]:
    """Return the request that subscribes or renews (or leaves), and the push as it then stands."""
    form = {
        "hub.callback": callback,
        "hub.mode": "unsubscribe" if leave else "subscribe",
        "hub.topic": push.topic,
    }
    if not leave:
        form["hub.lease_seconds"] = str(int(_LEASE.total_seconds()))
        if push.secret:
            form["hub.secret"] = push.secret
    request = Request(
        url=push.hub, kind="call", method="POST", content=urlencode(form).encode("ascii")
    )
    return request, replace(push, asked_at=now, leaving=leave, refusal="")


def answer_hub(push: Push, query: Mapping[str, str], now: datetime) -> tuple[str | None, Push]:
    """Answer the hub's question whether it was really us (WebSub, 5.3).

    Returns the text to send back with status 200, or None for 404: a verification nobody asked
    for, or for another topic, is refused. A denial (5.2) is noted.
    """
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")[:1000]
    if query.get("hub.topic") != push.topic:
        return None, push
    if mode == "denied":
        refusal = query.get("hub.reason", "")[:200] or "the hub gave no reason"
        return "", replace(push, granted_until=None, refusal=refusal)
    waiting = push.asked_at is not None and now - push.asked_at <= _PATIENCE
    if not waiting or not challenge or mode != ("unsubscribe" if push.leaving else "subscribe"):
        return None, push
    if push.leaving:
        return challenge, replace(push, granted_until=None, asked_at=None)
    seconds = query.get("hub.lease_seconds", "")
    lease = timedelta(seconds=int(seconds[:9])) if seconds.isdecimal() else _LEASE
    until = now + min(lease, _LONGEST_LEASE)
    return challenge, replace(push, granted_until=until, asked_at=None, refusal="")


def check_delivery(push: Push, body: bytes, signature: str | None) -> Delivery:
    """Weigh a message to our callback by its X-Hub-Signature header (WebSub, 7.1)."""
    if not push.secret:
        return Delivery.PING
    method, _, digest = (signature or "").strip().partition("=")
    if _ALGORITHMS.get(method.lower()) != len(digest):
        return Delivery.FORGED
    expected = hmac.new(push.secret.encode("ascii"), body, method.lower()).hexdigest()
    signed = hmac.compare_digest(expected.encode("ascii"), digest.lower().encode("utf-8"))
    return Delivery.CONTENT if signed else Delivery.FORGED


def note_delivered(push: Push, now: datetime) -> Push:
    """Note a signed delivery: the hub can be relied on again."""
    return replace(push, delivered_at=now, missed_at=None)


def note_missed(push: Push, now: datetime) -> Push:
    """Note that a pull found news the hub should have sent and did not."""
    return replace(push, missed_at=now)


def is_pushing(push: Push, now: datetime) -> bool:
    """Say whether the hub can be relied on, so that pulls may become rare (``PullHistory.pushed``).

    It can when the lease runs, news has come, and no pull has found anything it kept back since.
    """
    return (
        push.granted_until is not None
        and push.granted_until > now
        and push.delivered_at is not None
        and push.missed_at is None
    )
