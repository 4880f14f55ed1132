"""Scores the listing detector on the labelled pages: ``python bench/quality.py listings``.

Run alone with ``-v`` it also names the pages that are not perfect. Besides score.py's figures it
prints on how many article pages the detector abstains, and the processor time of a page.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _labelled import inputs, quality_folder, scored
from feedhub.model.document import Document
from feedhub.suggest.listing import suggest_rule
from feedhub.suggest.record import listing_record

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LISTINGS = ("own/listings_dev.jsonl", "fetched/listings_real_dev.jsonl")
ARTICLES = ("own/articles_dev.jsonl", "fetched/articles_real_dev.jsonl")


def document(url: str, html: str) -> Document:
    """Wrap a page as if it had just been fetched."""
    return Document(
        requested_url=url,
        url=url,
        body=html.encode("utf-8", "replace"),
        fetched_at=NOW,
        headers=(("content-type", "text/html; charset=utf-8"),),
    )


def predict(page: dict[str, Any]) -> dict[str, Any]:
    """Return the prediction for one page, made from its address and text alone."""
    suggestion = suggest_rule(document(page["url"], page["html"]), today=NOW.date(), alternatives=1)
    return {"id": page["id"], **listing_record(suggestion)}


def run(quality: Path, *, verbose: bool = False) -> None:
    """Print the figures of own and real listings and of article pages."""
    for name in LISTINGS:
        file = quality / name
        pages = inputs(file)
        predict(pages[0])  # imports and compiled patterns are not the page's time
        began = time.process_time()
        predictions = [predict(page) for page in pages]
        mean = (time.process_time() - began) / len(pages) * 1000
        print(f"-- {name}: {mean:.1f} ms a page")
        scored(quality, "listings", file, predictions)
        if verbose:
            _by_page(quality, file, predictions)
    for name in ARTICLES:
        predictions = [predict(page) for page in inputs(quality / name)]
        quiet = sum(prediction["abstained"] for prediction in predictions)
        print(f"-- {name}: abstains on {quiet} of {len(predictions)} article pages")


def _by_page(quality: Path, file: Path, predictions: list[dict[str, Any]]) -> None:
    for prediction, line in zip(predictions, file.read_text("utf-8").splitlines(), strict=True):
        alone = Path("/tmp") / f"feedhub-{prediction['id'].replace(':', '-')}.jsonl"  # noqa: S108 - a bench's scratch file
        alone.write_text(line, "utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            scored(quality, "listings", alone, [prediction])
        alone.unlink()
        figures = printed.getvalue().splitlines()[0]
        if figures.count("1.000") < 5:
            print("  ", prediction["id"], figures[14:], prediction["confidence"])


if __name__ == "__main__":
    folder = quality_folder()
    if folder is None:
        sys.exit("no labelled split (shared/quality) beside the project")
    run(folder, verbose="-v" in sys.argv)
