"""The outbox: every message to every person, from before it is written until long after."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from feedhub.model.mail import Delivery, DeliveryKind, DeliveryState
from feedhub.store.engine import insert_for
from feedhub.store.mail_tables import deliveries

__all__ = ["DeliveryRows"]

_WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.UNKNOWN)
_OPEN = (*_WAITING, DeliveryState.LEASED, DeliveryState.DATA_STARTED)


class DeliveryRows:
    """The outbox of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, fresh: Iterable[Delivery]) -> int:
        """Queue messages; one that a person already has of the same run is left as it is.

        Returns how many were queued.
        """
        values = [_values(one) for one in fresh]
        if not values:
            return 0
        statement = (
            insert_for(self._connection, deliveries)
            .on_conflict_do_nothing(index_elements=["run_id", "subscriber_id"])
            .returning(deliveries.c.id)  # psycopg tells no row count of an INSERT
        )
        return sum(len(self._connection.execute(statement, one).all()) for one in values)

    def claim(self, now: datetime, until: datetime, limit: int) -> tuple[Delivery, ...]:
        """Lease messages whose time has come, longest waiting first, and return them.

        Nobody is sent a digest before the one that was due earlier: it waits for that one's end.
        """
        behind = self._behind(now, until)
        query = (
            select(deliveries)
            .where(
                deliveries.c.next_try_at <= now,
                deliveries.c.state.in_([str(state) for state in _WAITING]),
                deliveries.c.id.not_in(behind),
            )
            .order_by(deliveries.c.next_try_at, deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = list(self._connection.execute(query).mappings())
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_([row["id"] for row in rows]))
            .values(state=str(DeliveryState.LEASED), lease_until=until, next_try_at=None)
        )
        return tuple(_delivery(row) for row in rows)

    def _behind(self, now: datetime, until: datetime) -> tuple[str, ...]:
        """Put digests off that are due behind an earlier one to the same person; return their ids.

        Looked at again when the earlier one is due, at ``until`` where somebody is sending it.
        """
        older = deliveries.alias("older")
        sent_by = literal(until, deliveries.c.next_try_at.type)
        found = self._connection.execute(
            select(deliveries.c.id, func.max(func.coalesce(older.c.next_try_at, sent_by)))
            .join(
                older,
                and_(
                    older.c.subscriber_id == deliveries.c.subscriber_id,
                    older.c.queued_at < deliveries.c.queued_at,
                    older.c.run_id.is_not(None),
                    or_(older.c.next_try_at.is_not(None), older.c.lease_until.is_not(None)),
                ),
            )
            .where(
                deliveries.c.run_id.is_not(None),
                deliveries.c.next_try_at <= now,
                deliveries.c.state.in_([str(state) for state in _WAITING]),
            )
            .group_by(deliveries.c.id)
        ).all()
        for name, again in found:
            self._connection.execute(
                update(deliveries).where(deliveries.c.id == name).values(next_try_at=again)
            )
        return tuple(name for name, _ in found)

    def lost(self, now: datetime) -> tuple[Delivery, ...]:
        """Return messages whose lease has run out: whoever held them is gone."""
        query = select(deliveries).where(deliveries.c.lease_until <= now)
        return tuple(_delivery(row) for row in self._connection.execute(query).mappings())

    def held(self) -> tuple[Delivery, ...]:
        """Return every message that is leased, by whomever."""
        query = select(deliveries).where(deliveries.c.lease_until.is_not(None))
        return tuple(_delivery(row) for row in self._connection.execute(query).mappings())

    def keep(self, changed: Delivery) -> None:
        """Write a message's row anew."""
        values = _values(changed)
        del values["id"]
        self._connection.execute(
            update(deliveries).where(deliveries.c.id == changed.id).values(**values)
        )

    def start_data(self, delivery_id: str, lease_until: datetime, body: bytes) -> bool:
        """Note that a message is about to be handed over, and its bytes; False if no longer ours.

        A later try sends the same bytes.
        """
        done = self._connection.execute(
            update(deliveries)
            .where(
                deliveries.c.id == delivery_id,
                deliveries.c.state == DeliveryState.LEASED,
                deliveries.c.lease_until.is_not(None),
            )
            .values(
                state=str(DeliveryState.DATA_STARTED),
                lease_until=lease_until,
                body=zlib.compress(body),
                tries=deliveries.c.tries + 1,
            )
        )
        return done.rowcount == 1

    def drop(self, subscriber_id: str, now: datetime, words: str) -> int:
        """Drop what waits for somebody who left; what is in flight stays."""
        done = self._connection.execute(
            update(deliveries)
            .where(
                deliveries.c.subscriber_id == subscriber_id,
                deliveries.c.state.in_([str(state) for state in _WAITING]),
            )
            .values(state=str(DeliveryState.DROPPED), ended_at=now, next_try_at=None, answer=words)
        )
        return done.rowcount

    def get(self, delivery_id: str) -> Delivery | None:
        """Return a message by id."""
        return self._one(deliveries.c.id == delivery_id)

    def by_message_id(self, message_id: str) -> Delivery | None:
        """Return a message by its Message-ID, without angle brackets."""
        return self._one(deliveries.c.message_id == message_id)

    def digest_before(self, one: Delivery) -> Delivery | None:
        """Return the digest that the same person was sent before this one, without its body."""
        columns = [column for column in deliveries.c if column.name != "body"]
        query = (
            select(*columns)
            .where(
                deliveries.c.subscriber_id == one.subscriber_id,
                deliveries.c.kind == DeliveryKind.DIGEST,
                deliveries.c.queued_at < one.queued_at,
                deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.FAILED]),
            )
            .order_by(deliveries.c.queued_at.desc(), deliveries.c.id)
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return _delivery(row) if row else None

    def newest_tried(self, limit: int) -> tuple[Delivery, ...]:
        """Return the messages queued last of those that were tried, without their bodies."""
        columns = [column for column in deliveries.c if column.name != "body"]
        tried = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED)
        query = (
            select(*columns)
            .where(deliveries.c.state.in_([str(state) for state in tried]))
            .order_by(deliveries.c.queued_at.desc(), deliveries.c.id)
            .limit(limit)
        )
        return tuple(_delivery(row) for row in self._connection.execute(query).mappings())

    def of_run(self, run_id: str) -> tuple[Delivery, ...]:
        """Return the messages of a run, without their bodies."""
        return self._listed(deliveries.c.run_id == run_id)

    def told(self, subscriber_id: str, since: datetime) -> frozenset[str]:
        """Return the stories a person was sent, or is being sent, since a moment."""
        query = select(deliveries.c.story_ids).where(
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c.queued_at >= since,
            deliveries.c.state.not_in([DeliveryState.FAILED, DeliveryState.DROPPED]),
        )
        found = self._connection.execute(query).scalars()
        return frozenset(story_id for story_ids in found for story_id in story_ids)

    def counts(self, run_ids: Collection[str]) -> dict[str, dict[str, int]]:
        """Return how many messages of each run are in each state; ``doubtful`` counts doubts."""
        query = (
            select(
                deliveries.c.run_id,
                deliveries.c.state,
                func.count(),
                func.sum(case((deliveries.c.doubtful > 0, 1), else_=0)),
            )
            .where(deliveries.c.run_id.in_(sorted(run_ids)))
            .group_by(deliveries.c.run_id, deliveries.c.state)
        )
        found: dict[str, dict[str, int]] = {}
        for run_id, state, count, doubtful in self._connection.execute(query):
            of_run = found.setdefault(run_id, {"doubtful": 0})
            of_run[state] = count
            of_run["doubtful"] += int(doubtful or 0)
        return found

    def totals(self) -> dict[str, int]:
        """Return how many messages are in each state; ``doubtful`` counts those ever in doubt."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        found = {row[0]: row[1] for row in self._connection.execute(query)}
        doubtful = select(func.count()).where(deliveries.c.doubtful > 0)
        found["doubtful"] = self._connection.execute(doubtful).scalar() or 0
        return found

    def undecided(self) -> int:
        """Count the messages that may have arrived or not and are not sent again."""
        query = select(func.count()).where(
            deliveries.c.state == DeliveryState.UNKNOWN, deliveries.c.next_try_at.is_(None)
        )
        return int(self._connection.execute(query).scalar() or 0)

    def waiting(self) -> bool:
        """Tell whether anything is still to be sent."""
        query = select(deliveries.c.id).where(
            or_(deliveries.c.next_try_at.is_not(None), deliveries.c.lease_until.is_not(None))
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def next_try(self) -> datetime | None:
        """Return when the next message should be tried, or None."""
        return self._connection.execute(select(func.min(deliveries.c.next_try_at))).scalar()

    def next_lost(self) -> datetime | None:
        """Return when the next lease runs out, or None."""
        return self._connection.execute(select(func.min(deliveries.c.lease_until))).scalar()

    def forget_bodies(self, before: datetime) -> None:
        """Drop the bodies of messages that ended before a moment."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.ended_at < before, deliveries.c.body.is_not(None))
            .values(body=None)
        )

    def forget_person(self, subscriber_id: str) -> None:
        """Drop what messages to somebody tell of them: the bodies, and answers with an address.

        What still waits is dropped before.
        """
        theirs = deliveries.c.subscriber_id == subscriber_id
        self._connection.execute(
            update(deliveries).where(theirs, deliveries.c.body.is_not(None)).values(body=None)
        )
        self._connection.execute(
            update(deliveries).where(theirs, deliveries.c.answer.contains("@")).values(answer="")
        )

    def forget_contents(self, before: datetime) -> None:
        """Drop which stories long-ended messages held, and addresses that are nobody's row."""
        self._connection.execute(
            update(deliveries)
            .where(
                deliveries.c.ended_at < before,
                or_(cast(deliveries.c.story_ids, Text) != "[]", deliveries.c.address != ""),
            )
            .values(story_ids=[], address="")
        )

    def _one(self, condition: ColumnElement[bool]) -> Delivery | None:
        row = self._connection.execute(select(deliveries).where(condition)).mappings()
        found = row.first()
        return _delivery(found) if found else None

    def _listed(self, condition: ColumnElement[bool]) -> tuple[Delivery, ...]:
        columns = [column for column in deliveries.c if column.name != "body"]
        query = select(*columns).where(condition)
        found = self._connection.execute(query.order_by(deliveries.c.id)).mappings()
        return tuple(_delivery(row) for row in found)


