"""Dates as pages write them: what is read, how exactly, and what is left alone."""

# ruff: noqa: DTZ001 - a date that a page gives without an offset is naive by design

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.model.entry import Precision
from feedhub.model.source import DateOrder
from feedhub.text.dates import find_dates, order_of, read_date
from feedhub.text.month_names import month_number

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("Ngày cập nhật 17/02/2023", "2023-02-17T00:00:00", "day"),
        ("Thứ năm, 2/11/2023, 19:20 (GMT+7)", "2023-11-02T19:20:00+07:00", "minute"),
        ("17:52 | 17/04/2019", "2019-04-17T17:52:00", "minute"),
        ("16 giờ ngày 10-9", "2026-09-10T16:00:00", "minute"),
        ("Thứ bảy, 07:18 07/09/2024", "2024-09-07T07:18:00", "minute"),
        ("Thứ sáu: 15:00 ngày 09/02/2024", "2024-02-09T15:00:00", "minute"),
        ("07:18 Thứ bảy, 07/09/2024", "2024-09-07T07:18:00", "minute"),
        ("00:00 17/09/2018", "2018-09-17T00:00:00", "minute"),
        ("04-12-2018 - 01:20", "2018-12-04T01:20:00", "minute"),
        ("9:05 SA, 17/02/2023", "2023-02-17T09:05:00", "minute"),
        ("17/02/2023 3:05 CH", "2023-02-17T15:05:00", "minute"),
        ("ngày 10 tháng 5 năm 2023", "2023-05-10T00:00:00", "day"),
        ("10 tháng 5, 2023", "2023-05-10T00:00:00", "day"),
        ("17 THÁNG HAI, 2023", "2023-02-17T00:00:00", "day"),
        ("17 Tháng Hai, 2023", "2023-02-17T00:00:00", "day"),
        ("Tháng Năm 10, 2023", "2023-05-10T00:00:00", "day"),
        ("10 tháng năm năm 2023", "2023-05-10T00:00:00", "day"),
        ("ngày 5/3 năm 2023", "2023-03-05T00:00:00", "day"),
        ("(20/11)", "2026-11-20T00:00:00", "day"),
        ("24/11", "2025-11-24T00:00:00", "day"),
        ("29/2", "2024-02-29T00:00:00", "day"),
        ("nâng cao04/09/2024 17:37", "2024-09-04T17:37:00", "minute"),
        ("December 14, 202311:30 AM", "2023-12-14T11:30:00", "minute"),
        ("12:30 AM, March 3, 2021", "2021-03-03T00:30:00", "minute"),
        ("March 3, 2021 at 9 p.m. EST", "2021-03-03T21:00:00-05:00", "minute"),
        ("Fri, 17 Feb 2023 08:15:00 +0700", "2023-02-17T08:15:00+07:00", "second"),
        ("Friday, 17-Feb-23 08:15:00 GMT", "2023-02-17T08:15:00+00:00", "second"),
        ("Fri Feb 17 08:15:00 2023", "2023-02-17T08:15:00", "second"),
        ("Fri Feb 17 08:15:00 PST 2023", "2023-02-17T08:15:00-08:00", "second"),
        ("2023-02-17T08:15:00.123Z", "2023-02-17T08:15:00+00:00", "second"),
        ("2023-02-17T08:15+07:00", "2023-02-17T08:15:00+07:00", "minute"),
        ("2023-02-17T08:15:00-0330", "2023-02-17T08:15:00-03:30", "second"),
        ("20230217T081500Z", "2023-02-17T08:15:00+00:00", "second"),
        ("20230217", "2023-02-17T00:00:00", "day"),
        ("2023-02-17", "2023-02-17T00:00:00", "day"),
        ("2023-02", "2023-02-01T00:00:00", "month"),
        ("tháng 5/2023", "2023-05-01T00:00:00", "month"),
        ("May 2020", "2020-05-01T00:00:00", "month"),
        ("2023", "2023-01-01T00:00:00", "year"),
        ("5/6/98", "1998-06-05T00:00:00", "day"),
        ("5/6/27", "2027-06-05T00:00:00", "day"),
        ("12/25/2023", "2023-12-25T00:00:00", "day"),
        ("1er mars 2023", "2023-03-01T00:00:00", "day"),
        ("1. März 2023, 10.15 Uhr", "2023-03-01T10:15:00", "minute"),
        ("5. Jänner 2022", "2022-01-05T00:00:00", "day"),
        ("17 de febrero de 2023", "2023-02-17T00:00:00", "day"),
        ("5 de dezembro de 2023, às 14h30", "2023-12-05T14:30:00", "minute"),
        ("mer, 16 nov 2022", "2022-11-16T00:00:00", "day"),
        ("3 maart 2023", "2023-03-03T00:00:00", "day"),
        ("17 lutego 2023 r., 10:15", "2023-02-17T10:15:00", "minute"),
        ("17. února 2023", "2023-02-17T00:00:00", "day"),
        ("den 17 februari 2023 kl. 10:15", "2023-02-17T10:15:00", "minute"),
        ("2023. február 17.", "2023-02-17T00:00:00", "day"),
        ("14 февраля 2020 г., 10:30", "2020-02-14T10:30:00", "minute"),
        ("14 Φεβρουαρίου 2020", "2020-02-14T00:00:00", "day"),
        ("2023年2月17日 10時15分", "2023-02-17T10:15:00", "minute"),
        ("2020년 3월 4일", "2020-03-04T00:00:00", "day"),
        ("令和5年2月17日", "2023-02-17T00:00:00", "day"),
        ("10 December 2021", "2021-12-10T00:00:00", "day"),
        ("12 people, 17 March 2023", "2023-03-17T00:00:00", "day"),
        ("hôm qua", "2026-11-22T00:00:00", "day"),
        ("2 giờ trước", "2026-11-23T00:00:00", "day"),
        ("vor 3 Tagen", "2026-11-20T00:00:00", "day"),
        ("2 weeks ago", "2026-11-09T00:00:00", "day"),
        ("Hôm nay, Thứ sáu ngày 20 tháng 10 năm 2023", "2023-10-20T00:00:00", "day"),
    ],
)
def test_forms_met_on_pages(text: str, iso: str, precision: str) -> None:
    found = read_date(text, today=TODAY)
    assert found is not None
    assert (found.value.isoformat(), found.precision) == (iso, precision)


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2023", "32/01/2023", "1.500.000", "Số 62/QĐ-UBND", "0234.3578009", "192.168.10.20",
     "5 apples 2023 pears", "17/02/3023", "2009-2023", "13/13/2023", "12345678901234"],
)  # fmt: skip
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert read_date(text, today=TODAY) is None


