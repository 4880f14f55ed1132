"""The list of sources, for feed readers and other hubs."""

from __future__ import annotations

from feedhub.config.settings import Settings
from feedhub.edit.cards import source_card
from feedhub.model.channel import Hub
from feedhub.render.opml import OpmlFeed, render_opml

__all__ = ["sources_opml"]


def sources_opml(settings: Settings) -> bytes:
    """Return the sources as an OPML 2.0 list."""
    hub = Hub(title=settings.hub.title, base_url=settings.hub.base_url, tag_base="")
    feeds = [
        OpmlFeed(
            title=source.name,
            url=source.url,
            home=source_card(source).homepage,
            group=source.place,
            language=source.language,
            kind="link" if source.listing else "rss",
        )
        for source in settings.sources
    ]
    return render_opml(hub, feeds)
