"""Signed tokens: only the hub writes them, each for one purpose, some for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.text.tokens import (
    BadToken,
    ExpiredToken,
    Purpose,
    mint_secret,
    open_token,
    sign_token,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OLD, NEW = mint_secret(), mint_secret()

subjects = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=32)
purposes = st.sampled_from(list(Purpose))


@given(subjects, purposes, st.none() | st.timedeltas(timedelta(seconds=2), timedelta(days=99)))
def test_a_token_says_whom_it_is_for(
    subject: str, purpose: Purpose, lasts: timedelta | None
) -> None:
    token = sign_token([NEW], purpose, subject, NOW + lasts if lasts else None)
    assert open_token([NEW], purpose, token, NOW) == subject
    assert token.isascii()
    assert token[-1].isalnum(), "programs leave a dash at the end of an address out"


@given(subjects, purposes, purposes)
def test_a_token_is_good_for_its_purpose_only(subject: str, one: Purpose, other: Purpose) -> None:
    token = sign_token([NEW], one, subject)
    if one is other:
        assert open_token([NEW], other, token, NOW) == subject
    else:
        with pytest.raises(BadToken):
            open_token([NEW], other, token, NOW)


@given(st.data(), subjects)
def test_a_changed_token_is_refused(data: st.DataObject, subject: str) -> None:
    token = sign_token([NEW], Purpose.CHANGE, subject, NOW + timedelta(days=1))
    # the last letter of the signature carries spare bits; everything else counts
    places = [place for place in range(len(token)) if place != 42]
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.characters(codec="ascii").filter(lambda other: other != token[place]))
    changed = token[:place] + letter + token[place + 1 :]
    with pytest.raises(BadToken):
        open_token([NEW], Purpose.CHANGE, changed, NOW)


@given(st.text(max_size=200))
def test_rubbish_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        open_token([NEW], Purpose.CHANGE, text, NOW)


def test_the_time_of_a_token_ends_at_its_moment() -> None:
    token = sign_token([NEW], Purpose.CONFIRM, "p1", NOW)
    assert open_token([NEW], Purpose.CONFIRM, token, NOW - timedelta(seconds=1)) == "p1"
    with pytest.raises(ExpiredToken):
        open_token([NEW], Purpose.CONFIRM, token, NOW)


def test_a_token_without_an_end_is_good_for_ever() -> None:
    token = sign_token([NEW], Purpose.UNSUBSCRIBE, "p1")
    assert open_token([NEW], Purpose.UNSUBSCRIBE, token, NOW + timedelta(days=36500)) == "p1"


def test_a_new_key_signs_and_the_old_ones_are_still_read() -> None:
    old = sign_token([OLD], Purpose.CHANGE, "p1")
    new = sign_token([OLD, NEW], Purpose.CHANGE, "p1")
    assert open_token([OLD, NEW], Purpose.CHANGE, old, NOW) == "p1"
    assert open_token([NEW], Purpose.CHANGE, new, NOW) == "p1"
    with pytest.raises(BadToken):
        open_token([NEW], Purpose.CHANGE, old, NOW)


@pytest.mark.parametrize("subject", ["", "UPPER", "a.b", "a b", "ế", "x" * 33])
def test_only_ids_stand_in_tokens(subject: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a token"):
        sign_token([NEW], Purpose.CHANGE, subject)
