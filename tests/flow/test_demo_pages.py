"""The demo's article pages are read right: title, date, byline, text, picture, nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from feedhub.demo import PORTALS, TIMELINE, Portal, answer
from feedhub.demo.showing import Shown, showing
from feedhub.extract.article import extract_article
from feedhub.extract.habits import learn_habits, read_habits
from feedhub.model.document import Document
from feedhub.model.source import ArticleRule

STARTED = datetime(2026, 11, 23, 2, 17, 43, tzinfo=UTC)
ELAPSED = timedelta(hours=2)
CHROME = ("Các tin khác", "Xem tin theo ngày", "truy cập", "Tin liên quan", "Other News", "Related")


def fetched(portal: Portal, shown: Shown) -> Document:
    path, _, query = shown.address.partition("?")
    found = answer(f"/{portal.id}/{path}", query, ELAPSED, STARTED)
    return Document(
        requested_url=f"http://127.0.0.1:8001/{portal.id}/{shown.address}",
        url=f"http://127.0.0.1:8001/{portal.id}/{shown.address}",
        body=found.body,
        fetched_at=STARTED + ELAPSED,
        headers=found.headers,
    )


@pytest.mark.parametrize("portal", PORTALS.values(), ids=list(PORTALS))
def test_every_article_is_read_right(portal: Portal) -> None:
    articles = showing(portal.id, STARTED, len(TIMELINE)).articles
    pages = [fetched(portal, shown) for shown in articles]
    chrome = learn_habits([read_habits(page) for page in pages]).chrome
    for shown, page in zip(articles, pages, strict=True):
        article = extract_article(
            page,
            rule=ArticleRule(full_text=True),
            language=portal.language,
            chrome=chrome,
            today=date(2026, 11, 23),
        )
        assert article.title == shown.title
        assert article.date_text.startswith(f"{shown.published:%Y-%m-%d}"), shown.slug
        assert article.authors == ((shown.byline,) if shown.byline else ()), shown.slug
        for paragraph in shown.paragraphs:
            assert paragraph in article.body_text, shown.slug
        assert not [word for word in CHROME if word in article.body_text], shown.slug
        wanted = f"http://127.0.0.1:8001/{portal.id}/{shown.picture}" if shown.picture else ""
        assert article.image == wanted, shown.slug
        assert article.language == portal.language
