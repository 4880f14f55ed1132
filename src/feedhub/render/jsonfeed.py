"""Editions as JSON Feed 1.1 (jsonfeed.org). What other formats can say and this cannot stands in
``_feedhub``, as the format provides for (extensions begin with an underscore)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from feedhub.model.edition import Edition, StoryCard
from feedhub.render.addresses import entry_id, feed_address, feed_id, home_address, page_address
from feedhub.render.entries import REMEMBERED, Style, feed_entry, style_of, with_own_instants
from feedhub.render.extensions import rfc3339
from feedhub.render.safety import language_tag, title_text

__all__ = ["render_json"]

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(edition: Edition) -> bytes:
    """Return the edition as JSON Feed 1.1, UTF-8, with the same ids as the other formats."""
    hub, channel = edition.hub, edition.channel
    hub_title = title_text(hub.title, instead=hub.base_url)
    title = title_text(channel.title, instead=hub_title)
    style = style_of(edition)
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": title if hub_title in title else f"{title} · {hub_title}",
        "home_page_url": home_address(edition),
        "feed_url": feed_address(edition, "json"),
        "description": title_text(channel.description or hub.description),
        "language": language_tag(hub.language),
        "authors": [{"name": hub_title, "url": page_address(hub, "")}],
        "hubs": [{"type": "WebSub", "url": hub.websub_hub}] if hub.websub_hub else [],
        "_feedhub": {
            "id": feed_id(edition),
            "updated": rfc3339(edition.updated),
            "withdrawn": [
                {"id": entry_id(hub, stone.story_id), "when": rfc3339(stone.when)}
                for stone in edition.tombstones
            ],
        },
    }
    shell = json.dumps({key: value for key, value in feed.items() if value}, ensure_ascii=False)
    items = ",\n".join(_item(card, style) for card in with_own_instants(edition.stories))
    return f'{shell[:-1]}, "items": [\n{items}\n]}}\n'.encode()


@lru_cache(maxsize=REMEMBERED)
def _item(card: StoryCard, style: Style) -> str:
    said = feed_entry(card, style)
    item: dict[str, Any] = {
        "id": said.id,
        "url": said.link,
        "title": said.title,
        "content_html": said.html,
        "summary": said.summary if style.full else "",
        "image": said.image,
        "date_published": rfc3339(said.published),
        "date_modified": rfc3339(said.updated),
        "authors": [{"name": name} for name in said.authors],
        "tags": list(said.categories),
        "language": said.language,
        "attachments": [
            {"url": file.url, "mime_type": file.type}
            | ({"size_in_bytes": file.length} if file.length else {})
            for file in said.attachments
        ],
        "_feedhub": {
            "page": said.page,
            "source": {"id": said.source_id, "title": said.source_title, "url": said.source_home},
            "also_published_by": [{"title": name, "url": link} for name, link in said.others],
        },
    }
    return json.dumps({key: value for key, value in item.items() if value}, ensure_ascii=False)
