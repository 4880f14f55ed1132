"""What a page says of itself to machines: JSON-LD, OpenGraph and other meta, microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from feedhub.extract.page import Page
from feedhub.text.markup import one_line

__all__ = ["DateClaim", "Structured", "read_structured"]

_SCRIPT_LIMIT = 600_000
_NODE_LIMIT = 5000
_ARTICLE_TYPE = re.compile(
    r"(?:^|[:/])(?:\w{0,30}Article|BlogPosting|SocialMediaPosting|Report|NewsItem|"
    r"LiveBlogPosting|"
    r"DiscussionForumPosting)$"
)
_PAGE_TYPE = re.compile(r"(?:^|[:/])(?:WebPage|ItemPage|CreativeWork|VideoObject)$")
_SITE_TYPE = re.compile(r"(?:WebSite|NewsMediaOrganization|GovernmentOrganization)$")
_ORGANISATION = re.compile(r"(?:Organization|Corporation|NewsMediaOrganization)$")
#: branches that hold other articles than this page's
_ELSEWHERE = frozenset(
    [
        "itemListElement",
        "isPartOf",
        "hasPart",
        "mentions",
        "citation",
        "relatedLink",
        "publisher",
        "breadcrumb",
        "comment",
        "potentialAction",
        "about",
        "video",
        "blogPost",
        "itemReviewed",
    ]
)
#: meta names that mean the first publication, the surest first
_PUBLISHED = (
    *(
        "article:published_time",
        "og:article:published_time",
        "article:published",
        "og:published_time",
    ),
    *(
        "datepublished",
        "date.published",
        "parsely-pub-date",
        "sailthru.date",
        "cxenseparse:recs:publishtime",
    ),
    *(
        "dc.date.issued",
        "dcterms.issued",
        "dc.date.created",
        "dcterms.created",
        "dcterms.available",
    ),
    *("article_date_original", "originalpublicationdate", "publicationdate", "publication_date"),
    *("publishdate", "publish-date", "publish_date", "pubdate", "pub_date", "published_time"),
    *("published-date", "published_date", "article.published", "article:post_date", "dateissued"),
    *("citation_publication_date", "citation_online_date", "bt:pubdate", "rnews:datepublished"),
    *("releasedate", "release_date", "datecreated", "date_published", "gentics-pubdate", "ptime"),
)
#: names that templates fill with anything: the page's date only if something else agrees
_VAGUE = (
    *("date", "dc.date", "dcterms.date", "dc:date", "og:pubdate", "og:article:pubdate", "created"),
    *("article:date", "timestamp", "dc.created", "article.created"),
)
_MODIFIED = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"),
    *("dc.date.modified", "last-modified", "revised", "lastmod", "og:modified_time"),
)
_TITLES = ("og:title", "headline", "twitter:title", "dc.title", "dcterms.title", "sailthru.title",
           "parsely-title")  # fmt: skip
_AUTHORS = ("author", "article:author", "article:author_name", "dc.creator", "dcterms.creator",
            "parsely-author", "sailthru.author", "byl", "og:article:author", "citation_author",
            "cxenseparse:author", "rbauthors", "article.author")  # fmt: skip
_IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src",
           "image", "thumbnail")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateClaim:
    """A date as written and where; ``trust`` is 0 to 1."""

    text: str
    where: str
    trust: float


@dataclass(slots=True)
class Structured:
    """Everything a page says of its article, best first; nothing is checked yet."""

    titles: list[str] = field(default_factory=list)
    headline: str = ""
    published: list[DateClaim] = field(default_factory=list)
    modified: list[DateClaim] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    meta_authors: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    site_names: list[str] = field(default_factory=list)
    language: str = ""
    is_article: bool = False


def read_structured(page: Page) -> Structured:
    """Return the claims of JSON-LD, meta elements and microdata."""
    found = Structured()
    _read_json_ld(page, found)
    _read_meta(page, found)
    _read_microdata(page, found)
    return found


def _read_json_ld(page: Page, found: Structured) -> None:
    nodes = [node for script in _scripts(page) for node in _nodes(script)]
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    for node in nodes:
        for key in ("publisher", "sourceOrganization"):
            found.site_names += _names(node.get(key), by_id)
        if _has_type(node, _SITE_TYPE):
            found.site_names += _names(node, by_id)
    ranked = sorted((node for node in nodes if _rank(node)), key=lambda node: -_rank(node))
    for node in ranked[:3]:
        _read_dates(node, found)
        if _rank(node) >= 2 or not found.authors:
            for key in ("author", "creator"):
                names = _names(node.get(key), by_id, but=frozenset(found.site_names))
                found.authors = found.authors or names
    for node in ranked[:1]:
        found.is_article = _rank(node) >= 2
        headline = node.get("headline") or (node.get("name") if found.is_article else "")
        found.headline = _text(headline) if isinstance(headline, str) else ""
        found.images += _image_urls(node.get("image"), by_id)
        language = node.get("inLanguage")
        found.language = language if isinstance(language, str) else ""


def _read_dates(node: dict[str, Any], found: Structured) -> None:
    trust = 0.98 if _rank(node) >= 2 else 0.9
    for key, claims, less in (
        ("datePublished", found.published, 0.0),
        ("dateCreated", found.published, 0.05),
        ("dateModified", found.modified, 0.5),
    ):
        text = node.get(key)
        if isinstance(text, str) and text.strip():
            claims.append(DateClaim(text.strip()[:60], f"JSON-LD {key}", trust - less))


def _rank(node: dict[str, Any]) -> float:
    """Order nodes: an article with headline and date, then other articles, then dated pages."""
    dated = bool(node.get("datePublished"))
    if _has_type(node, _ARTICLE_TYPE):
        return 2.0 + dated + 0.5 * bool(node.get("headline"))
    if _has_type(node, _PAGE_TYPE) and dated:
        return 1.0
    return 1.2 if dated and node.get("headline") else 0.0


def _has_type(node: dict[str, Any], pattern: re.Pattern[str]) -> bool:
    types = node.get("@type")
    return any(
        isinstance(each, str) and pattern.search(each[:100])
        for each in (types if isinstance(types, list) else [types])
    )


def _scripts(page: Page) -> Iterator[Any]:
    for script in page.tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld+json" not in kind or not script.text or len(script.text) > _SCRIPT_LIMIT:
            continue
        parsed = _json(script.text)
        if parsed is not None:
            yield parsed


def _json(text: str) -> Any:
    """Parse JSON as sites write it: with comments, CDATA marks, raw newlines, trailing commas."""
    text = text.strip().rstrip(";")
    for repair in (
        lambda raw: raw,
        lambda raw: re.sub(
            r"<!--|-->|/\*<!\[CDATA\[\*/|/\*\]\]>\*/|//<!\[CDATA\[|//\]\]>|<!\[CDATA\[|\]\]>",
            "",
            raw,
        ),
        lambda raw: re.sub(r",\s{0,200}([}\]])", r"\1", raw),
        html.unescape,
    ):
        text = repair(text)
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON-LD document but those of other articles, widest first."""
    queue: list[Any] = [root]
    seen = 0
    while queue and seen < _NODE_LIMIT:
        value = queue.pop(0)
        seen += 1
        if isinstance(value, dict):
            yield value
            queue += [
                child
                for key, child in value.items()
                if isinstance(child, dict | list) and key not in _ELSEWHERE
            ]
        elif isinstance(value, list):
            queue += value[:500]


