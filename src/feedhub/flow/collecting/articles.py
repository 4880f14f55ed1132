"""Reads the pages behind entries, politely and once per article."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from feedhub.errors import ExtractError, FetchError
from feedhub.fetch.client import Fetched, Request
from feedhub.flow.collecting.confined import read_confined
from feedhub.flow.collecting.findings import Findings
from feedhub.flow.parts import CollectParts
from feedhub.model.decision import KnownEntry
from feedhub.model.document import Document
from feedhub.model.entry import Entry
from feedhub.model.habits import SourceHabits
from feedhub.model.source import Source
from feedhub.normalise.entry import add_article

__all__ = ["page_wanted", "pages_pending", "read_pages"]

#: pages read in one pull; a new source's long listing is filled in over several pulls
_PAGES_PER_PULL = 40

#: how often a page that cannot be read is tried, one pull apart
_TRIES = 3

#: lines remembered as a source's chrome
_MOST_CHROME = 400


def _learnt(habits: SourceHabits, documents: Sequence[Document]) -> SourceHabits:
    """Return the habits after more pages of the source were seen."""
    from feedhub.extract.habits import learn_habits, read_habits  # as in _read_articles

    pages = []
    for document in documents:
        with contextlib.suppress(ExtractError):
            pages.append(read_confined(ExtractError, document.body, read_habits, document))
    seen = learn_habits(pages)
    chrome = sorted(habits.chrome | seen.chrome)[:_MOST_CHROME]
    return SourceHabits(chrome=frozenset(chrome), date_order=habits.date_order or seen.date_order)


def _page(parts: CollectParts, future: Future[Fetched]) -> Document | None:
    try:
        answer = parts.wait(future)
    except FetchError:
        return None
    return answer if isinstance(answer, Document) else None


def _read_articles(
    parts: CollectParts,
    source: Source,
    entries: Sequence[Entry],
    habits: SourceHabits,
    *,
    now: datetime,
) -> tuple[list[Entry | None], SourceHabits]:
    """Fetch and read the page of each entry; None where that failed. Also say what was learnt.

    The order is that of ``entries``. All pages are asked for at once; the fetch door keeps the
    host's pace. What recurs on several of the pages is taken for the source's chrome.
    """
    from feedhub.extract.article import extract_article  # large; most sources need no pages

    futures = [
        parts.submit(
            Request(
                url=entry.link, kind="page", ca_file=source.ca_file, verify_tls=source.verify_tls
            )
        )
        for entry in entries
    ]
    pages = [_page(parts, future) for future in futures]
    habits = _learnt(habits, [page for page in pages if page is not None])
    today = now.astimezone(ZoneInfo(source.timezone)).date()
    found: list[Entry | None] = []
    for entry, page in zip(entries, pages, strict=True):
        article = None
        if page is not None:
            with contextlib.suppress(ExtractError):
                article = read_confined(
                    ExtractError,
                    page.body,
                    extract_article,
                    page,
                    rule=source.article,
                    language=entry.language or source.language,
                    date_order=habits.date_order,
                    chrome=habits.chrome,
                    today=today,
                )
        found.append(add_article(entry, article, source, now) if article else None)
    return found, habits


def page_wanted(source: Source, known: KnownEntry) -> bool:
    """Tell whether a known entry's page is still to be read."""
    return source.article.full_text and not known.article_read and known.article_tries < _TRIES


def pages_pending(source: Source, findings: Findings) -> bool:
    """Tell whether pages are still to be read, so that the next pull must look again."""
    if not source.article.full_text:
        return False
    if any(not match.article_read for match in findings.fresh if match.entry.link):
        return True
    return any(
        not change.match.article_read
        and page_wanted(source, change.known)
        and change.known.article_tries + change.article_tried < _TRIES
        for change in findings.changes
    )


def read_pages(parts: CollectParts, source: Source, findings: Findings, now: datetime) -> None:
    """Read the pages of new and changed entries into ``findings``, if the source wants that."""
    if not source.article.full_text:
        return
    wanted = [match for match in findings.fresh if match.entry.link]
    wanted += [change.match for change in findings.changes if change.match.entry.link]
    wanted = wanted[:_PAGES_PER_PULL]
    pages, findings.habits = _read_articles(
        parts, source, [match.entry for match in wanted], findings.habits, now=now
    )
    tried = {match.entry.position for match in wanted}
    read = {match.entry.position: page for match, page in zip(wanted, pages, strict=True) if page}
    findings.fresh = [
        replace(
            match,
            entry=read.get(match.entry.position, match.entry),
            article_read=match.entry.position in read,
            article_tries=int(match.entry.position in tried),
        )
        for match in findings.fresh
    ]
    for change in findings.changes:
        position = change.match.entry.position
        change.article_tried = position in tried
        if page := read.get(position):
            change.match = replace(change.match, entry=page, article_read=True)
