"""The rows of feedparser's reading as raw entries."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from feedhub.model.entry import Enclosure, RawDate, RawEntry
from feedhub.parse.reading import Reading

__all__ = ["TAG", "base_of", "field", "is_html", "joined", "link_of", "read_rows"]

#: of one entry
_MAX_LIST = 50
#: characters of a field that is no text to read (addresses, names, dates)
_MAX_FIELD = 4096

TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>]{0,2000})?/?>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.IGNORECASE)
# A zone at the end of a date: without one feedparser reads a local time as UTC.
_ZONE = re.compile(r"(?:[+-]\d{2}:?\d{2}|\b[A-Z]{1,5}|\d[zZ])\)?\s*$")

_HTML_TYPES = frozenset(["text/html", "application/xhtml+xml"])

_Map = Mapping[str, Any]


def joined(base: str, address: str) -> str:
    """Join addresses as written: "" for none, the address itself for an impossible one."""
    if not address:
        return ""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def read_rows(reading: Reading, url: str) -> tuple[list[RawEntry], list[str]]:
    """Return an entry or a sentence of rejection for every row of a feed found at ``url``."""
    atom = reading.version.startswith("atom")
    entries: list[RawEntry] = []
    rejected: list[str] = []
    language = field(reading.about, "language", limit=40)
    inherited = _authors(reading.about) if atom else ()
    for number, row in enumerate(reading.rows, 1):
        entry = _entry(row, len(entries), url, inherited=inherited, language=language, atom=atom)
        if entry.title or entry.link or entry.summary or entry.content or entry.enclosures:
            entries.append(entry)
        else:
            rejected.append(f"Row {number} has no title, no link and no text.")
    return entries, rejected


def _entry(
    row: _Map,
    position: int,
    url: str,
    *,
    inherited: tuple[str, ...],
    language: str,
    atom: bool,
) -> RawEntry:
    title_detail = row.get("title_detail")
    title = field(row, "title", limit=20_000)
    content, content_detail = _content(row, atom=atom)
    summary = _html(row.get("summary_detail"), atom=atom)
    if not summary and not content:
        summary = field(row, "summary", limit=None)
    links = _records(row, "links")
    media = [each for each in _records(row, "media_content") if each.get("url")]
    # dc:date and Atom's "updated" are the same to feedparser; RSS has only a date of publication.
    published, updated = _date(row, "published"), _date(row, "updated")
    if not atom and published is None:
        published, updated = updated or _date(row, "created"), None
    source = row.get("source")
    return RawEntry(
        position=position,
        base_url=joined(url, base_of(content_detail, row.get("summary_detail"), title_detail))
        or url,
        guid=field(row, "id"),
        link=_link(row, links),
        title=title,
        title_is_html=is_html(title_detail, title, atom=atom),
        published=published,
        updated=updated,
        summary=summary,
        content=content,
        authors=_authors(row)
        or (_authors(source) if atom and isinstance(source, Mapping) else ())
        or inherited,
        categories=_categories(row),
        enclosures=_enclosures(links, media),
        image=_image(row, links, media),
        language=_language(content_detail, row.get("summary_detail"), title_detail) or language,
    )


def _records(row: _Map, name: str) -> list[_Map]:
    """Return a list of one of feedparser's records; an element of that name is none."""
    value = row.get(name)
    if not isinstance(value, list):
        return []
    return [dict(each) for each in value[:_MAX_LIST] if isinstance(each, dict)]


def field(row: _Map, name: str, *, limit: int | None = _MAX_FIELD) -> str:
    """Return a text field of one of feedparser's records, "" where it has none."""
    # Plain access to what is there: feedparser's own "get" answers with other fields instead.
    value = dict.get(row, name) if isinstance(row, dict) else row.get(name)
    return value.strip()[:limit] if isinstance(value, str) else ""


def is_html(detail: Any, title: str, *, atom: bool) -> bool:
    """Tell whether a title is HTML; ``detail`` is feedparser's record of it."""
    if isinstance(detail, Mapping) and detail.get("type") in _HTML_TYPES:
        return True
    # RSS does not say; Atom's plain text is meant as it stands.
    return not atom and bool(_ENTITY.search(title) or TAG.search(title))


def _html(detail: Any, *, atom: bool) -> str:
    """Return a text construct as HTML."""
    if not isinstance(detail, Mapping):
        return ""
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    kind = str(detail.get("type") or "")
    if kind == "text/plain" and (atom or not (TAG.search(value) or _ENTITY.search(value))):
        value = html.escape(value, quote=False)
    elif kind and not kind.startswith("text/") and kind not in _HTML_TYPES:
        return ""  # Atom allows any media type; a picture in base64 is nothing to read
    if "\n" in value and "<" not in value:
        paragraphs = re.split(r"\n\s*\n", value)
        if len(paragraphs) > 1:
            value = "".join(f"<p>{part.strip()}</p>" for part in paragraphs if part.strip())
    return value


