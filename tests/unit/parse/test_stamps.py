"""Feeds that were merely made anew."""

from __future__ import annotations

import pytest

from feedhub.parse.stamps import without_stamps

RSS = (
    "<rss><channel><title>Tin</title><pubDate>{0}</pubDate><lastBuildDate>{0}</lastBuildDate>"
    "<item><title>Một</title><pubDate>{1}</pubDate></item></channel></rss>"
)
ATOM = "<feed><updated>{0}</updated><entry><updated>{1}</updated></entry></feed>"
RDF = "<rdf:RDF><channel><dc:date>{0}</dc:date></channel><item r='a'><dc:date>{1}</dc:date></item>"


@pytest.mark.parametrize("form", [RSS, ATOM, RDF])
def test_the_moment_of_making_says_nothing_and_an_entrys_own_date_does(form: str) -> None:
    first, again, changed = (
        without_stamps(form.format(*dates).encode())
        for dates in (("Mon, 1", "x"), ("Tue, 2", "x"), ("Mon, 1", "y"))
    )
    assert first == again
    assert first != changed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><updated>1</updated></html>",
        b"<feed><title>1</title><entry/></feed>",
        b"<updated>" * 3000 + b"<entry>",
        b"x" * 20_000 + b"<updated>1</updated><entry>",
    ],
)
def test_what_has_no_stamp_before_its_first_entry_is_left_alone(body: bytes) -> None:
    assert without_stamps(body) == body


def test_another_title_is_news() -> None:
    one, two = (ATOM.replace("<feed>", f"<feed><title>{title}</title>") for title in "ab")
    assert without_stamps(one.encode()) != without_stamps(two.encode())
