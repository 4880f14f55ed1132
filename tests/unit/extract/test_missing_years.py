from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feedhub.extract.article import extract_article
from feedhub.model.document import Document

TEXT = "<p>" + "Một câu chuyện dài của làng ven sông, kể lại cho người đọc hôm nay. " * 12 + "</p>"


def dated(line: str, *, marks: str = "", footer: str = "") -> str | None:
    html = (
        f"<html><body {marks}><h1>Lễ hội đua ghe trên sông quê</h1><p class=date>{line}</p>"
        f"{TEXT}<footer>{footer}</footer></body></html>"
    )
    document = Document(
        requested_url="https://t.example/a",
        url="https://t.example/a",
        body=html.encode(),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )
    article = extract_article(document, today=date(2026, 11, 1))
    return article.date.date().isoformat() if article.date else None


@pytest.mark.parametrize(
    ("line", "marks", "footer", "expected"),
    [
        ("Jan 04, 09:34", 'id="story20230104_77"', "", "2023-01-04"),
        ("[06月24日 11時30分]", 'class="n2019-06-24"', "", "2019-06-24"),
        ("Jan 04, 09:34", "", "© 2022 Town", "2022-01-04"),
        ("Jan 04, 09:34", "", "Copyright 2019-2024 Town", "2024-01-04"),
        ("Jan 04, 09:34", 'id="story20230105_77"', "", "2026-01-04"),
        ("Dec 24, 09:34", "", "© 2026 Town", "2025-12-24"),
        ("Jan 04, 2021", 'id="story20230104_77"', "© 2022 Town", "2021-01-04"),
    ],
)
def test_a_missing_year_is_taken_from_the_page(
    line: str, marks: str, footer: str, expected: str
) -> None:
    assert dated(line, marks=marks, footer=footer) == expected
