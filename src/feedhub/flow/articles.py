"""Reads the pages behind entries, politely and once per article."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from zoneinfo import ZoneInfo

from feedhub.errors import SourceError
from feedhub.extract.article import extract_article
from feedhub.fetch.client import Fetched, Request
from feedhub.flow.parts import CollectParts
from feedhub.model.document import Document
from feedhub.model.entry import Entry
from feedhub.model.source import Source
from feedhub.normalise.entry import add_article

__all__ = ["ARTICLE_TRIES", "PAGES_PER_PULL", "read_articles"]

#: pages read in one pull; a new source's long listing is filled in over several pulls
PAGES_PER_PULL = 40

#: how often a page that cannot be read is tried, one pull apart
ARTICLE_TRIES = 3


def read_articles(
    parts: CollectParts, source: Source, entries: Sequence[Entry], now: datetime
) -> list[Entry | None]:
    """Fetch and read the page of each entry; None where that failed.

    The order is that of ``entries``. All pages are asked for at once; the fetch door keeps the
    host's pace.
    """
    futures: list[Future[Fetched]] = [
        parts.submit(
            Request(
                url=entry.link,
                kind="page",
                ca_file=source.ca_file,
                verify_tls=source.verify_tls,
            )
        )
        for entry in entries
    ]
    found: list[Entry | None] = []
    for entry, future in zip(entries, futures, strict=True):
        try:
            document = future.result()
            if not isinstance(document, Document):
                found.append(None)
                continue
            article = extract_article(
                document,
                rule=source.article,
                language=entry.language or source.language,
                date_order=source.listing.date_order if source.listing else None,
                chrome=frozenset(),
                today=now.astimezone(ZoneInfo(source.timezone)).date(),
            )
        except SourceError:
            found.append(None)
        else:
            found.append(add_article(entry, article, source, now))
    return found
