"""An article page -> title, date with its evidence, authors, body, lead image, language."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from lxml.html import HtmlElement, tostring

from feedhub.extract.bylines import article_authors
from feedhub.extract.datelines import ArticleDate, article_date
from feedhub.extract.page import Page, open_page
from feedhub.extract.pictures import first_image, image_source, lead_image
from feedhub.extract.portal_body import PortalBody, portal_body, portal_html
from feedhub.extract.prose_body import prose_body
from feedhub.extract.rules import first_text, select, texts
from feedhub.extract.structured import Structured, read_structured
from feedhub.extract.titles import Title, article_title, key
from feedhub.extract.tongues import language_of, primary
from feedhub.extract.visible_dates import DateHints, plausible
from feedhub.model.document import Document
from feedhub.model.entry import Article, Precision
from feedhub.model.source import ArticleRule, DateOrder
from feedhub.text.dates import FoundDate, read_date
from feedhub.text.markup import clean, plain, sanitise
from feedhub.text.urls import absolute

__all__ = ["extract_article"]

_NO_RULE = ArticleRule()
_MANY_LINES = 2500
_SHORTEST_HEADLINE = 10
_WEEKDAY = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|"
    r"chủ\snhật|(?:posted|published)(?: on)?|ngày(?: đăng| cập nhật)?)[\s,:]{0,3}$",
    re.IGNORECASE,
)
#: a guess at the headline below this must not draw the date to its side
_FAIRLY_SURE = 0.5


@dataclass(slots=True)
class _Reading:
    """What has been found so far."""

    title: Title
    dated: ArticleDate | None
    authors: tuple[str, ...] = ()
    html: str = ""
    text: str = ""
    image: str = ""


def extract_article(
    document: Document,
    *,
    rule: ArticleRule = _NO_RULE,
    language: str = "",
    date_order: DateOrder | None = None,
    chrome: frozenset[str] = frozenset(),
    today: date,
) -> Article:
    """Return the article of a page.

    ``rule`` overrides single fields; ``language`` is the source's, used where the page gives no
    better; ``date_order`` what the source was learnt to write; ``chrome`` the line keys learnt
    from its pages (`feedhub.extract.chrome`); ``today`` the source's day. What was not found is
    empty. Raises `ExtractError` when the document is no page or a rule cannot be read.
    """
    page = open_page(document)
    _remove(page.tree, rule)
    structured = read_structured(page)
    said = _said_language(page, structured, language)
    hints = DateHints(date_order, said, today)
    reading = _read(page, structured, hints, chrome)
    _apply(page, rule, hints, reading)
    return _article(page, reading, said)


def _remove(tree: HtmlElement, rule: ArticleRule) -> None:
    for each in rule.remove:
        for element in select(tree, each):
            if isinstance(element, HtmlElement) and element.getparent() is not None:
                element.drop_tree()


def _said_language(page: Page, structured: Structured, language: str) -> str:
    """Return the language by the page's own word, else the source's."""
    for said in (page.tree.get("lang"), page.tree.get("xml:lang"), structured.language):
        if said and primary(said):
            return said.strip().replace("_", "-")[:12]
    return language


def _read(page: Page, structured: Structured, hints: DateHints, chrome: frozenset[str]) -> _Reading:
    title = article_title(page, structured, None)
    title_index = None
    if not structured.is_article and title.confidence >= _FAIRLY_SURE:
        title_index = _visible(page, title)
    dated = article_date(page, structured, title_index, hints)
    portal: PortalBody | None = None
    if not structured.is_article:
        if dated is not None and dated.index is not None:
            title = article_title(page, structured, dated.index)
            if title.index == dated.index and not page.lines[dated.index].heading:
                title = replace(title, text=_before_date(title.text, dated.found))
        title_index = _visible(page, title)
        portal = portal_body(page.lines, title_index, dated.index if dated else None, chrome)
    reading = _Reading(title, dated)
    reading.authors = article_authors(
        page, structured, title_index, portal.byline if portal else None
    )
    inside = portal.images if portal else ()
    first = next((image for image in inside if image_source(image, page)), None)
    if not structured.images and first is None:
        first = first_image(page, page.lines, _visible(page, title))
    reading.image = lead_image(page, structured, first)
    if portal is not None and _trusted(portal, dated):
        reading.text = portal.text
        reading.html = portal_html(portal)
        return reading
    prose = prose_body(page.tree, page.url, title.text, reading.authors, chrome)
    if portal is not None and len(prose.text) < portal.size / 3:
        # the tree is consumed, but the lines still hold their text
        reading.text = portal.text
        reading.html = "".join(f"<p>{_escaped(line.text)}</p>" for line in portal.lines)
        return reading
    reading.text, reading.html = prose.text, prose.html
    return reading


def _before_date(text: str, found: FoundDate) -> str:
    """Cut the date off a line that holds headline and date one after the other."""
    begin = text.find(found.evidence)
    headline = _WEEKDAY.sub("", text[:begin]).rstrip(" \u00a0,|-–(:") if begin > 0 else ""
    return headline if len(headline) >= _SHORTEST_HEADLINE else text


def _visible(page: Page, title: Title) -> int | None:
    """Return the line of a title, the one nearest above prose where it stands several times."""
    if title.index is not None:
        return title.index
    wanted = key(title.text)
    if not wanted:
        return None
    found = [
        line
        for line in page.lines[:_MANY_LINES]
        if len(line.text) < len(title.text) + 60 and key(line.text) == wanted
    ]
    found = [line for line in found if not line.in_chrome and not line.all_linked] or found
    headings = [line for line in found if line.heading]
    return (headings or found)[0].index if found else None


def _trusted(portal: PortalBody, dated: ArticleDate | None) -> bool:
    return portal.size >= 80 and (dated is None or dated.index is not None)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _apply(page: Page, rule: ArticleRule, hints: DateHints, reading: _Reading) -> None:
    """Let the source's rules have the last word, field by field, where they find something."""
    if rule.title and (text := first_text(page.tree, rule.title)):
        reading.title = Title(text, None, 1.0)
    if rule.date and (text := first_text(page.tree, rule.date)):
        found = read_date(text, order=hints.order, language=hints.language, today=hints.today)
        if found is not None and plausible(found, hints.today):
            reading.dated = ArticleDate(found, text[:80], 1.0)
    if rule.author and (names := texts(page.tree, rule.author)):
        reading.authors = tuple(dict.fromkeys(names))
    if rule.image and (found_image := select(page.tree, rule.image)):
        first = found_image[0]
        url = image_source(first, page) if isinstance(first, HtmlElement) else str(first)
        reading.image = absolute(url, page.base_url)
    if rule.body:
        elements = [each for each in select(page.tree, rule.body) if isinstance(each, HtmlElement)]
        if elements:
            reading.html = "".join(
                tostring(each, encoding="unicode", with_tail=False) for each in elements
            )
            reading.text = ""


def _article(page: Page, reading: _Reading, said: str) -> Article:
    body_html = sanitise(reading.html, page.base_url) if reading.html else ""
    body_text = clean(reading.text) or plain(body_html)
    dated = reading.dated
    found = dated.found if dated else None
    confidence = reading.title.confidence * (1.0 if len(body_text) >= 200 else 0.5)
    return Article(
        url=page.url,
        title=reading.title.text,
        date=found.value if found else None,
        date_text=_iso(found) if found else "",
        date_precision=found.precision if found else None,
        date_evidence=dated.evidence if dated else "",
        date_confidence=dated.confidence if dated else 0.0,
        authors=reading.authors,
        body_html=body_html,
        body_text=body_text,
        image=reading.image,
        language=language_of(body_text) or primary(said),
        confidence=round(confidence, 2),
    )


def _iso(found: FoundDate) -> str:
    """Return ISO 8601 to the precision known, with the offset only where the page gave one."""
    if found.precision is Precision.SECOND:
        return found.value.isoformat(timespec="seconds")
    if found.precision is Precision.MINUTE:
        return found.value.isoformat(timespec="minutes")
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[found.precision]
    return found.value.isoformat()[:length]
