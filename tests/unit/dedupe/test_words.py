"""Words, dates, numbers and names as read off a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedhub.dedupe.words import Kind, _Gathered, read_pieces, read_words
from feedhub.text.folding import one_typing

SAME_DAY = ("17/02/2023", "17-2-2023", "17.2.2023", "17 tháng 2 năm 2023", "2023-02-17")


@pytest.mark.parametrize("written", SAME_DAY)
def test_a_date_is_one_word_and_its_year_another(written: str) -> None:
    found = read_words(f"ngày {written}, tại")
    assert found.words == ("ngày", "17/2", "2023", "tại")
    assert found.kinds[1:3] == (Kind.DATE, Kind.NUMBER)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("February 17, 2023", ("17/2", "2023")),
        ("17th Feb. 2023", ("17/2", "2023")),
        ("Feb 17", ("17/2",)),
        ("2/17/2023", ("17/2", "2023")),
        ("17/2", ("17/2",)),
        ("tháng 6/2013", ("tháng", "6", "2013")),
        ("tháng 6.2013", ("tháng", "6", "2013")),
        ("1.500", ("1500",)),
        ("1,500", ("1500",)),
        ("1500", ("1500",)),
        ("500,57", ("500.57",)),
        ("0,5", ("0.5",)),
        ("007", ("7",)),
        ("7h30", ("7:30",)),
        ("7 giờ 30", ("7:30",)),
        ("14h", ("14:00",)),
        ("7:30 p.m.", ("19:30",)),
        ("12 a.m.", ("0:00",)),
        ("140/QĐ-BCĐ", ("140/qđ-bcđ",)),
        ("12/2023/NĐ-CP", ("12/2023/nđ-cp",)),
        ("24/24", ("24/24",)),
        ("U21", ("u21",)),
    ],
)
def test_figures_are_read_however_they_are_written(written: str, words: tuple[str, ...]) -> None:
    assert read_words(written).words == words


def test_capitals_make_names_and_the_start_of_a_sentence_leaves_it_open() -> None:
    found = read_words("Sáng nay, ông An đến. Bà Hoa ở UBND xã")
    by_word = dict(zip(found.words, found.kinds, strict=True))
    assert by_word["sáng"] is by_word["bà"] is Kind.OPENING
    assert by_word["an"] is by_word["hoa"] is by_word["ubnd"] is Kind.NAME
    assert by_word["xã"] is Kind.PLAIN


def test_capitals_throughout_tell_no_names() -> None:
    assert Kind.NAME not in read_words("ÔNG NGUYỄN VĂN AN ĐẾN THĂM TRƯỜNG").kinds


@given(st.text())
@settings(deadline=None)
def test_any_text_is_read_and_its_decomposed_form_alike(text: str) -> None:
    found = read_words(text)
    assert len(found.words) == len(found.kinds)
    assert read_words(unicodedata.normalize("NFD", text)).words == found.words


@given(st.text(alphabet="aA ô1/.:h-năthg 2023"))
@settings(deadline=None)
def test_pieces_are_the_same_words_with_their_writing(text: str) -> None:
    pieces = read_pieces(text)
    assert tuple(word for piece in pieces for word in piece.words) == read_words(text).words
    assert text.startswith("".join(piece.before + piece.written for piece in pieces))


def test_a_hostile_text_is_read_in_time_and_not_to_its_end() -> None:
    for unit in ("1/", "1.", "9 tháng ", "ă\u0301", "May 1", "a" * 50):
        found = read_words(unit * 1_000_000)
        assert len(found) <= 200_000


_BITS = [
    "17",
    "tháng",
    "2",
    "năm",
    "2023",
    "May",
    "Sept.",
    "5th",
    "7",
    "giờ",
    "30",
    "h",
    "p.m.",
    ".",
    "Ông",
    "ông",
    "A-B",
    "X/Y",
    "12/QĐ-UBND",
    "a1",
    "Covid19",
    "́",
    "…",
    "«",
    "'Hà",
    "Nội'",
    "NHÀ",
    "-",
    "1.500",
    "\u2028",
    "\x1c",
    "th́",
    "١٢",
    "and",
    "3,",
    "\u200b",
]


@given(
    st.lists(st.tuples(st.sampled_from(_BITS), st.sampled_from([" ", "", "\n", "  ", "\t    "])))
)
@example([("2", "\n"), ("giờ", " "), ("17", "")])
@example([("7", " "), ("giờ", " "), ("p.m.", " ")])
def test_words_read_by_what_was_met_before_are_those_read_token_by_token(
    bits: list[tuple[str, str]],
) -> None:
    text = "".join(bit + blank for bit, blank in bits)
    closely = _Gathered()
    closely.closely(one_typing(text))
    assert read_words(text) == closely.words()
