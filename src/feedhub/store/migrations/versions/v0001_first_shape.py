"""The first shape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import feedhub.store.column_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "entry_shingles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("shingle", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "entry_number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("level", "shingle", "entry_number", name=op.f("pk_entry_shingles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "facts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "holders",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("until", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
    )
    op.create_table(
        "claims",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("holder_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holders.id"], name=op.f("fk_claims_holder_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_holder_id"), "claims", ["holder_id"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("next_allowed_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("quiet_until", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("quiet_status", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_hosts")),
    )
    op.create_table(
        "ledger",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "host", "kind", name=op.f("pk_ledger")),
    )
    op.create_table(
        "notices",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notices")),
    )
    op.create_table(
        "pings",
        sa.Column("topic", sa.String(length=500), nullable=False),
        sa.Column("due_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_pings")),
    )
    op.create_table(
        "seals",
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story_ids", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "number", name=op.f("pk_seals")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), server_default="", nullable=False),
        sa.Column("moved_proofs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kind", sa.String(length=16), server_default="auto", nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(length=32), server_default="", nullable=False),
        sa.Column("shape", sa.String(length=32), server_default="", nullable=False),
        sa.Column("next_due_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("due_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("pulled_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("succeeded_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("full_fetch_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("changed_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("failing_since", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("damage", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("homepage", sa.Text(), server_default="", nullable=False),
        sa.Column("date_order", sa.String(length=3), server_default="", nullable=False),
        sa.Column("first_pull_done", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("pages_pending", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("chrome", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("ttl_minutes", sa.Integer(), nullable=True),
        sa.Column("skip_hours", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("skip_days", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("troubles", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("normal_since", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("learnt", sa.Text(), server_default="", nullable=False),
        sa.Column("retired_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("founded", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announced", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("announced_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("created_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("changed_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("published_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("lead_id", sa.String(length=32), nullable=False),
        sa.Column("merged_into", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("announced", name=op.f("uq_stories_announced")),
        sa.UniqueConstraint("sequence", name=op.f("uq_stories_sequence")),
    )
    op.create_index(op.f("ix_stories_day"), "stories", ["day"], unique=False)
    op.create_table(
        "channel_stories",
        sa.Column("channel_id", sa.String(length=80), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column(
            "announced", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_channel_stories_story_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "story_id", name=op.f("pk_channel_stories")),
    )
    op.create_index(
        op.f("ix_channel_stories_channel_id_sealed_announced"),
        "channel_stories",
        ["channel_id", "sealed", "announced"],
        unique=False,
    )
    op.create_index(
        op.f("ix_channel_stories_story_id"), "channel_stories", ["story_id"], unique=False
    )
    op.create_table(
        "entries",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("link_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("enclosures", sa.JSON(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("precision", sa.String(length=8), nullable=False),
        sa.Column("date_used", sa.String(length=12), nullable=False),
        sa.Column("date_evidence", sa.Text(), nullable=False),
        sa.Column("date_note", sa.Text(), nullable=False),
        sa.Column("updated_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("first_seen", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("last_seen", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("revised_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("withdrawn_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("article_read", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("article_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_entries_source_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_entries_story_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_entries")),
        sa.UniqueConstraint("id", name=op.f("uq_entries_id")),
    )
    op.create_index(
        op.f("ix_entries_revised_at"),
        "entries",
        ["revised_at"],
        unique=False,
        sqlite_where=sa.text("revised_at IS NOT NULL"),
        postgresql_where=sa.text("revised_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_entries_source_id_published_at"),
        "entries",
        ["source_id", "published_at"],
        unique=False,
    )
    op.create_index(
        "ix_entries_listed",
        "entries",
        ["source_id"],
        unique=False,
        sqlite_where=sa.text("listed = 1 AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("listed AND withdrawn_at IS NULL"),
    )
    op.create_index(op.f("ix_entries_story_id"), "entries", ["story_id"], unique=False)
    op.create_index(
        op.f("ix_entries_withdrawn_at"),
        "entries",
        ["withdrawn_at"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    op.create_table(
        "pulls",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bytes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("milliseconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revised", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pending", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_pulls_source_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pulls")),
    )
    op.create_index(op.f("ix_pulls_at"), "pulls", ["at"], unique=False)
    op.create_index(op.f("ix_pulls_source_id_at"), "pulls", ["source_id", "at"], unique=False)
    op.create_table(
        "pushes",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("asked_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("granted_until", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("delivered_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("missed_at", feedhub.store.column_types.UtcTime(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_pushes_source_id")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("token", name=op.f("uq_pushes_token")),
    )
    op.create_table(
        "entry_keys",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column(
            "entry_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["entries.number"], name=op.f("fk_entry_keys_entry_number")
        ),
        sa.PrimaryKeyConstraint("source_id", "kind", "key", name=op.f("pk_entry_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_entry_keys_entry_number"), "entry_keys", ["entry_number"], unique=False
    )
    op.create_table(
        "entry_links",
        sa.Column("first_id", sa.String(length=32), nullable=False),
        sa.Column("second_id", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["entries.id"], name=op.f("fk_entry_links_first_id")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["entries.id"], name=op.f("fk_entry_links_second_id")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_entry_links")),
    )
    op.create_index(op.f("ix_entry_links_second_id"), "entry_links", ["second_id"], unique=False)
    op.create_table(
        "pins",
        sa.Column("first_id", sa.String(length=32), nullable=False),
        sa.Column("second_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["entries.id"], name=op.f("fk_pins_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["entries.id"], name=op.f("fk_pins_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_pins")),
    )
    op.create_index(op.f("ix_pins_second_id"), "pins", ["second_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("replaced_at", feedhub.store.column_types.UtcTime(), nullable=False),
        sa.Column("significant", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_revisions_entry_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_entry_id"), "revisions", ["entry_id"], unique=False)
    op.create_index(op.f("ix_revisions_replaced_at"), "revisions", ["replaced_at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        # each word once, cut and folded before it comes here, so ASCII's separators will do; nobody
        # asks where in a text a word stands, or for the text
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5("
            "words, content = '', detail = none, columnsize = 0, tokenize = 'ascii')"
        )
        # twice as many pieces as usual before they are merged: a question does not notice
        op.execute("INSERT INTO search (search, rank) VALUES ('automerge', 8)")
    else:
        op.execute(
            "CREATE TABLE search (entry_number bigint CONSTRAINT pk_search PRIMARY KEY,"
            " exact tsvector NOT NULL, bare tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_bare ON search USING gin (bare)")
