"""The rules of the W3C feed validator, as far as it warns of more than the formats' grammar.

``faults(body, kind)`` returns one sentence per broken rule for a feed in ``atom``, ``rss`` or
``json``; an empty list is zero errors and zero warnings. Rules are named after the validator's
messages where it has one. Written from the specifications (RFC 4287, RSS 2.0, JSON Feed 1.1,
RFC 5005, RFC 6721) and from what the validator says, not from its code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import jsonschema
from babel import Locale, UnknownLocaleError
from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMB = "{http://purl.org/atompub/tombstones/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-\[\]_a-z~]*")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|&#?\w+;")
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_UNSAFE = {"script", "iframe", "object", "embed", "style", "form", "meta", "frame", "base", "link"}
_ONCE_IN_ITEM = (
    *("title", "link", "description", "guid", "pubDate", "source", "enclosure", "author"),
    f"{CONTENT}encoded",
)


def faults(body: bytes, kind: str) -> list[str]:
    """Return one sentence per broken rule."""
    if kind == "json":
        return list(_json(body))
    text = body.decode("utf-8")
    found = list(_characters(text))
    root = etree.fromstring(body)
    found += _atom(root) if kind == "atom" else _rss(root)
    return found


def _characters(text: str) -> Iterator[str]:
    for match in _BAD_CHARACTERS.finditer(text):
        yield f"BadCharacters: U+{ord(match[0]):04X}"


def _rss(root: etree._Element) -> Iterator[str]:
    channel = root.find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "language"):
        if not (channel.findtext(name) or "").strip():
            yield f"MissingElement: channel has no {name}"
        if len(channel.findall(name)) > 1:
            yield f"DuplicateElement: {name} in channel"
    yield from _plain(channel.findtext("title"), "channel title")
    yield from _plain(channel.findtext("description"), "channel description")
    yield from _uri(channel.findtext("link"), "channel link")
    yield from _rfc822(channel.findtext("lastBuildDate"), "lastBuildDate")
    yield from _language(channel.findtext("language"), "channel")
    if len(channel.findall("lastBuildDate")) != 1:
        yield "DuplicateElement: lastBuildDate"
    links = channel.findall(f"{ATOM}link")
    if sum(link.get("rel") == "self" for link in links) != 1:
        yield "MissingAtomSelfLink"
    for link in links:
        yield from _uri(link.get("href"), "atom:link")
    yield from _rss_image(channel)
    for author in channel.findall("managingEditor"):
        yield from _mail(author.text, "managingEditor")
    guids: set[str] = set()
    for item in channel.findall("item"):
        yield from _item(item, guids)


def _rss_image(channel: etree._Element) -> Iterator[str]:
    image = channel.find("image")
    if image is None:
        return
    if image.findtext("title") != channel.findtext("title"):
        yield "ImageTitleDoesntMatch"
    if image.findtext("link") != channel.findtext("link"):
        yield "ImageLinkDoesntMatch"


def _item(item: etree._Element, guids: set[str]) -> Iterator[str]:
    for name in _ONCE_IN_ITEM:
        if len(item.findall(name)) > 1:
            yield f"DuplicateElement: {name} in item"
    title = item.findtext("title")
    if not (title or "").strip():
        yield "NotBlank: item title"
    yield from _plain(title, "item title")
    yield from _uri(item.findtext("link"), "item link")
    yield from _guid(item, guids)
    yield from _credit(item)
    yield from _rfc822(item.findtext("pubDate"), "pubDate")
    yield from _language(item.findtext(f"{DC}language"), "item")
    for enclosure in item.findall("enclosure"):
        yield from _enclosure(enclosure)
    yield from _body(item)


def _guid(item: etree._Element, guids: set[str]) -> Iterator[str]:
    guid = item.find("guid")
    value = "" if guid is None else guid.text or ""
    if not value:
        yield "MissingGuid"
    permanent = guid is not None and guid.get("isPermaLink", "true") == "true"
    if value and permanent and urlsplit(value).scheme not in {"http", "https"}:
        yield "InvalidHttpGUID: no URL, and not marked isPermaLink=false"
    if value in guids:
        yield f"DuplicateValue: guid {value}"
    guids.add(value)


def _credit(item: etree._Element) -> Iterator[str]:
    for author in item.findall("author"):
        yield from _mail(author.text, "author")
    if item.find("author") is not None and item.find(f"{DC}creator") is not None:
        yield "DuplicateItemSemantics: author and dc:creator"
    for creator in item.findall(f"{DC}creator"):
        yield from _not_blank(creator.text, "dc:creator")
    source = item.find("source")
    if source is not None:
        yield from _uri(source.get("url"), "source url")
        yield from _not_blank(source.text, "source")


def _body(item: etree._Element) -> Iterator[str]:
    names = [child.tag for child in item]
    if f"{CONTENT}encoded" in names:
        if "description" not in names:
            yield "MissingDescription: content:encoded alone"
        elif names.index("description") > names.index(f"{CONTENT}encoded"):
            yield "NeedDescriptionBeforeContent"
    for name in ("description", f"{CONTENT}encoded"):
        yield from _safe_html(item.findtext(name), name)


def _enclosure(enclosure: etree._Element) -> Iterator[str]:
    length = enclosure.get("length")
    if length is None:
        yield "MissingAttribute: enclosure length"
    elif not length.isdigit():
        yield f"InvalidNonNegativeInteger: enclosure length {length!r}"
    yield from _media_type(enclosure.get("type"))
    yield from _uri(enclosure.get("url"), "enclosure url")


def _atom(root: etree._Element) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if len(root.findall(f"{ATOM}{name}")) != 1:
            yield f"MissingElement: feed needs exactly one {name}"
    yield from _not_blank(root.findtext(f"{ATOM}title"), "feed title")
    yield from _plain(root.findtext(f"{ATOM}title"), "feed title")
    yield from _plain(root.findtext(f"{ATOM}subtitle"), "subtitle")
    yield from _uri(root.findtext(f"{ATOM}id"), "feed id")
    yield from _rfc3339(root.findtext(f"{ATOM}updated"), "feed updated")
    yield from _language(root.get(f"{XML}lang"), "feed")
    yield from _feed_links(root)
    yield from _people(root)
    ids: set[str] = set()
    instants: set[str] = set()
    for entry in root.findall(f"{ATOM}entry"):
        yield from _entry(root, entry, ids, instants)
    newest = max(instants, default="")
    if newest and (root.findtext(f"{ATOM}updated") or "") < newest[:19]:
        yield "feed updated is older than an entry"
    for stone in root.findall(f"{TOMB}deleted-entry"):
        yield from _uri(stone.get("ref"), "deleted-entry ref")
        yield from _rfc3339(stone.get("when"), "deleted-entry when")
        if stone.get("ref") in ids:
            yield "deleted-entry of an entry that is there (RFC 6721, 3)"


def _feed_links(root: etree._Element) -> Iterator[str]:
    links = root.findall(f"{ATOM}link")
    relations = [link.get("rel", "alternate") for link in links]
    if relations.count("self") != 1:
        yield "MissingSelf"
    archives = {"prev-archive", "next-archive"} & set(relations)
    if archives and "current" not in relations:
        yield "MissingCurrentInArchive"
    if root.find(f"{HISTORY}archive") is not None:
        if "current" not in relations:
            yield "archive without a link to the current feed"
        if "hub" in relations:
            yield "archive with a hub link"
    yield from _links(links, "feed")


def _links(links: list[etree._Element], where: str) -> Iterator[str]:
    alternates: set[tuple[str | None, str | None]] = set()
    for link in links:
        yield from _uri(link.get("href"), f"link in {where}")
        if link.get("type") is not None:
            yield from _media_type(link.get("type"))
        if link.get("length") is not None and not str(link.get("length")).isdigit():
            yield f"InvalidNonNegativeInteger: link length in {where}"
        if link.get("rel", "alternate") == "alternate":
            key = (link.get("type"), link.get("hreflang"))
            if key in alternates:
                yield f"DuplicateAtomLink in {where}"
            alternates.add(key)


def _people(element: etree._Element) -> Iterator[str]:
    for author in element.findall(f"{ATOM}author"):
        yield from _not_blank(author.findtext(f"{ATOM}name"), "author name")
        if "@" in (author.findtext(f"{ATOM}name") or ""):
            yield "ContainsEmail: author name"
        if author.find(f"{ATOM}uri") is not None:
            yield from _uri(author.findtext(f"{ATOM}uri"), "author uri")


def _entry(
    root: etree._Element, entry: etree._Element, ids: set[str], instants: set[str]
) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if len(entry.findall(f"{ATOM}{name}")) != 1:
            yield f"MissingElement: entry needs exactly one {name}"
    for name in ("content", "summary", "published", "source"):
        if len(entry.findall(f"{ATOM}{name}")) > 1:
            yield f"DuplicateElement: {name} in entry"
    yield from _identity(entry, ids, instants)
    yield from _not_blank(entry.findtext(f"{ATOM}title"), "entry title")
    yield from _plain(entry.findtext(f"{ATOM}title"), "entry title")
    if root.find(f"{ATOM}author") is None and entry.find(f"{ATOM}author") is None:
        yield "MissingElement: author"
    yield from _people(entry)
    yield from _links(entry.findall(f"{ATOM}link"), "entry")
    yield from _language(entry.get(f"{XML}lang"), "entry")
    content, summary = entry.find(f"{ATOM}content"), entry.find(f"{ATOM}summary")
    if content is None and summary is None:
        yield "MissingTextualContent"
    for element in (content, summary):
        if element is not None:
            yield from _text_construct(element)
    for category in entry.findall(f"{ATOM}category"):
        yield from _not_blank(category.get("term"), "category term")
    source = entry.find(f"{ATOM}source")
    if source is not None:
        yield from _uri(source.findtext(f"{ATOM}id"), "source id")
        yield from _not_blank(source.findtext(f"{ATOM}title"), "source title")
        yield from _rfc3339(source.findtext(f"{ATOM}updated"), "source updated")
        yield from _links(source.findall(f"{ATOM}link"), "source")


def _identity(entry: etree._Element, ids: set[str], instants: set[str]) -> Iterator[str]:
    identity = entry.findtext(f"{ATOM}id") or ""
    yield from _uri(identity, "entry id")
    if identity in ids:
        yield f"DuplicateEntries: {identity}"
    ids.add(identity)
    updated = entry.findtext(f"{ATOM}updated") or ""
    yield from _rfc3339(updated, "entry updated")
    if updated in instants:
        yield f"DuplicateUpdated: {updated}"
    instants.add(updated)
    published = entry.findtext(f"{ATOM}published")
    yield from _rfc3339(published, "published")
    valid = published and _RFC3339.fullmatch(published) and _RFC3339.fullmatch(updated)
    if valid and datetime.fromisoformat(str(published)) > datetime.fromisoformat(updated):
        yield "published after updated"


def _text_construct(element: etree._Element) -> Iterator[str]:
    kind = element.get("type")
    if kind not in {"text", "html"}:
        yield f"InvalidTextType: {kind}"
    if kind == "html":
        yield from _safe_html(element.text, str(element.tag))


def _json(body: bytes) -> Iterator[str]:
    feed: dict[str, Any] = json.loads(body)
    checker = jsonschema.Draft202012Validator(JSON_FEED)
    yield from (
        f"schema: {error.json_path}: {error.message}" for error in checker.iter_errors(feed)
    )
    yield from _characters(json.dumps(feed, ensure_ascii=False))
    seen: set[str] = set()
    yield from _language(feed.get("language"), "feed")
    for key in ("home_page_url", "feed_url"):
        yield from _uri(feed[key], key)
    for item in feed["items"]:
        if item["id"] in seen:
            yield f"duplicate id {item['id']}"
        seen.add(item["id"])
        yield from _uri(item["url"], "item url")
        yield from _plain(item.get("title"), "item title")
        yield from _safe_html(item.get("content_html"), "content_html")
        yield from _language(item.get("language"), "item")
        for key in ("date_published", "date_modified"):
            yield from _rfc3339(item[key], key)
        for file in item.get("attachments", []):
            yield from _uri(file["url"], "attachment")
            yield from _media_type(file["mime_type"])


def _not_blank(text: str | None, where: str) -> Iterator[str]:
    if not (text or "").strip():
        yield f"NotBlank: {where}"


def _plain(text: str | None, where: str) -> Iterator[str]:
    """Titles hold no markup and nothing that was escaped twice."""
    match = _MARKUP.search(text or "")
    if match:
        yield f"ContainsHTML: {match[0]!r} in {where}"


def _uri(address: str | None, where: str) -> Iterator[str]:
    if not address:
        yield f"MissingAddress: {where}"
    elif not _URI.fullmatch(address) or _BAD_PERCENT.search(address):
        yield f"InvalidFullLink: {address!r} in {where}"


def _mail(text: str | None, where: str) -> Iterator[str]:
    if "@" not in (text or ""):
        yield f"InvalidContact: {where} without a mail address"


def _media_type(text: str | None) -> Iterator[str]:
    if not _MIME.fullmatch(text or ""):
        yield f"InvalidMIMEType: {text!r}"


def _language(code: str | None, where: str) -> Iterator[str]:
    if code is None:
        return
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        yield f"InvalidLanguage: {code!r} of {where}"


def _rfc3339(text: str | None, where: str) -> Iterator[str]:
    if not _RFC3339.fullmatch(text or ""):
        yield f"InvalidRFC3339Date: {text!r} in {where}"


def _rfc822(text: str | None, where: str) -> Iterator[str]:
    if not _RFC822.fullmatch(text or ""):
        yield f"InvalidRFC2822Date: {text!r} in {where}"
    elif text and parsedate_to_datetime(text).strftime("%a") != text[:3]:
        yield f"IncorrectDOW: {text!r} in {where}"


def _safe_html(text: str | None, where: str) -> Iterator[str]:
    """No element that readers drop, no event handler, no address that is not absolute."""
    if not (text or "").strip():
        return
    for element in html.fragment_fromstring(text or "", create_parent="div").iter(etree.Element):
        if element.tag in _UNSAFE:
            yield f"SecurityRisk: <{element.tag}> in {where}"
        for name, value in element.attrib.items():
            if str(name).startswith("on") or name == "style":
                yield f"SecurityRiskAttr: {name} in {where}"
            address = name in {"href", "src", "cite"}
            if address and urlsplit(str(value)).scheme not in {"http", "https", "mailto", "tel"}:
                yield f"ContainsRelRef: {value!r} in {where}"


_STRING = {"type": "string", "minLength": 1}
_ITEM_STRINGS = (
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary"),
    *("image", "banner_image", "language", "date_published", "date_modified"),
)
_FEED_STRINGS = (
    *("title", "home_page_url", "feed_url", "description", "user_comment"),
    *("next_url", "icon", "favicon", "language"),
)
_AUTHORS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": _STRING, "url": _STRING, "avatar": _STRING},
        "additionalProperties": False,
        "minProperties": 1,
    },
}
_ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {
        "url": _STRING,
        "mime_type": _STRING,
        "title": _STRING,
        "size_in_bytes": {"type": "integer", "minimum": 1},
        "duration_in_seconds": {"type": "number", "minimum": 0},
    },
    "additionalProperties": False,
}
_ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        **dict.fromkeys(_ITEM_STRINGS, _STRING),
        "authors": _AUTHORS,
        "tags": {"type": "array", "items": _STRING, "uniqueItems": True},
        "attachments": {"type": "array", "items": _ATTACHMENT},
    },
    "patternProperties": {"^_": {"type": "object"}},
    "additionalProperties": False,
}
#: JSON Feed 1.1 as jsonfeed.org describes it; what it does not know must begin with an underscore
JSON_FEED = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        **dict.fromkeys(_FEED_STRINGS, _STRING),
        "expired": {"type": "boolean"},
        "authors": _AUTHORS,
        "hubs": {
            "type": "array",
            "items": {"type": "object", "required": ["type", "url"]},
        },
        "items": {"type": "array", "items": _ITEM},
    },
    "patternProperties": {"^_": {"type": "object"}},
    "additionalProperties": False,
}
