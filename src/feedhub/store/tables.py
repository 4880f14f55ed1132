"""The tables. One ``MetaData``; the migrations build exactly this (a test compares them).

Times are whole microseconds since 1970 in UTC, so that they order and compare alike on every
database. Lists of words are JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from feedhub.store.column_types import UtcTime, Words

__all__ = [
    "UtcTime",
    "Words",
    "channel_stories",
    "claims",
    "entries",
    "entry_keys",
    "entry_links",
    "entry_shingles",
    "facts",
    "holders",
    "hosts",
    "ledger",
    "metadata",
    "notices",
    "pings",
    "pins",
    "pulls",
    "pushes",
    "revisions",
    "seals",
    "sources",
    "stories",
]

#: 64 bits on PostgreSQL; on SQLite a plain INTEGER, which alone can be a row id
Number = BigInteger().with_variant(Integer, "sqlite")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: what the hub knows about itself: minted once or counted up
facts = Table(
    "facts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Words, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("url", Words, nullable=False),
    #: where a chain of permanent redirects ended, how often in a row it was seen, and since when
    Column("moved_to", Words, nullable=False, server_default=""),
    Column("moved_proofs", Integer, nullable=False, server_default="0"),
    Column("kind", String(16), nullable=False, server_default="auto"),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", String(32), nullable=False, server_default=""),
    Column("shape", String(32), nullable=False, server_default=""),
    Column("next_due_at", UtcTime, nullable=False),
    Column("due_reason", Words, nullable=False, server_default=""),
    Column("pulled_at", UtcTime),
    Column("succeeded_at", UtcTime),
    Column("full_fetch_at", UtcTime),
    Column("changed_at", UtcTime),
    Column("failing_since", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("gone", Boolean, nullable=False, server_default="0"),
    Column("message", Words, nullable=False, server_default=""),
    Column("damage", Words, nullable=False, server_default=""),
    Column("title", Words, nullable=False, server_default=""),
    Column("homepage", Words, nullable=False, server_default=""),
    Column("date_order", String(3), nullable=False, server_default=""),
    Column("first_pull_done", Boolean, nullable=False, server_default="0"),
    Column("pages_pending", Boolean, nullable=False, server_default="0"),
    Column("chrome", JSON, nullable=False, server_default="[]"),
    Column("ttl_minutes", Integer),
    Column("skip_hours", JSON, nullable=False, server_default="[]"),
    Column("skip_days", JSON, nullable=False, server_default="[]"),
    Column("troubles", JSON, nullable=False, server_default="[]"),
    Column("normal_since", UtcTime),
    Column("learnt", Text, nullable=False, server_default=""),
    Column("retired_at", UtcTime),
)

pulls = Table(
    "pulls",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("source_id", String(64), ForeignKey("sources.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("status", Integer, nullable=False, server_default="0"),
    Column("bytes", Integer, nullable=False, server_default="0"),
    Column("milliseconds", Integer, nullable=False, server_default="0"),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("new", Integer, nullable=False, server_default="0"),
    Column("revised", Integer, nullable=False, server_default="0"),
    Column("withdrawn", Integer, nullable=False, server_default="0"),
    Column("known", Integer, nullable=False, server_default="0"),
    Column("duplicate", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("pending", Integer, nullable=False, server_default="0"),
    Column("reasons", JSON, nullable=False),
    Column("message", Words, nullable=False, server_default=""),
    #: what the document looked like, in numbers: the pulls a source's normal is learnt from
    Column("facts", JSON(none_as_null=True)),
    Index(None, "source_id", "at"),
    Index(None, "at"),
)

#: what hubs agreed to send us (WebSub)
pushes = Table(
    "pushes",
    metadata,
    Column("source_id", String(64), ForeignKey("sources.id"), primary_key=True),
    Column("topic", Words, nullable=False),
    Column("hub", Words, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("secret", String(200), nullable=False),
    Column("asked_at", UtcTime),
    Column("leaving", Boolean, nullable=False),
    Column("granted_until", UtcTime),
    Column("delivered_at", UtcTime),
    Column("missed_at", UtcTime),
    Column("refusal", Words, nullable=False),
)

#: what operators were told: a kind of trouble that is new, or one that is over
notices = Table(
    "notices",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    #: empty where it is about no single source
    Column("source_id", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("words", Words, nullable=False),
    Column("over", Boolean, nullable=False),
)

#: every request the hub made, summed by day (in the hub's time zone), host and kind
ledger = Table(
    "ledger",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("host", String(255), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("requests", Integer, nullable=False),
    #: answers that said "not modified", and requests without a good answer
    Column("unchanged", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String(32), primary_key=True),
    #: grows with every change to any story; publishing and digests window by it
    Column("sequence", Number, nullable=False, unique=True),
    #: its place when it was founded; up to what is published, its lead does not change any more
    Column("founded", Number, nullable=False),
    #: order of announcement, from 1; empty for what was only backfilled
    Column("announced", Number, unique=True),
    Column("announced_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    #: the lead's day in the hub's time zone, as YYYY-MM-DD
    Column("day", String(10), nullable=False, index=True),
    Column("lead_id", String(32), nullable=False),
    Column("merged_into", String(32)),
)

entries = Table(
    "entries",
    metadata,
    #: counted by the one writer there is, so that the indexes know it at once
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False, unique=True),
    Column("source_id", String(64), ForeignKey("sources.id"), nullable=False),
    Column("story_id", String(32), ForeignKey("stories.id"), nullable=False, index=True),
    Column("guid", Words, nullable=False),
    Column("link", Words, nullable=False),
    Column("link_key", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("enclosures", JSON, nullable=False),
    Column("image", Words, nullable=False),
    Column("language", String(35), nullable=False),
    Column("position", Integer, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("precision", String(8), nullable=False),
    Column("date_used", String(12), nullable=False),
    Column("date_evidence", Words, nullable=False),
    Column("date_note", Words, nullable=False),
    Column("updated_at", UtcTime),
    #: of the entry as the source's feed or listing gave it, before its page was read
    Column("source_hash", String(64), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("revised_at", UtcTime),
    Column("withdrawn_at", UtcTime),
    #: whether the article's own page was read, and how often that was tried
    Column("article_read", Boolean, nullable=False, server_default="0"),
    Column("article_tries", Integer, nullable=False, server_default="0"),
    #: the long ones stand last: SQLite reads a row from its front and goes no further than it must
    Column("summary", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("text", Words, nullable=False),
    Index(None, "source_id", "published_at"),
)
# few entries ever change, and their texts are long: the newest changes must not be searched for
for _moment in (entries.c.revised_at, entries.c.withdrawn_at):
    _changed = _moment.is_not(None)
    Index(None, _moment, sqlite_where=_changed, info={"where": _changed})

#: what stands on a source's page now is little beside all that ever did
_listed = entries.c.listed & entries.c.withdrawn_at.is_(None)
Index("ix_entries_listed", entries.c.source_id, sqlite_where=_listed, info={"where": _listed})

#: by what an entry of a source is recognised: guid, link, or title and date
entry_keys = Table(
    "entry_keys",
    metadata,
    Column("source_id", String(64), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("entry_number", Number, ForeignKey("entries.number"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("entry_id", String(32), ForeignKey("entries.id"), nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("replaced_at", UtcTime, nullable=False, index=True),
    Column("significant", Boolean, nullable=False),
    Column("changes", JSON, nullable=False),
)

#: sampled shingles of an entry's text: where candidates for the same story are looked up; those of
#: the newest entries stand on levels of their own, near each other (SQLite)
entry_shingles = Table(
    "entry_shingles",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("shingle", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_number", Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

#: what was found between two entries: "same" text or "related", with the reasons in words
entry_links = Table(
    "entry_links",
    metadata,
    Column("first_id", String(32), ForeignKey("entries.id"), primary_key=True),
    Column("second_id", String(32), ForeignKey("entries.id"), primary_key=True, index=True),
    Column("verdict", String(12), nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
)

#: an operator's word on two entries: "split" (never one story) or "merge" (always)
pins = Table(
    "pins",
    metadata,
    Column("first_id", String(32), ForeignKey("entries.id"), primary_key=True),
    Column("second_id", String(32), ForeignKey("entries.id"), primary_key=True, index=True),
    Column("kind", String(8), nullable=False),
    Column("at", UtcTime, nullable=False),
)

#: which announced stories a channel holds, worked out when a story changes; the feed of a source,
#: place or topic is a channel too, named by its page's address
channel_stories = Table(
    "channel_stories",
    metadata,
    Column("channel_id", String(80), primary_key=True),
    Column("story_id", String(32), ForeignKey("stories.id"), primary_key=True, index=True),
    Column("announced", Number, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Index(None, "channel_id", "sealed", "announced"),
)

#: the sealed archive documents of a channel (RFC 5005): which stories, in order of announcement
seals = Table(
    "seals",
    metadata,
    Column("channel_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("story_ids", JSON, nullable=False),
    #: of the published documents, once they are final; empty while they may still change
    Column("digest", String(64), nullable=False, server_default=""),
)

#: the processes of a fleet that live: each says so again and again, by the database's clock
holders = Table(
    "holders",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("until", UtcTime, nullable=False),
)

#: what one process of the fleet does and no other meanwhile, as long as that process lives
claims = Table(
    "claims",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("holder_id", String(100), ForeignKey("holders.id"), nullable=False, index=True),
)

#: when a host may be asked next by any process of the fleet, and for how long it wants rest
hosts = Table(
    "hosts",
    metadata,
    Column("site", String(300), primary_key=True),
    Column("next_allowed_at", UtcTime, nullable=False),
    Column("quiet_until", UtcTime),
    Column("quiet_status", Integer, nullable=False, server_default="0"),
)

#: feeds that changed and whose WebSub hub has not been told yet, by address
pings = Table(
    "pings",
    metadata,
    Column("topic", String(500), primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
)