def _names(
    value: Any, by_id: dict[str, dict[str, Any]], *, but: AbstractSet[str] = frozenset()
) -> list[str]:
    """Return the names of a person, an organisation or a list of them.

    An organisation named in ``but`` (the publisher as its own author) is left out.
    """
    names: list[str] = []
    for each in (value if isinstance(value, list) else [value])[:20]:
        known = each
        if isinstance(known, dict) and not known.get("name") and known.get("@id"):
            known = by_id.get(str(known["@id"]), known)
        name = known.get("name") if isinstance(known, dict) else known
        if isinstance(known, dict) and _has_type(known, _ORGANISATION) and _is_one_of(name, but):
            continue
        if isinstance(name, list):
            names += [_text(part) for part in name[:20] if isinstance(part, str)]
        elif isinstance(name, str):
            names.append(_text(name))
    return [name for name in names if name]


def _is_one_of(name: Any, names: AbstractSet[str]) -> bool:
    """Whether a name is one of these or a part of one ("VnExpress" of "Báo VnExpress")."""
    return isinstance(name, str) and any(name.casefold() in each.casefold() for each in names)


def _image_urls(value: Any, by_id: dict[str, dict[str, Any]]) -> list[str]:
    urls = []
    for each in (value if isinstance(value, list) else [value])[:10]:
        known = each
        if isinstance(known, dict):
            known = by_id.get(str(known.get("@id")), known)
            known = known.get("url") or known.get("contentUrl")
        if isinstance(known, list):
            known = next((part for part in known if isinstance(part, str)), None)
        if isinstance(known, str) and known.strip():
            urls.append(html.unescape(known.strip()))
    return urls


