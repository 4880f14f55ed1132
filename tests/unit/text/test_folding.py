"""fold and bare: laws over any text, and the spellings met in the field."""

import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedhub.text.folding import _bare_folded, _fold_whole, bare, fold

#: letters, marks and signs that meet in Vietnamese text, in any (also wrong) order
VIETNAMESE = st.text(
    "aăâeêioôơuưyqgnhtđĐAOUY àáảãạằếộữ'`’“-–\u200b"
    "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0308"
)


@given(st.one_of(st.text(), VIETNAMESE))
@example("ẢUUB")  # no vowel is the consonant before a run of vowels
@example("\u0103U\u0300\u0306ybs")  # no letter takes this mark
@settings(deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert bare(bare(text)) == bare(text)


@given(st.one_of(st.text(), VIETNAMESE))
@settings(deadline=None)
def test_decomposed_text_folds_like_composed_text(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert bare(fold(text)) == bare(text)


@given(st.one_of(st.text(), VIETNAMESE, st.text("aΣσø•ß€' \t\u200b\u00a0\u0301¨´ﷺ\x1c\u2028độ")))
def test_word_by_word_is_the_same_as_at_one_go(text: str) -> None:
    assert fold(text) == _fold_whole(text)
    assert bare(text) == _bare_folded(_fold_whole(text))


def test_every_character_folds_to_a_fixed_point_wherever_it_stands() -> None:
    everything = "".join(
        f"a{chr(point)}b {chr(point)}" for point in range(0x3100) if not chr(point).isspace()
    )
    assert fold(everything) == _fold_whole(everything)
    assert bare(everything) == _bare_folded(_fold_whole(everything))


def test_every_character_folds_to_a_fixed_point() -> None:
    everything = "".join(
        f"{chr(point)} " for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF
    )
    assert fold(fold(everything)) == fold(everything)
    assert bare(bare(everything)) == bare(everything)


ONSETS = ("h", "th", "l", "kh", "ng", "")
TONES = "\u0300\u0301\u0303\u0309\u0323"


@pytest.mark.parametrize("pair", ["oa", "oe", "uy"])
@given(st.sampled_from(ONSETS), st.sampled_from(TONES), st.booleans())
@settings(deadline=None)
def test_old_and_new_tone_marks_are_one_spelling(
    pair: str, onset: str, tone: str, shout: bool
) -> None:
    old = unicodedata.normalize("NFC", onset + pair[0] + tone + pair[1])
    new = unicodedata.normalize("NFC", onset + pair + tone)
    assert old != new
    if shout:
        new = new.upper()
    assert fold(f"xã {new}, tỉnh") == fold(f"xã {old}, tỉnh") == f"xã {old}, tỉnh"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Thừa Thiên Huế", "thừa thiên huế"),
        ("Hương Thuỷ", "hương thủy"),
        ("hoàn thành", "hoàn thành"),
        ("hòan thành", "hoàn thành"),  # mark on the wrong vowel of a closed syllable
        ("triêụ", "triệu"),
        ("thúc đâỷ", "thúc đẩy"),
        ("Hà Nôị", "hà nội"),
        ("qúy", "quý"),
        ("quốc gia", "quốc gia"),
        ("gìa", "già"),
        ("gìn giữ", "gìn giữ"),
        ("khuỷu", "khuỷu"),
        ("ngoằn ngoèo", "ngoằn ngoèo"),
        ("được", "được"),
        ("a\u0301\u0302", "ấ"),  # marks stored in the wrong order
        ("ÐÀ NẴNG", "đà nẵng"),  # the Icelandic letter
    ],
)
def test_vietnamese_spellings(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_quotes_dashes_and_blanks() -> None:
    assert fold("“Khóc\u00a0 ròng” – ''hết''\n`x´") == '"khóc ròng" - "hết" \'x\''
    assert fold("Hu\u00adế\u200b") == "huế"
    assert fold("１２ m²") == "12 m2"


def test_bare_text() -> None:
    assert bare("Đổi mới ở phường Thủy Biều") == "doi moi o phuong thuy bieu"
    assert bare("Thuỷ Biều") == bare("thủy biều") == bare("THUY BIEU")


def test_a_hostile_run_of_vowels_is_left_alone() -> None:
    text = "oá" * 50_000
    assert len(fold(text)) == len(text)
