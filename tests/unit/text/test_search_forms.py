from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedhub.text.search_forms import bare_words, exact_words, search_forms
from feedhub.text.storable import storable

_TEXTS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("đĐòàoà ̣̀̂_.'ẞİ\0")))


def test_each_word_stands_once_and_unmarked_ones_in_one_form() -> None:
    forms = search_forms("Nước sạch, NƯỚC SẠCH", "về làng sach", "not looked at")
    assert forms.exact.split() == ["nước", "sạch", "về", "làng", "sach"]
    assert forms.bare.split() == ["nuoc", "ve", "lang"]


def test_the_summary_is_looked_at_where_there_is_no_text() -> None:
    assert search_forms("A", "", "b").exact == "a b"


@given(_TEXTS, _TEXTS)
def test_every_word_is_there_exact_and_without_marks(title: str, text: str) -> None:
    forms = search_forms(title, text, "")
    said = storable(f"{title}\n{text}")
    assert set(forms.exact.split()) == set(exact_words(said))
    assert {*forms.exact.split(), *forms.bare.split()} >= set(bare_words(said))
    assert not set(forms.exact.split()) & set(forms.bare.split())


@given(_TEXTS, _TEXTS)
def test_what_was_stored_gives_the_same_forms(title: str, text: str) -> None:
    stored = search_forms(storable(title), storable(text), "")
    assert search_forms(title, text, "") == stored


@given(st.text(alphabet=st.characters(codec=None)))
def test_what_is_storable_is_left_alone(text: str) -> None:
    clean = storable(text)
    assert "\0" not in clean
    assert clean.encode() == text.replace("\0", "").encode("utf-8", "ignore")
    assert storable(clean) is clean