def _content(row: _Map, *, atom: bool) -> tuple[str, Any]:
    """Return the fullest content and feedparser's record of it.

    A second description (itunes:summary, media:description) is also called content by feedparser,
    as plain text; it counts only when it says more than the first.
    """
    best: tuple[str, Any] = ("", None)
    for detail in _records(row, "content"):
        value = _html(detail, atom=atom)
        plain = not atom and detail.get("type") == "text/plain"
        least = len(field(row, "summary", limit=None)) if plain else 0
        if len(value) > max(least, len(best[0])):
            best = (value, detail)
    return best


def base_of(*details: Any) -> str:
    """Return the first xml:base among feedparser's records of text, "" for none."""
    for detail in details:
        if isinstance(detail, Mapping) and isinstance(detail.get("base"), str) and detail["base"]:
            return str(detail["base"])
    return ""


def _language(*details: Any) -> str:
    for detail in details:
        if isinstance(detail, Mapping) and isinstance(detail.get("language"), str):
            return str(detail["language"])[:40]
    return ""


def link_of(links: Sequence[_Map], rel: str) -> str:
    """Return the address of the first link of that relation."""
    return next((field(link, "href") for link in links if link.get("rel") == rel), "")


def _link(row: _Map, links: Sequence[_Map]) -> str:
    # Atom allows an alternate that is no HTML (a PDF notice); what belongs to feeds comes last.
    other = next(
        (
            field(link, "href")
            for link in links
            if link.get("rel") not in {"self", "edit", "enclosure", "replies", "hub", "license"}
        ),
        "",
    )
    # A redirector's feed names the real address beside its own.
    original = field(row, "feedburner_origlink") if row.get("title") else ""
    link = field(row, "link")
    # feedparser takes any id for a link where there is none; only an address is one.
    if not links and not link.startswith(("http://", "https://")) and link == field(row, "id"):
        link = ""
    return original or link or link_of(links, "alternate") or other


def _date(row: _Map, name: str) -> RawDate | None:
    text = field(row, name, limit=200)
    if not text:
        return None
    moment = dict.get(row, f"{name}_parsed") if isinstance(row, dict) else None
    if isinstance(moment, datetime):  # of a plain feed, and only where the text names a zone
        return RawDate(text=text, parsed=moment)
    parsed = None
    if moment is not None:
        try:
            year, month, day, hour, minute, second = moment[:6]
            parsed = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        except (TypeError, ValueError, OverflowError):
            parsed = None
    if parsed is not None and not _ZONE.search(text):
        parsed = parsed.replace(tzinfo=None)  # a local time: the source knows whose
    return RawDate(text=text, parsed=parsed)


def _authors(row: _Map) -> tuple[str, ...]:
    names = [field(author, "name", limit=200) for author in _records(row, "authors")]
    names = [name for name in names if name]
    if not names:
        detail = row.get("author_detail")
        named = field(detail, "name", limit=200) if isinstance(detail, Mapping) else ""
        names = [named] if named else []
    return tuple(dict.fromkeys(names))


def _categories(row: _Map) -> tuple[str, ...]:
    labels = (
        field(tag, "label", limit=200) or field(tag, "term", limit=200)
        for tag in _records(row, "tags")
    )
    return tuple(dict.fromkeys(label for label in labels if label))


def _enclosures(links: Sequence[_Map], media: Sequence[_Map]) -> tuple[Enclosure, ...]:
    files = [link for link in links if link.get("rel") == "enclosure"]
    if not files and not media:
        return ()
    found = [
        Enclosure(
            url=field(each, "href") or field(each, "url"),
            type=field(each, "type", limit=100).lower(),
            length=_number(each.get("length") or each.get("filesize")),
        )
        for each in [*files, *media]
    ]
    return tuple({each.url: each for each in reversed(found) if each.url}.values())[::-1]


def _image(row: _Map, links: Sequence[_Map], media: Sequence[_Map]) -> str:
    pictures = [each for each in media if _is_picture(each)]
    if pictures:
        return field(max(pictures, key=lambda each: _number(each.get("width"))), "url")
    for link in links:
        if link.get("rel") == "enclosure" and _is_picture(link):
            return field(link, "href")
    for each in _records(row, "media_thumbnail"):
        if each.get("url"):
            return field(each, "url")
    image = row.get("image")
    return field(image, "href") if isinstance(image, Mapping) else ""


def _is_picture(media: _Map) -> bool:
    kind = field(media, "type") or field(media, "medium")
    if kind:
        return kind.startswith("image")
    return bool(_IMAGE_NAME.search(field(media, "url") or field(media, "href")))


def _number(value: Any) -> int:
    text = str(value or "").strip()[:15]
    return int(text) if text.isascii() and text.isdigit() else 0
