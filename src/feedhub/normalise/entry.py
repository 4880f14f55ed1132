"""A raw entry washed into an Entry, and an entry joined with its article page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from feedhub.model.entry import (
    Article,
    DateUsed,
    Dating,
    Enclosure,
    Entry,
    Precision,
    RawDate,
    RawEntry,
)
from feedhub.model.source import Source
from feedhub.normalise.dating import dated, local_date_of, moment_of
from feedhub.normalise.wording import (
    SUMMARY_LENGTH,
    author_name,
    category_name,
    shortened,
    title_text,
    untitled,
)
from feedhub.text.markup import clean, one_line, plain, plain_of_safe, sanitise
from feedhub.text.urls import absolute, is_web_url, link_key

__all__ = ["Rejection", "add_article", "normalise_entry"]

_GUID_LENGTH = 1000
_MAX_LIST = 20
_FIRST_IMAGE = re.compile(r"<img src=\"(https?://[^\"]+)\"")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_COARSE = frozenset([Precision.YEAR, Precision.MONTH, Precision.DAY])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a row is no entry, in one sentence."""

    reason: str


def normalise_entry(raw: RawEntry, source: Source, now: datetime) -> Entry | Rejection:
    """Return the clean entry, or the reason why there is none.

    ``now`` (aware) is when the entry was seen. The link may be empty: an entry of a feed that
    gives none is kept, and known by its guid or its title and date.
    """
    link = _link(raw)
    content = sanitise(raw.content, raw.base_url) if raw.content else ""
    summary_text = plain(raw.summary) if raw.summary else ""
    safe_summary = ""
    if not content and raw.summary:
        # A description that is an article, or has the only picture, is wanted as HTML as well.
        if len(summary_text) > SUMMARY_LENGTH or "<img" in raw.summary:
            safe_summary = sanitise(raw.summary, raw.base_url)
        if len(summary_text) > SUMMARY_LENGTH:
            content = safe_summary
    text = plain_of_safe(content) if content else summary_text
    if content and not text and summary_text:
        text = summary_text
    title = title_text(raw.title, is_html=raw.title_is_html)
    if not (title or text or link):
        return Rejection(reason=f"Row {raw.position + 1} has no title, no link and no text.")
    published, updated = raw.published, raw.updated
    if published is None:
        published = updated  # Atom demands only the date of the last change
    guid = one_line(raw.guid)[:_GUID_LENGTH]
    return Entry(
        source_id=source.id,
        guid=guid,
        link=link,
        link_key=link_key(link, source.identity) if link else "",
        title=title or untitled(summary_text or text, link, guid) or source.name,
        published=_dating(published, raw, source, now),
        updated=moment_of(updated, source=source, now=now),
        summary=shortened(one_line(summary_text or text), SUMMARY_LENGTH),
        content=content,
        text=text,
        authors=_each(raw.authors, author_name),
        categories=_each(raw.categories, category_name),
        enclosures=_enclosures(raw),
        image=absolute(raw.image, raw.base_url) or _first_image(content or safe_summary),
        language=_language(raw.language) or source.language,
        position=raw.position,
    )


def add_article(entry: Entry, article: Article, source: Source, now: datetime) -> Entry:
    """Return ``entry`` with what its article page adds.

    The full text, a better date where the entry had none or only a day that the page refines,
    authors and image where it had none, and the whole title where the entry's was cut short.
    """
    has_body = len(article.body_text) >= min(len(entry.text), 1) and bool(article.body_text)
    text = clean(article.body_text) if has_body else entry.text
    return replace(
        entry,
        title=_whole_title(entry.title, article.title),
        published=_better_dating(entry, article, source, now),
        summary=entry.summary or shortened(one_line(text), SUMMARY_LENGTH),
        content=article.body_html if has_body else entry.content,
        text=text,
        authors=entry.authors or _each(article.authors, author_name),
        image=entry.image or absolute(article.image, article.url),
        language=_language(article.language) or entry.language,
    )


