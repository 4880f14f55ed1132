"""Digests, subscribers and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import feedhub.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of digests and mail."""
    op.create_table(
        "digest_runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest_id", sa.String(length=64), nullable=False),
        sa.Column("due_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column(
            "after_announced", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("after_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column(
            "upto_announced", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("upto_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column("made_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_runs")),
        sa.UniqueConstraint("digest_id", "due_at", name=op.f("uq_digest_runs_digest_id_due_at")),
    )
    op.create_index(
        op.f("ix_digest_runs_digest_id_official_due_at"),
        "digest_runs",
        ["digest_id", "official", "due_at"],
        unique=False,
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("next_due_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column(
            "announced", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("told_upto", feedhub.store.tables.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
    )
    op.create_table(
        "subscribers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("created_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column("consent_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column("consent_how", sa.String(length=16), nullable=False),
        sa.Column("consent_where", sa.Text(), nullable=False),
        sa.Column("consent_words", sa.Text(), nullable=False),
        sa.Column("confirmed_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("ended_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("ended_because", sa.String(length=16), server_default="", nullable=False),
        sa.Column("bounces", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_subscribers_fingerprint")),
    )
    op.create_index(op.f("ix_subscribers_ended_at"), "subscribers", ["ended_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("subscriber_id", sa.String(length=32), nullable=True),
        sa.Column("address", sa.String(length=320), server_default="", nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("story_ids", sa.JSON(), nullable=False),
        sa.Column("changed_after", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("changed_upto", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("left_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubtful", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", feedhub.store.tables.UtcTime(), nullable=False),
        sa.Column("next_try_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("lease_until", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("ended_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["digest_runs.id"], name=op.f("fk_deliveries_run_id")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_deliveries_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
        sa.UniqueConstraint(
            "run_id", "subscriber_id", name=op.f("uq_deliveries_run_id_subscriber_id")
        ),
    )
    op.create_index(op.f("ix_deliveries_ended_at"), "deliveries", ["ended_at"], unique=False)
    op.create_index(
        op.f("ix_deliveries_lease_until"),
        "deliveries",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_deliveries_next_try_at"),
        "deliveries",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("next_try_at IS NOT NULL"),
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_deliveries_subscriber_id"), "deliveries", ["subscriber_id"], unique=False
    )
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", sa.String(length=32), nullable=False),
        sa.Column("digest_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=5), server_default="", nullable=False),
        sa.Column("weekday", sa.String(length=3), server_default="", nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("next_due_at", feedhub.store.tables.UtcTime(), nullable=True),
        sa.Column(
            "announced",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("told_upto", feedhub.store.tables.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_subscriptions_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "digest_id", name=op.f("pk_subscriptions")),
    )
    op.create_index(
        op.f("ix_subscriptions_next_due_at"), "subscriptions", ["next_due_at"], unique=False
    )
