"""Digest runs: their neighbours, their windows, what changed within them; on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedhub.model.decision import IdentityKey
from feedhub.model.digest import DigestRun, Position, RunState
from feedhub.model.entry import Dating, Entry, Precision, Revision
from feedhub.model.source import Source
from feedhub.store.entries import NewEntry
from feedhub.store.store import Store, Transaction
from feedhub.store.stories import NewStory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def run(
    number: int, *, state: RunState = RunState.READY, official: bool = True, of: str = "daily"
) -> DigestRun:
    """The run of a day; its window holds ten announcements."""
    due = NOON + number * DAY
    return DigestRun(
        id=f"{of}-{number}",
        digest_id=of,
        due_at=due,
        after=Position(announced=10 * number, at=due - DAY),
        upto=Position(announced=10 * number + 10, at=due),
        made_at=due,
        official=official,
        state=state,
        stories=3,
        day=due.date(),
    )


def entry(number: int) -> Entry:
    return Entry(
        source_id="a",
        guid=str(number),
        link=f"https://a.example/{number}",
        link_key=f"a.example/{number}",
        title=f"Thông báo số {number}",
        published=Dating(at=NOON, precision=Precision.MINUTE),
        text=f"Lịch tưới hoa số {number}.",
    )


def add(tx: Transaction, number: int) -> None:
    tx.stories.insert(
        [
            NewStory(
                id=f"s{number}",
                lead_id=f"e{number}",
                published_at=NOON,
                day="2026-03-01",
                announced=True,
            )
        ],
        NOON,
    )
    tx.entries.insert(
        [
            NewEntry(
                id=f"e{number}",
                story_id=f"s{number}",
                entry=entry(number),
                keys=(IdentityKey("guid", str(number)),),
                source_hash="",
            )
        ],
        NOON,
    )


def revise(tx: Transaction, number: int, at: datetime, *, significant: bool = True) -> None:
    before = Revision(
        title="Trước", text="Trước", content="", replaced_at=at, significant=significant
    )
    tx.entries.revise(
        f"e{number}",
        entry(number),
        source_hash="",
        earlier=before,
        revised_at=at if significant else None,
        article_read=False,
    )


def test_the_neighbours_of_a_run_are_its_own_kind_with_news(store: Store) -> None:
    with store.writing() as tx:
        for one in (
            *(run(1), run(2, state=RunState.EMPTY), run(3), run(4, official=False), run(5)),
            *(run(2, of="weekly"), run(4, of="weekly")),
        ):
            tx.digests.add_run(one)
        assert tx.digests.beside(run(3)) == (run(1), run(5))
        assert tx.digests.beside(run(1)) == (None, run(3))
        assert tx.digests.beside(run(5)) == (run(3), None)


def test_runs_are_found_by_the_announcements_in_their_windows(store: Store) -> None:
    with store.writing() as tx:
        for one in (run(0), run(1), run(2), run(1, of="weekly"), run(3, official=False)):
            tx.digests.add_run(one)

        def holding(*numbers: int) -> set[str]:
            return {one.id for one in tx.digests.holding(numbers)}

        assert holding() == set()
        assert holding(1) == holding(10) == {"daily-0"}
        assert holding(11) == {"daily-1", "weekly-1"}
        assert holding(30, 5) == {"daily-0", "daily-2"}, "no run lies between by accident"
        assert holding(31, 40, 99) == set()


def test_what_changed_within_a_window_is_found_whatever_changed_after_it(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([Source(id="a", name="A", url="https://a.example/rss")], NOON)
        for number in range(1, 7):
            add(tx, number)
        revise(tx, 1, NOON + HOUR)
        revise(tx, 1, NOON + 3 * DAY)
        revise(tx, 2, NOON + HOUR, significant=False)
        tx.entries.unlist(["e3"], NOON + 2 * HOUR, withdrawn=True)
        revise(tx, 4, NOON)
        revise(tx, 5, NOON + DAY)
        revise(tx, 6, NOON + DAY + HOUR)
        assert tx.digests.changed_between(NOON, NOON + DAY, 9) == ("s1", "s3", "s5")
        assert tx.digests.changed_between(NOON, NOON + DAY, 2) == ("s1", "s3")
