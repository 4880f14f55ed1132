"""The beginning of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedhub.text.excerpts import excerpt, first_sentence


def test_an_excerpt_ends_with_a_sentence_and_not_at_an_abbreviation() -> None:
    text = "Ủy ban nhân dân TP. Sông Mây họp bàn về con đường ven sông. " + "Bà con góp ý. " * 40
    short = excerpt(text, 100)
    assert short.startswith("Ủy ban nhân dân TP. Sông Mây họp bàn về con đường ven sông.")
    assert len(short) <= 100
    assert excerpt("chữ " * 200, 50).endswith("…")


@given(st.text(max_size=2000), st.integers(min_value=30, max_value=400))
def test_an_excerpt_is_never_much_longer_than_asked(text: str, limit: int) -> None:
    assert len(excerpt(text, limit)) <= limit + 1


def test_the_first_sentence_stands_alone() -> None:
    text = "Chợ hoa TP. Sông Mây mở cửa lúc 6 giờ. Vé vào cửa miễn phí."
    assert first_sentence(text, 200) == "Chợ hoa TP. Sông Mây mở cửa lúc 6 giờ."
    assert first_sentence("Một câu không có dấu chấm", 200) == "Một câu không có dấu chấm"
    assert first_sentence("chữ " * 100, 20) == "chữ chữ chữ chữ chữ…"


@given(st.text(max_size=2000), st.integers(min_value=10, max_value=400))
def test_a_first_sentence_begins_its_text(text: str, limit: int) -> None:
    found = first_sentence(text, limit)
    assert len(found) <= limit + 10
    assert " ".join(text.split()).startswith(found.removesuffix("…"))
