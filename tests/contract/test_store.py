from __future__ import annotations

import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.engine.interfaces import ReflectedIndex
from tests.postgres import server

from feedhub.errors import StoreError
from feedhub.model.decision import IdentityKey
from feedhub.model.document import Validators
from feedhub.model.entry import Dating, Enclosure, Entry, Precision, Revision
from feedhub.model.ledger import LedgerLine
from feedhub.model.pull import Outcome, PullRecord, Reconciliation, SourceState
from feedhub.model.source import Source
from feedhub.model.trouble import Notice, PullFacts, Trouble, TroubleKind
from feedhub.store import likeness, search
from feedhub.store.engine import open_engine
from feedhub.store.entries import KEPT_REVISIONS, NewEntry
from feedhub.store.likeness import Wish
from feedhub.store.schema import current_revision, migrate
from feedhub.store.search import SearchWish
from feedhub.store.store import Store, Transaction
from feedhub.store.stories import NewStory
from feedhub.store.tables import entry_shingles, metadata
from feedhub.text.search_forms import search_forms

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
TOWN = Source(id="town", name="Town", url="https://town.example/rss")


def entry(name: str = "a", **changes: object) -> Entry:
    values: dict[str, object] = {
        "source_id": "town",
        "guid": f"guid-{name}",
        "link": f"https://town.example/{name}",
        "link_key": f"town.example/{name}",
        "title": f"Nước sạch về làng {name}",
        "published": Dating(at=NOW, precision=Precision.DAY, evidence="01/03/2026"),
        "text": "Từ hôm nay…",
        "authors": ("Ban Biên tập",),
        "enclosures": (Enclosure(url="https://town.example/a.pdf", type="application/pdf"),),
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def keep(
    tx: Transaction,
    name: str,
    *,
    announced: bool = True,
    day: str = "2026-03-01",
    **changes: object,
) -> None:
    story = NewStory(
        id=f"s-{name}", lead_id=f"e-{name}", published_at=NOW, day=day, announced=announced
    )
    tx.stories.insert([story], NOW)
    tx.entries.insert([replace(new_entry(name, **changes), story_id=f"s-{name}")], NOW)


def new_entry(name: str, **changes: object) -> NewEntry:
    return NewEntry(
        id=f"e-{name}",
        story_id="s-a",
        entry=entry(name, **changes),
        keys=(IdentityKey("guid", f"guid-{name}"),),
        source_hash="h",
    )


def test_an_entry_comes_back_as_it_went_in(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
    with store.reading() as tx:
        (story,) = tx.stories.load(tx.stories.announced(9))
        assert story.lead.entry == entry("a")
        assert story.lead.first_seen == NOW
        assert (story.sequence, story.announced) == (1, 1)


def test_an_entry_is_known_by_its_newest_keys(store: Store) -> None:
    old, new = IdentityKey("guid", "guid-a"), IdentityKey("guid", "renewed")
    link = IdentityKey("link", "l")
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
        tx.entries.remember_keys({"e-a": ("town", (new, link))})
    with store.reading() as tx:
        found = tx.entries.known("town", {old, new, link})
        assert set(found) == {new, link}
        assert found[new].id == "e-a"
        assert found[link] is found[new]
        assert tx.entries.known("elsewhere", {new}) == {}


def test_nothing_of_a_failed_transaction_is_kept(store: Store) -> None:
    def half_done() -> None:
        with store.writing() as tx:
            tx.sources.register([TOWN], NOW)
            keep(tx, "a")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half_done()
    with store.reading() as tx:
        assert tx.sources.states() == {}
        assert tx.stories.announced(9) == ()
        assert tx.stories.last_sequence() == 0


def test_a_database_error_is_a_store_error(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be written"), store.writing() as tx:
        keep(tx, "a")  # there is no source for it


def test_changed_stories_move_to_the_end_of_the_sequence(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for name in "abc":
            keep(tx, name, announced=name != "b")
    with store.writing() as tx:
        seen = tx.stories.last_sequence()
        tx.stories.touch({"s-a"}, NOW)
    with store.reading() as tx:
        assert tx.stories.changed_since(seen) == ("s-a",)
        assert tx.stories.announced(9) == ("s-c", "s-a")
        assert tx.stories.announced(1) == ("s-c",)
        assert tx.stories.days() == {"2026-03-01": 3}


def test_revisions_are_kept_and_capped(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
    rounds = KEPT_REVISIONS + 5
    for number in range(rounds):
        moment = NOW + timedelta(hours=number)
        earlier = Revision(
            title=f"v{number}",
            text="",
            content="",
            replaced_at=moment,
            significant=True,
            changes=("1 → 2",),
        )
        with store.writing() as tx:
            tx.entries.revise(
                "e-a",
                entry("a", title=f"v{number + 1}"),
                source_hash="h2",
                earlier=earlier,
                revised_at=moment,
                article_read=False,
            )
    with store.reading() as tx:
        (stored,) = tx.entries.load(["e-a"]).values()
        assert stored.entry.title == f"v{rounds}"
        titles = [revision.title for revision in stored.revisions]
        assert len(titles) == KEPT_REVISIONS
        assert (titles[0], titles[-1]) == ("v0", f"v{rounds - 1}")
        assert stored.revised_at == NOW + timedelta(hours=rounds - 1)
        assert tx.stories.revised(10) == ("s-a",)


def test_withdrawn_entries_stay_and_may_return(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
        tx.entries.unlist(["e-a"], NOW, withdrawn=True)
    with store.reading() as tx:
        assert tx.entries.listed("town") == ()
        assert tx.entries.load(["e-a"])["e-a"].withdrawn_at == NOW
    with store.writing() as tx:
        tx.entries.relist(["e-a"])
    with store.reading() as tx:
        assert [known.id for known in tx.entries.listed("town")] == ["e-a"]


def test_merged_stories_share_one_page_and_the_old_id_points_to_it(store: Store) -> None:
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        keep(tx, "a")
        keep(tx, "b")
        tx.stories.merge("s-b", "s-a", NOW)
    with store.reading() as tx:
        (story,) = tx.stories.load(tx.stories.announced(9))
        assert [member.id for member in story.entries] == ["e-a", "e-b"]
        (merged,) = tx.stories.load(["s-b"])
        assert merged.merged_into == "s-a"


def test_due_sources_are_saved_and_retired(store: Store) -> None:
    other = Source(id="other", name="Other", url="https://other.example/")
    with store.writing() as tx:
        tx.sources.register([TOWN, other], NOW)
        assert [name for name, _, _ in tx.sources.maybe_due(NOW)] == ["other", "town"]
        state = SourceState(
            id="other",
            url=other.url,
            next_due_at=NOW + timedelta(hours=1),
            validators=Validators(etag='W/"x"', last_modified="yesterday"),
            pulled_at=NOW,
            failures=2,
            troubles=(Trouble(kind=TroubleKind.EMPTY, words="0 of 9", hold=True),),
            normal_since=NOW,
        )
        tx.sources.save(state)
        assert tx.sources.states()["other"] == state
        assert [name for name, _, _ in tx.sources.maybe_due(NOW)] == ["town"]
        yesterday = NOW - timedelta(days=1)
        assert tx.sources.maybe_due(yesterday) == (("other", NOW + timedelta(hours=1), NOW),)
        tx.sources.register([TOWN], NOW)
        assert set(tx.sources.states()) == {"town"}
        tx.sources.register([TOWN, other], NOW)
        assert set(tx.sources.states()) == {"other", "town"}


def test_a_new_address_forgets_the_old_ones_validators(store: Store) -> None:
    moved = Source(id="town", name="Town", url="https://town.example/new")
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        state = tx.sources.states()["town"]
        assert state.url == TOWN.url
        tx.sources.register([moved], NOW)
        assert tx.sources.states()["town"].url == moved.url


def test_pulls_are_kept_for_ninety_days(store: Store) -> None:
    counts = Reconciliation(seen=3, new=1, rejected=2, reasons=("a row without a link",))
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for days in (0, 89, 91):
            pull = PullRecord(
                source_id="town",
                at=NOW - timedelta(days=days),
                outcome=Outcome.OK,
                status=200,
                counts=counts,
            )
            tx.sources.add_pulls([(pull, None)])
        assert tx.sources.forget_pulls(NOW) == 1
        assert len(tx.sources.history("town")) == 2
        assert tx.sources.last_pulls()["town"].counts == counts


def test_what_documents_looked_like_is_kept_with_their_pulls(store: Store) -> None:
    facts = PullFacts(at=NOW, listed=9, new=2, rejected=1, size=900, dated=8, signed=3)
    pull = PullRecord(source_id="town", at=NOW, outcome=Outcome.OK)
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        tx.sources.add_pulls([(pull, facts)])
        tx.sources.add_pulls([(pull, None)])
        assert tx.sources.facts("town", since=None) == (facts,)
        assert tx.sources.facts("town", since=NOW) == (facts,)
        assert tx.sources.facts("town", since=NOW + timedelta(seconds=1)) == ()


def test_notices_are_numbered_and_can_be_taken_back(store: Store) -> None:
    late = Notice(kind=TroubleKind.LATE, words="nothing new for 5 days")
    over = Notice(kind=TroubleKind.LATE, words="it has news again", over=True)
    with store.writing() as tx:
        tx.notices.add("town", NOW - timedelta(days=1), [late])
        tx.notices.add("town", NOW, [over])
        tx.notices.add("other", NOW, [late])
        first, second, third = tx.notices.after(0)
        assert (first.notice, second.notice, third.source_id) == (late, over, "other")
        assert tx.notices.after(second.number) == (third,)
        assert tx.notices.last_before(NOW) == first.number
        tx.notices.retract(["town"], NOW)
        assert tx.notices.after(0) == (first, third)


def test_the_ledger_sums_by_day_host_and_kind(store: Store) -> None:
    line = LedgerLine(day="2026-03-01", host="town.example", kind="feed", requests=1, bytes=900)
    other = LedgerLine(day="2026-03-02", host="x.example", kind="page", requests=4, failed=1)
    with store.writing() as tx:
        tx.ledger.add([line, other])
        tx.ledger.add([line])
        first, second = tx.ledger.lines(since="2026-03-01")
        assert (first.requests, first.bytes, second) == (2, 1800, other)
        assert tx.ledger.lines(since="2026-03-01", host="x.example") == (other,)
        tx.ledger.forget("2026-03-02")
        assert tx.ledger.lines(since="") == (other,)


def test_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    engine = open_engine(url)
    assert migrate(engine) is None
    assert migrate(engine) is not None

    def where(index: ReflectedIndex) -> str:
        options = index.get("dialect_options", {})
        return str(options.get("sqlite_where", options.get("postgresql_where")))

    def shape() -> dict[str, object]:
        seen = inspect(engine)
        return {
            table: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
                sorted(
                    (str(i["name"]), i["column_names"], i["unique"], where(i))
                    for i in seen.get_indexes(table)
                ),
                seen.get_pk_constraint(table)["constrained_columns"],
            )
            for table in seen.get_table_names()
            if table != "alembic_version" and not table.startswith("search")
        }

    migrated = shape()
    with engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert shape() == migrated
    engine.dispose()


def test_a_database_in_another_encoding_is_refused() -> None:
    made = server().database(encoding="SQL_ASCII")
    with pytest.raises(StoreError, match="encoded in SQL_ASCII"):
        Store.open(made)
    server().drop(made)


def test_a_newer_database_is_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer FeedHub"):
        migrate(store.engine)
    assert current_revision(store.engine) == "9999"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"not a database at all, but long enough to look" * 50)
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{tmp_path}/x.sqlite3")


def test_what_no_database_can_hold_is_left_out_of_strangers_words(store: Store) -> None:
    odd = Dating(at=NOW, precision=Precision.DAY, evidence="2026\0-\ud800-01 năm\0")
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        state = tx.sources.states()["town"]
        tx.sources.save(replace(state, title="T\0own", homepage="\udfffhttps://town.example/"))
        keep(tx, "a")
        tx.entries.revise(
            "e-a",
            entry("a", published=odd),
            source_hash="",
            earlier=None,
            revised_at=None,
            article_read=False,
        )
    with store.reading() as tx:
        state = tx.sources.states()["town"]
        assert (state.title, state.homepage) == ("Town", "https://town.example/")
        assert tx.entries.load(["e-a"])["e-a"].entry.published.evidence == "2026--01 năm"


def test_a_revised_entry_is_found_by_what_it_says_now(store: Store) -> None:
    def revise(tx: Transaction, **says: object) -> None:
        tx.entries.revise(
            "e-a",
            entry("a", **says),
            source_hash="",
            earlier=None,
            revised_at=None,
            article_read=False,
        )

    def found(words: str) -> list[str]:
        with store.reading() as tx:
            return list(tx.search.find(SearchWish(words=words), limit=9).story_ids)

    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        # read back without its odd halves, so forgotten by other letters than it came with
        keep(tx, "a", title="Thông báo", text="", summary="cúp\0 nước\ud800sạch")
        prepared = replace(new_entry("b"), search_forms=search_forms("Chuẩn bị trước", "", ""))
        tx.entries.insert([prepared], NOW)
    assert found("nuocsach") == found("cúp") == ["s-a"]
    assert found("chuan") == ["s-a"]
    assert found("làng") == []
    with store.writing() as tx:
        revise(tx, title="Thông báo", text="Có nước")
    assert found("thong bao") == found("co nuoc") == ["s-a"]
    assert found("cup") == found("nuocsach") == []
    with store.writing() as tx:
        revise(tx, title="Thông báo", text="Có nước")
        revise(tx, title="Mất nước", text="")
    assert found("mat") == ["s-a"]
    assert found("thong") == found("co") == []
    assert not store.problems()


def test_writers_of_two_processes_count_without_gap_or_double(store: Store, url: str) -> None:
    def write(which: Store) -> list[int]:
        taken = []
        for _ in range(20):
            with which.writing() as tx:
                taken.append(tx.facts.take("sequence", 1))
        return taken

    other = Store.open(url)
    with ThreadPoolExecutor(4) as pool:
        taken = [number for one in pool.map(write, (store, other, store, other)) for number in one]
    other.close()
    assert sorted(taken) == list(range(1, 81))


def test_a_reader_sees_one_state_and_writes_nothing(store: Store) -> None:
    with store.writing() as tx:
        tx.facts.set("state", "old")
    with store.reading() as tx:
        assert tx.facts.get("state") == "old"
        with store.writing() as other:
            other.facts.set("state", "new")
        assert tx.facts.get("state") == "old"
    with store.reading() as tx:
        assert tx.facts.get("state") == "new"


def test_search_finds_words_with_and_without_marks_exact_first(store: Store) -> None:
    texts = {"a": "Đổi mới đường phố", "b": "doi moi duong pho", "c": "Nước sạch về làng"}
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for name, said in texts.items():
            keep(tx, name, title=said, text="")

    def found(words: str, **limits: object) -> list[str]:
        with store.reading() as tx:
            return list(tx.search.find(SearchWish(words=words, **limits), limit=9).story_ids)  # type: ignore[arg-type]  # a test's shorthand

    assert found("doi moi") == ["s-b", "s-a"]
    assert found("đổi mới") == ["s-a", "s-b"]
    assert found(unicodedata.normalize("NFD", "đường")) == ["s-a", "s-b"]
    assert found("nước đường") == []
    assert found('"; DROP TABLE entries; -- sạch') == []
    assert found("sạch NOT làng*") == []
    assert found('sạch "làng"') == ["s-c"]
    assert found("sạch", sources=("elsewhere",)) == []
    assert found("sạch", after=NOW + timedelta(days=1)) == []
    assert found("sạch", before=NOW + timedelta(days=1), sources=("town",)) == ["s-c"]
    assert found("…") == []
    assert found("_ sạch_ _làng") == ["s-c"]
    assert found("x" * 3000) == []
    assert found("làng' | 'x") == []


def test_a_word_of_every_entry_is_answered_by_the_newest_and_by_exact_ones(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_ENTRIES", 3)
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for name in "abcde":
            keep(tx, name, title="Thông báo" if name == "a" else "thong bao")
    with store.reading() as tx:
        all_of_them = tx.search.find(SearchWish(words="thông báo"), limit=9)
        limited = tx.search.find(SearchWish(words="thong bao", sources=("town",)), limit=9)
        rare = tx.search.find(SearchWish(words="vắng"), limit=9)
    assert all_of_them.story_ids[0] == "s-a"
    assert sorted(all_of_them.story_ids) == ["s-a", "s-c", "s-d", "s-e"]
    assert (all_of_them.total, all_of_them.more) == (4, True)
    assert (limited.total, limited.more) == (5, False)
    assert (rare.total, rare.more) == (0, False)


def test_who_shares_most_keys_within_the_window_comes_first(store: Store) -> None:
    held = {"a": (1, 2, 3), "b": (2, 3, 4, 2**31 - 1), "c": (3,)}
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
        for name in held:
            keep(tx, name)
        tx.likeness.index({f"e-{name}": keys for name, keys in held.items()})
    day = timedelta(days=1)
    with store.reading() as tx:
        now, then = ((NOW - day, NOW + day), (NOW + day, NOW + 2 * day))
        wishes = [
            Wish(keys=keys, since=since, until=until)
            for keys, (since, until) in (
                ((2, 3, 4), now),
                ((1, 2, 3, 4), now),
                ((2, 3, 4), then),
                ((2**31 - 1, 4), now),
                ((), now),
            )
        ]
        found = tx.likeness.candidates(wishes, least=2, most=2)
    assert found == (("e-b", "e-a"), ("e-a", "e-b"), (), ("e-b",), ())


def test_keys_are_found_wherever_they_have_moved_to(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "_STEP", 8)
    monkeypatch.setattr(likeness, "_SLICES", 4)
    chance = random.Random(1)
    held: dict[str, tuple[int, int]] = {}
    with store.writing() as tx:
        tx.sources.register([TOWN], NOW)
    for first in range(0, 60, 3):
        with store.writing() as tx:
            fresh = {
                f"e-{number}": (chance.getrandbits(31), 7) for number in range(first, first + 3)
            }
            for name in fresh:
                keep(tx, name.removeprefix("e-"))
            tx.likeness.index(fresh)
        held |= fresh
        wishes = [Wish(keys=keys, since=NOW, until=NOW) for keys in held.values()]
        with store.reading() as tx:
            found = tx.likeness.candidates(wishes, least=2, most=60)
        assert found == tuple((name,) for name in held)
    with store.engine.connect() as connection:
        levels = select(entry_shingles.c.level, func.count()).group_by(entry_shingles.c.level)
        count = {row[0]: row[1] for row in connection.execute(levels)}
    assert sum(count.values()) == 120
    assert set(count) == ({0, 1, 2} if url.startswith("sqlite") else {2})
