"""Feeds before listings: where a site may have one, and what an answer turns out to be.

Nothing here fetches: ``find_feeds`` and ``usual_feeds`` name addresses to try, ``read_answer``
looks at what came back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from lxml import etree

from feedhub.model.document import Document
from feedhub.text.decode import decode
from feedhub.text.dom import Element, Page, read_page
from feedhub.text.urls import absolute, link_key

__all__ = ["Answer", "AnswerKind", "FeedLink", "find_feeds", "read_answer", "usual_feeds"]

_FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/rdf+xml": "RSS",
    "application/x-rss+xml": "RSS",
    "text/xml+rss": "RSS",
}
_FEED_HREF = re.compile(
    r"(?:[/._=-](?:rss|atom|feeds?)(?:[/._?&-]|$)|\.(?:rss|atom|rdf)(?:\?|$)|rss(?:feed)?\.aspx|"
    r"mgrss\.aspx|ViewPublisherRSS\.php|listfeed\.aspx|feed\.json|recopinions\.xml)",
    re.IGNORECASE,
)
#: services that show other people's feeds, or subscribe to them
_NOT_OURS = re.compile(
    r"feedly\.com|netvibes\.com|my\.yahoo|inoreader\.com|addthis|sharethis", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|bình luận|phản hồi|kommentar", re.IGNORECASE)
_MAX_LINKS = 40
_MAX_XML = 20_000_000

#: by the ``generator`` meta element of the page; the last are tried on every site
_BY_PRODUCT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("wordpress", ("/feed/", "/wp-json/wp/v2/posts?per_page=20")),
    ("joomla", ("?format=feed&type=rss",)),
    ("nukeviet", ("/rss/",)),
    ("drupal", ("/rss.xml",)),
    ("hugo", ("/index.xml",)),
    ("jekyll", ("/feed.xml",)),
    ("ghost", ("/rss/",)),
)
# platforms of local governments are listed with their products in research and docs/sources.md
_USUAL = (
    "/rss",
    "/feed/",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/feed.json",
    "/rss.aspx",
    "/rss/news",
    "/RSSFeed.aspx?ModID=1&CID=All-newsflash.xml",
    "/mgRss.aspx?XXR=0",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/wp-json/wp/v2/posts?per_page=20",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An address that is, or may be, a feed of a site.

    ``announced`` tells that the page itself says so; the others are only worth a try. ``how`` says
    in words where the address is from.
    """

    url: str
    title: str = ""
    announced: bool = True
    how: str = ""


