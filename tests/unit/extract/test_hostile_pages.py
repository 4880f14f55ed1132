"""Any bytes give an article or an `ExtractError`, in a time that grows with their number."""

# ruff: noqa: E501 - pieces of markup

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.errors import ExtractError
from feedhub.extract.article import extract_article
from feedhub.extract.habits import learn_habits, read_habits
from feedhub.model.document import Document
from feedhub.model.entry import Article


def read(body: bytes) -> Article | None:
    document = Document(
        requested_url="https://a.example/1",
        url="https://a.example/1",
        body=body,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    try:
        return extract_article(document, today=date(2026, 11, 23))
    except ExtractError:
        return None


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<div class=title>", "<b>", "<br>", "<table><tr><td>", "</table>", "<form>"),
        *("<script type='application/ld+json'>", "</script>", '{"@type":"NewsArticle"', "<time datetime="),
        *("Ngày đăng: 12/03/2024", "Các tin khác", "Tác giả: A B", "&#11;", "&#x1f;", "\x00", "\x0b"),
        *("<img src=x.jpg>", "<h1>", "<title>", " | ", "<meta property=og:title content=", "'", '"', ">"),
        *("một câu văn khá dài để đứng làm đoạn, có dấu phẩy và dấu chấm ở cuối câu cho giống thật. ",),
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400) | st.lists(PIECES | st.text(max_size=12), max_size=60).map("".join))
def test_any_bytes(body: bytes | str) -> None:
    article = read(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
    if article is not None:
        assert "<script" not in article.body_html
        assert (article.date is None) == (article.date_text == "")
        assert 0 <= article.confidence <= 1


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 50_000 + b"text",
        b"<b>" * 50_000 + b"12/3/2024",
        b"<table><tr><td>" * 20_000 + b"x",
        b"<p>12/03/2024 posted on</p>" * 30_000,
        b"<div class=author>By John Smith</div>" * 20_000,
        b"<a href=x>Related news</a><br>" * 30_000,
        b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script><p>x",
        b"<title>" + b" - " * 20_000 + b"</title><h1>x - y</h1>",
        b"<p class='" + b"a " * 300_000 + b"'>x</p>",
    ],
    ids=["div", "b", "table", "dates", "bylines", "links", "json", "title", "class"],
)
def test_a_hostile_page_costs_seconds_at_most(body: bytes) -> None:
    begin = time.process_time()
    read(b"<html><body>" + body)
    assert time.process_time() - begin < 15  # on a busy machine; alone none takes three


def test_every_sample_is_read_or_refused_in_words(samples: Path) -> None:
    for file in sorted(samples.glob("*/*")):
        read(file.read_bytes())


def test_a_source_teaches_its_chrome_and_the_order_of_its_dates() -> None:
    def page(number: int) -> Document:
        html = (
            f"<h1>Story number {number}</h1><p>Posted on: 3/{12 + number}/2024</p>"
            f"<p>{'Some prose of this page. ' * 8}{number}</p><p>Visit our office on Main Street</p>"
        )
        return Document(
            requested_url="https://a.example/1",
            url=f"https://a.example/{number}",
            body=html.encode(),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    habits = learn_habits([read_habits(page(number)) for number in (1, 2, 3)])
    assert habits.date_order == "mdy"
    article = extract_article(
        page(4), chrome=habits.chrome, date_order=habits.date_order, today=date(2026, 11, 23)
    )
    assert "Main Street" not in article.body_text
    assert learn_habits([]).date_order is None
