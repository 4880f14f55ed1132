"""Reads one document and shows what the rooms make of it; stores nothing."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Any

from feedhub.clock import Clock
from feedhub.errors import FeedHubError, ParseError
from feedhub.extract.article import extract_article
from feedhub.extract.batch import article_record
from feedhub.model.document import Document
from feedhub.model.entry import Entry
from feedhub.model.source import ArticleRule, Source
from feedhub.normalise.entry import normalise_entry
from feedhub.normalise.records import feed_record
from feedhub.parse.feed import parse_feed
from feedhub.suggest.listing import suggest_rule
from feedhub.suggest.record import listing_record

__all__ = ["KINDS", "read_line", "read_record"]

KINDS = ("feed", "listing", "article")


def read_record(kind: str, document: Document, clock: Clock) -> dict[str, Any]:
    """Return what a document says as a feed, listing or article, ready for JSON.

    Raises ``SourceError`` when it is nothing of the kind.
    """
    now = clock.now()
    if kind == "feed":
        source = Source(id="read", name="read", url=document.url, timezone="UTC", language="")
        parsed = parse_feed(document, source)
        results = [normalise_entry(raw, source, now) for raw in parsed.entries]
        return feed_record(parsed, [result for result in results if isinstance(result, Entry)])
    if kind == "listing":
        return listing_record(suggest_rule(document, today=now.date(), alternatives=1))
    if kind == "article":
        article = extract_article(
            document,
            rule=ArticleRule(),
            language="",
            date_order=None,
            chrome=frozenset(),
            today=now.date(),
        )
        return article_record(article)
    raise ParseError(f'"{kind}" is none of {", ".join(KINDS)}')


def _body(line: dict[str, Any]) -> bytes:
    if isinstance(html := line.get("html"), str):
        return html.encode("utf-8", "surrogatepass")
    if isinstance(packed := line.get("body_b64"), str):
        return base64.b64decode(packed, validate=True)
    if isinstance(path := line.get("path"), str):
        return Path(path).read_bytes()
    raise ParseError('the line has none of "html", "body_b64" and "path"')


def _document(line: dict[str, Any], clock: Clock) -> Document:
    url = str(line.get("url") or "http://localhost/")
    declared = line.get("content_type")
    if declared is None and "html" in line:
        declared = "text/html; charset=utf-8"
    return Document(
        requested_url=url,
        url=url,
        body=_body(line),
        fetched_at=clock.now(),
        headers=(("content-type", str(declared)),) if declared else (),
    )


def read_line(text: bytes, clock: Clock) -> dict[str, Any]:
    """Answer one line of ``read --batch``: ``{"id", "ok", "error"?, "ms", ...}``.

    A line that cannot be read at all is answered without an id.
    """
    started = clock.monotonic()
    try:
        line = json.loads(text)
        name = line["id"]
    except (ValueError, KeyError, TypeError) as error:
        return {"ok": False, "error": f'the line is no JSON object with an "id": {error}', "ms": 0}
    answer: dict[str, Any]
    try:
        answer = {"ok": True, **read_record(str(line.get("kind")), _document(line, clock), clock)}
    except (FeedHubError, OSError, binascii.Error) as error:
        answer = {"ok": False, "error": str(error)}
    except Exception as error:  # noqa: BLE001 - a bug met on one page must not lose the others
        answer = {"ok": False, "error": f"a bug in FeedHub: {type(error).__name__}: {error}"}
    milliseconds = round((clock.monotonic() - started) * 1000, 2)
    return {"id": name, "ok": answer.pop("ok"), "ms": milliseconds, **answer}
