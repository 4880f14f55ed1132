"""A listing page to raw entries, by a frozen rule."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from feedhub.errors import ListingChanged
from feedhub.model.document import Document
from feedhub.model.entry import ParsedFeed
from feedhub.model.source import ListingRule, Source
from feedhub.text.decode import decode
from feedhub.text.dom import SelectorError, read_page
from feedhub.text.next_page import next_page
from feedhub.text.rows import misfit, raw_entries, read_rows

__all__ = ["parse_listing"]


def parse_listing(document: Document, source: Source, rule: ListingRule) -> ParsedFeed:
    """Read the entries of a listing page.

    ``rejected`` holds a sentence per row that is no entry or repeats an earlier one's address;
    ``next_page`` is absolute, "" on the last page. The same document always gives the same result.
    Raises ``ListingChanged`` where the rule matches nothing, where under 90 % of the rows are
    entries, where it names a date and no row has one, and where it is no valid selector.
    """
    decoded = decode(document.body, content_type=document.content_type, kind="html")
    page = read_page(decoded.text, document.url)
    today = document.fetched_at.astimezone(ZoneInfo(source.timezone)).date()
    try:
        rows = read_rows(page, rule, language=source.language, today=today)
        following = next_page(page, rule)
    except SelectorError as error:
        raise ListingChanged(f"The listing rule of {source.id} cannot be used: {error}.") from error
    if problem := misfit(rule, rows):
        raise ListingChanged(
            f"On the page of {source.id} {problem}. "
            f"Its layout seems to have changed: run `feedhub sources check {source.id}`."
        )
    return ParsedFeed(
        kind="listing",
        entries=raw_entries(page, rows.rows),
        title=" ".join((page.root.findtext(".//title") or "").split()),
        link=document.url,
        language=page.root.get("lang") or "",
        rejected=(*rows.rejected, *rows.repeated),
        next_page=following,
        encoding=decoded.encoding,
        damaged=decoded.damaged,
    )
