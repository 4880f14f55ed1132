"""What changed between two texts."""

from __future__ import annotations

import re
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from feedhub.render.difference import difference


def test_changed_words_are_struck_and_underlined() -> None:
    shown = difference("họp ngày 12 tháng 3 tại đình", "họp ngày 15 tháng 3 tại chợ mới")
    assert shown == (
        "họp ngày <del>12</del> <ins>15</ins> tháng 3 tại <del>đình</del> <ins>chợ mới</ins>"
    )


def test_texts_of_the_same_words_do_not_differ() -> None:
    assert difference("một  hai\nba", "một hai ba") == ""


def test_a_long_stretch_without_change_is_shortened() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    shown = difference(f"{words} cũ {words} đầu {words}", f"{words} mới {words} cuối {words}")
    assert shown.count("…") == 3
    assert "w50" not in shown
    assert "<del>cũ</del> <ins>mới</ins>" in shown


def test_markup_in_a_text_is_text() -> None:
    shown = difference("a <b>x</b>", "a <script>y</script>")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_texts_made_to_be_slow_are_not() -> None:
    start = perf_counter()
    difference("a b " * 50_000, "b a " * 50_000)
    assert perf_counter() - start < 5


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_without_the_struck_words_stands_the_new_text(old: list[str], new: list[str]) -> None:
    shown = str(difference(" ".join(old), " ".join(new)))
    if old == new:
        assert shown == ""
    elif "…" not in shown:
        kept = re.sub(r"<del>.*?</del>", "", shown).replace("<ins>", "").replace("</ins>", "")
        assert kept.split() == new
        before = re.sub(r"<ins>.*?</ins>", "", shown).replace("<del>", "").replace("</del>", "")
        assert before.split() == old
