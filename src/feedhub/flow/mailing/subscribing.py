"""People come and go: sign up, confirm, change, leave.

Whether an address is known shows in nothing that a stranger sees. Nobody is written to before the
address was confirmed from a letter sent to it; a stranger who knows an address can bring about one
letter an hour and change nothing of what its owner has confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.config.settings import Settings
from feedhub.edit.windows import next_due, own_rhythm
from feedhub.flow.mailing.personal import CONFIRM_WITHIN, hub_keys, link_keys, personal_links
from feedhub.flow.parts import mint_id
from feedhub.model.digest import Digest, Position
from feedhub.model.mail import Delivery, DeliveryKind, Links
from feedhub.model.signup import Wish
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.store import Store, Transaction
from feedhub.text.addresses import fingerprint, mail_address
from feedhub.text.tokens import Purpose, open_token

__all__ = ["Found", "LetterWriter", "People", "end_subscriber", "forget_people"]

#: one address is sent one letter within this time that others could have called for
_BETWEEN_LETTERS = timedelta(hours=1)
#: the address of somebody who left is kept this long, for complaints and questions
_KEPT_AFTER_LEAVING = timedelta(days=28)
#: so much longer than the link in the letter is good is an address kept that nobody confirmed
_KEPT_UNCONFIRMED = CONFIRM_WITHIN + timedelta(days=7)

#: makes the letter of a kind to somebody about some digests, as a row of the outbox
LetterWriter = Callable[[DeliveryKind, Subscriber, Sequence[Digest]], Delivery]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody whom a token names, and what they asked for."""

    person: Subscriber
    subscriptions: tuple[Subscription, ...]


