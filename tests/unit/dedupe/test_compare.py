"""The verdict on a pair: what makes one text, what makes two, and in which words it is told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.dedupe.notices import notices

from feedhub.dedupe.compare import Match, Verdict, compare
from feedhub.dedupe.gazetteer import learn_places, places_of
from feedhub.dedupe.index import index_keys
from feedhub.dedupe.roundups import is_roundup
from feedhub.dedupe.slots import name_conflict
from feedhub.dedupe.texts import TextDoc
from feedhub.dedupe.words import read_words

AT = datetime(2024, 5, 6, 9, tzinfo=UTC)
NOTICE = (
    "Công ty cấp nước thông báo: để sửa chữa đường ống, đơn vị sẽ tạm ngừng cấp nước trên địa bàn "
    "phường Vỹ Dạ từ 8 giờ ngày 12/5/2024 đến 17 giờ cùng ngày. Đề nghị các hộ dân chủ động dự trữ "
    "nước sinh hoạt. Mọi thắc mắc xin liên hệ ông Hồ Viết Lợi, tổ trưởng tổ vận hành số 3."
)
TITLE = "Thông báo tạm ngừng cấp nước"


def doc(
    title: str = TITLE, text: str = NOTICE, source: str = "one", hours: float = 0, id_: str = ""
) -> TextDoc:
    return TextDoc(
        id=id_ or source,
        title=title,
        text=text,
        source=source,
        published=AT + timedelta(hours=hours),
    )


def against(text: str, *, title: str = TITLE, source: str = "two", hours: float = 1) -> Match:
    return compare(doc(), doc(title=title, text=text, source=source, hours=hours))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Vỹ Dạ", "Kim Long", "another place in the text: vỹ dạ and kim long"),
        ("12/5/2024", "14/5/2024", "another date in the text: 12/5 and 14/5"),
        ("8 giờ", "9 giờ", "another time of day in the text: 8:00 and 9:00"),
        ("Viết Lợi", "Viết Hải", "another name in the text: lợi and hải"),
        ("số 3", "số 4", "another number in the text: 3 and 4"),
    ],
)
def test_one_slot_filled_in_differently_makes_another_notice(
    old: str, new: str, reason: str
) -> None:
    match = against(NOTICE.replace(old, new))
    assert match.verdict is Verdict.DIFFERENT
    assert match.forbids
    assert reason in match.reasons


@pytest.mark.parametrize(
    "copy",
    [
        NOTICE.replace("12/5/2024", "12 tháng 5 năm 2024"),
        NOTICE.replace("8 giờ", "8h00"),
        NOTICE + "\nTheo one.example\nLượt xem: 45",
        NOTICE.replace("Viết Lợi", "Viet Loi"),
        NOTICE.upper(),
        NOTICE[: NOTICE.index("Mọi thắc mắc")],
    ],
)
def test_another_way_to_write_the_same_is_the_same(copy: str) -> None:
    assert against(copy).verdict is Verdict.SAME


REPORT = (
    "Theo Hợp tác xã Phú Mậu, lô hoa giấy đầu tiên gồm 4.000 cành đã lên đường sang Hà Lan. Bà Cao "
    "Thị Ngọc, giám đốc hợp tác xã, cho biết làng nghề Thanh Tiên có 25 hộ làm hoa quanh năm, phần "
    "lớn là người già, mỗi ngày làm chừng 200 cành. Giá bán sang châu Âu cao gấp đôi giá trong "
    "nước, nhờ vậy thu nhập của bà con tăng rõ rệt so với năm ngoái."
)


def test_a_number_corrected_by_another_source_leaves_one_report() -> None:
    ours = doc("Hoa giấy sang Hà Lan", REPORT)
    corrected = REPORT.replace("4.000", "4.500")
    theirs = doc("Hoa giấy sang Hà Lan", corrected, source="two")
    assert compare(ours, theirs).verdict is Verdict.SAME
    again = doc("Hoa giấy sang Hà Lan", corrected, id_="again")
    assert compare(ours, again).verdict is Verdict.RELATED


ADVICE = (
    "Ủy ban nhân dân thành phố Huế đề nghị mọi người chấp hành Nghị định số 15/2020/NĐ-CP; mọi "
    "hành vi vi phạm sẽ bị xử phạt từ 10 triệu đến 20 triệu đồng theo quy định pháp luật. Đường "
    "dây nóng của Công an thành phố là 0234 3822 113, trực cả ngày lễ và chủ nhật."
)


def test_one_official_passage_does_not_make_two_reports_one() -> None:
    fire = "Chiều qua, một đống rơm bốc cháy cạnh chợ An Cựu, bảy người dập tắt trong mười phút. "
    fair = "Hội hoa lan mở cửa ở công viên Tứ Tượng với ba trăm chậu của các nhà vườn Kim Long. "
    ours = doc("Cháy đống rơm cạnh chợ An Cựu", fire + ADVICE)
    theirs = doc("Hội hoa lan ở công viên Tứ Tượng", fair + ADVICE, source="two")
    match = compare(ours, theirs)
    assert match.score > 0.45
    assert match.verdict is Verdict.RELATED
    retitled = doc("Rơm cháy giữa phố", fire + ADVICE, source="two")
    assert compare(ours, retitled).verdict is Verdict.SAME


def test_a_morning_is_not_an_afternoon() -> None:
    morning = NOTICE.replace("từ 8 giờ ngày", "từ sáng ngày")
    afternoon = NOTICE.replace("từ 8 giờ ngày", "từ chiều ngày")
    match = compare(doc(text=morning), doc(text=afternoon, source="two"))
    assert match.verdict is Verdict.DIFFERENT
    assert "another time of day in the text: sáng and chiều" in match.reasons


def test_the_masthead_of_a_site_makes_no_two_entries_one() -> None:
    masthead = (
        "Cổng thông tin của Hội Sinh vật cảnh, giấy phép số 84 do Sở Thông tin cấp. Trụ sở tại 12 "
        "đường Lê Lợi, chịu trách nhiệm xuất bản ông Hồ Viết Lợi, điện thoại và thư điện tử ghi ở "
        "chân trang, ghi rõ nguồn khi phát lại thông tin từ trang này."
    )
    first = doc("Triển lãm bonsai mùa xuân khai mạc", masthead, id_="a")
    assert compare(first, doc("Thi chim chào mào toàn tỉnh", masthead, id_="b")).forbids
    again = doc("Triển lãm bonsai mùa xuân khai mạc", masthead, id_="c", hours=2)
    assert compare(first, again).verdict is Verdict.SAME


def test_entries_without_text_go_by_a_telling_headline_of_another_source() -> None:
    title = "Khánh thành cầu đi bộ lim trên sông Hương vào dịp lễ"
    assert compare(doc(title, ""), doc(title, "", source="two")).verdict is Verdict.SAME
    assert compare(doc(title, ""), doc(title, "", id_="x")).verdict is not Verdict.SAME
    late = doc(title, "", source="two", hours=72)
    assert compare(doc(title, ""), late).verdict is not Verdict.SAME
    assert compare(doc("Bản tin sáng", ""), doc("Bản tin sáng", "", source="two")).score == 0


def test_beyond_the_window_nothing_is_the_same() -> None:
    match = against(NOTICE, hours=15 * 24)
    assert match == Match(Verdict.DIFFERENT, 0.0, ("published more than 14 days apart",))


@given(seed=st.integers(0, 50), picks=st.tuples(st.integers(0, 999), st.integers(0, 999)))
@settings(max_examples=40, deadline=None)
def test_the_verdict_is_symmetric_and_repeatable(seed: int, picks: tuple[int, int]) -> None:
    made = [each for each, _ in notices(seed, per_form=3)]
    first, second = (made[pick % len(made)] for pick in picks)
    assert compare(first, second) == compare(second, first)


@given(st.text(max_size=300), st.text(max_size=300))
@settings(deadline=None)
def test_any_two_texts_get_a_verdict(first: str, second: str) -> None:
    match = compare(doc(first, second), doc(second, first, source="two"))
    assert 0 <= match.score <= 1
    assert match.reasons


def test_places_are_learnt_from_the_sources() -> None:
    known = learn_places(["Phường Vỹ Dạ", "thị xã Hương Thủy", "Huế", "quận 5", ""])
    assert places_of(read_words("Vỹ Dạ: ngừng cấp nước"), known) == {"vỹ dạ"}
    assert places_of(read_words("Tin từ Hương Thuỷ và Huế"), known) == {"hương thủy", "huế"}
    assert places_of(read_words("Tin từ Hương Trà"), known) == frozenset()
    assert places_of(read_words("tại thị trấn Sịa và tổ 4")) == {"sịa", "tổ 4"}
    assert places_of(read_words("the roads of Erie County")) == {"erie"}


def test_a_known_place_keeps_two_short_notices_apart() -> None:
    text = NOTICE.replace("phường Vỹ Dạ ", "")
    ours, theirs = doc("Vinh: ngừng cấp nước", text), doc("Huế: ngừng cấp nước", text, source="two")
    assert compare(ours, theirs).verdict is Verdict.SAME
    match = compare(ours, theirs, gazetteer=learn_places(["Huế", "Vinh"]))
    assert match.verdict is Verdict.DIFFERENT
    assert "different places: vinh and huế" in match.reasons


@pytest.mark.parametrize(
    ("ours", "theirs", "conflict"),
    [
        ("An", "Lan", True),
        ("Văn An", "Nguyễn Văn An", False),
        ("Thủy Thanh", "Thủy Thành", False),  # one of the two may have lost its mark
        ("Thủy Thánh", "Thủy Thành", True),
        ("Thuy Thanh", "Thủy Thành", False),
        ("VănSáng", "Văn Sáng", False),
        ("J", "John", False),
    ],
)
def test_names(ours: str, theirs: str, conflict: bool) -> None:
    first, second = (read_words(f"x {name}").words[1:] for name in (ours, theirs))
    assert name_conflict(first, second) is name_conflict(second, first) is conflict


LINES = (
    "Đội bóng chuyền nữ trường Nguyễn Huệ giành cúp vô địch giải học sinh toàn tỉnh",
    "Hợp tác xã Phú Mậu xuất lô hoa giấy đầu tiên gồm 4.000 cành sang Hà Lan",
    "Bảo tàng Cổ vật mở cửa trở lại sau 2 năm trùng tu với phòng về gốm Phước Tích",
    "Trạm y tế Kim Long tiêm phòng cho 320 trẻ em trong đợt đầu của tháng 5",
)


@pytest.mark.parametrize(
    ("title", "prefix", "expected"),
    [
        ("Điểm tin tuần 18", "- ", True),
        ("Tin vắn", "", True),
        ("News roundup", "1. ", True),
        ("Chuyện trong tuần của chúng ta", "• ", True),
        ("Hợp tác xã Phú Mậu xuất lô hoa giấy đầu tiên", "- ", False),
        ("Chuyện trong tuần của chúng ta", "", False),
    ],
)
def test_a_press_review_is_told_by_its_own_looks(title: str, prefix: str, expected: bool) -> None:
    assert is_roundup(doc(title, "\n".join(prefix + line for line in LINES))) is expected


def test_keys_are_small_stable_numbers_that_a_cut_shares() -> None:
    whole = index_keys(doc())
    assert whole == tuple(sorted(set(whole)))
    assert all(0 <= key < 1 << 31 for key in whole)
    cut = index_keys(doc(text=NOTICE[: len(NOTICE) * 2 // 3], source="two"))
    assert len(set(whole) & set(cut)) >= 5
    assert len(index_keys(doc(text=" ".join(map(str, range(10_000)))))) < 1_000
    assert len(index_keys(doc(text=""))) == 2
    assert index_keys(doc(title="", text="")) == ()


def test_hostile_texts_are_compared_in_time() -> None:
    begun = time.process_time()
    for unit, other in (
        ("a b ", "b a "),
        ("A1 ", "A2 "),
        ("An\n", "Lan\n"),
        ("- x y\n", "* x y\n"),
    ):
        compare(doc(unit, unit * 15_000), doc(other, other * 15_000, source="two"))
        compare(doc(unit, unit * 15_000), doc(unit, unit * 14_000 + other, source="two"))
    assert time.process_time() - begun < 20