class AnswerKind(StrEnum):
    """What a tried address answered with."""

    FEED = "feed"
    NEWS_SITEMAP = "news sitemap"
    WORDPRESS = "wordpress"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A tried address: what it is, its title, and the articles it names, as absolute addresses."""

    kind: AnswerKind
    title: str = ""
    articles: tuple[str, ...] = ()


def find_feeds(document: Document) -> tuple[FeedLink, ...]:
    """Return the feeds a page announces, then those it links to, the best first.

    ``link rel=alternate`` comes first; feeds of comments come last. No address appears twice.
    """
    text = decode(document.body, content_type=document.content_type, kind="html").text
    page = read_page(text, document.url)
    found = [*_announced(page), *_linked(page)]
    found.sort(key=lambda each: bool(_COMMENTS.search(f"{each.title} {each.url}")))
    unique: dict[str, FeedLink] = {}
    for feed in found[:_MAX_LINKS]:
        # Joomla and others tell feed from page by a parameter only, so nothing is dropped from it
        unique.setdefault(feed.url.partition("#")[0], feed)
    return tuple(unique.values())


def usual_feeds(document: Document) -> tuple[FeedLink, ...]:
    """Return addresses where sites of this kind keep a feed, the likeliest first, to be tried."""
    text = decode(document.body, content_type=document.content_type, kind="html").text
    page = read_page(text, document.url)
    generator = " ".join(
        (meta.get("content") or "").lower()
        for meta in page.root.iter("meta")
        if (meta.get("name") or "").lower() == "generator"
    )
    paths = [path for product, own in _BY_PRODUCT if product in generator for path in own]
    parts = urlsplit(document.url)
    beside = document.url.partition("?")[0].rstrip("/")
    urls = [
        urljoin(document.url, path)
        if path.startswith("?")
        else f"{parts.scheme}://{parts.netloc}{path}"
        for path in paths
    ]
    if parts.path.strip("/"):
        # a section's own feed is worth more than the site's
        urls += [f"{beside}/feed/", f"{beside}/rss", f"{beside}.rss", f"{beside}.atom"]
    urls += [f"{parts.scheme}://{parts.netloc}{path}" for path in _USUAL]
    usable = dict.fromkeys(url for url in (absolute(each, document.url) for each in urls) if url)
    return tuple(FeedLink(url=url, announced=False, how="a usual place") for url in usable)


def read_answer(document: Document) -> Answer:
    """Tell what a tried address answered with. Never raises on what the answer holds."""
    body = document.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body[:1] in {b"{", b"["}:
        return _json_answer(body, document.url)
    if body[:1] != b"<" or len(body) > _MAX_XML:
        return Answer(kind=AnswerKind.NOTHING)
    return _xml_answer(body, document.url)


def _announced(page: Page) -> list[FeedLink]:
    found: list[FeedLink] = []
    for link in page.root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        if "alternate" not in rel or "stylesheet" in rel:
            continue
        if kind not in _FEED_TYPES and not (
            kind in {"text/xml", "application/xml"} and _FEED_HREF.search(link.get("href") or "")
        ):
            continue
        url = absolute(link.get("href") or "", page.base_url)
        if url and "/oembed" not in url:
            title = " ".join((link.get("title") or "").split())
            found.append(FeedLink(url=url, title=title, how="announced by the page"))
    return found


def _linked(page: Page) -> list[FeedLink]:
    found: list[FeedLink] = []
    host = link_key(page.url).partition("/")[0]
    for link in page.links:
        if not _FEED_HREF.search(link.url) or _NOT_OURS.search(link.url):
            continue
        title = page.text(link.element) or page.elements[link.element].get("title") or ""
        same = link_key(link.url).partition("/")[0] == host
        found.append(
            FeedLink(
                url=link.url,
                title=title,
                announced=False,
                how="linked on the page" if same else "linked on the page, on another site",
            )
        )
    return found


def _json_answer(body: bytes, base: str) -> Answer:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Answer(kind=AnswerKind.NOTHING)
    if isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version")):
        entries = value.get("items")
        links = [
            entry.get("url")
            for entry in (entries if isinstance(entries, list) else [])
            if isinstance(entry, dict)
        ]
        return Answer(
            kind=AnswerKind.FEED, title=str(value.get("title") or ""), articles=_usable(links, base)
        )
    if isinstance(value, list) and value and all(isinstance(post, dict) for post in value):
        links = [post.get("link") for post in value if "slug" in post and "title" in post]
        if links:
            return Answer(kind=AnswerKind.WORDPRESS, articles=_usable(links, base))
    return Answer(kind=AnswerKind.NOTHING)


def _xml_answer(body: bytes, base: str) -> Answer:
    # entities stay unread: an answer is not to be blown up by its own document type
    # decoded first: what fits no letter would come out of the tree as an error, wherever it stands
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(
            decode(body, content_type=None, kind="xml").text.encode("utf-8", "replace"), parser
        )
    except etree.LxmlError:
        root = None
    try:
        return _named_answer(root, base)
    except (
        UnicodeDecodeError
    ):  # a reference such as &#xD800; gives half a letter, wherever it stands
        return Answer(kind=AnswerKind.NOTHING)


def _named_answer(root: Element | None, base: str) -> Answer:
    if root is None or not isinstance(root.tag, str):
        return Answer(kind=AnswerKind.NOTHING)
    name = _local_name(root)
    if name in {"rss", "RDF", "feed"}:
        title, links = "", []
        for element in root.iter("{*}title", "{*}link"):
            if element.tag.endswith("title"):
                title = title or " ".join("".join(map(str, element.itertext())).split())
            elif _local_parent(element) in {"item", "entry"}:
                links.append(element.get("href") or element.text)
        return Answer(kind=AnswerKind.FEED, title=title, articles=_usable(links, base))
    if name == "urlset" and root.find(".//{*}news") is not None:
        places = [
            url.findtext("{*}loc") for url in root.iter("{*}url") if url.find("{*}news") is not None
        ]
        return Answer(kind=AnswerKind.NEWS_SITEMAP, articles=_usable(places, base))
    return Answer(kind=AnswerKind.NOTHING)


def _local_parent(element: Element) -> str:
    parent = element.getparent()
    return _local_name(parent) if parent is not None else ""


def _local_name(element: Element) -> str:
    """Return a tag without its namespace; ``QName`` refuses prefixes that nobody declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _usable(links: Sequence[object], base: str) -> tuple[str, ...]:
    urls = (absolute(link, base) for link in links if isinstance(link, str))
    return tuple(dict.fromkeys(url for url in urls if url))
