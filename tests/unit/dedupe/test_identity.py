from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedhub.dedupe.identity import Rows, lookup_keys, match_entries
from feedhub.model.decision import IdentityKey, KnownEntry
from feedhub.model.entry import DateUsed, Dating, Entry, Precision
from feedhub.text.urls import link_key

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


def entry(
    title: str,
    *,
    guid: str = "",
    link: str = "",
    day: int | None = 1,
    text: str = "",
    identity: tuple[str, ...] = (),
) -> Entry:
    dating = (
        Dating(at=NOW, precision=Precision.SECOND, used=DateUsed.FIRST_SEEN)
        if day is None
        else Dating(at=NOW.replace(day=day), precision=Precision.DAY)
    )
    return Entry(
        source_id="town",
        guid=guid,
        link=link,
        link_key=link_key(link, identity) if link else "",
        title=title,
        published=dating,
        summary=text,
    )


class Memory:
    """A store in a dictionary: what one source's pulls leave behind."""

    def __init__(self) -> None:
        self.keys: dict[IdentityKey, str] = {}
        self.entries: dict[str, KnownEntry] = {}

    def pull(self, *batch: Entry) -> list[str]:
        """Pull a batch; return per entry "new", "duplicate", or what it was recognised by."""
        read = Rows(batch)
        known = {key: self.entries[self.keys[key]] for key in lookup_keys(read) if key in self.keys}
        told = []
        for match in match_entries(read, known):
            if match.duplicate_of is not None:
                told.append("duplicate")
                continue
            name = match.known.id if match.known else str(len(self.entries))
            self.entries[name] = KnownEntry(
                id=name,
                story_id=name,
                guid=match.entry.guid,
                link=match.entry.link,
                link_key=match.entry.link_key,
                title=match.entry.title,
                published=match.entry.published,
                source_hash=match.source_hash,
                first_seen=NOW,
            )
            self.keys |= dict.fromkeys(match.keys, name)
            told.append(match.by or "new")
        return told


ROADS = "Sửa đường Nguyễn Huệ trong tháng ba"
WATER = "Tạm ngừng cấp nước phường An Cựu"
BOOKS = "Thư viện mở cửa cả ngày chủ nhật"


def test_a_guid_is_enough_even_when_title_and_link_change() -> None:
    memory = Memory()
    assert memory.pull(entry(ROADS, guid="1", link="https://t.example/a")) == ["new"]
    assert memory.pull(entry(ROADS + " (sửa)", guid="1", link="https://t.example/b")) == ["guid"]


def test_a_guid_that_changes_on_every_fetch_makes_no_duplicates() -> None:
    memory = Memory()
    for fetch in range(4):
        told = memory.pull(
            entry(ROADS, guid=f"r{fetch}", link="https://t.example/a"),
            entry(WATER, guid=f"w{fetch}", link="https://t.example/b"),
        )
        assert told == (["new", "new"] if fetch == 0 else ["link", "link"])


def test_one_guid_on_all_entries_loses_none() -> None:
    memory = Memory()
    batch = [
        entry(t, guid="N/A", link=f"https://t.example/{n}") for n, t in enumerate((ROADS, WATER))
    ]
    assert memory.pull(*batch) == ["new", "new"]
    assert memory.pull(*batch) == ["link", "link"]
    assert memory.pull(entry(BOOKS, guid="N/A", link="https://t.example/9"), *batch) == [
        "new",
        "link",
        "link",
    ]


def test_one_guid_and_one_link_on_all_entries_loses_none() -> None:
    memory = Memory()
    batch = [entry(t, guid="N/A", link="https://t.example/") for t in (ROADS, WATER)]
    assert memory.pull(*batch) == ["new", "new"]
    assert memory.pull(*batch) == ["title", "title"]
    undated = [entry(t, link="https://t.example/", day=None) for t in ("Tin A", "Tin B")]
    assert memory.pull(*undated) == ["new", "new"]
    assert memory.pull(*undated) == ["all", "all"]


def test_an_old_guid_on_a_new_article_is_new() -> None:
    memory = Memory()
    memory.pull(entry(ROADS, guid="latest", link="https://t.example/a"))
    assert memory.pull(entry(WATER, guid="latest", link="https://t.example/b", day=2)) == ["new"]
    assert memory.pull(entry(WATER, guid="latest", link="https://t.example/b", day=2)) == ["guid"]