def _values(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": str(one.kind),
        "run_id": one.run_id,
        "subscriber_id": one.subscriber_id,
        "address": one.address,
        "domain": one.domain,
        "state": str(one.state),
        "message_id": one.message_id,
        "story_ids": list(one.story_ids),
        "changed_after": one.changed_after,
        "changed_upto": one.changed_upto,
        "left_out": one.left_out,
        "body": zlib.compress(one.body) if one.body is not None else None,
        "tries": one.tries,
        "doubtful": one.doubtful,
        "queued_at": one.queued_at,
        "next_try_at": one.next_try_at,
        "lease_until": one.lease_until,
        "ended_at": one.ended_at,
        "answer": one.answer,
    }


def _delivery(row: RowMapping) -> Delivery:
    body = row.get("body")
    return Delivery(
        id=row["id"],
        kind=DeliveryKind(row["kind"]),
        state=DeliveryState(row["state"]),
        message_id=row["message_id"],
        queued_at=row["queued_at"],
        run_id=row["run_id"],
        subscriber_id=row["subscriber_id"],
        address=row["address"],
        domain=row["domain"],
        story_ids=tuple(row["story_ids"]),
        changed_after=row["changed_after"],
        changed_upto=row["changed_upto"],
        left_out=row["left_out"],
        body=zlib.decompress(body) if body is not None else None,
        tries=row["tries"],
        doubtful=row["doubtful"],
        next_try_at=row["next_try_at"],
        lease_until=row["lease_until"],
        ended_at=row["ended_at"],
        answer=row["answer"],
    )