class People:
    """The subscribers of a hub at one moment. ``write`` makes the letters."""

    def __init__(
        self, settings: Settings, store: Store, now: datetime, write: LetterWriter
    ) -> None:
        self._settings = settings
        self._digests = {digest.id: digest for digest in settings.digests}
        self._store = store
        self._now = now
        self._write = write
        self._keys = hub_keys(store)
        self._good_keys = link_keys(store)

    def fingerprint(self, address: str) -> str:
        """Return what an address is known by."""
        return fingerprint(self._keys[0], address)

    def links(self, person: Subscriber) -> Links:
        """Return somebody's personal addresses."""
        return personal_links(self._settings, self._keys, person, self._now)

    def known(self, tx: Transaction, address: str) -> Subscriber | None:
        """Return whoever has an address, or had it before it was erased."""
        return tx.subscribers.by_fingerprint(self.fingerprint(address))

    def sign_up(self, wish: Wish, consent: Consent, *, by_operator: bool = False) -> bool:
        """Take up a wish and send a letter to its address, which decides what happens next.

        An address that gets our mail is sent the way to its choices, any other the request to
        confirm. Nothing at all happens for one whose owner called our mail spam, unless the hub's
        operator takes it up again. Tells whether a letter was queued, which a stranger must not
        learn. Raises ``ValueError`` for what is no address.
        """
        wish = replace(wish, address=mail_address(wish.address).address)
        with self._store.writing() as tx:
            known = self.known(tx, wish.address)
            if known is not None and known.ended_because == "complained" and not by_operator:
                return False
            if known is None or known.state in {SubscriberState.PENDING, SubscriberState.ENDED}:
                known = self.take_up(tx, known, wish, consent)
            return self.ask(tx, known)

    def take_up(
        self,
        tx: Transaction,
        known: Subscriber | None,
        wish: Wish,
        consent: Consent,
        *,
        confirmed: bool = False,
    ) -> Subscriber:
        """Store somebody with a wish, in place of what was known before.

        Nothing is sent until the address is confirmed, unless the person has agreed elsewhere.
        """
        person = Subscriber(
            id=known.id if known else mint_id(),
            address=wish.address,
            state=SubscriberState.ACTIVE if confirmed else SubscriberState.PENDING,
            language=wish.language,
            timezone=wish.timezone,
            created_at=self._now,
            consent=consent,
            confirmed_at=self._now if confirmed else None,
        )
        if known is None:
            tx.subscribers.add(person, self.fingerprint(wish.address))
        else:
            tx.subscribers.save(person)
            tx.subscribers.unsubscribe(person.id)
        self.choose(tx, person, wish)
        return person

    def choose(self, tx: Transaction, person: Subscriber, wish: Wish) -> None:
        """Store what somebody wants in place of what was wanted.

        What is new begins with the news from now on; what stays goes on where it was.
        """
        here = Position(announced=tx.digests.newest_announced(), at=self._now)
        before = {one.digest_id for one in tx.subscribers.subscriptions([person.id])}
        tx.subscribers.unsubscribe(person.id, before - {one.digest_id for one in wish.digests})
        for one in wish.digests:
            wanted = Subscription(
                subscriber_id=person.id,
                digest_id=one.digest_id,
                at=one.at,
                on=one.on,
                places=wish.places,
                topics=wish.topics,
            )
            tx.subscribers.subscribe(
                replace(wanted, next_due_at=self._next_due(wanted, person)), here
            )

    def _next_due(self, wanted: Subscription, person: Subscriber) -> datetime | None:
        digest = self._digests.get(wanted.digest_id)
        if digest is None or person.state is not SubscriberState.ACTIVE:
            return None
        return next_due(own_rhythm(digest, wanted, person.timezone), self._now)

    def ask(self, tx: Transaction, person: Subscriber) -> bool:
        """Queue the letter somebody's state asks for, at most one an hour; tell whether it was."""
        asked = tx.subscribers.asked_at(person.id)
        if asked is not None and asked <= self._now < asked + _BETWEEN_LETTERS:
            return False
        tx.subscribers.asked(person.id, self._now)
        active = person.state is SubscriberState.ACTIVE
        kind = DeliveryKind.CHANGE if active else DeliveryKind.CONFIRM
        wanted = tx.subscribers.subscriptions([person.id])
        digests = [self._digests[one.digest_id] for one in wanted if one.digest_id in self._digests]
        return tx.deliveries.queue([self._write(kind, person, digests)]) > 0

    def find(self, purpose: Purpose, token: str) -> Found | None:
        """Return whom a token names; None for nobody known.

        Raises ``BadToken``, ``ExpiredToken``.
        """
        person_id = open_token(self._good_keys, purpose, token, self._now)
        with self._store.reading() as tx:
            return _found(tx, person_id)

    def confirm(self, token: str) -> Found | None:
        """Confirm an address: from now on its owner is written to.

        Returns None where there is nobody (any more) to confirm: who has left since signs up
        anew. Raises ``BadToken``, ``ExpiredToken``.
        """
        person_id = open_token(self._good_keys, Purpose.CONFIRM, token, self._now)
        with self._store.writing() as tx:
            person = tx.subscribers.get(person_id)
            if person is None or person.state is SubscriberState.ENDED:
                return None
            if person.state is not SubscriberState.ACTIVE:
                self._start(tx, person)
            return _found(tx, person_id)

    def _start(self, tx: Transaction, person: Subscriber) -> None:
        """Begin to write to somebody, with the news from now on."""
        here = Position(announced=tx.digests.newest_announced(), at=self._now)
        person = replace(person, state=SubscriberState.ACTIVE, confirmed_at=self._now, bounces=0)
        tx.subscribers.save(person)
        for wanted in tx.subscribers.subscriptions([person.id]):
            due = self._next_due(wanted, person)
            if due is not None:
                tx.subscribers.advance(wanted, here, due)

    def change(self, token: str, wish: Wish) -> Found | None:
        """Store other choices, from now on; None for somebody who left.

        Whoever is not written to because mail came back is asked to confirm first. Raises
        ``BadToken``.
        """
        person_id = open_token(self._good_keys, Purpose.CHANGE, token, self._now)
        with self._store.writing() as tx:
            person = tx.subscribers.get(person_id)
            if person is None or person.state is SubscriberState.ENDED:
                return None
            person = replace(person, language=wish.language, timezone=wish.timezone)
            tx.subscribers.save(person)
            self.choose(tx, person, wish)
            if person.state is not SubscriberState.ACTIVE:
                self.ask(tx, person)
            return _found(tx, person_id)

    def unsubscribe(self, token: str) -> Subscriber | None:
        """End everything for whoever a token names, at once; None for nobody known.

        Raises ``BadToken``.
        """
        person_id = open_token(self._good_keys, Purpose.UNSUBSCRIBE, token, self._now)
        with self._store.writing() as tx:
            person = tx.subscribers.get(person_id)
            if person is not None:
                end_subscriber(tx, person, "unsubscribed", self._now)
            return person


def _found(tx: Transaction, person_id: str) -> Found | None:
    person = tx.subscribers.get(person_id)
    if person is None:
        return None
    return Found(person=person, subscriptions=tx.subscribers.subscriptions([person_id]))


def end_subscriber(tx: Transaction, person: Subscriber, because: str, now: datetime) -> None:
    """Write to somebody no more: what is asked for is forgotten, what waits is dropped.

    A message that is being handed over at this moment may still arrive. Who has left before stays
    as they left.
    """
    if person.state is SubscriberState.ENDED:
        return
    tx.subscribers.save(
        replace(person, state=SubscriberState.ENDED, ended_at=now, ended_because=because)
    )
    tx.subscribers.unsubscribe(person.id)
    tx.deliveries.drop(person.id, now, f"the subscriber is gone: {because}")


def forget_people(store: Store, now: datetime) -> int:
    """Erase addresses that are no longer needed; return how many.

    Those who left are kept four weeks, those who never confirmed a week after their link lapsed.
    """
    forgotten = 0
    while True:
        with store.writing() as tx:
            gone = tx.subscribers.ended_before(now - _KEPT_AFTER_LEAVING)
            silent = tx.subscribers.unconfirmed_before(now - _KEPT_UNCONFIRMED)
            for person in silent:
                end_subscriber(tx, person, "unconfirmed", now)
            for person in (*gone, *silent):
                tx.subscribers.erase(person.id)
                tx.deliveries.forget_person(person.id)
        forgotten += len(gone) + len(silent)
        if not gone and not silent:
            return forgotten
