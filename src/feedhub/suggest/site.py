"""What several pages of a site have in common: links that stand on all of them are no news."""

from __future__ import annotations

from feedhub.model.document import Document
from feedhub.text.decode import decode
from feedhub.text.dom import read_page

__all__ = ["links_of"]


def links_of(document: Document) -> frozenset[str]:
    """Return the addresses a page links to, to be handed to ``suggest_rule`` as ``site_links``."""
    text = decode(document.body, content_type=document.content_type, kind="html").text
    return frozenset(link.url for link in read_page(text, document.url).links)
