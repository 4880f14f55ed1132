"""Words, dates, numbers and names as read off a text."""

from __future__ import annotations

import unicodedata
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedhub.dedupe.words import Kind, Words, read_lanes, read_pieces, read_words
from feedhub.text.shingles import LANE, lanes

SAME_DAY = ("17/02/2023", "17-2-2023", "17.2.2023", "17 tháng 2 năm 2023", "2023-02-17")


@pytest.mark.parametrize("written", SAME_DAY)
def test_a_date_is_one_word_and_its_year_another(written: str) -> None:
    found = read_words(f"ngày {written}, tại")
    assert found.words == ("ngày", "17/2", "2023", "tại")
    assert found.kinds[1:3] == bytes([Kind.DATE, Kind.NUMBER])


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
    assert by_word["sáng"] == by_word["bà"] == Kind.OPENING
    assert by_word["an"] == by_word["hoa"] == by_word["ubnd"] == Kind.NAME
    assert by_word["xã"] == Kind.PLAIN


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
    blanks = ("a" + "\n" * 300_000, "2" + "\u200b \n" * 100_000)
    units = ("1/", "1.", "9 tháng ", "9 tháng x x ", "ă\u0301", "May 1", "a" * 50, *blanks)
    for unit in units:
        text = unit * (1_000_000 // len(unit) + 1)
        begun = process_time()
        found = read_words(text)
        assert len(read_lanes(text)) == len(found) * LANE
        assert process_time() - begun < 5
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
    "Tháng",
    "GIỜ",
    "7h",
    "9:05",
    "¨5",
    "⁗",
    "②",
    "２０２３",
    "n\u0103m",
    "a.m",
    "mar",
    "中AB",
]


def _plainly(text: str) -> Words:
    """Read a text as the room says what words are: token by token, from beginning to end."""
    pieces = read_pieces(text)
    words = tuple(word for piece in pieces for word in piece.words)
    # the word behind a date or a month is its year, a number
    kinds = [
        kind for piece in pieces for kind in (piece.kind, *[Kind.NUMBER] * (len(piece.words) - 1))
    ]
    spoken = (Kind.PLAIN, Kind.OPENING, Kind.NAME)
    shouted = sum(
        len(piece.written) > 1 and piece.written.isupper()
        for piece in pieces
        if piece.kind in spoken
    )
    if shouted * 2 > len(words):
        kinds = [Kind.OPENING if kind is Kind.NAME else kind for kind in kinds]
    return Words(words, bytes(kinds))


@given(
    st.lists(st.tuples(st.sampled_from(_BITS), st.sampled_from([" ", "", "\n", "  ", "\t    "])))
)
@example([("2", "\n"), ("giờ", " "), ("17", "")])
@example([("7", " "), ("giờ", " "), ("p.m.", " ")])
@example([("2", "\n"), ("\u200b", " "), ("tháng", " "), ("\u200b", "\n"), ("5th", "")])
@example([("SEPT.", " "), ("5", "\n"), ("2023", " "), ("Ông", "")])
@example([("7h", "  "), ("30", " "), ("p.m.", "\n"), ("Hà", " ")])
@example([("NHÀ", "\n"), ("Ông", " "), ("A", " "), ("NHÀ", "")])
def test_words_read_by_what_was_met_before_are_those_read_token_by_token(
    bits: list[tuple[str, str]],
) -> None:
    text = "".join(bit + blank for bit, blank in bits)
    assert read_words(text) == _plainly(text)
    assert read_lanes(text) == lanes(read_words(text).words)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_read_like_its_tokens(text: str) -> None:
    assert read_words(text) == _plainly(text)
    assert read_lanes(text) == lanes(read_words(text).words)
