"""Subscribers, what they asked for, and how far each has been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from feedhub.model.digest import Position
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.engine import insert_for
from feedhub.store.mail_tables import subscribers, subscriptions

__all__ = ["SubscriberRows"]


class SubscriberRows:
    """The subscribers of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, subscriber: Subscriber, fingerprint: str) -> None:
        """Store somebody new. ``fingerprint`` is the address's, see ``by_fingerprint``."""
        values = _subscriber_values(subscriber) | {"fingerprint": fingerprint}
        self._connection.execute(insert(subscribers).values(**values))

    def save(self, subscriber: Subscriber) -> None:
        """Write somebody's row anew; the fingerprint stays."""
        self._connection.execute(
            update(subscribers)
            .where(subscribers.c.id == subscriber.id)
            .values(**_subscriber_values(subscriber))
        )

    def get(self, subscriber_id: str) -> Subscriber | None:
        """Return a subscriber by id."""
        return self._one(subscribers.c.id == subscriber_id)

    def by_fingerprint(self, fingerprint: str) -> Subscriber | None:
        """Return whoever has, or had before erasure, the address with this fingerprint."""
        return self._one(subscribers.c.fingerprint == fingerprint)

    def all(self, *, after: str = "", limit: int = 1000) -> tuple[Subscriber, ...]:
        """Return subscribers by id, a part of the list at a time."""
        query = select(subscribers).where(subscribers.c.id > after).order_by(subscribers.c.id)
        found = self._connection.execute(query.limit(limit)).mappings()
        return tuple(_subscriber(row) for row in found)

    def counts(self) -> dict[str, int]:
        """Return how many subscribers there are in each state."""
        query = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def asked(self, subscriber_id: str, at: datetime) -> None:
        """Note when somebody was last sent a letter that anyone could have called for."""
        self._connection.execute(
            update(subscribers).where(subscribers.c.id == subscriber_id).values(asked_at=at)
        )

    def asked_at(self, subscriber_id: str) -> datetime | None:
        """Return when such a letter was last sent."""
        query = select(subscribers.c.asked_at).where(subscribers.c.id == subscriber_id)
        return self._connection.execute(query).scalar()

    def ended_before(self, moment: datetime, limit: int = 1000) -> tuple[Subscriber, ...]:
        """Return those who ended before a moment and whose address is still here."""
        query = select(subscribers).where(
            subscribers.c.ended_at < moment, subscribers.c.address.is_not(None)
        )
        return tuple(
            _subscriber(row) for row in self._connection.execute(query.limit(limit)).mappings()
        )

    def unconfirmed_before(self, moment: datetime, limit: int = 1000) -> tuple[Subscriber, ...]:
        """Return those who signed up before a moment and never confirmed."""
        query = select(subscribers).where(
            subscribers.c.state == SubscriberState.PENDING, subscribers.c.created_at < moment
        )
        return tuple(
            _subscriber(row) for row in self._connection.execute(query.limit(limit)).mappings()
        )

    def subscriptions(self, subscriber_ids: Collection[str]) -> tuple[Subscription, ...]:
        """Return what some people asked for, by person and digest."""
        query = (
            select(subscriptions)
            .where(subscriptions.c.subscriber_id.in_(sorted(subscriber_ids)))
            .order_by(subscriptions.c.subscriber_id, subscriptions.c.digest_id)
        )
        return tuple(_subscription(row) for row in self._connection.execute(query).mappings())

    def subscribe(self, wanted: Subscription, position: Position) -> None:
        """Store a subscription, or change it; a stored one keeps the position it has reached."""
        values = {
            "subscriber_id": wanted.subscriber_id,
            "digest_id": wanted.digest_id,
            "at": wanted.at,
            "weekday": wanted.on,
            "places": list(wanted.places),
            "topics": list(wanted.topics),
            "next_due_at": wanted.next_due_at,
        }
        statement = insert_for(self._connection, subscriptions).values(
            **values, announced=position.announced, told_upto=position.at
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["subscriber_id", "digest_id"], set_=values
            )
        )

    def unsubscribe(self, subscriber_id: str, digest_ids: Collection[str] | None = None) -> None:
        """Drop some of a person's subscriptions, or all."""
        statement = delete(subscriptions).where(subscriptions.c.subscriber_id == subscriber_id)
        if digest_ids is not None:
            statement = statement.where(subscriptions.c.digest_id.in_(sorted(digest_ids)))
        self._connection.execute(statement)

    def due(self, now: datetime, limit: int) -> tuple[tuple[Subscription, Subscriber], ...]:
        """Return subscriptions whose cut-off has come, longest overdue first."""
        query = (
            select(
                subscriptions, *(column.label(f"person_{column.name}") for column in subscribers.c)
            )
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(
                subscriptions.c.next_due_at <= now,
                subscribers.c.state == SubscriberState.ACTIVE,
            )
            .order_by(subscriptions.c.next_due_at, subscriptions.c.subscriber_id)
            .limit(limit)
        )
        found = []
        for row in self._connection.execute(query).mappings():
            person = {name[7:]: value for name, value in row.items() if name.startswith("person_")}
            found.append((_subscription(row), _subscriber(person)))
        return tuple(found)

    def scheduled(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> tuple[tuple[Subscription, str], ...]:
        """Return the subscriptions that have a next cut-off, with their people's time zones.

        Ordered by person and digest, a part of the list at a time.
        """
        key = (subscriptions.c.subscriber_id, subscriptions.c.digest_id)
        query = (
            select(subscriptions, subscribers.c.timezone)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(
                subscriptions.c.next_due_at.is_not(None),
                (key[0] > after[0]) | ((key[0] == after[0]) & (key[1] > after[1])),
            )
            .order_by(*key)
            .limit(limit)
        )
        found = self._connection.execute(query).mappings()
        return tuple((_subscription(row), row["timezone"]) for row in found)

    def next_due(self) -> datetime | None:
        """Return the earliest cut-off of anybody, or None."""
        return self._connection.execute(select(func.min(subscriptions.c.next_due_at))).scalar()

    def position(self, wanted: Subscription) -> Position | None:
        """Return how far a subscription has been told; None where nothing is known."""
        row = self._connection.execute(
            select(subscriptions.c.announced, subscriptions.c.told_upto).where(*_same(wanted))
        ).first()
        if row is None or row.told_upto is None:
            return None
        return Position(announced=row.announced, at=row.told_upto)

    def advance(self, wanted: Subscription, upto: Position, next_due_at: datetime) -> None:
        """Move a subscription on to its next cut-off."""
        self._connection.execute(
            update(subscriptions)
            .where(*_same(wanted))
            .values(announced=upto.announced, told_upto=upto.at, next_due_at=next_due_at)
        )

    def not_after(self, now: datetime) -> None:
        """Let no position lie after a moment."""
        late = subscriptions.c.told_upto > now
        self._connection.execute(update(subscriptions).where(late).values(told_upto=now))

    def reschedule(self, changed: Iterable[Subscription]) -> None:
        """Write the next cut-offs of subscriptions, and nothing else of them."""
        for one in changed:
            self._connection.execute(
                update(subscriptions).where(*_same(one)).values(next_due_at=one.next_due_at)
            )

    def erase(self, subscriber_id: str) -> None:
        """Forget somebody's address and consent; the row stays for the ledger."""
        self._connection.execute(
            update(subscribers)
            .where(subscribers.c.id == subscriber_id)
            .values(address=None, consent_where="", consent_words="")
        )

    def _one(self, condition: ColumnElement[bool]) -> Subscriber | None:
        row = self._connection.execute(select(subscribers).where(condition)).mappings()
        found = row.first()
        return _subscriber(found) if found else None


def _same(wanted: Subscription) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        subscriptions.c.subscriber_id == wanted.subscriber_id,
        subscriptions.c.digest_id == wanted.digest_id,
    )


