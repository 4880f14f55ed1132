"""Articles a listing page names in its structured data, if they are links on the page too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from feedhub.text.dom import Element, Page, select
from feedhub.text.urls import absolute, link_key

__all__ = ["is_article_node", "json_nodes", "marked_elements", "named_articles"]

#: characters of one JSON-LD block that are read
_MAX_JSON = 300_000
_MAX_NODES = 5_000
_ARTICLE = re.compile(
    r"(?:https?://schema\.org/)?(?:News|Blog|Report|Scholarly)?(?:Article|Posting)"
)
_MARKED = '//*[@itemtype or contains(@class, "entry")]'
_MARKS = frozenset({"h-entry", "hentry"})


def json_nodes(page: Page) -> Iterator[dict[str, Any]]:
    """Yield the typed objects of a page's JSON-LD, however deep; broken blocks are passed over."""
    budget = _MAX_NODES
    for script in page.root.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > _MAX_JSON:
            continue
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting and budget > 0:
            budget -= 1
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                if "@type" in value:
                    yield value
                waiting.extend(value.values())


def is_article_node(node: dict[str, Any]) -> bool:
    """Tell whether a JSON-LD object is an article of any kind."""
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.fullmatch(kind) is not None
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def named_articles(page: Page) -> frozenset[str]:
    """Return the links of the page that its JSON-LD lists: ItemList, Blog, articles."""
    linked = {link_key(link.url): link.url for link in page.links}
    named: set[str] = set()
    for node in json_nodes(page):
        if node.get("@type") == "ListItem":
            values = [node.get("url"), node.get("item")]
        elif is_article_node(node):
            values = [node.get("url"), node.get("mainEntityOfPage"), node.get("@id")]
        else:
            continue
        for value in values:
            address = value.get("@id") or value.get("url") if isinstance(value, dict) else value
            url = absolute(address, page.base_url) if isinstance(address, str) else ""
            if url and link_key(url) in linked:
                named.add(linked[link_key(url)])
    return frozenset(named)


def marked_elements(page: Page) -> frozenset[int]:
    """Return the elements marked as an entry by microformats or microdata."""
    return frozenset(
        page.numbers[node]
        for node in select(page.root, _MARKED)
        if not isinstance(node, str) and node in page.numbers and _is_marked(node)
    )


def _is_marked(element: Element) -> bool:
    return (
        not _MARKS.isdisjoint((element.get("class") or "").split())
        or _ARTICLE.fullmatch(element.get("itemtype") or "") is not None
    )
