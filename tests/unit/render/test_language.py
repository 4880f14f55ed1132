"""The interface in its languages: complete catalogues, dates and numbers as each writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from feedhub.model.entry import Dating, Precision
from feedhub.render.language import language, languages

RENDER = Path(__file__).resolve().parents[3] / "src/feedhub/render"
ZONE = "Asia/Ho_Chi_Minh"


def messages() -> dict[str, set[str]]:
    """Every message in code and templates with the names of its placeholders."""
    found = {}
    for _, _, message, _, _ in extract_from_dir(
        RENDER,
        method_map=[("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")],
        options_map={"templates/**.html": {"silent": "false"}},
        keywords={"gettext": None, "ngettext": (1, 2), "say": None},
    ):
        first = message if isinstance(message, str) else message[0]
        found[first] = set(re.findall(r"%\((\w+)\)s", first))
    # headings of the list of feeds, which the caller names
    return found | {name: set() for name in ("Channels", "Sources", "Topics", "Places")}


def test_every_message_is_translated_with_all_its_placeholders() -> None:
    with (RENDER / "locale/vi.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    known = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string if isinstance(message.string, str) else message.string[0]
        known[key] = text
    wanted = messages()
    assert len(wanted) > 80
    assert set(known) - {""} == set(wanted)
    for key, names in wanted.items():
        assert known[key], key
        assert set(re.findall(r"%\((\w+)\)s", known[key])) == names, key


def test_vietnamese_stands_at_the_root_and_english_below_its_code() -> None:
    assert languages() == ("vi", "en")
    assert [(language(code).prefix, language(code).own_name) for code in languages()] == [
        ("", "Tiếng Việt"),
        ("en/", "English"),
    ]


def test_an_unknown_language_reads_english() -> None:
    assert language("vi-VN").gettext("Source") == "Nguồn"
    assert language("xx").gettext("Source") == "Source"


def test_plurals_follow_the_language() -> None:
    english, vietnamese = language("en"), language("vi")
    forms = ("%(number)s story", "%(number)s stories")
    assert english.ngettext(*forms, 1) == "%(number)s story"
    assert english.ngettext(*forms, 2) == "%(number)s stories"
    assert vietnamese.ngettext(*forms, 1) == vietnamese.ngettext(*forms, 2) == "%(number)s tin"


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    assert language("vi").number(1234567) == "1.234.567"
    assert language("en").number(1234567) == "1,234,567"
    assert language("vi").day(date(2026, 11, 20)) == "Thứ Sáu, 20 tháng 11, 2026"
    assert language("en").day(date(2026, 11, 20)) == "Friday, November 20, 2026"
    assert [short for short, _ in language("vi").weekdays()][::6] == ["T2", "CN"]


@pytest.mark.parametrize(
    ("precision", "vietnamese", "english"),
    [
        (Precision.YEAR, "2026", "2026"),
        (Precision.MONTH, "Tháng 11 2026", "November 2026"),
        (Precision.DAY, "20/11/2026", "20 Nov 2026"),
        (Precision.MINUTE, "00:30 20/11/2026", "00:30 20 Nov 2026"),
        (Precision.SECOND, "00:30 20/11/2026", "00:30 20 Nov 2026"),
    ],
)
def test_a_date_is_shown_to_its_precision_in_local_time(
    precision: Precision, vietnamese: str, english: str
) -> None:
    dating = Dating(at=datetime(2026, 11, 19, 17, 30, 15, tzinfo=UTC), precision=precision)
    assert language("vi").dating(dating, ZONE) == vietnamese
    assert language("en").dating(dating, ZONE) == english


def test_a_time_zone_is_named_by_its_country() -> None:
    assert language("vi").zone(ZONE) == "Giờ Việt Nam"
    assert language("en").zone(ZONE) == "Vietnam Time"
    assert language("vi").zone("Etc/UTC") == language("en").zone("UTC") == "UTC"
    assert language("vi").zone("Etc/GMT-7") == "UTC+7"
    assert language("vi").zone("Etc/GMT+3") == "UTC-3"
