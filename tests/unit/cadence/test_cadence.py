"""When a source is next due, told as a webmaster or an operator would put it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.cadence import LONGEST, SHORTEST, Due, PullHistory, is_due, next_due, server_wish

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
#: what jitter may add to a wait
SLACK = 1.1
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def every(gap: timedelta, *, days: int = 7) -> tuple[datetime, ...]:
    return tuple(NOW - gap * number for number in range(1, int(timedelta(days=days) / gap) + 1))


def wait(**known: object) -> timedelta:
    due = next_due(PullHistory(source_id="hue", **known), NOW)
    assert due.at is not None
    return due.at - NOW


def assert_about(waited: timedelta, expected: timedelta) -> None:
    assert expected <= waited <= expected * SLACK + timedelta(seconds=1)


def test_a_new_source_is_asked_at_the_usual_rhythm() -> None:
    assert_about(wait(), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(minutes=10), SHORTEST),
        (timedelta(hours=1), timedelta(minutes=10)),
        (timedelta(hours=6), timedelta(hours=1)),
        (timedelta(days=1), timedelta(hours=4)),
        (timedelta(days=3, hours=12), timedelta(hours=14)),
    ],
)
def test_follows_the_source_s_own_rhythm(gap: timedelta, expected: timedelta) -> None:
    assert_about(wait(news=every(gap)), expected)


def test_a_source_silent_for_months_is_asked_once_a_day() -> None:
    due = next_due(PullHistory(source_id="x", news=(NOW - timedelta(days=100),)), NOW)
    assert_about(due.at - NOW if due.at else timedelta(0), LONGEST)
    assert "no news for 100 days" in due.reason


def test_ten_notices_put_up_at_once_are_one_occasion() -> None:
    batch = tuple(
        NOW - timedelta(days=day, minutes=-5, seconds=second)
        for day in range(1, 8)
        for second in range(10)
    )
    assert_about(wait(news=batch), timedelta(hours=4))


def test_dates_in_the_future_say_nothing_about_the_rhythm() -> None:
    assert wait(news=(NOW + timedelta(days=5),)) == wait()


def test_silence_slows_a_busy_source_down() -> None:
    busy = every(timedelta(hours=1), days=2)
    silent = tuple(moment - timedelta(days=4) for moment in busy)
    assert wait(news=silent) > wait(news=busy) * 2


def test_the_operator_s_word_beats_rhythm_and_wishes() -> None:
    known = {"news": every(timedelta(days=1)), "ttl_minutes": 600, "fresh_for": timedelta(hours=9)}
    assert_about(wait(every=timedelta(minutes=15), **known), timedelta(minutes=15))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"fresh_for": timedelta(hours=2)}, timedelta(hours=2)),
        ({"fresh_for": timedelta(days=365)}, LONGEST),
        ({"fresh_for": timedelta(minutes=1)}, timedelta(minutes=30)),
        ({"ttl_minutes": 180}, timedelta(hours=3)),
        ({"ttl_minutes": 10**9}, LONGEST),
        ({"ttl_minutes": -5}, timedelta(minutes=30)),
        ({"retry_after": 7200.0}, timedelta(hours=2)),
        ({"retry_after": 86400.0 * 365}, LONGEST),
        ({"retry_after": 0.0}, timedelta(minutes=30)),
        ({"retry_after": 7200.0, "every": timedelta(minutes=15)}, timedelta(hours=2)),
        ({"pushed": True}, timedelta(hours=12)),
    ],
)
def test_a_server_s_wish_stretches_the_wait(known: dict[str, object], expected: timedelta) -> None:
    assert_about(wait(**known), expected)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        (1, timedelta(minutes=10)),
        (2, timedelta(minutes=20)),
        (5, timedelta(minutes=160)),
        (9, LONGEST),
        (10_000, LONGEST),
    ],
)
def test_failures_back_off_to_a_daily_probe(failures: int, expected: timedelta) -> None:
    assert_about(wait(failures=failures), expected)


def test_a_refusal_is_not_probed_within_minutes() -> None:
    assert_about(wait(failures=1, refused=True), timedelta(hours=1))


def test_a_rare_source_that_fails_is_tried_again_soon() -> None:
    assert_about(wait(failures=1, every=timedelta(hours=24)), timedelta(minutes=10))


def test_retry_after_counts_for_failures_too() -> None:
    assert_about(wait(failures=1, retry_after=3600.0), timedelta(hours=1))


def test_gone_is_not_asked_again() -> None:
    assert next_due(PullHistory(source_id="x", gone=True), NOW).at is None


def due_at(now: datetime, **known: object) -> datetime:
    due = next_due(PullHistory(source_id="x", every=timedelta(hours=1), **known), now)
    assert due.at is not None
    return due.at


def test_skips_the_hours_a_feed_asks_to_skip() -> None:
    at = due_at(NOW, skip_hours=(10, 11, 12))
    assert at.hour == 13
    assert at.minute < 15


def test_skips_the_days_a_feed_asks_to_skip() -> None:
    friday_evening = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert due_at(friday_evening, skip_days=("Saturday", "sunday")).date().isoformat() == (
        "2026-11-30"
    )


def test_hour_24_is_midnight() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert due_at(late, skip_hours=(24,)).hour == 1


@pytest.mark.parametrize(
    "skip",
    [
        {"skip_hours": tuple(range(24))},
        {"skip_days": ("monday tuesday", "nonsense")},
        {"skip_days": WEEK},
    ],
)
def test_a_feed_that_skips_the_whole_week_is_read_anyway(skip: dict[str, object]) -> None:
    assert due_at(NOW, **skip) == due_at(NOW)


def test_keeps_the_operator_s_quiet_hours_in_local_time() -> None:
    evening = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 22:30 in Huế
    at = due_at(evening, quiet_hours=(22, 23, 0, 1, 2, 3, 4, 5), timezone="Asia/Ho_Chi_Minh")
    assert at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).hour == 6


@pytest.mark.parametrize("spring_or_autumn", [(3, 29), (10, 25)])
def test_quiet_hours_survive_the_change_of_summer_time(
    spring_or_autumn: tuple[int, int],
) -> None:
    midnight = datetime(2026, *spring_or_autumn, tzinfo=UTC)
    at = due_at(midnight, quiet_hours=(1, 2, 3), timezone="Europe/Berlin")
    assert at.astimezone(ZoneInfo("Europe/Berlin")).hour == 4


def test_sources_added_together_are_not_asked_together() -> None:
    moments = {next_due(PullHistory(source_id=f"s{number}"), NOW).at for number in range(50)}
    assert len(moments) == 50


def test_the_same_history_gives_the_same_moment() -> None:
    assert next_due(PullHistory(source_id="x"), NOW) == next_due(PullHistory(source_id="x"), NOW)


@given(
    news=st.lists(
        st.timedeltas(timedelta(days=-3000), timedelta(days=3000)).map(lambda gap: NOW + gap),
        max_size=30,
    ).map(tuple),
    failures=st.integers(0, 10**6),
    refused=st.booleans(),
    retry_after=st.none() | st.floats(0, 1e12),
    fresh_for=st.none() | st.timedeltas(timedelta(0), timedelta(days=10_000)),
    ttl_minutes=st.none() | st.integers(-(10**12), 10**12),
    pushed=st.booleans(),
)
def test_every_source_is_asked_between_five_minutes_and_a_day(
    news: tuple[datetime, ...], **known: object
) -> None:
    assert SHORTEST <= wait(news=news, **known) <= LONGEST + timedelta(minutes=15)


@given(
    skip_hours=st.lists(st.integers(0, 24), max_size=26).map(tuple),
    skip_days=st.lists(st.sampled_from(["Monday", "sunday", "FRIDAY", "x"]), max_size=5).map(tuple),
    quiet_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
)
def test_skipped_hours_delay_by_no_more_than_a_week(**known: object) -> None:
    assert timedelta(hours=1) <= due_at(NOW, **known) - NOW <= timedelta(days=8)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, MAX-AGE="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "900"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age=99999999999999999999"}, 999_999_999),
        ({"expires": "Mon, 23 Nov 2026 10:00:00 GMT"}, 3600),
        ({"expires": "Mon, 23 Nov 2026 08:00:00 GMT"}, None),
        ({"expires": "Mon, 23 Nov 2026 17:00:00 +0700"}, 3600),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"cache-control": "max-age=60", "expires": "Mon, 23 Nov 2026 10:00:00 GMT"}, 60),
        ({}, None),
    ],
)
def test_reads_how_long_an_answer_stays_fresh(
    headers: dict[str, str], expected: int | None
) -> None:
    wish = server_wish(headers.items(), NOW)
    assert wish == (None if expected is None else timedelta(seconds=expected))


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "age"]), st.text()))
def test_no_header_is_too_strange_to_read(headers: dict[str, str]) -> None:
    wish = server_wish(headers.items(), NOW)
    assert wish is None or wish > timedelta(0)


def test_a_day_s_jump_back_of_the_clock_stalls_nothing() -> None:
    pulled = NOW
    due = NOW + timedelta(minutes=30)
    assert not is_due(due, pulled, NOW + timedelta(minutes=1))
    assert is_due(due, pulled, NOW + timedelta(days=1))
    assert is_due(due, pulled, NOW - timedelta(days=1))
    assert not is_due(due, None, NOW)


def test_says_why_in_words() -> None:
    reasons = [
        next_due(PullHistory(source_id="x", **known), NOW).reason
        for known in (
            {"news": every(timedelta(hours=6))},
            {"retry_after": 7200.0},
            {"failures": 3},
            {"fresh_for": timedelta(days=365)},
        )
    ]
    assert reasons == [
        "it has news about every 6 hours; asked every 1 hour",
        "the server asks us to wait 2 hours",
        "the pull failed 3 times in a row; tried again after 40 minutes",
        "the server calls its answer fresh for 365 days, which is capped at 24 hours",
    ]
    assert isinstance(next_due(PullHistory(source_id="x"), NOW), Due)
