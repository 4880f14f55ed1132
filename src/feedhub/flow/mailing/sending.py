"""Sends what the outbox holds: claim, hand over, mark.

Between the claim and the mark a message passes two points at which a killed hub leaves it: leased,
when nothing of it has left, and data started, when nobody can know whether it was taken over. Both
stand in the database before they begin.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.deliver.carrier import Carrier
from feedhub.errors import DeliveryError
from feedhub.flow.mailing.bouncing import count_bounce
from feedhub.flow.mailing.halting import keep_halt, recall_halt
from feedhub.flow.mailing.letters import MailParts, Writer
from feedhub.flow.mailing.subscribing import end_subscriber
from feedhub.model.mail import Delivery, DeliveryState, Handed, Handing, Message, Refusal
from feedhub.model.subscriber import Subscriber, SubscriberState
from feedhub.redelivery import after_handing, after_loss
from feedhub.store.store import Transaction

__all__ = ["NEVER", "Sent", "send_waiting"]

_log = logging.getLogger(__name__)

#: messages claimed at once
_BATCH = 20
#: a sender that has not marked a message after this long is gone; one hand-over may take ten
#: minutes after the final dot (RFC 5321, 4.5.3.2.6)
_LEASE = timedelta(minutes=15)
#: a digest that waited longer than this for its turn is not news any more
_STALE = timedelta(days=7)

NEVER: Callable[[], bool] = lambda: False  # noqa: E731 - a default that reads as a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to, in messages. ``halted`` says in words why it stopped."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    unknown: int = 0
    dropped: int = 0
    halted: str = ""

    def with_one(self, state: DeliveryState) -> Sent:
        """Count one more message that ended its try in a state."""
        name = {
            DeliveryState.SENT: "sent",
            DeliveryState.FAILED: "failed",
            DeliveryState.UNKNOWN: "unknown",
            DeliveryState.DROPPED: "dropped",
        }.get(state, "deferred")
        return replace(self, **{name: getattr(self, name) + 1})


def send_waiting(
    parts: MailParts, *, alone: bool = True, stopped: Callable[[], bool] = NEVER
) -> Sent:
    """Send every message whose time has come; safe to be killed and called again at any moment.

    ``alone`` says that no other process sends: then whatever is leased was left behind by one that
    is gone, and need not be waited for. ``stopped`` is asked between messages.
    """
    _recover(parts, alone=alone)
    recall_halt(parts.store, parts.pace, parts.clock.now())
    writer = Writer(parts)
    sent = Sent()
    for delivery in _claimed(parts, stopped):
        state = _Passage(parts, writer, delivery).run()
        if state is not None:
            sent = sent.with_one(state)
    parts.carrier.close()  # the server need not keep a place for us until the next digest
    keep_halt(parts.store, parts.pace, parts.clock.now())
    if news := parts.pace.news():
        _log.warning("%s", news)
    halted = parts.pace.halted_until
    if halted is not None and halted > parts.clock.now():
        sent = replace(sent, halted=parts.pace.halted_because)
    return sent


def _recover(parts: MailParts, *, alone: bool) -> None:
    """Take up what a killed sender left behind."""
    now = parts.clock.now()
    with parts.store.reading() as tx:
        left = tx.deliveries.held() if alone else tx.deliveries.lost(now)
    if not left:
        return
    on_unknown = parts.settings.mail.on_unknown
    with parts.store.writing() as tx:
        for one in tx.deliveries.held() if alone else tx.deliveries.lost(now):
            tx.deliveries.keep(after_loss(one, now, on_unknown=on_unknown))


def _claimed(parts: MailParts, stopped: Callable[[], bool]) -> Iterator[Delivery]:
    """Lease what is due, a few at a time; what is not got to is given back."""
    while not stopped():
        now = parts.clock.now()
        with parts.store.reading() as tx:
            earliest = tx.deliveries.next_try()
        if earliest is None or earliest > now:
            return
        with parts.store.writing() as tx:
            batch = tx.deliveries.claim(now, now + _LEASE, _BATCH)
        for number, delivery in enumerate(batch):
            if stopped():
                with parts.store.writing() as tx:
                    for rest in batch[number:]:
                        tx.deliveries.keep(after_loss(rest, now))
                return
            yield delivery
        if not batch:
            return


class _Passage:
    """One message on its way out. ``delivery`` is as it was claimed."""

    def __init__(self, parts: MailParts, writer: Writer, delivery: Delivery) -> None:
        self.parts = parts
        self.writer = writer
        self.delivery = delivery

    def run(self) -> DeliveryState | None:
        """Send the message, put it off or drop it; return its state, None if it only waits."""
        now = self.parts.clock.now()
        with self.parts.store.reading() as tx:
            person = self._person(tx)
        if reason := self._no_use(person, now):
            return self._keep(
                replace(self.delivery, state=DeliveryState.DROPPED, ended_at=now, answer=reason)
            )
        carrier = self._carrier(person.address if person else self.delivery.address)
        free_at = self.parts.pace.wait(self.delivery.domain, now)
        if carrier is self.parts.carrier and free_at > now:
            self._keep(replace(self.delivery, state=self._waiting_state(), next_try_at=free_at))
            return None
        try:
            message = self.writer.message(self.delivery, person)
        except DeliveryError as error:
            return self._keep(
                replace(self.delivery, state=DeliveryState.FAILED, ended_at=now, answer=str(error))
            )
        if message is None:
            reason = "everything in it was withdrawn before it was sent"
            return self._keep(
                replace(self.delivery, state=DeliveryState.DROPPED, ended_at=now, answer=reason)
            )
        return self._hand_over(carrier, message, person)

    def _hand_over(
        self, carrier: Carrier, message: Message, person: Subscriber | None
    ) -> DeliveryState:
        pace, domain = self.parts.pace, self.delivery.domain
        if carrier is self.parts.carrier:
            pace.sent(domain, self.parts.clock.now())
        handed = carrier.hand_over(message, before_data=lambda: self._start(message))
        now = self.parts.clock.now()
        if carrier is self.parts.carrier:
            pace.told(domain, handed, now)
        tried = replace(self.delivery, body=message.data)
        after = after_handing(tried, handed, now, on_unknown=self.parts.settings.mail.on_unknown)
        with self.parts.store.writing() as tx:
            tx.deliveries.keep(after)
            if person is not None and _is_about_the_address(handed):
                _note_refusal(tx, person, self.delivery, handed, now)
        return after.state

    def _start(self, message: Message) -> bool:
        """Write down that the message is about to leave; False if it is no longer ours to send."""
        until = self.parts.clock.now() + _LEASE
        with self.parts.store.writing() as tx:
            if self._no_use(self._person(tx), self.parts.clock.now()):
                return False
            return tx.deliveries.start_data(self.delivery.id, until, message.data)

    def _person(self, tx: Transaction) -> Subscriber | None:
        subscriber_id = self.delivery.subscriber_id
        return tx.subscribers.get(subscriber_id) if subscriber_id else None

    def _no_use(self, person: Subscriber | None, now: datetime) -> str:
        """Say why a message should not be sent any more; empty if it should."""
        if self.delivery.run_id and now - self.delivery.queued_at > _STALE:
            return "it waited for more than a week"
        if self.delivery.address:
            return ""
        if person is None or not person.address or person.state is SubscriberState.ENDED:
            return "the subscriber has left"
        if self.delivery.run_id and person.state is not SubscriberState.ACTIVE:
            return "the subscriber is not active"
        return ""

    def _waiting_state(self) -> DeliveryState:
        """A message that waits for its turn is as it was: in doubt, deferred or queued."""
        if self.delivery.doubtful:
            return DeliveryState.UNKNOWN
        return DeliveryState.DEFERRED if self.delivery.tries else DeliveryState.QUEUED

    def _carrier(self, recipient: str) -> Carrier:
        """Return what carries a message: in a trial, the folder for all who are not on its list."""
        allowed = {one.lower() for one in self.parts.settings.mail.only_to}
        domain = recipient.rpartition("@")[2]
        if not allowed or allowed & {recipient.lower(), f"@{domain}".lower()}:
            return self.parts.carrier
        return self.parts.aside

    def _keep(self, changed: Delivery) -> DeliveryState:
        with self.parts.store.writing() as tx:
            tx.deliveries.keep(replace(changed, lease_until=None))
        return changed.state


def _is_about_the_address(handed: Handed) -> bool:
    return handed.handing is Handing.FAILED and handed.refusal is Refusal.RECIPIENT


def _note_refusal(
    tx: Transaction, person: Subscriber, delivery: Delivery, handed: Handed, now: datetime
) -> None:
    """Write no more to an address that does not exist (5.1.x); count what else is refused."""
    if handed.status.startswith("5.1."):
        end_subscriber(tx, person, "bounced", now)
    elif delivery.run_id:
        count_bounce(tx, person, delivery)
