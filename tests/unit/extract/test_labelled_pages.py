"""The labelled development split, where it lies beside the project: the figures hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedhub.extract.article import extract_article
from feedhub.model.document import Document
from feedhub.model.entry import Article

MENU = "<ul><li><a href='/1'>Giới thiệu</a></li><li><a href='/2'>Tin tức</a></li></ul>"


def read(html: str, url: str) -> Article:
    document = Document(
        requested_url=url,
        url=url,
        body=html.encode("utf-8", "replace"),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )
    return extract_article(document, today=date(2026, 11, 23))


def test_own_portal_pages(quality: Path) -> None:
    lines = (quality / "own" / "articles_dev.jsonl").read_text("utf-8").splitlines()
    for gold in map(json.loads, lines):
        article = read(gold["html"], gold["url"])
        assert (article.title, article.date_text[:10]) == (gold["title"], gold["date"])
        assert list(article.authors) == gold["authors"]
        assert article.image == gold["image"]
        assert article.body_text == gold["body"]


def test_the_seed_page_in_the_layout_of_its_portal(samples: Path) -> None:
    text = (samples / "text" / "huongthuy_article.txt").read_text("utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    search, title, dated, lead = lines[:4]
    end = lines.index("Các tin khác")
    caption, *body = lines[4 : end - 1]
    rows = "".join(f"<div>{line}</div><div>&nbsp;</div>" for line in body)
    after = "".join(f"<div>{line}</div>" for line in lines[end:])
    article = read(
        f"<html><head><title>Cổng thông tin</title></head><body><table><tr><td>{search}{MENU}</td>"
        f"</tr><tr><td><div><span class=TieuDe>{title}</span></div><div>{dated}</div>"
        f"<div><b>{lead}</b></div><div align=center><img src='/a.jpg'></div>"
        f"<div align=center><i>{caption}</i></div>{rows}<div align=right><b>{lines[end - 1]}</b>"
        f"</div>{after}</td></tr></table></body></html>",
        "https://seed.example.vn/?gd=4&cn=1&tc=2",
    )
    assert article.title == title
    assert article.date_text == "2023-02-17"
    assert article.authors == (lines[end - 1],)
    assert article.body_text.startswith(lead)
    assert "Các tin khác" not in article.body_text
    assert "truy c" not in article.body_text.casefold()


@pytest.mark.parametrize("field", ["title", "date"])
def test_every_labelled_sample_page(samples: Path, field: str) -> None:
    rows = map(json.loads, (samples / "INDEX.jsonl").read_text("utf-8").splitlines())
    wrong = []
    for row in rows:
        if row["kind"] != "article" or not row["expected"].get(field):
            continue
        document = Document(
            requested_url="https://a.example/1",
            url="https://a.example/1",
            body=(samples / row["file"]).read_bytes(),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        article = extract_article(document, today=date(2026, 11, 23))
        wanted = row["expected"][field]
        same = article.title == wanted
        if field == "date":
            same = article.date_text[:10] == wanted[:10]
        wrong += [] if same else [row["file"]]
    assert len(wrong) <= 1, wrong