def _dating(published: RawDate | None, raw: RawEntry, source: Source, now: datetime) -> Dating:
    order = source.listing.date_order if source.listing is not None else None
    return dated(published, source=source, now=now, position=raw.position, order=order)


def _link(raw: RawEntry) -> str:
    link = absolute(raw.link, raw.base_url) if raw.link else ""
    if not link and is_web_url(raw.guid):
        link = absolute(raw.guid, raw.base_url)
    if not link:
        link = next(
            (url for url in (absolute(each.url, raw.base_url) for each in raw.enclosures) if url),
            "",
        )
    return _behind_redirector(link)


def _behind_redirector(link: str) -> str:
    """Return the address that a news alert or a share link leads to, where it carries it openly."""
    if "http" not in link[8:]:
        return link
    parts = urlsplit(link)
    host = parts.hostname or ""
    if (host.startswith("www.google.") and parts.path == "/url") or (
        host in {"l.facebook.com", "lm.facebook.com"} and parts.path == "/l.php"
    ):
        query = parse_qs(parts.query)
        for name in ("url", "q", "u"):
            target = absolute(query.get(name, [""])[0], "")
            if target:
                return target
    return link


def _first_image(safe_html: str) -> str:
    found = _FIRST_IMAGE.search(safe_html)
    return found[1].replace("&amp;", "&") if found else ""


def _each(names: Iterable[str], tidy: Callable[[str], str]) -> tuple[str, ...]:
    tidied = (tidy(name) for name in names)
    return tuple(dict.fromkeys(name for name in tidied if name))[:_MAX_LIST]


def _enclosures(raw: RawEntry) -> tuple[Enclosure, ...]:
    found = (
        replace(each, url=absolute(each.url, raw.base_url), type=one_line(each.type)[:100])
        for each in raw.enclosures
    )
    return tuple({each.url: each for each in found if each.url}.values())[:_MAX_LIST]


def _language(language: str) -> str:
    found = _LANGUAGE.fullmatch(language.strip())
    return found[0].replace("_", "-") if found else ""


def _whole_title(title: str, full: str) -> str:
    """Return the article's title where the entry's is the beginning of it with dots behind."""
    if not title.endswith(("…", "...")):
        return title
    stem = title.rstrip("….").rstrip()
    full = title_text(full, is_html=False)
    return full if stem and full.startswith(stem) else title


def _better_dating(entry: Entry, article: Article, source: Source, now: datetime) -> Dating:
    known = entry.published
    if article.date is None or article.date_precision is None:
        return known
    seen = known.used is DateUsed.FIRST_SEEN
    if not seen and known.precision not in _COARSE:
        return known
    evidence = article.date_evidence or article.date.isoformat()
    # Written out, so that it passes the same tests as every other date.
    written = article.date.isoformat(timespec="seconds")
    if article.date_precision in _COARSE:
        cut = {Precision.YEAR: 4, Precision.MONTH: 7}.get(article.date_precision, 10)
        written = local_date_of(article.date, source).isoformat()[:cut]
    elif article.date_precision is Precision.MINUTE:
        written = article.date.isoformat(timespec="minutes")
    found = dated(RawDate(text=written), source=source, now=now, position=entry.position)
    if found.used is DateUsed.FIRST_SEEN:
        return known
    if not seen and not _refines(found, known, source):
        return known
    return replace(found, evidence=evidence)


def _refines(found: Dating, known: Dating, source: Source) -> bool:
    """Tell whether ``found`` says more of the same day, month or year than ``known`` does."""
    exactness = list(Precision)
    if exactness.index(found.precision) <= exactness.index(known.precision):
        return False
    length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(known.precision, 10)
    days = [local_date_of(each.at, source).isoformat()[:length] for each in (found, known)]
    return days[0] == days[1]
