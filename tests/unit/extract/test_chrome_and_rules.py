"""What recurs on a source's pages is removed; a source's own rules have the last word."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.errors import ExtractError
from feedhub.extract.article import extract_article
from feedhub.extract.chrome import learn, line_key
from feedhub.extract.habits import read_habits
from feedhub.model.document import Document
from feedhub.model.entry import Article
from feedhub.model.source import ArticleRule, DateOrder

TODAY = date(2026, 11, 23)
# a language no word list knows: only recurrence can tell the box from the article
BOX = "Qen tavo mirre solun vaske, qen dorra pelit ambe 12.345"


def page(number: int) -> Document:
    url = f"https://site.example/{number}"
    prose = f"Ventu marre {number} kolle sippa ambe torra, " * 4
    html = (
        f"<html><body><h1>Torra ventu {number} kolle</h1><p class=date>2024-03-0{number}</p>"
        f"<div><p>{prose}a{number}.</p><p>{BOX}</p><p>{prose}b{number}.</p></div></body></html>"
    )
    return Document(
        requested_url=url, url=url, body=html.encode(), fetched_at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def read(document: Document, **options: object) -> Article:
    return extract_article(document, today=TODAY, **options)  # type: ignore[arg-type] - test pass-through


def test_a_line_on_several_pages_of_a_source_is_learnt_and_removed() -> None:
    chrome = learn(read_habits(page(number)).lines for number in (1, 2, 3))
    assert BOX in read(page(4)).body_text
    cleaned = read(page(4), chrome=chrome)
    assert BOX not in cleaned.body_text
    assert BOX not in cleaned.body_html
    assert "b4." in cleaned.body_text


def test_two_pages_teach_nothing_and_counters_are_one_line() -> None:
    assert learn([read_habits(page(1)).lines, read_habits(page(2)).lines]) == frozenset()
    assert line_key("Truy cập: 15.653.721") == line_key("TRUY CẬP:  16.001.002")
    assert line_key("Truy cập") != line_key("Truy cập tổng")


@given(st.lists(st.frozensets(st.sampled_from("abcdef")), max_size=12))
def test_learning_does_not_depend_on_the_order_of_pages(pages: list[frozenset[str]]) -> None:
    learnt = learn(pages)
    assert learnt == learn(reversed(pages))
    assert all(sum(key in each for each in pages) >= 3 for key in learnt)


RULED = """<html><body><h1>Wrong</h1><div id=a><span class=t>Right headline</span>
<i>02/03/2024</i><b>Ann Lee</b><b>Bo Ray</b><img src=/x.jpg></div>
<div class=text><p>First <em>part</em>.</p><div class=ad>Buy now</div></div>
<div class=text><p>Second part.</p></div></body></html>"""


def ruled(rule: ArticleRule, order: DateOrder | None = None) -> Article:
    document = Document(
        requested_url="https://a.example/1",
        url="https://a.example/1",
        body=RULED.encode(),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return extract_article(document, rule=rule, date_order=order, today=TODAY)


@pytest.mark.parametrize(
    ("title", "when", "author", "image", "body"),
    [
        ("span.t", "#a i", "#a b", "#a img", "div.text"),
        ("//span[@class='t']", ".//i", "(//b)", "//img/@src", "//div[@class='text']"),
    ],
)
def test_rules_in_css_and_xpath_override_every_field(
    title: str, when: str, author: str, image: str, body: str
) -> None:
    rule = ArticleRule(
        title=title, date=when, author=author, image=image, body=body, remove=(".ad",)
    )
    article = ruled(rule, DateOrder.MDY)
    assert article.title == "Right headline"
    assert (article.date_text, article.date_confidence) == ("2024-02-03", 1.0)
    assert article.authors == ("Ann Lee", "Bo Ray")
    assert article.image == "https://a.example/x.jpg"
    assert "Second part." in article.body_text
    assert "<em>part</em>" in article.body_html
    assert "Buy now" not in article.body_html + article.body_text


@pytest.mark.parametrize("rule", ["div[", "//div[", "./@@"])
def test_a_rule_that_cannot_be_read_says_which(rule: str) -> None:
    with pytest.raises(ExtractError, match="rule"):
        ruled(ArticleRule(title=rule))
