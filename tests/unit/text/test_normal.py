"""Normal forms: Unicode's own, but for runs of marks that no writing has."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.text.dates import order_of
from feedhub.text.decode import decode
from feedhub.text.folding import bare, fold, one_typing
from feedhub.text.markup import clean, one_line, plain, sanitise
from feedhub.text.normal import normal

FORMS: list[Literal["NFC", "NFD", "NFKC"]] = ["NFC", "NFD", "NFKC"]
MARKS = "\u0301\u0323\u0302\u0344\u0f73\uff9e\uff9f\u0345\u3099"
#: of two combining classes by turns, the worst case of Python's sorting: 15 s and more
BY_TURNS = ["\u0301\u0323", "\uff9e\u0301", "\u0f73\u0301", "\u0301\u200b\u0323"]
MANY = 300_000

written = st.text(st.sampled_from("aeđ ệ ﬁ\u1100\u1161ﷺ…—\n" + MARKS), max_size=30)


@given(st.sampled_from(FORMS), st.text() | written)
def test_ordinary_text_gets_unicodes_form(form: Literal["NFC", "NFD", "NFKC"], text: str) -> None:
    assert normal(form, text) == unicodedata.normalize(form, text)


@given(st.sampled_from(FORMS), st.lists(written | st.just(MARKS * 9), max_size=8).map("".join))
def test_it_is_a_normal_form_whatever_is_cut(
    form: Literal["NFC", "NFD", "NFKC"], text: str
) -> None:
    once = normal(form, text)
    assert unicodedata.is_normalized(form, once)
    assert normal(form, once) == once


def test_signs_that_are_no_marks_stay() -> None:
    rule = "—…" * 100 + "\u0323\u0301" + "“" * 100
    assert normal("NFC", rule + "e\u0301") == rule + "é"


def test_of_a_crowd_of_marks_thirty_are_kept() -> None:
    assert normal("NFD", "a" + "\u0301\u0323" * MANY) == "a" + "\u0323" * 15 + "\u0301" * 15


@pytest.mark.timeout(10)
@pytest.mark.parametrize("marks", BY_TURNS, ids=ascii)
@pytest.mark.parametrize(
    "read",
    [
        clean,
        one_line,
        plain,
        fold,
        bare,
        one_typing,
        lambda text: sanitise(f"<p>{text}", "https://xa.example.vn/"),
        lambda text: order_of([text] * 3),
    ],
    ids=["clean", "line", "plain", "fold", "bare", "typing", "html", "dates"],
)
def test_marks_by_turns_take_no_time(read: Callable[[str], object], marks: str) -> None:
    read("a" + marks * (MANY // len(marks)))


@pytest.mark.timeout(10)
def test_marks_referred_to_take_no_time() -> None:
    html = "<p>a" + "&#769;&#803;" * 24_000
    assert len(sanitise(html, "https://xa.example.vn/")) < 60
    assert len(plain(html)) < 60


@pytest.mark.timeout(10)
def test_marks_of_an_old_code_page_take_no_time() -> None:
    body = "Xã hội đã có quyết định ".encode("cp1258", "ignore") + b"\xec\xf2" * MANY
    assert decode(body, content_type="text/html; charset=windows-1258", kind="html").text
