"""Fingerprints: stable for ever, spread evenly, sampled alike by every text."""

from __future__ import annotations

from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.text.shingles import KEY_BITS, SHINGLE, Shingles, lanes, shingles, word_hash

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


def _plainly(words: list[str]) -> list[int]:
    """Compute what the module says a fingerprint is, one after the other."""
    low, factor, mix = (1 << KEY_BITS) - 1, 0x5DEECE66D9B1, 0x2545F4914F6D
    runs = [words[at : at + SHINGLE] for at in range(max(1, len(words) - SHINGLE + 1))]
    made = []
    for run in runs if words else []:
        total = len(run) if len(run) < SHINGLE else 0
        for word in run:
            total = total * factor + word_hash(word)
        total &= low
        made.append((total ^ (total >> 23)) * mix & low)
    return made


@given(WORDS)
@settings(deadline=None)
def test_all_at_once_are_what_they_are_one_by_one(words: list[str]) -> None:
    assert shingles(words) == _plainly(words)


@pytest.mark.parametrize("count", [2_043, 2_044, 2_047, 2_048, 2_049, 4_092, 4_096, 9_000])
def test_long_texts_are_computed_in_pieces_that_join(count: int) -> None:
    words = [str(number % 1_500) for number in range(count)]
    assert shingles(words) == _plainly(words)


@given(WORDS)
@settings(deadline=None)
def test_a_sample_depends_on_the_fingerprint_alone(words: list[str]) -> None:
    made = Shingles.of(lanes(words))
    assert len(made) == len(made.values())
    for one_in in (1, 4, 16, 64):
        assert made.sampled(one_in=one_in) == [
            value for value in made.values() if (value >> 10) % one_in == 0
        ]
        assert made.sampled(one_in=one_in, first=7) == [
            value for value in made.values()[:7] if (value >> 10) % one_in == 0
        ]


@given(st.lists(st.sampled_from("ab"), max_size=200), st.integers(0, 200), st.integers(0, 200))
@settings(deadline=None)
def test_a_run_alike_ends_where_the_first_shingle_differs(
    words: list[str], at: int, place: int
) -> None:
    ours, theirs = Shingles.of(lanes(words)), Shingles.of(lanes([*words[3:], "c"]))
    pairs = zip(ours.values()[at:], theirs.values()[place:], strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    assert ours.alike(at, theirs, place) == length


def test_a_long_run_alike_is_followed_to_its_end() -> None:
    words = [str(number) for number in range(5_000)]
    for edited in (5, 36, 37, 100, 4_999):
        other = [*words[:edited], "another", *words[edited + 1 :]]
        ours, theirs = Shingles.of(lanes(words)), Shingles.of(lanes(other))
        assert ours.alike(0, theirs, 0) == edited - SHINGLE + 1
        assert ours.alike(0, ours, 0) == len(ours)


def test_the_sample_is_fair() -> None:
    made = Shingles.of(lanes(str(number) for number in range(20_000)))
    assert 1100 < len(made.sampled(one_in=16)) < 1400


@pytest.mark.parametrize("one_in", [0, 10, 128])
def test_a_rate_that_divides_no_other_is_refused(one_in: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Shingles.of(lanes(["a"])).sampled(one_in=one_in)
