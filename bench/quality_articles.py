"""Article extraction: own portal pages, real pages, real dates; figures of score.py and time."""

from __future__ import annotations

import logging
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from _labelled import inputs, scored
from feedhub.errors import ExtractError
from feedhub.extract.article import extract_article
from feedhub.extract.batch import article_record
from feedhub.model.document import Document

__all__ = ["run"]

_FILES = (
    ("articles", "own/articles_dev.jsonl"),
    ("articles", "fetched/articles_real_dev.jsonl"),
    ("dates", "fetched/dates_real_dev.jsonl"),
)


def run(quality: Path) -> None:
    """Print the figures of every labelled file, FeedHub's time and trafilatura's beside it."""
    for task, name in _FILES:
        file = quality / name
        pages = inputs(file)
        predict(pages[0])  # what is loaded once is no page's time
        predictions, times = [], []
        for page in pages:
            begin = time.process_time()
            predictions.append(predict(page))
            times.append(1000 * (time.process_time() - begin))
        alone = [_trafilatura_ms(page) for page in pages]
        print(f"{name}: {_mean(times)}; trafilatura alone {_mean(alone)}")
        scored(quality, task, file, predictions)


def predict(page: dict[str, Any]) -> dict[str, Any]:
    """Return score.py's fields for one labelled page."""
    document = Document(
        requested_url=page["url"],
        url=page["url"],
        body=page["html"].encode("utf-8", "replace"),
        fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )
    try:
        article = extract_article(document, today=date(2026, 11, 23))
    except ExtractError:
        return {"id": page["id"]}
    record = article_record(article)
    return {"id": page["id"], **record, "date": (record["date"] or "")[:10]}


def _trafilatura_ms(page: dict[str, Any]) -> float:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    begin = time.process_time()
    bare_extraction(page["html"], url=page["url"], favor_precision=True, with_metadata=True)
    return 1000 * (time.process_time() - begin)


def _mean(times: list[float]) -> str:
    return f"{sum(times) / len(times):.1f} ms CPU a page"
