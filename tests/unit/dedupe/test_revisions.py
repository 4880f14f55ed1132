"""What a new version of a text changed, and whether that is news."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.dedupe.revisions import compare_texts, is_restless
from feedhub.dedupe.words import read_words
from feedhub.model.entry import Revision

TITLE = "Họp dân tổ 5"
TEXT = (
    "Ngày 12/3/2024, UBND phường Kim Long tổ chức họp lúc 7h30 tại hội trường số 5, do ông Hồ Viết "
    "Lợi chủ trì, theo Quyết định số 140/QĐ-UBND. Lệ phí 1.500 đồng. Thủy Xuân hoàn thành sớm.\n"
    "Đề nghị bà con đến dự đầy đủ."
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("12/3/2024", "15/3/2024", "ngày 12/3/2024 → 15/3/2024"),
        ("7h30", "8h00", "giờ 7h30 → 8h00"),
        ("hội trường số 5", "hội trường số 6", "số 5 → 6"),
        ("1.500", "1.700", "số 1.500 → 1.700"),
        ("140/QĐ-UBND", "141/QĐ-UBND", "số văn bản 140/QĐ-UBND → 141/QĐ-UBND"),
        ("Viết Lợi", "Viết Hải", "tên Hồ Viết Lợi → Hồ Viết Hải"),
        ("tổ chức họp", "hoãn họp", "thêm: hoãn"),
        ("Đề nghị bà con", "Đề nghị bà con không", "thêm: không"),
        (" lúc 7h30", "", "bỏ: giờ 7h30"),
    ],
)
def test_a_significant_change_is_told_in_words(old: str, new: str, expected: str) -> None:
    change = compare_texts(TITLE, TEXT, TITLE, TEXT.replace(old, new))
    assert change.kind == "significant"
    assert change.changes == (expected,)


@pytest.mark.parametrize(
    "new",
    [
        TEXT.replace("12/3/2024", "12 tháng 3 năm 2024"),
        TEXT.replace("12/3/2024", "12-03-2024"),
        TEXT.replace("1.500", "1500"),
        TEXT.replace("7h30", "7 giờ 30"),
        TEXT.replace("Thủy", "Thuỷ"),
        TEXT.replace("Kim Long", "Kim  Long,").replace("tổ chức", "Tổ chức"),
        TEXT.replace("Viết Lợi", "Viet Loi"),
        TEXT.replace("đến dự đầy đủ", "tham dự đầy đủ"),
        TEXT + "\nLượt xem: 1.234",
        unicodedata.normalize("NFD", TEXT),
        TEXT.upper(),
    ],
)
def test_a_cosmetic_change_is_told_from_a_significant_one(new: str) -> None:
    change = compare_texts(TITLE, TEXT, TITLE, new)
    assert (change.kind, change.changes) == ("cosmetic", ())


def test_a_changed_headline_says_so_and_english_has_english_words() -> None:
    change = compare_texts(TITLE, TEXT, "Họp dân tổ 6", TEXT, language="en")
    assert change.changes == ("headline: number 5 → 6",)


def test_text_added_or_taken_away_is_significant() -> None:
    more = " Sau cuộc họp sẽ có phần giải đáp thắc mắc của người dân về đất đai và môi trường."
    added = compare_texts(TITLE, TEXT, TITLE, TEXT + more)
    assert added.kind == "significant"
    assert added.changes[0].startswith("thêm 19 chữ: Sau cuộc họp")
    taken = compare_texts(TITLE, TEXT + more, TITLE, TEXT)
    assert taken.changes[0].startswith("bỏ 19 chữ: Sau")


def test_nothing_changed() -> None:
    assert compare_texts(TITLE, TEXT, TITLE, TEXT).kind == "none"


VOCABULARY = ("hôm", "nay", "12/3", "phường", "Kim", "Long", "họp", "5", "không", ".", ",")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40)


@given(old=WORDS, new=WORDS)
@settings(deadline=None)
def test_the_difference_holds_both_texts(old: list[str], new: list[str]) -> None:
    ours, theirs = " ".join(old), " ".join(new)
    change = compare_texts("t", ours, "t", theirs)
    if change.kind == "none":
        return
    kept = "".join(text for operation, text in change.difference if operation != "removed")
    lost = "".join(text for operation, text in change.difference if operation != "added")
    assert read_words(kept).words == read_words(theirs).words
    assert read_words(lost).words == read_words(ours).words


def test_a_hostile_text_is_compared_in_one_piece() -> None:
    change = compare_texts("t", "a b " * 40_000, "t", "b a " * 40_000)
    assert change.kind == "significant" or len(change.difference) < 5


def history(gaps: list[float]) -> list[Revision]:
    moment = datetime(2024, 5, 6, tzinfo=UTC)
    made = []
    for number, hours in enumerate(gaps):
        moment += timedelta(hours=hours)
        made.append(
            Revision(title="t", text=str(number), content="", replaced_at=moment, significant=True)
        )
    return made


def test_a_day_of_the_week_is_no_name() -> None:
    text = "Ngừng cấp nước từ 21 giờ thứ {} ngày {}/11/2026 trên đường Vân Độ và kiệt 131."
    change = compare_texts(TITLE, text.format("Năm", 26), TITLE, text.format("Sáu", 27))
    assert change.changes == ("thứ Năm → thứ Sáu", "ngày 26/11/2026 → 27/11/2026")


def test_a_value_that_says_what_it_is_is_not_named_twice() -> None:
    text = "Ngừng cấp nước từ {} giờ đến 4 giờ sáng trên đường Vân Độ và kiệt 131."
    change = compare_texts(TITLE, text.format(21), TITLE, text.format(22))
    assert change.changes == ("21 giờ → 22 giờ",)


def test_an_entry_edited_on_every_pull_is_restless() -> None:
    assert is_restless(history([0.5] * 60))


def test_a_few_corrections_are_not_restless() -> None:
    assert not is_restless(history([1, 30, 30, 30, 30]))
    assert not is_restless([])
