# ruff: noqa: E501, ISC004 - documents stand on one line as they are served
"""Feeds before listings: announced, linked, guessed; and what an answer is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.model.document import Document
from feedhub.suggest.feeds import AnswerKind, find_feeds, read_answer, usual_feeds


def document(body: str | bytes, url: str = "https://town.example/news/") -> Document:
    return Document(
        requested_url=url,
        url=url,
        body=body if isinstance(body, bytes) else body.encode(),
        fetched_at=datetime(2024, 6, 1, tzinfo=UTC),
    )


def test_announced_feeds_come_first_and_comments_last() -> None:
    found = find_feeds(
        document(
            "<head><link rel=alternate type='application/rss+xml' href=/comments/feed/ title='Comments'>"
            "<link rel='alternate' type='application/atom+xml; charset=utf-8' href='/news.atom' title=' News '>"
            "<link rel='alternate' hreflang=vi href='/vi/'>"
            "<link rel='alternate stylesheet' type='application/rss+xml' href='/odd.css'></head>"
            "<a href='/ViewPublisherRSS.php?view_id=5'>RSS</a><a href='https://feedly.com/i/rss/x'>Feedly</a>"
        )
    )
    assert [feed.url for feed in found] == [
        "https://town.example/news.atom",
        "https://town.example/ViewPublisherRSS.php?view_id=5",
        "https://town.example/comments/feed/",
    ]
    assert found[0].announced
    assert found[0].title == "News"
    assert not found[1].announced


def test_scheme_relative_links_and_base_are_resolved() -> None:
    found = find_feeds(
        document("<base href='https://files.example/x/'><a href='//rss.example/rss?id=1'>RSS</a>")
    )
    assert [feed.url for feed in found] == ["https://rss.example/rss?id=1"]


@pytest.mark.parametrize(
    ("generator", "first"),
    [
        ("WordPress 6.5", "https://town.example/feed/"),
        ("Joomla! - Open Source", "https://town.example/news/?format=feed&type=rss"),
        ("NukeViet v4.5", "https://town.example/rss/"),
        ("", "https://town.example/news/feed/"),
    ],
)
def test_usual_places_follow_the_product(generator: str, first: str) -> None:
    places = usual_feeds(document(f"<meta name=generator content='{generator}'>"))
    assert places[0].url == first
    assert len({place.url for place in places}) == len(places) <= 30


@pytest.mark.parametrize(
    ("body", "kind", "articles"),
    [
        (
            "<rss><channel><title>Town</title><link>https://town.example/</link>"
            "<item><title>A</title><link>/a</link></item></channel></rss>",
            AnswerKind.FEED,
            ("https://town.example/a",),
        ),
        (
            "\ufeff<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><link href='/b'/></entry></feed>",
            AnswerKind.FEED,
            ("https://town.example/b",),
        ),
        (
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
            "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>"
            "<url><loc>https://town.example/c</loc><n:news/></url><url><loc>/d</loc></url></urlset>",
            AnswerKind.NEWS_SITEMAP,
            ("https://town.example/c",),
        ),
        (
            '[{"id":1,"slug":"e","title":{"rendered":"E"},"link":"https://town.example/e/"}]',
            AnswerKind.WORDPRESS,
            ("https://town.example/e/",),
        ),
        (
            '{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"url":"/f"}]}',
            AnswerKind.FEED,
            ("https://town.example/f",),
        ),
        ("<html><body>Not here</body></html>", AnswerKind.NOTHING, ()),
        ('{"code":"rest_no_route"}', AnswerKind.NOTHING, ()),
        ("[" * 100_000, AnswerKind.NOTHING, ()),
        ("", AnswerKind.NOTHING, ()),
    ],
)
def test_an_answer_is_known_by_what_it_holds(
    body: str, kind: AnswerKind, articles: tuple[str, ...]
) -> None:
    answer = read_answer(document(body))
    assert answer.kind is kind
    assert answer.articles == articles


def test_entities_of_an_answer_are_not_followed() -> None:
    bomb = (
        "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
        "<rss><channel><title>&b;&b;</title></channel></rss>"
    )
    assert len(read_answer(document(bomb)).title) < 100


@settings(deadline=None)  # the first call compiles patterns and loads code pages
@given(st.binary(max_size=200))
def test_no_answer_raises(body: bytes) -> None:
    assert read_answer(document(body)).kind in AnswerKind
    find_feeds(document(body))
    usual_feeds(document(body))