def _read_meta(page: Page, found: Structured) -> None:
    meta = page.meta
    found.titles += [_text(value) for name in _TITLES for value in meta.get(name, [])[:1]]
    if any("article" in value.lower() for value in meta.get("og:type", [])):
        found.is_article = found.is_article or any(name in meta for name in _PUBLISHED)
    for names, claims, trust in (
        (_PUBLISHED, found.published, 0.95),
        (_VAGUE, found.published, 0.5),
        (_MODIFIED, found.modified, 0.4),
    ):
        claims += [
            DateClaim(value[:60], f"meta {name}", trust)
            for name in names
            for value in meta.get(name, [])[:1]
        ]
    for name in _AUTHORS:
        found.meta_authors += [_text(value) for value in meta.get(name, [])[:10]]
    found.images += [value for name in _IMAGES for value in meta.get(name, [])[:1]]
    for name in ("og:site_name", "application-name", "twitter:site", "dc.publisher", "publisher"):
        found.site_names += [_text(value) for value in meta.get(name, [])[:1]]
    if not found.language:
        locale = [*meta.get("og:locale", []), *meta.get("content-language", []), ""]
        found.language = locale[0]


def _read_microdata(page: Page, found: Structured) -> None:
    wanted: Any = page.tree.xpath(
        "//*[@itemprop or @property='datePublished' or @pubdate][not(self::meta) or @itemprop]"
    )
    article: HtmlElement | None = None
    for element in wanted[:400]:
        names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
        if "pubdate" in element.attrib:
            names.append("pubdate")
        if "author" in names:
            # the first author's article is the page's; teasers of others have scopes of their own
            scope = next(
                (above for above in element.iterancestors() if "itemscope" in above.attrib), element
            )
            article = scope if article is None else article
            if scope is not article:
                continue
        _read_property(element, names, found)


def _read_property(element: HtmlElement, names: list[str], found: Structured) -> None:
    value = element.get("content") or element.get("datetime") or element.get("title") or ""
    for name in names:
        if name in {"datepublished", "datecreated", "pubdate"}:
            text = _text(value or _content(element, 60))
            if text:
                found.published.append(DateClaim(text[:60], f"microdata {name}", 0.92))
        elif name == "datemodified":
            text = _text(value or _content(element, 60))
            if text:
                found.modified.append(DateClaim(text[:60], "microdata dateModified", 0.4))
        elif name == "headline":
            found.titles.append(_text(element.get("content") or _content(element, 300)))
        elif name == "author":
            inner = [each for each in element.iter() if each.get("itemprop") == "name"]
            source = inner[0] if inner else element
            found.meta_authors.append(_text(source.get("content") or _content(source, 100)))
        elif name == "articlebody":
            found.is_article = found.is_article or bool(found.published)
        elif name == "image":
            url = element.get("content") or element.get("src") or element.get("href")
            if url:
                found.images.append(url.strip())


def _content(element: HtmlElement, limit: int) -> str:
    """Return an element's text if it is no longer than ``limit``."""
    text = " ".join(element.text_content().split())
    return text if len(text) <= limit else ""


def _text(value: str) -> str:
    """Unescape what was escaped twice, and make it one clean line."""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    if "<" in value:
        value = re.sub(r"</?[A-Za-z][^<>]{0,300}>", "", value)
    return one_line(value)[:500]
