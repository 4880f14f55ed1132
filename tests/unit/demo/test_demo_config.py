"""config/demo and the portals it speaks of belong together."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from feedhub.demo import PORTALS, answer

CONFIG = Path(__file__).resolve().parents[3] / "config"
STARTED = datetime(2026, 11, 23, 2, 17, 43, tzinfo=UTC)
END = timedelta(hours=2)


def sources(folder: Path) -> list[dict[str, Any]]:
    return [
        source
        for path in sorted((folder / "sources").glob("*.toml"))
        for source in tomllib.loads(path.read_text("utf-8"))["sources"]
    ]


DEMO = sources(CONFIG / "demo")
LISTINGS = [source for source in DEMO if source["kind"] == "listing"]


def test_every_portal_is_a_source_and_says_so_itself() -> None:
    assert {source["id"] for source in DEMO} == set(PORTALS)
    for source in DEMO:
        portal = PORTALS[source["id"]]
        assert source.get("language", "vi") == portal.language
        assert source.get("timezone", "Asia/Ho_Chi_Minh") == portal.timezone
        path = portal.feed_path if source["kind"] == "feed" else ""
        assert source["url"] == f"http://127.0.0.1:8001/{portal.id}/{path}"
        parts = urlsplit(source["url"])
        assert answer(parts.path, parts.query, timedelta(), STARTED).status == 200


@pytest.mark.parametrize("source", LISTINGS, ids=[source["id"] for source in LISTINGS])
def test_the_rule_selects_exactly_the_rows(source: dict[str, Any]) -> None:
    portal, rule = PORTALS[source["id"]], source["listing"]
    found = answer(f"/{portal.id}/", "", END, STARTED)
    page = html.document_fromstring(found.body.decode())
    rows = page.cssselect(rule["entry"])
    assert len(rows) >= 7
    for row in rows:
        (link,), (title,), (date,), (summary,) = (
            row.cssselect(rule[key]) for key in ("link", "title", "date", "summary")
        )
        target = urlsplit(urljoin(source["url"], link.get("href")))
        assert all(f"{name}=" in target.query for name in rule.get("identity", []))
        article = answer(target.path, target.query, END, STARTED)
        assert article.status == 200
        assert (
            title.text_content() in html.document_fromstring(article.body.decode()).text_content()
        )
        assert re.search(r"\d\d/\d\d/\d{4}|[A-Z][a-z]+ \d+, \d{4}", date.text_content())
        assert len(summary.text_content()) > 60
