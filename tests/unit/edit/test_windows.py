"""Digest windows tile time, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.edit.windows import WEEKDAYS, cut_off, day_of, last_due, next_due, worth_sending
from feedhub.model.digest import Rhythm

ZONES = (
    "Asia/Ho_Chi_Minh",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
)
_TWO_YEARS = timedelta(days=731)
_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@given(
    every=st.sampled_from(("day", "week")),
    at=st.times().map(lambda t: f"{t:%H:%M}"),
    on=st.sampled_from(WEEKDAYS),
    shift=st.integers(0, 7 * 24 * 60),
)
def test_windows_tile_two_years_without_gap_or_overlap(
    zone: str, every: str, at: str, on: str, shift: int
) -> None:
    rhythm = Rhythm(every=every, at=at, on=on, timezone=zone)
    moment = _START + timedelta(minutes=shift)
    end = moment + _TWO_YEARS
    dues = []
    while moment < end:
        moment = next_due(rhythm, moment)
        dues.append(moment)
    days = [day_of(rhythm, due) for due in dues]
    step = timedelta(days=1 if every == "day" else 7)
    # one cut-off a period, on successive local days, and each the end of the window before it
    assert all(later - earlier == step for earlier, later in pairwise(days))
    assert all(earlier < later for earlier, later in pairwise(dues))
    for earlier, later in pairwise(dues):
        assert next_due(rhythm, earlier) == later
        assert last_due(rhythm, later) == later
        assert last_due(rhythm, later - timedelta(microseconds=1)) == earlier
    if every == "week":
        assert {WEEKDAYS[day.weekday()] for day in days} == {on}


def _daily(at: str, zone: str) -> Rhythm:
    return Rhythm(every="day", at=at, on="mon", timezone=zone)


def test_a_time_that_the_clocks_leap_over_is_the_first_instant_after_the_leap() -> None:
    leap = _daily("02:30", "America/New_York")
    assert cut_off(leap, date(2026, 3, 8)) == datetime(2026, 3, 8, 7, tzinfo=UTC)  # 03:00 EDT


def test_a_time_that_comes_twice_is_its_first_coming() -> None:
    twice = _daily("01:30", "America/New_York")
    assert cut_off(twice, date(2026, 11, 1)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # EDT


def test_a_leap_at_midnight_keeps_the_day_of_the_cut_off() -> None:
    # Santiago leaps from Saturday 24:00 to Sunday 01:00
    first = _daily("00:30", "America/Santiago")
    due = cut_off(first, date(2026, 9, 6))
    assert due == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert day_of(first, due) == date(2026, 9, 6)


def test_a_day_that_a_zone_leaves_out_shares_the_next_days_first_instant() -> None:
    rhythm = _daily("07:00", "Pacific/Apia")
    due = cut_off(rhythm, date(2011, 12, 30))
    assert due == datetime(2011, 12, 30, 10, tzinfo=UTC)  # the 31st, 00:00, fourteen hours ahead
    assert next_due(rhythm, due) == datetime(2011, 12, 30, 17, tzinfo=UTC)


def test_a_daily_digest_is_late_for_half_a_day_and_then_merged() -> None:
    rhythm = _daily("07:00", "UTC")
    due = datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert worth_sending(rhythm, due, due + timedelta(hours=12))
    assert not worth_sending(rhythm, due, due + timedelta(hours=12, seconds=1))
    weekly = Rhythm(every="week", at="07:00", on="sun", timezone="UTC")
    assert worth_sending(weekly, due, due + timedelta(days=3))
