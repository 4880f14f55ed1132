"""Everything that reads what strangers send, each with what must hold whatever it is given.

A reader takes bytes, raises ``AssertionError`` where a law is broken, and lets through only errors
that are none of the expected ones: those are bugs.
"""

from __future__ import annotations

import contextlib
import re
import socket
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from lxml import html

from feedhub.errors import ExtractError, ParseError, Refused
from feedhub.extract.article import extract_article
from feedhub.fetch.address import parse_address
from feedhub.fetch.guard import AddressGuard, is_public
from feedhub.fetch.websub import find_hub
from feedhub.model.document import Document
from feedhub.model.entry import Dating, Entry, Precision, RawEntry
from feedhub.model.source import ListingRule, Source, SourceKind
from feedhub.normalise.entry import add_article, normalise_entry
from feedhub.parse.bounces import is_automatic_answer, read_bounce
from feedhub.parse.feed import parse_feed
from feedhub.parse.listing import parse_listing
from feedhub.parse.opml import parse_opml
from feedhub.suggest.feeds import find_feeds, read_answer
from feedhub.suggest.listing import suggest_rule

__all__ = ["NOW", "READERS"]

PROJECT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
URL = "https://town.example/news/"
FEED = Source(id="a", name="A", url=URL, kind=SourceKind.FEED)
GUARD = AddressGuard(())


def _rules() -> tuple[ListingRule, ...]:
    """The rules of the demo's listings, and one that takes whatever is linked."""
    text = (PROJECT / "config/demo/sources/listings.toml").read_text(encoding="utf-8")
    fields = ("entry", "link", "title", "date")
    found = [
        ListingRule(**{name: rule[name] for name in fields if name in rule})
        for rule in (one["listing"] for one in tomllib.loads(text)["sources"])
    ]
    return (*found, ListingRule(entry="a"))


RULES = _rules()
FORBIDDEN = {"script", "style", "svg", "math", "iframe", "object", "embed", "form", "meta", "base"}


def document(body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Document:
    """Wrap bytes as they would have come."""
    return Document(requested_url=URL, url=URL, body=body, fetched_at=NOW, headers=headers)


def _harmless(content: str) -> None:
    """Nothing in a text acts by itself, and its links lead to pages and mail."""
    root = html.fragment_fromstring(content, create_parent=True)
    for element in root.iter():
        assert element.tag not in FORBIDDEN, content
        for name, value in element.attrib.items():
            assert not name.startswith("on"), content
            if name in {"href", "src", "cite"}:
                scheme = urlsplit(value).scheme
                assert scheme in {"", "http", "https", "mailto", "tel"}, value


def _lawful(entry: Entry) -> None:
    assert entry.title.strip()
    assert len(entry.title) <= 1000, len(entry.title)
    assert entry.published.at <= NOW, entry.published
    assert not entry.link or entry.link.startswith(("http://", "https://")), entry.link
    _harmless(entry.content)
    for text in (entry.title, entry.text, entry.content, entry.summary):
        text.encode()  # no half of a letter
        assert not any(ord(letter) < 32 and letter not in "\t\n\r" for letter in text), text


def _entries(raws: tuple[RawEntry, ...]) -> None:
    for raw in raws:
        entry = normalise_entry(raw, FEED, NOW)
        if isinstance(entry, Entry):
            _lawful(entry)


def feed(body: bytes) -> None:
    """A feed in any format."""
    with contextlib.suppress(ParseError):
        parsed = parse_feed(document(body), FEED)
        assert all(parsed.rejected)
        _entries(parsed.entries)
        find_hub(document(body), hub=parsed.hub, self_url=parsed.self_url)


def listing(body: bytes) -> None:
    """A listing page by each of the rules."""
    for rule in RULES:
        with contextlib.suppress(ParseError):
            _entries(parse_listing(document(body), FEED, rule).entries)


def suggestion(body: bytes) -> None:
    """A page for which a rule, or a feed, is looked for."""
    found = suggest_rule(document(body), today=NOW.date())
    assert found.abstained or found.rule is not None
    for link in find_feeds(document(body)):
        assert link.url.startswith(("http://", "https://")), link.url
    read_answer(document(body))


def opml(body: bytes) -> None:
    """A list of feeds."""
    with contextlib.suppress(ParseError):
        for outline in parse_opml(body):
            assert outline.url.startswith(("http://", "https://")), outline.url


def article(body: bytes) -> None:
    """An article's page, and the entry it completes."""
    bare = Entry(
        source_id="a",
        guid="1",
        link=URL + "1",
        link_key="town.example/news/1",
        title="Tin",
        published=Dating(at=NOW, precision=Precision.SECOND),
    )
    with contextlib.suppress(ExtractError):
        found = extract_article(document(body), today=NOW.date())
        assert 0 <= found.confidence <= 1
        assert "<script" not in found.body_html.lower()
        _lawful(add_article(bare, found, FEED, NOW))


def guard(body: bytes) -> None:
    """An address: what is not public is refused in every spelling that any resolver takes."""
    text = body[:3000].decode("utf-8", "surrogateescape")
    try:
        address = parse_address(text)
        GUARD.check(address)
    except Refused:
        return
    assert address.url.isascii()
    assert not set(address.url) & set(" \\\r\n\t"), address.url
    assert parse_address(address.url) == address
    if address.ip is not None:
        assert is_public(address.ip), address
        return
    for reader in (socket.inet_aton, lambda host: socket.inet_pton(socket.AF_INET6, host)):
        with contextlib.suppress(OSError, ValueError):
            packed = reader(address.host)  # the C library reads 0x7f.1 as an address
            assert is_public(ip_address(packed)), address


def returned(body: bytes) -> None:
    """Mail that came back, or says so."""
    is_automatic_answer(body)
    bounce = read_bounce(body)
    if bounce is not None:
        assert len(bounce.words) <= 300
        assert "\n" not in bounce.words
        assert len(bounce.delivery_id) <= 64
        assert not bounce.delivery_id or re.fullmatch(r"[\w-]+", bounce.delivery_id, re.ASCII)
        assert not re.search(r"[\s<>]", bounce.message_id)


READERS: dict[str, Callable[[bytes], None]] = {
    "feed": feed,
    "listing": listing,
    "suggestion": suggestion,
    "opml": opml,
    "article": article,
    "guard": guard,
    "returned": returned,
}
