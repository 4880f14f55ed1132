"""What search engines read: ``sitemap.xml`` (sitemaps.org) and ``robots.txt`` (RFC 9309).

- ``render_sitemap(hub, pages) -> bytes``: at most 50,000 addresses, each in every language
- ``render_sitemap_index(hub, parts) -> bytes``: where there are more
- ``render_robots(hub) -> bytes``
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from feedhub.model.channel import Hub
from feedhub.render.addresses import page_address
from feedhub.render.extensions import rfc3339
from feedhub.render.language import language, languages

__all__ = [
    "SITEMAP_LIMIT",
    "SitemapPage",
    "render_robots",
    "render_sitemap",
    "render_sitemap_index",
]

#: pages one sitemap takes: 50,000 addresses (sitemaps.org), two languages each
SITEMAP_LIMIT = 25_000
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPage:
    """A page's address below the base URL, without language, and when it last changed."""

    path: str
    changed: datetime | None = None


def render_sitemap(hub: Hub, pages: Iterable[SitemapPage]) -> bytes:
    """Return a sitemap of pages, each with its versions in other languages.

    What exceeds ``SITEMAP_LIMIT`` pages is left out; split it and write an index.
    """
    root = _root("urlset")
    known = [language(code) for code in languages()]
    for page in list(pages)[:SITEMAP_LIMIT]:
        for words in known:
            url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
            etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = page_address(
                hub, page.path, words.prefix
            )
            if page.changed:
                etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = rfc3339(
                    page.changed.replace(microsecond=0)
                )
            for other in known:
                etree.SubElement(
                    url,
                    f"{{{_XHTML}}}link",
                    rel="alternate",
                    hreflang=other.code,
                    href=page_address(hub, page.path, other.prefix),
                )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def render_sitemap_index(hub: Hub, parts: Iterable[str]) -> bytes:
    """Return an index of sitemaps, given by their addresses below the base URL."""
    root = _root("sitemapindex")
    for part in parts:
        sitemap = etree.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        etree.SubElement(sitemap, f"{{{_SITEMAP}}}loc").text = page_address(hub, part)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def render_robots(hub: Hub) -> bytes:
    """Return ``robots.txt``: everything may be read but searches and forms."""
    prefixes = [language(code).prefix for code in languages()]
    closed = [f"Disallow: /{prefix}search/" for prefix in prefixes]
    lines = [
        "User-agent: *",
        *closed,
        "Disallow: /confirm",
        "Disallow: /unsubscribe",
        "",
        f"Sitemap: {page_address(hub, 'sitemap.xml')}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _root(name: str) -> etree._Element:
    return etree.fromstring(f'<{name} xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}"/>')
