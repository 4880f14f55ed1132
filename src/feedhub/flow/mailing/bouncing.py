"""Mail that came back: matched to its message, and its person written to less or no more.

Applying a report twice changes nothing, so a hub killed between the database and the folder does
no harm. Nothing is thrown away: what cannot be matched is put aside for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from feedhub.deliver.returns import ReturnsFolder
from feedhub.flow.mailing.subscribing import end_subscriber
from feedhub.flow.parts import mint_id
from feedhub.model.mail import Bounce, BounceKind, Delivery, DeliveryKind, DeliveryState
from feedhub.model.subscriber import Subscriber, SubscriberState
from feedhub.parse.bounces import MAX_REPORT, is_automatic_answer, read_bounce
from feedhub.redelivery import kept_answer
from feedhub.store.store import Store, Transaction

__all__ = ["Returned", "Returns", "count_bounce", "read_returns", "take_return"]

#: digests in a row that came back, after which somebody is not written to until they confirm again
_BOUNCES_IN_A_ROW = 3

_FINAL = frozenset({DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DEFERRED})


class Returned(StrEnum):
    """What a returned message came to."""

    #: the address does not exist: its subscription has ended
    ENDED = "ended"
    #: the third digest in a row came back: not written to until confirmed again
    PAUSED = "paused"
    #: it counts, and nothing else as yet
    COUNTED = "counted"
    #: called spam: everything has ended
    COMPLAINED = "complained"
    #: only late, or known already
    NOTED = "noted"
    #: a report about none of our messages
    UNMATCHED = "unmatched"
    #: an absence notice or the like, which asks nothing of anybody
    ABSENT = "absent"
    #: no report at all
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """What a look into the folder brought: how many of each kind; how many lie aside by now."""

    counts: Mapping[Returned, int]
    aside: int


def read_returns(store: Store, folder: ReturnsFolder, now: datetime) -> Returns:
    """Take every message that waits in the folder; raise ``DeliveryError`` where it cannot."""
    counts: Counter[Returned] = Counter()
    for name in folder.waiting():
        data = folder.read(name, MAX_REPORT)
        if data is None:
            continue
        returned = _apply(store, data, now)
        folder.settle(name, matched=_understood(returned))
        counts[returned] += 1
    return Returns(counts=counts, aside=folder.unmatched())


def take_return(store: Store, aside: ReturnsFolder, data: bytes, now: datetime) -> Returned:
    """Take one message that a mail server hands us; what cannot be matched is put aside."""
    returned = _apply(store, data, now)
    if not _understood(returned):
        aside.put_aside(f"{int(now.timestamp())}.{mint_id()}.feedhub", data)
    return returned


def count_bounce(tx: Transaction, person: Subscriber, delivery: Delivery) -> Subscriber:
    """Count a refused digest of somebody, and pause them after the third in a row.

    A digest that went through in between begins the count anew. Returns the person as stored.
    """
    before = tx.deliveries.digest_before(delivery)
    in_a_row = before is not None and before.state is DeliveryState.FAILED
    bounces = person.bounces + 1 if in_a_row else 1
    paused = bounces >= _BOUNCES_IN_A_ROW and person.state is SubscriberState.ACTIVE
    state = SubscriberState.PAUSED if paused else person.state
    changed = replace(person, bounces=bounces, state=state)
    tx.subscribers.save(changed)
    return changed


def _understood(returned: Returned) -> bool:
    return returned not in {Returned.UNMATCHED, Returned.OTHER}


def _apply(store: Store, data: bytes, now: datetime) -> Returned:
    bounce = read_bounce(data)
    if bounce is None:
        return Returned.ABSENT if is_automatic_answer(data) else Returned.OTHER
    with store.writing() as tx:
        delivery = _delivery(tx, bounce)
        if delivery is None:
            return Returned.UNMATCHED
        subscriber_id = delivery.subscriber_id
        person = tx.subscribers.get(subscriber_id) if subscriber_id else None
        if bounce.kind is BounceKind.COMPLAINT:
            return _complained(tx, person, now)
        if bounce.kind is BounceKind.DELAYED:
            return Returned.NOTED
        fresh = delivery.state in _FINAL
        if fresh:
            tx.deliveries.keep(_came_back(delivery, bounce, now))
        if person is None or person.state is SubscriberState.ENDED:
            return Returned.NOTED
        if bounce.kind is BounceKind.GONE:
            end_subscriber(tx, person, "bounced", now)
            return Returned.ENDED
        if not fresh or delivery.kind is not DeliveryKind.DIGEST:
            return Returned.NOTED
        was = person.state
        person = count_bounce(tx, person, delivery)
        return Returned.PAUSED if person.state is not was else Returned.COUNTED


def _delivery(tx: Transaction, bounce: Bounce) -> Delivery | None:
    found = tx.deliveries.get(bounce.delivery_id) if bounce.delivery_id else None
    if found is None and bounce.message_id:
        found = tx.deliveries.by_message_id(bounce.message_id)
    return found


def _came_back(delivery: Delivery, bounce: Bounce, now: datetime) -> Delivery:
    answer = f"came back: {kept_answer(0, bounce.status, bounce.words)}"
    return replace(
        delivery, state=DeliveryState.FAILED, ended_at=now, next_try_at=None, answer=answer
    )


def _complained(tx: Transaction, person: Subscriber | None, now: datetime) -> Returned:
    if person is None:
        return Returned.NOTED
    if person.state is SubscriberState.ENDED and person.ended_because != "complained":
        # who left and complains all the same must not be signed up again by a stranger
        tx.subscribers.save(replace(person, ended_because="complained"))
    end_subscriber(tx, person, "complained", now)
    return Returned.COMPLAINED
