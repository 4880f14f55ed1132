"""When the article came out: every date of the page weighed, the wrong ones left alone.

A wrong date costs more than none. Today's date in a header, a licence's, a law's and those of a
related list are never taken; a template's vague meta date only when the page shows it too.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from feedhub.extract.page import Page
from feedhub.extract.structured import DateClaim, Structured
from feedhub.extract.visible_dates import (
    HOLDS_DATE,
    LONGEST_DATELINE,
    DateHints,
    SeenDate,
    page_order,
    plausible,
    weighed_dates,
)
from feedhub.model.entry import Precision
from feedhub.model.source import DateOrder
from feedhub.text.dates import FoundDate, find_dates, read_date

__all__ = ["ArticleDate", "article_date"]

_IN_URL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[/\-_.]?(?P<m>0[1-9]|1[0-2])[/\-_.]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class ArticleDate:
    """The date chosen. ``index`` is its line where it was read off one."""

    found: FoundDate
    evidence: str
    confidence: float
    index: int | None = None


def article_date(
    page: Page, structured: Structured, title_index: int | None, hints: DateHints
) -> ArticleDate | None:
    """Return the article's date, None when no date of the page can be trusted."""
    for claim in structured.published:
        found = _read_claim(claim, page, hints) if claim.trust >= 0.9 else None
        if found is not None:
            return ArticleDate(found, f"{claim.where}: {claim.text}", claim.trust)
    seen = weighed_dates(page, title_index, page_order(page, hints), hints)
    best = max(seen, key=lambda each: each.score, default=None)
    from_url = _date_in_url(page.url, hints)
    if (agreed := _vague_but_shown(page, structured, seen, from_url, hints)) is not None:
        return agreed
    if best is not None and best.score >= 7 and not best.updated:
        return _chosen(best)
    if from_url is not None:
        same = next((s for s in seen if s.found.value.date() == from_url.value.date()), None)
        found = same.found if same else from_url
        index = same.line.index if same else None
        return ArticleDate(found, f"URL: {from_url.evidence}", 0.85, index)
    if best is not None and best.score >= 5 and not best.updated:
        return _chosen(best)
    return _last_resort(page, structured, seen, hints)


def _vague_but_shown(
    page: Page,
    structured: Structured,
    seen: list[SeenDate],
    from_url: FoundDate | None,
    hints: DateHints,
) -> ArticleDate | None:
    """Take a template's meta date when a visible line or the address has the same day."""
    shown = {each.found.value.date(): each for each in reversed(seen) if each.score > -4}
    for claim in structured.published:
        if claim.trust >= 0.9 or (found := _read_claim(claim, page, hints)) is None:
            continue
        day = found.value.date()
        agreed = shown.get(day)
        if agreed is not None or (from_url is not None and from_url.value.date() == day):
            exact = _more_exact(found, agreed.found if agreed else found)
            index = agreed.line.index if agreed and agreed.score >= 3 else None
            return ArticleDate(exact, f"{claim.where}: {claim.text}", 0.9, index)
    return None


def _last_resort(
    page: Page, structured: Structured, seen: list[SeenDate], hints: DateHints
) -> ArticleDate | None:
    """Return what a person would call a guess: meta nobody confirms, a last change, htmldate."""
    for claims, confidence in ((structured.published, 0.55), (structured.modified, 0.4)):
        for claim in claims:
            found = _read_claim(claim, page, hints)
            if found is not None:
                return ArticleDate(found, f"{claim.where}: {claim.text}", confidence)
    changed = max((s for s in seen if s.updated), key=lambda s: s.score, default=None)
    if changed is not None and changed.score > -12:
        return ArticleDate(changed.found, _evidence(changed), 0.4, changed.line.index)
    return _by_htmldate(page, seen, hints)


def _by_htmldate(page: Page, seen: list[SeenDate], hints: DateHints) -> ArticleDate | None:
    """Ask htmldate last, and refuse the days that were weighed and found to be another's."""
    from htmldate import find_date

    latest = hints.today.isoformat()
    text = find_date(
        copy.deepcopy(page.tree), original_date=True, max_date=latest, extensive_search=True
    )
    found = read_date(text) if text else None
    refused = {each.found.value.date() for each in seen} | {hints.today}
    if found is None or not plausible(found, hints.today) or found.value.date() in refused:
        return None
    if (found.value.month, found.value.day) == (1, 1):
        return None  # what htmldate makes of a lone year
    return ArticleDate(found, f"htmldate: {text}", 0.35)


def _chosen(seen: SeenDate) -> ArticleDate:
    confidence = max(0.3, min(0.97, 0.35 + 0.045 * seen.score))
    return ArticleDate(seen.found, _evidence(seen), round(confidence, 2), seen.line.index)


def _evidence(seen: SeenDate) -> str:
    return f"{seen.label} {seen.found.evidence}".strip()


def _more_exact(one: FoundDate, other: FoundDate) -> FoundDate:
    rank = list(Precision)
    return other if rank.index(other.precision) > rank.index(one.precision) else one


def _read_claim(claim: DateClaim, page: Page, hints: DateHints) -> FoundDate | None:
    """Read a claim; one that could be two days is settled by the page's own dates."""
    if claim.text.isdigit() and len(claim.text) in {10, 13}:
        return None
    found = read_date(claim.text, order=hints.order, language=hints.language, today=hints.today)
    if found is None or not found.ambiguous:
        return found if plausible(found, hints.today) else None
    both = (read_date(claim.text, order=order) for order in (DateOrder.DMY, DateOrder.MDY))
    readings = [each for each in both if each is not None and plausible(each, hints.today)]
    shown = {
        each.value.date()
        for line in page.lines
        if len(line.text) <= LONGEST_DATELINE and HOLDS_DATE.search(line.text)
        for each in find_dates(line.text, language=hints.language)
        if not each.ambiguous
    }
    for reading in readings:
        if reading.value.date() in shown:
            return reading
    order = page_order(page, hints)
    found = read_date(claim.text, order=order)
    if plausible(found, hints.today):
        return found
    return readings[0] if readings else None


def _date_in_url(url: str, hints: DateHints) -> FoundDate | None:
    parts = urlsplit(url)
    for match in _IN_URL.finditer(f"{parts.path}"):
        try:
            value = datetime(int(match["y"]), int(match["m"]), int(match["d"]))  # noqa: DTZ001 - an address knows no zone
        except ValueError:
            continue
        found = FoundDate(value, Precision.DAY, match.group(), match.start(), match.end())
        if plausible(found, hints.today):
            return found
    return None
