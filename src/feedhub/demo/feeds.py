"""Write a portal's feed in its format, with its faults."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from feedhub.demo.portals import Fault, FeedFormat, Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["changes_by_itself", "feed"]

_LIMIT = 20
#: these faults make the bytes differ from fetch to fetch, so the feed has no validators
_RESTLESS = frozenset({Fault.NEW_GUIDS, Fault.FLIPPING_SCHEME})
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def changes_by_itself(portal: Portal) -> bool:
    """Whether the feed differs on every fetch although nothing happened."""
    return bool(portal.faults & _RESTLESS)


def feed(shown: Showing, base: str, elapsed: timedelta) -> tuple[str, bytes]:
    """Return the Content-Type and the bytes of the portal's feed.

    ``base`` is the server's address without a slash at the end, such as ``http://127.0.0.1:8001``.
    Raises ValueError for a portal that has none.
    """
    portal = shown.portal
    if portal.feed is None:
        raise ValueError(f"{portal.id} has no feed")
    write = {
        FeedFormat.RSS2: _rss2,
        FeedFormat.ATOM: _atom,
        FeedFormat.RSS1: _rss1,
        FeedFormat.JSON: _json,
    }[portal.feed]
    content_type, text = write(shown, base, elapsed)
    if Fault.BYTES_ARE_1258 in portal.faults:
        return content_type, windows_1258(text)
    return content_type, text.encode()


def windows_1258(text: str) -> bytes:
    """Encode as windows-1258: tone marks stand behind their letter, as that code page wants it."""
    letters: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts if mark in _TONES)
        plain = "".join(mark for mark in parts if mark not in _TONES)
        letters.append(unicodedata.normalize("NFC", plain) + tone if tone else letter)
    return "".join(letters).encode("cp1258", "xmlcharrefreplace")


def _link(portal: Portal, shown: Shown, base: str) -> str:
    start = "" if Fault.RELATIVE_LINKS in portal.faults else base
    return f"{start}/{portal.id}/{shown.address}"


def _guid(portal: Portal, shown: Shown, base: str, elapsed: timedelta) -> str:
    seconds = int(elapsed.total_seconds())
    if Fault.NEW_GUIDS in portal.faults:
        return f"{shown.number}-{seconds:08x}"
    if Fault.ONE_GUID in portal.faults:
        return f"{base}/{portal.id}/"
    if Fault.FLIPPING_SCHEME in portal.faults:
        scheme = "https" if seconds // 15 % 2 else "http"
        return f"{scheme}://{portal.id}.example/{shown.address}"
    return shown.guid


def _date(portal: Portal, moment: datetime) -> str:
    return f"{moment:%d/%m/%Y}" if Fault.DAY_ONLY in portal.faults else format_datetime(moment)


def _body(portal: Portal, shown: Shown, base: str) -> str:
    """Return the article as HTML."""
    lines = [f"<p>{escape(line, quote=False)}</p>" for line in shown.paragraphs]
    if shown.picture:
        source = f"{base}/{portal.id}/{shown.picture}"
        alt = escape(shown.caption)
        lines.insert(1, f'<p><img src="{source}" alt="{alt}" width="640" height="360"></p>')
    if shown.byline:
        lines.append(f"<p><strong>{escape(shown.byline)}</strong></p>")
    if shown.credit:
        lines.append(f"<p><em>{escape(shown.credit)}</em></p>")
    return "\n".join(lines)


def _title(portal: Portal, shown: Shown) -> str:
    """Return the title as it stands in the XML: in bold letters where the portal does that."""
    if Fault.HTML_IN_TITLES not in portal.faults:
        return escape(shown.title, quote=False)
    head, colon, tail = shown.title.partition(":")
    if colon:
        return escape(f"<b>{escape(head, quote=False)}:</b>{escape(tail, quote=False)}")
    return escape(f"<span>{escape(shown.title, quote=False)}</span>")


def _description(portal: Portal, shown: Shown, base: str) -> str:
    text = _body(portal, shown, base) if portal.full_content else escape(shown.summary)
    if Fault.CONTROL_CHARACTER in portal.faults:
        head, blank, tail = text.partition(" ")
        text = f"{head}{blank}\x0b{tail}"
    return escape(text, quote=False)


def _rss2(shown: Showing, base: str, elapsed: timedelta) -> tuple[str, str]:
    portal = shown.portal
    rows: list[str] = []
    for article in shown.articles[:_LIMIT]:
        guid = escape(_guid(portal, article, base, elapsed))
        rows.append(
            "<item>\n"
            f"<title>{_title(portal, article)}</title>\n"
            f"<link>{escape(_link(portal, article, base))}</link>\n"
            f"<description>{_description(portal, article, base)}</description>\n"
            f"<category>{escape(_section(portal, article))}</category>\n"
            f"<pubDate>{_date(portal, article.published)}</pubDate>\n"
            f'<guid isPermaLink="false">{guid}</guid>\n'
            "</item>"
        )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{escape(portal.name)}</title>\n<link>{base}/{portal.id}/</link>\n"
        f"<description>{escape(portal.name)}</description>\n"
        f"<language>{portal.language}</language>\n" + "\n".join(rows) + "\n</channel></rss>\n"
    )
    if Fault.HEADER_SAYS_1252 in portal.faults:
        return "text/xml; charset=windows-1252", text
    return "application/rss+xml; charset=utf-8", text


def _atom(shown: Showing, base: str, elapsed: timedelta) -> tuple[str, str]:
    portal = shown.portal
    rows: list[str] = []
    for article in shown.articles[:_LIMIT]:
        guid = _guid(portal, article, base, elapsed)
        author = article.byline or portal.name
        kind = "html" if Fault.HTML_IN_TITLES in portal.faults else "text"
        words = _description(portal, article, base)
        link = escape(_link(portal, article, ""))
        field = "content" if portal.full_content else "summary"
        rows.append(
            "<entry>\n"
            f'<title type="{kind}">{_title(portal, article)}</title>\n'
            f"<id>{escape(guid if '://' in guid else f'urn:uuid:{guid}')}</id>\n"
            f'<link rel="alternate" type="text/html" href="{link}"/>\n'
            f"<author><name>{escape(author)}</name></author>\n"
            f'<category term="{article.section}" label="{escape(_section(portal, article))}"/>\n'
            f"<published>{article.published.isoformat()}</published>\n"
            f"<updated>{article.changed.isoformat()}</updated>\n"
            f'<{field} type="html">{words}</{field}>\n'
            "</entry>"
        )
    home = f"{base}/{portal.id}/"
    return "application/atom+xml; charset=utf-8", (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="{portal.language}" xml:base="{home}">\n'
        f"<title>{escape(portal.name)}</title>\n<id>{home}</id>\n"
        f'<link rel="self" href="{home}{portal.feed_path}"/>\n<link href="{home}"/>\n'
        f"<updated>{shown.changed.isoformat()}</updated>\n" + "\n".join(rows) + "\n</feed>\n"
    )


def _rss1(shown: Showing, base: str, elapsed: timedelta) -> tuple[str, str]:  # noqa: ARG001 - one face
    portal = shown.portal
    links = [escape(_link(portal, article, base)) for article in shown.articles[:_LIMIT]]
    rows = [
        f'<item rdf:about="{link}">\n'
        f"<title>{_title(portal, article)}</title>\n<link>{link}</link>\n"
        f"<description>{_description(portal, article, base)}</description>\n"
        f"<dc:date>{article.published:%Y-%m-%d}</dc:date>\n</item>"
        for link, article in zip(links, shown.articles, strict=False)
    ]
    encoding = "windows-1258" if Fault.BYTES_ARE_1258 in portal.faults else "utf-8"
    return "application/rdf+xml", (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{base}/{portal.id}/"><title>{escape(portal.name)}</title>\n'
        f"<link>{base}/{portal.id}/</link><description>{escape(portal.name)}</description>\n"
        "<items><rdf:Seq>"
        + "".join(f'<rdf:li resource="{link}"/>' for link in links)
        + "</rdf:Seq></items>\n</channel>\n"
        + "\n".join(rows)
        + "\n</rdf:RDF>\n"
    )


def _json(shown: Showing, base: str, elapsed: timedelta) -> tuple[str, str]:
    portal = shown.portal
    rows = []
    for place, article in enumerate(shown.articles[:_LIMIT]):
        moment = article.published
        if Fault.FUTURE_DATE in portal.faults and place == len(shown.articles) - 1:
            moment += timedelta(days=400)
        row: dict[str, object] = {
            "id": _guid(portal, article, base, elapsed),
            "url": _link(portal, article, base),
            "title": article.title,
            "summary": article.summary,
            "content_html": _body(portal, article, base),
            "date_published": moment.isoformat(),
            "date_modified": article.changed.isoformat(),
            "tags": [_section(portal, article)],
        }
        if article.byline:
            row["authors"] = [{"name": article.byline}]
        if article.picture:
            row["image"] = f"{base}/{portal.id}/{article.picture}"
        rows.append(row)
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": portal.name,
        "home_page_url": f"{base}/{portal.id}/",
        "feed_url": f"{base}/{portal.id}/{portal.feed_path}",
        "language": portal.language,
        "items": rows,
    }
    return "application/feed+json", json.dumps(whole, ensure_ascii=False, indent=1)


def _section(portal: Portal, shown: Shown) -> str:
    return dict(portal.sections)[shown.section]
