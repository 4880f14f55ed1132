"""The tables of digests, subscribers and the outbox; see ``store/tables.py`` for the rest."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedhub.store.tables import Number, UtcTime, metadata

__all__ = ["deliveries", "digest_runs", "digests", "metadata", "subscribers", "subscriptions"]

#: how far each digest's own pages have come
digests = Table(
    "digests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("next_due_at", UtcTime, nullable=False),
    Column("announced", Number, nullable=False),
    Column("told_upto", UtcTime, nullable=False),
)

digest_runs = Table(
    "digest_runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("digest_id", String(64), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("after_announced", Number, nullable=False),
    Column("after_at", UtcTime, nullable=False),
    Column("upto_announced", Number, nullable=False),
    Column("upto_at", UtcTime, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("official", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("stories", Integer, nullable=False),
    Column("day", String(10), nullable=False),
    UniqueConstraint("digest_id", "due_at"),
    Index(None, "digest_id", "official", "due_at"),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", String(32), primary_key=True),
    #: NULL once erased
    Column("address", String(320)),
    #: of the address, with the hub's secret: tells an erased complainer from a stranger
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    Column("language", String(16), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("consent_at", UtcTime, nullable=False),
    Column("consent_how", String(16), nullable=False),
    Column("consent_where", Text, nullable=False),
    Column("consent_words", Text, nullable=False),
    Column("confirmed_at", UtcTime),
    Column("ended_at", UtcTime, index=True),
    Column("ended_because", String(16), nullable=False, server_default=""),
    Column("bounces", Integer, nullable=False, server_default="0"),
    #: when a letter that this person did not ask for by being subscribed was last queued
    Column("asked_at", UtcTime),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", String(32), ForeignKey("subscribers.id"), primary_key=True),
    Column("digest_id", String(64), primary_key=True),
    Column("at", String(5), nullable=False, server_default=""),
    Column("weekday", String(3), nullable=False, server_default=""),
    Column("places", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    #: NULL while the subscriber is not active
    Column("next_due_at", UtcTime, index=True),
    Column("announced", Number, nullable=False, server_default="0"),
    Column("told_upto", UtcTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("run_id", String(32), ForeignKey("digest_runs.id")),
    Column("subscriber_id", String(32), ForeignKey("subscribers.id"), index=True),
    Column("address", String(320), nullable=False, server_default=""),
    Column("domain", String(255), nullable=False),
    Column("state", String(12), nullable=False),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("story_ids", JSON, nullable=False),
    Column("changed_after", UtcTime),
    Column("changed_upto", UtcTime),
    Column("left_out", Integer, nullable=False, server_default="0"),
    #: the finished message, packed (zlib); dropped after a week
    Column("body", LargeBinary),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("doubtful", Integer, nullable=False, server_default="0"),
    Column("queued_at", UtcTime, nullable=False),
    Column("next_try_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("ended_at", UtcTime, index=True),
    Column("answer", Text, nullable=False, server_default=""),
    UniqueConstraint("run_id", "subscriber_id"),
)

#: what has to be looked at: a few rows, however long the ledger grows
for _moment in (deliveries.c.next_try_at, deliveries.c.lease_until):
    _set = _moment.is_not(None)
    Index(None, _moment, sqlite_where=_set, info={"where": _set})