def test_addresses_that_flip_scheme_host_and_parameter_order_are_one() -> None:
    memory = Memory()
    forms = (
        "http://www.t.example/?gd=4&cn=121&tc=23820",
        "https://t.example/?tc=23820&gd=4&cn=121",
        "https://t.example/?cn=28&tc=23820&gd=1&utm_source=x",
    )
    assert memory.pull(entry(ROADS, link=forms[0], identity=("tc",))) == ["new"]
    for form in forms[1:]:
        assert memory.pull(entry(ROADS, link=form, identity=("tc",))) == ["link"]


def test_a_guid_that_is_an_address_flips_too() -> None:
    memory = Memory()
    memory.pull(entry(ROADS, guid="http://t.example/?p=1"))
    assert memory.pull(entry(ROADS, guid="https://www.t.example/?p=1")) == ["guid"]


def test_a_new_cms_with_new_addresses_announces_nothing_again() -> None:
    memory = Memory()
    titles = (ROADS, WATER, BOOKS)
    memory.pull(*(entry(t, link=f"https://old.example/?tc={n}") for n, t in enumerate(titles)))
    moved = [entry(t, link=f"https://new.example/tin/{n}.html") for n, t in enumerate(titles)]
    assert memory.pull(*moved) == ["title"] * 3


def test_the_same_title_and_day_at_two_addresses_at_once_are_two() -> None:
    memory = Memory()
    first = entry(WATER, link="https://t.example/1")
    memory.pull(first)
    assert memory.pull(entry(WATER, link="https://t.example/2"), first) == ["new", "link"]


def test_a_short_title_recognises_nothing() -> None:
    memory = Memory()
    memory.pull(entry("Thông báo", link="https://t.example/1"))
    assert memory.pull(entry("Thông báo", link="https://t.example/2")) == ["new"]


def test_rows_repeated_in_one_document_count_once() -> None:
    memory = Memory()
    row = entry(ROADS, guid="1", link="https://t.example/a")
    assert memory.pull(row, row) == ["new", "duplicate"]


def test_renewed_dates_alone_are_no_change() -> None:
    first = entry(ROADS, guid="1", link="https://t.example/a")
    memory = Memory()
    memory.pull(first)
    again = entry(ROADS, guid="1", link="https://t.example/a", day=2)
    known = {key: memory.entries[name] for key, name in memory.keys.items()}
    assert not match_entries(Rows([again]), known)[0].changed
    spoken = entry(ROADS, guid="1", link="https://t.example/a", text="Dời sang ngày mai")
    assert match_entries(Rows([spoken]), known)[0].changed


_batches = st.lists(
    st.builds(
        entry,
        st.sampled_from([ROADS, WATER, BOOKS, "Tin", ""]),
        guid=st.sampled_from(["", "1", "2", "N/A", "https://t.example/a"]),
        link=st.sampled_from(
            ["", "https://t.example/a", "http://www.t.example/a", "https://t.example/b"]
        ),
        day=st.sampled_from([None, 1, 2]),
        text=st.sampled_from(["", "x", "y"]),
    ),
    max_size=8,
)


@given(_batches)
def test_the_same_batch_again_brings_nothing_new(batch: list[Entry]) -> None:
    memory = Memory()
    memory.pull(*batch)
    stored = len(memory.entries)
    memory.pull(*batch)
    memory.pull(*batch)
    assert len(memory.entries) == stored


@given(_batches)
def test_every_row_is_matched_with_at_most_one_and_no_two_rows_with_the_same(
    batch: list[Entry],
) -> None:
    memory = Memory()
    memory.pull(*batch)
    known = {key: memory.entries[name] for key, name in memory.keys.items()}
    matched = match_entries(Rows(batch), known)
    assert [match.entry for match in matched] == batch
    met = [match.known.id for match in matched if match.known]
    assert len(met) == len(set(met))


def test_a_match_does_not_hang_on_the_time_of_day() -> None:
    memory = Memory()
    dated = entry(ROADS, link="https://t.example/1")
    memory.pull(dated)
    later = Dating(at=dated.published.at + timedelta(hours=3), precision=Precision.DAY)
    moved = Entry(
        source_id="town",
        guid="",
        link="https://n.example/1",
        link_key="n.example/1",
        title=ROADS,
        published=later,
    )
    assert memory.pull(moved) == ["title"]