def _subscriber_values(subscriber: Subscriber) -> dict[str, object]:
    return {
        "id": subscriber.id,
        "address": subscriber.address or None,
        "state": str(subscriber.state),
        "language": subscriber.language,
        "timezone": subscriber.timezone,
        "created_at": subscriber.created_at,
        "consent_at": subscriber.consent.at,
        "consent_how": subscriber.consent.how,
        "consent_where": subscriber.consent.where,
        "consent_words": subscriber.consent.words,
        "confirmed_at": subscriber.confirmed_at,
        "ended_at": subscriber.ended_at,
        "ended_because": subscriber.ended_because,
        "bounces": subscriber.bounces,
    }


def _subscriber(row: RowMapping | dict[str, object]) -> Subscriber:
    values = dict(row)
    return Subscriber(
        id=values["id"],
        address=values["address"] or "",
        state=SubscriberState(values["state"]),
        language=values["language"],
        timezone=values["timezone"],
        created_at=values["created_at"],
        consent=Consent(
            at=values["consent_at"],
            how=values["consent_how"],
            where=values["consent_where"],
            words=values["consent_words"],
        ),
        confirmed_at=values["confirmed_at"],
        ended_at=values["ended_at"],
        ended_because=values["ended_because"],
        bounces=values["bounces"],
    )


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(
        subscriber_id=row["subscriber_id"],
        digest_id=row["digest_id"],
        at=row["at"],
        on=row["weekday"],
        places=tuple(row["places"]),
        topics=tuple(row["topics"]),
        next_due_at=row["next_due_at"],
    )
