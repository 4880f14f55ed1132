"""The rules of config/demo read the demo's listings: every row, with its title, link and date."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from feedhub.demo import PORTALS, TIMELINE, answer
from feedhub.demo.showing import showing
from feedhub.model.document import Document
from feedhub.model.source import DateOrder, ListingRule, Source
from feedhub.parse.listing import parse_listing
from feedhub.suggest.listing import suggest_rule
from feedhub.text.dates import read_date

STARTED = datetime(2026, 11, 23, 2, 17, 43, tzinfo=UTC)
ELAPSED = timedelta(hours=2)
FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "sources" / "listings.toml"
LISTINGS: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["sources"]


def fetched(source: dict[str, Any]) -> Document:
    found = answer(f"/{source['id']}/", "", ELAPSED, STARTED)
    return Document(
        requested_url=source["url"],
        url=source["url"],
        body=found.body,
        fetched_at=STARTED + ELAPSED,
        headers=found.headers,
    )


@pytest.mark.parametrize("source", LISTINGS, ids=[source["id"] for source in LISTINGS])
def test_the_rule_reads_every_row(source: dict[str, Any]) -> None:
    portal = PORTALS[source["id"]]
    words = {key: value for key, value in source["listing"].items() if key != "identity"}
    order = DateOrder(words["date_order"])
    rule = ListingRule(**{**words, "date_order": order})
    known = Source(id=portal.id, name=portal.name, url=source["url"], language=portal.language)
    read = parse_listing(fetched(source), known, rule)
    shown = showing(portal.id, STARTED, len(TIMELINE)).articles
    assert read.rejected == ()
    assert [entry.title for entry in read.entries] == [article.title for article in shown]
    for entry, article in zip(read.entries, shown, strict=True):
        assert urljoin(source["url"], entry.link) == f"{source['url']}{article.address}"
        assert entry.published is not None
        date = read_date(entry.published.text, order=order, language=portal.language)
        assert date is not None
        assert date.value.date() == article.published.date()


@pytest.mark.parametrize("source", LISTINGS, ids=[source["id"] for source in LISTINGS])
def test_a_rule_is_suggested_without_our_help(source: dict[str, Any]) -> None:
    portal = PORTALS[source["id"]]
    today = (STARTED + ELAPSED).date()
    suggestion = suggest_rule(fetched(source), language=portal.language, today=today)
    assert not suggestion.abstained
    shown = showing(portal.id, STARTED, len(TIMELINE)).articles
    assert [entry.title for entry in suggestion.entries] == [article.title for article in shown]
