"""Fingerprints: stable for ever, spread evenly, sampled alike by every text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.text.shingles import KEY_BITS, sampled, shingles, word_hash

WORDS = st.lists(st.text(max_size=6), max_size=40)


def test_fingerprints_never_change() -> None:
    """Stored keys would be worthless if they did."""
    assert word_hash("huế") == 127208290503084
    assert shingles(["tạm", "ngừng", "cấp", "nước", "tại", "phường"]) == [
        14640096466725,
        54319566773594,
    ]
    assert shingles(["cấp", "nước"]) == [29341348534443]


@given(WORDS)
@settings(deadline=None)
def test_there_is_one_for_every_run_of_five_words(words: list[str]) -> None:
    found = shingles(words)
    assert len(found) == (max(1, len(words) - 4) if words else 0)
    assert all(0 <= value < 1 << KEY_BITS for value in found)


@given(before=WORDS, run=st.lists(st.text(max_size=6), min_size=5, max_size=9), behind=WORDS)
@settings(deadline=None)
def test_a_common_passage_gives_common_fingerprints(
    before: list[str], run: list[str], behind: list[str]
) -> None:
    assert set(shingles(run)) <= set(shingles([*before, *run, *behind]))


def test_the_order_of_words_matters() -> None:
    assert shingles(["a", "b", "c", "d", "e"]) != shingles(["e", "d", "c", "b", "a"])


@given(st.lists(st.integers(0, (1 << KEY_BITS) - 1)))
def test_a_coarser_sample_is_part_of_a_finer_one(values: list[int]) -> None:
    assert set(sampled(values, one_in=16)) <= set(sampled(values, one_in=4)) <= set(values)


def test_the_sample_is_fair() -> None:
    found = shingles([str(number) for number in range(20_000)])
    assert 1100 < len(sampled(found, one_in=16)) < 1400


def test_a_rate_that_divides_no_other_is_refused() -> None:
    with pytest.raises(ValueError, match="power of two"):
        sampled([1], one_in=10)
