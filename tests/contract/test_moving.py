"""A hub moves from one database to another and back: nothing of it is lost or changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.contract.test_store import NOW, TOWN, entry, keep
from tests.postgres import server

from feedhub.errors import StoreError
from feedhub.model.entry import Revision
from feedhub.model.likeness import EntryLink
from feedhub.model.pull import Outcome, PullRecord
from feedhub.model.trouble import Notice, PullFacts, TroubleKind
from feedhub.store.mail_tables import deliveries, metadata
from feedhub.store.moving import move_to
from feedhub.store.search import SearchWish
from feedhub.store.store import Store


def fill(url: str) -> None:
    """Put a row or more into the tables that a hub of some age has."""
    store = Store.open(url)
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for name in "abc":
            keep(tx, name, announced=name != "b")
        earlier = Revision(
            title="cũ", text="", content="", replaced_at=NOW, significant=True, changes=("1 → 2",)
        )
        tx.entries.revise(
            "e-a",
            entry("a", title="Nước sạch đã về"),
            source_hash="h2",
            earlier=earlier,
            revised_at=NOW,
            article_read=True,
        )
        tx.stories.touch({"s-a"}, NOW)
        pull = PullRecord(source_id="town", at=NOW, outcome=Outcome.OK)
        tx.sources.add_pulls([(pull, PullFacts(at=NOW, listed=9, new=2))])
        tx.sources.add_pulls([(pull, None)])
        tx.notices.add("town", NOW, [Notice(kind=TroubleKind.LATE, words="…")])
        tx.channels.seat({"s-a": ["all"], "s-c": ["all"]}, {"s-a": 1, "s-c": 2})
        tx.channels.seal("all", 1, ["s-a"])
        tx.likeness.index({"e-a": [-(2**63), 2**63 - 1]})
        link = EntryLink(first="e-a", second="e-b", verdict="same", score=0.1, reasons=("vì",))
        tx.likeness.add_links([link])
        tx.likeness.pin("split", "e-a", "e-c", NOW)
        tx.pings.add(["https://hub.example/feeds/all.atom"], NOW)
        connection = tx.facts._connection
        connection.execute(
            deliveries.insert().values(
                id="d1",
                kind="digest",
                domain="x.example",
                state="unknown",
                message_id="<1@x>",
                story_ids=["s-a"],
                body=b"\0\xff",
                queued_at=NOW,
                next_try_at=NOW + timedelta(minutes=15),
            )
        )
    store.close()


def held(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    store = Store.open(url)
    with store.engine.connect() as connection:
        rows = {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }
    store.close()
    return rows


def test_a_move_there_and_back_keeps_every_row(tmp_path: Path) -> None:
    there = server().database()
    old, new = f"sqlite:///{tmp_path}/old.sqlite3", f"sqlite:///{tmp_path}/new.sqlite3"
    fill(old)
    before = held(old)
    assert sum(map(bool, before.values())) >= 14
    told: dict[str, int] = {}
    assert move_to(old, there, told=told.__setitem__) == told
    assert told == {name: len(rows) for name, rows in before.items()}
    assert held(there) == before

    store = Store.open(there)
    assert store.problems() == ()
    with store.writing() as tx:  # it counts on where the old database stood
        assert tx.facts.take("sequence", 1) == 5
        keep(tx, "d")
        assert tx.sources.history("town")[0].at == NOW
        tx.sources.add_pulls([(PullRecord(source_id="town", at=NOW, outcome=Outcome.OK), None)])
        assert tx.search.find(SearchWish(words="nuoc sach da ve"), limit=9).story_ids == ("s-a",)
    with pytest.raises(StoreError, match="not empty"):
        move_to(old, there)
    with_more = held(there)
    store.close()

    move_to(there, new)
    assert held(new) == with_more
    server().drop(there)


def test_a_move_that_fails_leaves_the_new_database_empty(tmp_path: Path) -> None:
    old, there = f"sqlite:///{tmp_path}/old.sqlite3", server().database()
    fill(old)
    before = held(old)

    def fail(table: str, _rows: int) -> None:
        if table == "revisions":
            raise StoreError("power cut")

    with pytest.raises(StoreError, match="power cut"):
        move_to(old, there, told=fail)
    assert held(old) == before
    assert not any(held(there).values())
    move_to(old, there)
    assert held(there) == before
    server().drop(there)
