"""What search engines are told: a sitemap per day, one of the lists, and the index of them all.

A day's sitemap is rewritten only when that day is, so a large hub's old days stay untouched. They
stand at the root of the site because a sitemap may only speak of what lies below it (sitemaps.org).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from feedhub.model import addresses as at
from feedhub.model.channel import Hub
from feedhub.model.edition import StoryCard
from feedhub.render.sitemap import SitemapPage, render_sitemap, render_sitemap_index

__all__ = ["day_sitemap", "digest_sitemap", "list_sitemaps"]

_INDEX = "sitemap.xml"
_LISTS = "sitemap-lists.xml"
_DIGESTS = "sitemap-digests.xml"
#: sitemaps one index takes (sitemaps.org); more days than that are 137 years
_MOST_PARTS = 50_000


def _of_day(day: date) -> str:
    return f"sitemap-{day.isoformat()}.xml"


def day_sitemap(hub: Hub, day: date, cards: Iterable[StoryCard]) -> tuple[str, bytes]:
    """Return the sitemap of a day's page and its stories, and where it goes."""
    stories = [
        SitemapPage(path=at.story_path(card.page_id), changed=card.updated)
        for card in cards
        if card.withdrawn_at is None
    ]
    newest = max((one.changed for one in stories if one.changed), default=None)
    page = SitemapPage(path=at.day_path(day), changed=newest)
    return _of_day(day), render_sitemap(hub, [page, *stories])


def digest_sitemap(hub: Hub, paths: Iterable[str]) -> tuple[str, bytes]:
    """Return the sitemap of the digests' pages, and where it goes."""
    return _DIGESTS, render_sitemap(hub, [SitemapPage(path=path) for path in (at.DIGESTS, *paths)])


def list_sitemaps(
    hub: Hub, days: Iterable[date], lists: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap of the pages that list things, and the index over all sitemaps.

    ``days`` are the days that have stories; ``lists`` the addresses of all other pages.
    """
    yield _LISTS, render_sitemap(hub, [SitemapPage(path=path) for path in lists])
    newest = sorted(days, reverse=True)[: _MOST_PARTS - 2]
    yield _INDEX, render_sitemap_index(hub, [_LISTS, _DIGESTS, *map(_of_day, newest)])
