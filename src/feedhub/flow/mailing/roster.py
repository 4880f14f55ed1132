"""What the operator does with subscribers: add, remove, erase, take in a list, give one out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.config.settings import Settings
from feedhub.edit.rosters import (
    RosterRow,
    read_roster,
    wanted_digest,
    wanted_labels,
    write_roster,
)
from feedhub.edit.wishes import Offer, usual_wish
from feedhub.errors import FeedHubError
from feedhub.flow.mailing.desk import offer_of
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.subscribing import People, end_subscriber
from feedhub.flow.mailing.writing import letter_writer
from feedhub.flow.publishing.pages import Site, hub_of
from feedhub.model.signup import Wish
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.render.desk import sign_up_words
from feedhub.store.store import Store, Transaction
from feedhub.text.addresses import mail_address

__all__ = ["Imported", "Roster"]

#: people read from the database at a time
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What taking in a list came to, in people.

    ``known`` are subscribed already (or paused) and left as they are; ``kept_out`` left after
    the consent that the list names, called our mail spam, or were not written to by the hub that
    wrote the list either (not confirmed, paused, gone).
    """

    added: int = 0
    known: int = 0
    kept_out: int = 0


class Roster:
    """The subscribers as the operator sees them, at one moment."""

    def __init__(self, settings: Settings, store: Store, now: datetime) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._people = People(settings, store, now, letter_writer(settings, hub_keys(store), now))

    def _offer(self) -> Offer:
        return offer_of(self._settings, Site(self._settings, ""))

    def wish(
        self,
        address: str,
        *,
        digests: Sequence[str] = (),
        language: str = "",
        timezone: str = "",
        places: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> Wish:
        """Return a wish as an operator writes it, completed by what is usual.

        Digests as in ``wanted_digest``, places and topics by name or id. Raises ``ValueError``.
        """
        offer = self._offer()
        usual = self._usual(offer)
        if language and language not in offer.languages:
            raise ValueError(f'there is no language "{language}"')
        if timezone and timezone not in offer.zones:
            raise ValueError(f'there is no time zone "{timezone}"')
        return Wish(
            address=mail_address(address).address,
            language=language or usual.language,
            timezone=timezone or usual.timezone,
            digests=tuple(wanted_digest(one, offer) for one in digests) or usual.digests,
            places=wanted_labels(places, offer.places, "place"),
            topics=wanted_labels(topics, offer.topics, "topic"),
        )

    def _usual(self, offer: Offer) -> Wish:
        hub = self._settings.hub
        language = hub.language if hub.language in offer.languages else "en"
        return usual_wish(offer, language=language, timezone=hub.timezone)

    def add(self, wish: Wish, confirmed: str = "") -> str:
        """Add somebody; return in words what was done.

        ``confirmed`` are the words that the person agreed to outside the hub; without them the
        person is sent a letter that asks.
        """
        words = confirmed or sign_up_words(hub_of(self._settings), wish.language)
        consent = Consent(at=self._now, how="command", where="", words=words)
        with self._store.writing() as tx:
            known = self._people.known(tx, wish.address)
            if known is not None and known.state is SubscriberState.ACTIVE:
                return "is subscribed already; nothing was changed"
            if confirmed:
                self._people.take_up(tx, known, wish, consent, confirmed=True)
                return "is subscribed"
        if self._people.sign_up(wish, consent, by_operator=True):
            return "is asked to confirm; the letter waits in the outbox"
        return "was sent a letter less than an hour ago, and no other now"

    def remove(self, address: str) -> None:
        """End everything for somebody, at once; raise ``FeedHubError`` for nobody known."""
        with self._store.writing() as tx:
            end_subscriber(tx, self._known(tx, address), "removed", self._now)

    def erase(self, address: str) -> None:
        """End everything for somebody and forget address, consent and messages.

        What stays is a row of the ledger, and a keyed hash by which one who complained is known.
        """
        with self._store.writing() as tx:
            person = self._known(tx, address)
            end_subscriber(tx, person, "removed", self._now)
            tx.subscribers.erase(person.id)
            tx.deliveries.forget_person(person.id)

    def _known(self, tx: Transaction, address: str) -> Subscriber:
        person = self._people.known(tx, address.strip())
        if person is None:
            raise FeedHubError("nobody with this address is known here")
        return person

    def take_in(self, text: str) -> Imported:
        """Subscribe everybody on a list (see ``edit.rosters``), all or nobody.

        Raises ``FeedHubError`` with a line for everything that is wrong.
        """
        offer = self._offer()
        zone = self._settings.hub.timezone
        rows, wrong = read_roster(text, offer, self._usual(offer), self._now, zone)
        if wrong:
            raise FeedHubError("\n".join(("nobody was taken in:", *wrong)))
        added = known = kept_out = 0
        with self._store.writing() as tx:
            for row in rows:
                before = self._people.known(tx, row.wish.address)
                if before is not None and before.state in {
                    SubscriberState.ACTIVE,
                    SubscriberState.PAUSED,
                }:
                    known += 1
                elif not row.active or (before is not None and _stays_out(before, row)):
                    kept_out += 1
                else:
                    self._people.take_up(tx, before, row.wish, row.consent, confirmed=True)
                    added += 1
        return Imported(added=added, known=known, kept_out=kept_out)

    def everybody(
        self, *, address: str = "", state: str = ""
    ) -> Iterator[tuple[Subscriber, tuple[Subscription, ...]]]:
        """Yield people whose address is still here with what they asked for, by id.

        Narrowed to one ``address``, or to one ``state``.
        """
        with self._store.reading() as tx:
            if address:
                person = self._known(tx, address)
                yield person, tx.subscribers.subscriptions([person.id])
                return
            after = ""
            while part := tx.subscribers.all(after=after, limit=_BATCH):
                after = part[-1].id
                wanted: dict[str, list[Subscription]] = {person.id: [] for person in part}
                for one in tx.subscribers.subscriptions(wanted):
                    wanted[one.subscriber_id].append(one)
                for person in part:
                    if person.address and state in {"", person.state}:
                        yield person, tuple(wanted[person.id])

    def give_out(self, address: str = "") -> str:
        """Return everybody, or one person, as a list that ``take_in`` reads."""
        return write_roster(self.everybody(address=address))


def _stays_out(person: Subscriber, row: RosterRow) -> bool:
    """Whether somebody ended it after, or in spite of, the consent that a list names."""
    if person.state is not SubscriberState.ENDED:
        return False
    if person.ended_because == "complained" or person.ended_at is None:
        return True
    return row.consent.at <= person.ended_at
