"""The demo's portals in all their layouts are read as they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedhub.demo.answering import answer
from feedhub.demo.portals import PORTALS, Portal
from feedhub.demo.showing import showing
from feedhub.demo.timeline import happened
from feedhub.extract.article import extract_article
from feedhub.model.document import Document

STARTED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ELAPSED = timedelta(minutes=10)


@pytest.mark.parametrize("portal", PORTALS.values(), ids=lambda portal: portal.id)
def test_every_article_of_a_portal(portal: Portal) -> None:
    now = showing(portal.id, STARTED, happened(ELAPSED))
    assert now.articles
    for shown in now.articles:
        path, _, query = shown.address.partition("?")
        url = f"http://127.0.0.1:8001/{portal.id}/{shown.address}"
        page = answer(f"/{portal.id}/{path}", query, ELAPSED, STARTED)
        document = Document(
            requested_url=url, url=url, body=page.body, headers=page.headers, fetched_at=STARTED
        )
        article = extract_article(document, language=portal.language, today=STARTED.date())
        assert article.title == shown.title
        day = shown.published.astimezone(ZoneInfo(portal.timezone)).date()
        assert article.date_text[:10] == day.isoformat()
        assert article.authors == ((shown.byline,) if shown.byline else ())
        assert bool(article.image) == bool(shown.picture)
        lines = article.body_text.split("\n")
        assert lines[: len(shown.paragraphs)] == list(shown.paragraphs)
        assert len(lines) <= len(shown.paragraphs) + bool(shown.credit)
