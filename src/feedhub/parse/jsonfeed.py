"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from feedhub.errors import NotAFeed, ParseError
from feedhub.model.entry import Enclosure, ParsedFeed, RawDate, RawEntry
from feedhub.parse.reading import MAX_ROWS

__all__ = ["looks_like_json", "parse_json_feed"]

_MAX_LIST = 50
_MAX_FIELD = 4096


def looks_like_json(text: str) -> bool:
    """Tell whether ``text`` begins like a JSON object or list."""
    return text.startswith(("{", "[")) and not text.startswith("[CDATA")


def parse_json_feed(text: str, url: str) -> ParsedFeed:
    """Read a JSON Feed found at ``url``.

    Rows that are no objects, or have neither address nor text, are named in ``rejected``. Raises
    ``NotAFeed`` for other JSON and ``ParseError`` for a JSON Feed that is cut off or broken.
    """
    try:
        feed = json.loads(text, parse_int=_bounded_number, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        if "jsonfeed.org/version" in text[:4096]:
            raise ParseError("The JSON Feed is broken or cut off and cannot be read.") from error
        raise NotAFeed("This is no feed: the document begins like JSON and is not.") from error
    if not _is_feed(feed):
        raise NotAFeed("This is no feed: the document is JSON of another kind.")
    rows: list[Any] = feed["items"]
    entries: list[RawEntry] = []
    rejected: list[str] = []
    feed_authors = _authors(feed)
    for number, row in enumerate(rows[:MAX_ROWS], 1):
        entry = _entry(row, len(entries), url, feed_authors) if isinstance(row, dict) else None
        if entry is None:
            rejected.append(f"Row {number} is not an object.")
        elif not (entry.link or entry.title or entry.content or entry.summary or entry.enclosures):
            rejected.append(f"Row {number} has no title, no link and no text.")
        else:
            entries.append(entry)
    if len(rows) > MAX_ROWS:
        rejected.append(
            f"{len(rows) - MAX_ROWS} further rows were not read: {MAX_ROWS} are the limit."
        )
    hubs = [hub for hub in _list(feed.get("hubs")) if str(hub.get("type", "")).lower() == "websub"]
    return ParsedFeed(
        kind="json11" if "1.1" in str(feed.get("version")) else "json10",
        entries=tuple(entries),
        title=_text(feed, "title"),
        link=_text(feed, "home_page_url"),
        description=_text(feed, "description"),
        language=_text(feed, "language"),
        hub=_text(hubs[0], "url") if hubs else "",
        self_url=_text(feed, "feed_url"),
        rejected=tuple(rejected),
        next_page=_text(feed, "next_url"),
    )


def _bounded_number(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 0


def _is_feed(feed: Any) -> bool:
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return False
    if "jsonfeed" in str(feed.get("version")):
        return True
    # A feed without its version is one when it has a feed's address and rows like entries.
    rows = [row for row in feed["items"] if isinstance(row, dict)]
    return bool({"home_page_url", "feed_url"} & feed.keys()) and all(
        "id" in row or "url" in row for row in rows
    )


def _text(row: Mapping[str, Any], name: str, limit: int = _MAX_FIELD) -> str:
    value = row.get(name)
    if isinstance(value, bool):
        return ""
    # Ids are strings, and numbers in the wild (JSON Feed 1.1, "id": convert a number).
    return str(value).strip()[:limit] if isinstance(value, str | int | float) else ""


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    return (
        [each for each in value[:_MAX_LIST] if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


def _entry(row: dict[str, Any], position: int, url: str, inherited: tuple[str, ...]) -> RawEntry:
    content = row.get("content_html")
    if not isinstance(content, str) or not content.strip():
        content = _as_html(row.get("content_text"))
    enclosures = tuple(
        Enclosure(
            url=_text(each, "url"),
            type=_text(each, "mime_type", 100).lower(),
            length=_size(each.get("size_in_bytes")),
        )
        for each in _list(row.get("attachments"))
        if _text(each, "url")
    )
    picture = next((each.url for each in enclosures if each.type.startswith("image/")), "")
    tags = row.get("tags")
    return RawEntry(
        position=position,
        base_url=url,
        guid=_text(row, "id"),
        link=_text(row, "url") or _text(row, "external_url"),
        title=_text(row, "title", 20_000),
        title_is_html=False,
        published=_date(row, "date_published"),
        updated=_date(row, "date_modified"),
        summary=_as_html(row.get("summary")),
        content=content,
        authors=_authors(row) or inherited,
        categories=tuple(
            dict.fromkeys(
                tag.strip()[:200]
                for tag in (tags[:_MAX_LIST] if isinstance(tags, list) else ())
                if isinstance(tag, str) and tag.strip()
            )
        ),
        enclosures=enclosures,
        image=_text(row, "image") or _text(row, "banner_image") or picture,
        language=_text(row, "language", 40),
    )


def _as_html(value: Any) -> str:
    """Return plain text as HTML: a paragraph per block, line ends kept."""
    if not isinstance(value, str):
        return ""
    blocks = html.escape(value.strip(), quote=False).replace("\r\n", "\n").split("\n\n")
    if len(blocks) == 1 and "\n" not in blocks[0]:
        return blocks[0]
    return "".join(
        f"<p>{block.strip().replace(chr(10), '<br>')}</p>" for block in blocks if block.strip()
    )


def _authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    single = row.get("author")
    authors = [*_list(row.get("authors")), *([single] if isinstance(single, dict) else [])]
    names = (_text(author, "name", 200) for author in authors)
    return tuple(dict.fromkeys(name for name in names if name))


def _date(row: Mapping[str, Any], name: str) -> RawDate | None:
    text = _text(row, name, 200)
    if not text:
        return None
    try:
        return RawDate(text=text, parsed=datetime.fromisoformat(text))
    except ValueError:
        return RawDate(text=text)


def _size(value: Any) -> int:
    return int(value) if isinstance(value, int) and 0 < value < 10**15 else 0
