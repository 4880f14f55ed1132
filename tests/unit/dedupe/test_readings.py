"""What is read off two texts at once is what going through them word by word would find."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.dedupe.compare import _containment
from feedhub.dedupe.slots import _LONGEST_EDGE, _LONGEST_GAP, _gaps
from feedhub.dedupe.texts import Reading, TextDoc, read
from feedhub.dedupe.words import Kind
from feedhub.text.shingles import SHINGLE

#: few words, so that passages come back; some of them telling
WORDS = st.sampled_from(["a", "b", "c", "17/2", "Huế", "9"])
TEXTS = st.lists(WORDS, min_size=1, max_size=90)


@st.composite
def two_printings(draw: st.DrawFn) -> tuple[Reading, Reading]:
    """Draw a text and what editors made of it: words replaced, put in, left out."""
    first = draw(TEXTS) + [f"w{number}" for number in range(draw(st.integers(0, 200)))]
    second = list(first)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(second)))
        second[at : at + draw(st.integers(0, 8))] = draw(st.lists(WORDS, max_size=8))
    return _reading(first), _reading(second or ["a"])


def _reading(words: list[str]) -> Reading:
    return read(TextDoc(id="one", title="", text=" ".join(words)))


def _where(reading: Reading) -> dict[int, list[int]]:
    where: dict[int, list[int]] = {}
    for place, fingerprint in enumerate(reading.prints):
        where.setdefault(fingerprint, []).append(place)
    return where


def _weights(reading: Reading) -> dict[int, int]:
    telling = [kind >= Kind.NAME for kind in reading.body.kinds]
    return {
        fingerprint: 4 if any(telling[places[0] : places[0] + SHINGLE]) else 1
        for fingerprint, places in _where(reading).items()
    }


def _plain_gaps(first: Reading, second: Reading) -> Iterator[tuple[slice, slice, bool]]:
    """Walk the common shingles one by one."""
    where_a, where_b = _where(first), _where(second)
    end_a = end_b = -1
    sure = False
    for start_a, fingerprint in enumerate(first.prints):
        if fingerprint not in where_b:
            continue
        places = where_b[fingerprint]
        only = len(places) == len(where_a[fingerprint]) == 1
        start_b = places[0]
        if end_a < 0:
            if only and 0 < start_a <= _LONGEST_EDGE and 0 < start_b <= _LONGEST_EDGE:
                yield slice(0, start_a), slice(0, start_b), True
        else:
            going_on = end_b - SHINGLE + 1
            at = bisect_left(places, going_on)
            start_b = places[at] if at < len(places) else places[0]
            if start_a + SHINGLE == end_a + 1 and start_b == going_on:
                end_a, end_b, sure = end_a + 1, end_b + 1, only
                continue
            if end_a < start_a <= end_a + _LONGEST_GAP and end_b < start_b <= end_b + _LONGEST_GAP:
                if sure and only:
                    yield slice(end_a, start_a), slice(end_b, start_b), True
            elif start_a < end_a or going_on < start_b < end_b:
                continue
        end_a, end_b, sure = start_a + SHINGLE, start_b + SHINGLE, only
    rest_a, rest_b = len(first.body) - end_a, len(second.body) - end_b
    if sure and 0 < rest_a <= _LONGEST_EDGE and 0 < rest_b <= _LONGEST_EDGE:
        yield slice(end_a, len(first.body)), slice(end_b, len(second.body)), False


@given(two_printings())
@settings(deadline=None)
def test_gaps_are_those_of_a_walk_over_every_shingle(two: tuple[Reading, Reading]) -> None:
    first, second = two
    assert list(_gaps(first, second)) == list(_plain_gaps(first, second))
    assert list(_gaps(second, first)) == list(_plain_gaps(second, first))


@given(two_printings())
@settings(deadline=None)
def test_what_is_common_is_weighed_by_the_first_place_of_each_shingle(
    two: tuple[Reading, Reading],
) -> None:
    ours, theirs = (_weights(one) for one in two)
    shared = ours.keys() & theirs.keys()
    common = sum(ours[one] + theirs[one] for one in shared) / 2
    assert _containment(*two) == (
        min(1.0, common / sum(ours.values())),
        min(1.0, common / sum(theirs.values())),
        len(shared),
    )


@given(TEXTS)
@settings(deadline=None)
def test_a_shingle_is_found_at_all_its_places(words: list[str]) -> None:
    reading = _reading(words)
    where = _where(reading)
    assert reading.first == {one: places[0] for one, places in where.items()}
    assert reading.repeated == {one: places for one, places in where.items() if len(places) > 1}
