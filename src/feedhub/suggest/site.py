"""What several pages of a site have in common: links that stand on all of them are no news."""

from __future__ import annotations

from feedhub.model.document import Document
from feedhub.text.decode import decode
from feedhub.text.dom import read_page
from feedhub.text.markup import one_line

__all__ = ["links_of", "title_of"]


def links_of(document: Document) -> frozenset[str]:
    """Return the addresses a page links to, to be handed to ``suggest_rule`` as ``site_links``."""
    text = decode(document.body, content_type=document.content_type, kind="html").text
    return frozenset(link.url for link in read_page(text, document.url).links)


def title_of(document: Document) -> str:
    """Return a page's title, at most 80 letters; empty when it has none."""
    text = decode(document.body, content_type=document.content_type, kind="html").text
    title = read_page(text, document.url).root.findtext(".//title") or ""
    return one_line(title)[:80].strip()