def test_a_day_without_a_year_needs_today_and_in_a_sentence_a_sign() -> None:
    assert read_date("(20/11)") is None
    assert find_dates("Sáng 20/9, họp dân", today=TODAY) == ()
    (found,) = find_dates("họp vào ngày 20/9 tới", today=TODAY)
    assert found.value == datetime(2026, 9, 20)
    assert not found.year_given


def test_the_order_asked_for_settles_what_is_ambiguous() -> None:
    for order, month in ((None, 11), (DateOrder.DMY, 11), (DateOrder.MDY, 2)):
        found = read_date("2/11/2023", order=order)
        assert found is not None
        assert found.ambiguous
        assert found.value.month == month
    american = read_date("2/11/2023", language="en-US")
    assert american is not None
    assert american.value.month == 2
    year_first = read_date("23/02/17", order=DateOrder.YMD)
    assert year_first is not None
    assert year_first.value == datetime(2023, 2, 17)


def test_the_page_language_settles_names_that_languages_share() -> None:
    assert month_number("listopada", "pl") == 11
    assert month_number("listopada", "hr") == 10
    assert month_number("x" * 50) is None
    assert month_number("märz", "no-such-language") == 3


def test_a_thai_page_counts_years_from_the_buddha() -> None:
    found = read_date("17 กุมภาพันธ์ 2566", language="th")
    assert found is not None
    assert found.value == datetime(2023, 2, 17)


def test_relative_minutes_are_exact_only_when_now_is_a_moment() -> None:
    now = datetime(2026, 11, 23, 0, 10)
    exact = read_date("20 phút trước", now=now)
    assert exact is not None
    assert (exact.value, exact.precision) == (datetime(2026, 11, 22, 23, 50), Precision.MINUTE)
    hours = read_date("2 hours ago", now=now)
    assert hours is not None
    assert (hours.value, hours.precision) == (datetime(2026, 11, 22), Precision.DAY)
    assert read_date("2 hours ago") is None


def test_several_dates_keep_their_places() -> None:
    text = "Posted on: August 11, 2023 | Last Modified on: 8/12/2023 8:12:00 AM"
    first, second = find_dates(text, order=DateOrder.MDY)
    assert (first.evidence, second.evidence) == ("August 11, 2023", "8/12/2023 8:12:00 AM")
    assert text[second.start : second.end] == second.evidence
    assert second.value == datetime(2023, 8, 12, 8, 12)


def test_the_order_is_learnt_from_dates_that_cannot_be_misread() -> None:
    assert order_of(["2/11/2023", "14/11/2023"]) is DateOrder.DMY
    assert order_of(["2/11/2023 and 11/14/2023"]) is DateOrder.MDY
    assert order_of(["2/11/2023", "13/11/2023", "11/13/2023"]) is None


DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@settings(deadline=None)
@given(DAYS, st.sampled_from([
    ("{d:02}/{m:02}/{y}", DateOrder.DMY), ("{d}-{m}-{y}", DateOrder.DMY),
    ("{m:02}/{d:02}/{y}", DateOrder.MDY), ("{y}-{m:02}-{d:02}", None), ("{y}年{m}月{d}日", None),
    ("ngày {d} tháng {m} năm {y}", None), ("{d}.{m}.{y}", None), ("{y}/{m}/{d}", DateOrder.DMY),
]))  # fmt: skip
def test_every_day_written_in_a_known_order_is_read_back(
    day: date, form: tuple[str, DateOrder | None]
) -> None:
    text, order = form
    written = text.format(d=day.day, m=day.month, y=day.year)
    found = read_date(f"Đăng: {written}", order=order)
    assert found is not None
    assert found.value.date() == day


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 12, 31)),
       st.integers(min_value=-14 * 60, max_value=14 * 60))  # fmt: skip
def test_iso_8601_is_read_back_whole(moment: datetime, minutes: int) -> None:
    sign = "+" if minutes >= 0 else "-"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    found = read_date(moment.replace(microsecond=0).isoformat() + offset)
    assert found is not None
    assert found.value.replace(tzinfo=None) == moment.replace(microsecond=0)
    assert found.value.utcoffset() == timedelta(minutes=minutes)


@settings(deadline=None)  # the first run reads CLDR's tables
@given(st.text(max_size=300) | st.text(alphabet="0123456789/-.: thángnăm年月日", max_size=300))
def test_any_text_gives_dates_in_order_and_within_it(text: str) -> None:
    end = 0
    for found in find_dates(text, today=TODAY):
        assert found.start >= end
        assert found.evidence
        end = found.end
    read_date(text, today=TODAY)
