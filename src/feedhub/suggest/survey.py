"""What is known of a page before its groups are looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from feedhub.model.document import Document
from feedhub.model.source import DateOrder
from feedhub.suggest.headings import DatedLine, dated_lines
from feedhub.suggest.page_dates import PageDates, ReadDate, dates_of
from feedhub.suggest.shapes import Shapes, shapes_of
from feedhub.suggest.structured import marked_elements, named_articles
from feedhub.text.dates import FoundDate, order_of, read_date
from feedhub.text.decode import decode
from feedhub.text.dom import Link, Page, read_page
from feedhub.text.row_dates import LONGEST_DATE_LINE

__all__ = ["Survey", "survey_of"]

_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: what every date has that is worth a closer look: two numbers, or a word beside a number
_PLAUSIBLE = re.compile(
    r"(?<!\d)\d{1,4}\s?[./\-]\s?\d{1,2}(?!\d)|(?<!\d)\d{1,2}(?:st|nd|rd|th|\.|,)?[\s\-]{1,3}[^\W\d_]{3}|"
    r"[^\W\d_]{3}[.,]?[\s\-]{0,2}\d{1,2}(?!\d)|[年月년월]|\d{8}|(?i:tháng|trước|hôm|ago|yesterday|today)"
)
_SENTENCE = 60
_WITH_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d\d)|\d[./\-]\d{1,2}[./\-]\d{2}(?!\d)")
_DIGIT = re.compile(r"\d")
_ENGLISH = re.compile(r"\b(?:the|of|and|for|in)\b", re.IGNORECASE)


@dataclass(slots=True)
class Survey:
    """A page with its shapes, its links by element, and a reader of its dates.

    ``length`` counts the characters of the page's text; ``dated_lines`` are the elements that begin
    with a line that is little more than a date. ``order`` is how the page seems to write numeric
    dates.
    """

    page: Page
    shapes: Shapes
    links: dict[int, Link]
    read: ReadDate
    order: DateOrder
    language: str
    title: str
    length: int
    dates: PageDates
    dated_lines: dict[int, DatedLine]
    #: links the page's JSON-LD names as articles; elements its markup calls entries
    named: frozenset[str]
    marked: frozenset[int]


def survey_of(document: Document, *, language: str, today: date, known: frozenset[str]) -> Survey:
    """Lay a document out. Links whose address is in ``known`` are left aside."""
    text = decode(document.body, content_type=document.content_type, kind="html").text
    page = read_page(text, document.url)
    links = {link.element: link for link in page.links if link.url not in known}
    language = language or page.root.get("lang") or ""
    short = [
        piece for piece in page.pieces if len(piece) <= LONGEST_DATE_LINE and _DIGIT.search(piece)
    ]
    order = order_of(short) or guessed_order(page, page.root.get("lang") or language)
    read_already: dict[str, FoundDate | None] = {}

    def read(line: str) -> FoundDate | None:
        if line not in read_already and not _may_hold_a_date(line):
            read_already[line] = None
        if line not in read_already:
            # a line with a year needs no today, and no search for "two days ago"
            day = None if _YEAR.search(line) else today
            read_already[line] = read_date(line, order=order, language=language, today=day)
        return read_already[line]

    dates = dates_of(page, read)
    return Survey(
        page=page,
        shapes=shapes_of(page),
        links=links,
        read=read,
        order=order,
        language=language,
        title=" ".join((page.root.findtext(".//title") or "").split()),
        length=sum(map(len, page.pieces)),
        dates=dates,
        dated_lines=dated_lines(page, dates),
        named=named_articles(page),
        marked=marked_elements(page),
    )


def _may_hold_a_date(line: str) -> bool:
    """Tell whether a line is worth a closer look; in a sentence only a whole date is."""
    if len(line) > _SENTENCE and not _WITH_YEAR.search(line):
        return False
    return _PLAUSIBLE.search(line) is not None


def guessed_order(page: Page, language: str) -> DateOrder:
    """Guess how a page writes numeric dates that could be read both ways.

    Only the United States and the Philippines write the month first.
    """
    country = (urlsplit(page.url).hostname or "").rpartition(".")[2]
    if country in {"us", "gov", "mil", "ph"}:
        return DateOrder.MDY
    sample = " ".join(page.pieces[:200])[:20_000]
    if len(country) == 2 or len(_VIETNAMESE.findall(sample)) > 20:
        return DateOrder.DMY
    language = language.lower()
    if language.startswith("en"):
        return DateOrder.MDY if language in {"en", "en-us", "en_us"} else DateOrder.DMY
    if not language and len(_ENGLISH.findall(sample)) >= 5:
        return DateOrder.MDY
    return DateOrder.DMY
