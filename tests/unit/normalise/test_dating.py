from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.model.entry import DateUsed, Precision, RawDate
from feedhub.model.source import Source
from feedhub.normalise.dating import dated, moment_of

SOURCE = Source(id="phuong", name="Phường", url="https://phuong.example.vn/rss")
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)  # ten in the morning in Huế
HUE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("Thu, 05 Feb 2026 07:30:15 +0700", "2026-02-05T00:30:15", Precision.SECOND),
        ("Thu, 05 Feb 2026 07:30 GMT", "2026-02-05T07:30:00", Precision.MINUTE),
        ("5 Feb 26 07:30:00 EST", "2026-02-05T12:30:00", Precision.SECOND),
        ("Thu, 05 Feb 2026 07:30:15", "2026-02-05T00:30:15", Precision.SECOND),
        ("Thu, 05 February 2026, 07:30:15 GMT+7", "2026-02-05T00:30:15", Precision.SECOND),
        ("2026-02-05T07:30:15.250Z", "2026-02-05T07:30:15", Precision.SECOND),
        ("2026-02-05T07:30+07:00", "2026-02-05T00:30:00", Precision.MINUTE),
        ("2026-02-05 07:30:15", "2026-02-05T00:30:15", Precision.SECOND),
        ("2026-02-05T24:00:00Z", "2026-02-06T00:00:00", Precision.SECOND),
        ("1770251415", "2026-02-05T00:30:15", Precision.SECOND),
        ("2026-02-05", "2026-02-05T05:00:00", Precision.DAY),
        ("Thu, 05 Feb 2026", "2026-02-05T05:00:00", Precision.DAY),
        ("05/02/2026", "2026-02-05T05:00:00", Precision.DAY),
        ("Ngày 5 tháng 2 năm 2026", "2026-02-05T05:00:00", Precision.DAY),
        ("Thứ năm, 5/2/2026, 07:30 (GMT+7)", "2026-02-05T00:30:00", Precision.MINUTE),
        ("gio, 05 feb 2026 07:30:15 +0100", "2026-02-05T06:30:15", Precision.SECOND),
        ("2026-02", "2026-02-01T05:00:00", Precision.MONTH),
        ("2025", "2025-01-01T05:00:00", Precision.YEAR),
    ],
)
def test_dates_are_read_with_their_precision_and_zone(
    text: str, at: str, precision: Precision
) -> None:
    dating = dated(RawDate(text=text), source=SOURCE, now=NOW)
    assert (dating.at, dating.precision) == (datetime.fromisoformat(at + "+00:00"), precision)
    assert (dating.used, dating.evidence, dating.note) == (DateUsed.SOURCE, text, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "gives no date"),
        ("soon", "cannot be read"),
        ("2026-02-30", "cannot be read"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "impossibly old"),
        ("1899-12-30", "impossibly old"),
        ("Wed, 13 Apr 2035 09:07:01 +0100", "in the future"),
        ("2026-03-11", "in the future"),
        ("9999-12-31T23:59:59-14:00", "cannot be read"),
    ],
)
def test_missing_and_impossible_dates_become_first_seen_and_say_so(text: str, reason: str) -> None:
    dating = dated(RawDate(text=text), source=SOURCE, now=NOW)
    assert (dating.at, dating.used) == (NOW, DateUsed.FIRST_SEEN)
    assert reason in dating.note
    assert dating.evidence == text
    assert dated(None, source=SOURCE, now=NOW).note == "The source gives no date."


def test_a_clock_that_runs_ahead_is_forgiven() -> None:
    dating = dated(RawDate(text="2026-03-10T03:08:00Z"), source=SOURCE, now=NOW)
    assert (dating.at, dating.used, dating.precision) == (NOW, DateUsed.SOURCE, Precision.SECOND)
    assert "ahead" in dating.note


def test_of_a_later_time_today_only_the_day_is_believed() -> None:
    dating = dated(RawDate(text="2026-03-10T09:30:00Z"), source=SOURCE, now=NOW)
    assert (dating.at, dating.used, dating.precision) == (NOW, DateUsed.SOURCE, Precision.DAY)
    assert "only its day" in dating.note


def test_todays_date_is_dated_as_seen_and_keeps_the_order_of_the_page() -> None:
    first, second = (
        dated(RawDate(text="10/03/2026"), source=SOURCE, now=NOW, position=place)
        for place in (0, 1)
    )
    assert first.at == NOW
    assert NOW - timedelta(seconds=1) < second.at < NOW
    assert first.precision is Precision.DAY


def test_the_parsers_reading_is_the_last_resort() -> None:
    raw = RawDate(text="xx 07:30:15", parsed=datetime(2026, 2, 5, 7, 30, 15))  # noqa: DTZ001 - local
    dating = dated(raw, source=SOURCE, now=NOW)
    assert (dating.at, dating.precision) == (
        datetime(2026, 2, 5, 0, 30, 15, tzinfo=UTC),
        Precision.SECOND,
    )


@settings(deadline=None)
@given(
    st.dates(datetime(1991, 1, 1).date(), datetime(2026, 3, 9).date()),  # noqa: DTZ001 - days
    st.lists(st.integers(0, 2000), min_size=2, max_size=5, unique=True),
    st.sampled_from(
        ["Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati", "Europe/Berlin"]
    ),
)
def test_a_day_stays_that_day_and_rows_keep_their_order(
    day: object, places: list[int], zone: str
) -> None:
    source = Source(id="x", name="x", url="https://x.example/", timezone=zone)
    datings = [
        dated(RawDate(text=str(day)), source=source, now=NOW, position=place)
        for place in sorted(places)
    ]
    assert all(str(each.at.astimezone(ZoneInfo(zone)).date()) == str(day) for each in datings)
    stamps = [each.at for each in datings]
    assert stamps == sorted(set(stamps), reverse=True)


@settings(deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}.{0,12}"))
def test_no_text_gives_a_date_in_the_future(text: str) -> None:
    dating = dated(RawDate(text=text), source=SOURCE, now=NOW)
    assert dating.at <= NOW
    assert (dating.used is DateUsed.SOURCE) or dating.note


def test_updates_need_a_date_that_can_be_true() -> None:
    assert moment_of(None, source=SOURCE, now=NOW) is None
    assert moment_of(RawDate(text="2035-01-01"), source=SOURCE, now=NOW) is None
    assert moment_of(RawDate(text="?"), source=SOURCE, now=NOW) is None
    assert moment_of(RawDate(text="2026-02-05T00:00:00Z"), source=SOURCE, now=NOW) == datetime(
        2026, 2, 5, tzinfo=UTC
    )
