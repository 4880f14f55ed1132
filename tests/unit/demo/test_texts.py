"""The texts behind the demo: read as described, and written as this project wants them."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from feedhub.demo import PORTALS, TIMELINE, Change
from feedhub.demo.written import Written, days_filled, read_texts, written

EVERY = [(portal.id, text) for portal in PORTALS.values() for text in written(portal.id)]


def test_day_marks_count_from_the_articles_own_day() -> None:
    day = date(2026, 11, 28)
    assert days_filled("{d+3} {n-1} {w} {y}", day) == "01/12/2026 27/11 thứ Bảy 2026"
    assert days_filled("{e+3}, {E}", day) == "1 December 2026, Saturday 28 November"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("== a\ntitel: x\nsection: s\n\ntext", "titel"),
        ("== a\ntitle: x\n\ntext", "needs a section"),
        ("== a\ntitle: x\nsection: s\nwhen: soon\n\ntext", "soon"),
    ],
)
def test_a_slip_in_a_text_file_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_texts(text)


def test_every_portal_has_articles_with_unique_names_and_known_sections() -> None:
    for portal in PORTALS.values():
        texts = written(portal.id)
        assert len(texts) >= 8, portal.id
        assert len({text.slug for text in texts}) == len(texts), portal.id
        assert {text.section for text in texts} <= dict(portal.sections).keys(), portal.id


@pytest.mark.parametrize(("portal", "text"), EVERY, ids=[f"{p}/{t.slug}" for p, t in EVERY])
def test_texts_are_composed_and_of_a_real_articles_length(portal: str, text: Written) -> None:
    whole = "\n".join((text.title, *text.paragraphs))
    assert unicodedata.is_normalized("NFC", whole)
    assert "{" not in days_filled(whole, date(2026, 1, 1))
    if not text.reprint_of:
        assert 100 <= len(whole.split()) <= 330


def test_the_timeline_names_articles_that_exist_and_brings_each_once() -> None:
    later = {f"{portal}/{text.slug}" for portal, text in EVERY if text.age is None}
    brought = [row.article for row in TIMELINE if row.change is Change.APPEARS]
    assert sorted(brought) == sorted(later)
    assert [row.after for row in TIMELINE] == sorted(row.after for row in TIMELINE)
    texts = {f"{portal}/{text.slug}": text for portal, text in EVERY}
    for row in TIMELINE:
        if row.old:
            assert sum(row.old in line for line in texts[row.article].paragraphs) == 1, row.article


def test_reprints_come_after_what_they_reprint() -> None:
    names = {f"{portal}/{text.slug}" for portal, text in EVERY}
    reprints = [text for _, text in EVERY if text.reprint_of]
    assert len(reprints) >= 10
    assert {text.reprint_of for text in reprints} <= names
    assert all(text.credit for text in reprints)
