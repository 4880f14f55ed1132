"""Entries that arrive one by one or in batches end in the stories of the whole set."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.dedupe.notices import notices

from feedhub.dedupe.clusters import cluster
from feedhub.dedupe.links import NO_PINS, Pins
from feedhub.dedupe.seats import Found, Join, Merge, Seated, Seating, seat
from feedhub.dedupe.texts import TextDoc


class Hub:
    """A store in small: it applies what ``seat`` says and hands every entry in as a candidate."""

    def __init__(self) -> None:
        self.seated: dict[str, Seated] = {}
        self.founded = 0
        self.ages: dict[str, datetime] = {}

    def take(self, docs: Sequence[TextDoc], pins: Pins = NO_PINS) -> Seating:
        found = seat(docs, list(self.seated.values()), pins=pins)
        by_id = {doc.id: doc for doc in docs}
        for change in found.changes:
            match change:
                case Merge():
                    assert self.ages[change.into] <= self.ages[change.story]
                    for id_, one in list(self.seated.items()):
                        if one.story == change.story:
                            self._sit(one.doc, change.into)
                            assert self.seated[id_].story == change.into
                case Join():
                    self._sit(by_id[change.entry], change.story)
                case Found():
                    self.founded += 1
                    name = f"s{self.founded}"
                    self.ages[name] = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(
                        minutes=self.founded
                    )
                    for id_ in change.entries:
                        self._sit(by_id[id_], name)
        return found

    def _sit(self, doc: TextDoc, story: str) -> None:
        self.seated[doc.id] = Seated(doc=doc, story=story, since=self.ages[story])

    def stories(self) -> set[frozenset[str]]:
        groups: dict[str, set[str]] = {}
        for id_, one in self.seated.items():
            groups.setdefault(one.story, set()).add(id_)
        return {frozenset(group) for group in groups.values()}


def batches(docs: list[TextDoc], rng: random.Random) -> list[list[TextDoc]]:
    rng.shuffle(docs)
    cut: list[list[TextDoc]] = []
    while docs:
        size = rng.choice((1, 1, 2, 5, 20))
        cut.append(docs[:size])
        docs = docs[size:]
    return cut


@given(seed=st.integers(0, 400), rng=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_arrival_in_any_order_and_any_batches_ends_in_the_same_stories(
    seed: int, rng: random.Random
) -> None:
    docs = [doc for doc, _ in notices(seed, per_form=4)]
    expected = {frozenset(found.entries) for found in cluster(docs)}
    hub = Hub()
    for batch in batches(docs, rng):
        hub.take(batch)
    assert hub.stories() == expected


@given(seed=st.integers(0, 400), rng=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_a_split_is_never_undone(seed: int, rng: random.Random) -> None:
    docs = [doc for doc, _ in notices(seed, per_form=4)]
    together = [group for group in cluster(docs) if len(group.entries) > 1]
    if not together:
        return
    split = frozenset(rng.choice(together).entries[:2])
    pins = Pins(split=frozenset({split}))
    hub = Hub()
    for batch in batches(docs, rng):
        hub.take(batch, pins)
    assert not any(split <= group for group in hub.stories())


def article(id_: str, lines: list[str], source: str, hour: int) -> TextDoc:
    return TextDoc(
        id=id_,
        title="Sửa cầu Bến Ngự",
        text=" ".join(lines),
        source=source,
        published=datetime(2024, 5, 6, hour, tzinfo=UTC),
    )


FIRST = [
    "Sáng nay, đoàn công tác do ông Lê Hữu Phước dẫn đầu đã kiểm tra cầu Bến Ngự.",
    "Theo báo cáo, cây cầu dài 96 m được xây dựng từ năm 1931 và qua 3 lần sửa chữa lớn.",
]
SECOND = [
    "Kỹ sư Đặng Thái Sơn cho biết hai trụ giữa bị xói, cần gia cố trước mùa mưa năm nay.",
    "Người dân hai bên bờ sông An Cựu mong việc sửa chữa không kéo dài quá tháng 9.",
]


def test_a_bridge_that_comes_late_merges_two_stories_into_the_older() -> None:
    hub = Hub()
    hub.take([article("start", FIRST, "ward", 8)])
    hub.take([article("end", SECOND, "radio", 9)])
    assert len(hub.stories()) == 2
    found = hub.take([article("whole", FIRST + SECOND, "city", 10)])
    merge, join = found.changes
    assert isinstance(merge, Merge)
    assert isinstance(join, Join)
    assert (merge.story, merge.into, join.story) == ("s2", "s1", "s1")
    assert merge.links
    assert join.links
    assert all(link.match.reasons for link in join.links)


def test_an_operators_merge_needs_no_likeness() -> None:
    hub = Hub()
    hub.take([article("start", FIRST, "ward", 8)])
    pins = Pins(merge=frozenset({frozenset({"start", "end"}), frozenset({"start", "unknown"})}))
    found = hub.take([article("end", SECOND, "radio", 9)], pins)
    assert found.changes == (Join(entry="end", story="s1", links=()),)


def test_what_is_known_is_not_seated_again() -> None:
    hub = Hub()
    doc = article("start", FIRST, "ward", 8)
    hub.take([doc])
    assert hub.take([doc]).changes == ()


def test_a_text_that_shares_a_part_is_related_and_another_story() -> None:
    hub = Hub()
    hub.take([article("one", [*FIRST, *SECOND], "ward", 8)])
    other = [
        FIRST[1],
        "Cũng trong sáng nay, phường Vỹ Dạ khởi công đường Hàn Mặc Tử dài 1.200 m, rộng 13,5 m.",
        "Nhà thầu là công ty Trường Sơn, thời gian thi công 18 tháng, vốn 42 tỷ đồng.",
        "Chủ tịch phường Hồ Đắc Quang đề nghị các hộ dọc tuyến bàn giao mặt bằng đúng hẹn.",
    ]
    found = hub.take([article("two", other, "radio", 9)])
    assert len(hub.stories()) == 2
    assert [(link.first, link.second) for link in found.related] == [("one", "two")]


def test_a_quotation_does_not_make_two_reports_one() -> None:
    other = [
        "Cùng ngày, phường Vỹ Dạ khởi công đường Hàn Mặc Tử dài 1.200 m, rộng 13,5 m.",
        "Nhà thầu là công ty Trường Sơn, thời gian thi công 18 tháng, vốn 42 tỷ đồng.",
        "Chủ tịch phường Hồ Đắc Quang đề nghị các hộ dọc tuyến bàn giao mặt bằng đúng hẹn.",
        "Ban quản lý chợ Vỹ Dạ dời 36 gian hàng về bãi đất sau đình làng từ đầu tháng 6.",
        "Xe buýt tuyến số 2 đi vòng qua đường Nguyễn Sinh Cung cho đến khi đường mới xong.",
    ]
    whole = article("bridge", [*FIRST, *SECOND], "ward", 8)
    street = article("street", [*other, FIRST[1]], "city", 9)
    both = article("both", [FIRST[1], *other[:1]], "radio", 10)
    groups = {frozenset(found.entries) for found in cluster([whole, street, both])}
    assert not any({"bridge", "street"} <= group for group in groups)
