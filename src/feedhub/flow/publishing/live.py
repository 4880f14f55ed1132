"""What a hub answers at the moment it is asked: status, search, figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from feedhub.config.settings import Settings
from feedhub.edit.channels import search_edition
from feedhub.edit.hits import search_hit
from feedhub.flow.collecting.network import network_alarm
from feedhub.flow.publishing.cards import Cards
from feedhub.flow.publishing.digest_pages import digest_standings
from feedhub.flow.publishing.pages import Site
from feedhub.flow.publishing.standing import live_standings
from feedhub.model import addresses as at
from feedhub.model.page import PullsPage, SearchPage, SourceHealth, StatusPage
from feedhub.render.feeds import render_atom, render_rss
from feedhub.render.jsonfeed import render_json
from feedhub.store.search import Found, SearchWish
from feedhub.store.store import Store, Transaction
from feedhub.text.folding import bare

__all__ = ["LiveSite", "figures", "pulls_page", "search_feed", "search_page", "status_page"]

_PER_PAGE = 20
_IN_FEED = 50
_PULLS = 100
_FIELDS = frozenset({"q", "source", "place", "after", "before"})
_DAY = timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


class LiveSite:
    """The site as it was last published, for pages that are made when they are asked for.

    Made anew only when the site was published in another shape: templates are read once, and a
    live page points to the style sheet that is there.
    """

    def __init__(self) -> None:
        self._made: tuple[Settings, str | None, Site] | None = None

    def of(self, settings: Settings, tx: Transaction) -> Site:
        """Return the site; several threads may ask."""
        mark = tx.facts.get("published_mark")
        made = self._made
        if made is None or made[0] is not settings or made[1] != mark:
            made = (settings, mark, Site(settings, tx.facts.get("tag_base") or ""))
            self._made = made
        return made[2]


def status_page(
    live: LiveSite,
    settings: Settings,
    store: Store,
    now: datetime,
    language: str,
    *,
    alarms: tuple[str, ...] = (),
) -> bytes:
    """Return /status/: which source is fresh, late or failing, since when, and its next try.

    ``alarms`` are what keeps the hub itself from its work.
    """
    with store.reading() as tx:
        renderer = live.of(settings, tx).renderer
        standings = live_standings(settings, tx, now)
        alarms = (*alarms, *network_alarm(tx))
        digests = digest_standings(settings, tx)
    page = StatusPage(standings=standings, as_of=now, alarms=alarms, digests=digests)
    return renderer.status(page, language)


def pulls_page(
    live: LiveSite, settings: Settings, store: Store, language: str, source_id: str
) -> bytes | None:
    """Return /status/pulls/: the newest pulls of a source; None when there is no such source."""
    with store.reading() as tx:
        site = live.of(settings, tx)
        if source_id not in site.sources:
            return None
        found = tx.sources.history(source_id, _PULLS)
    return site.renderer.pulls(PullsPage(source=site.sources[source_id], pulls=found), language)


def _sources(site: Site, query: Mapping[str, str]) -> tuple[str, ...] | None:
    """The sources a search is narrowed to, none for all; None when no source fits its fields."""
    source_id, place_id = query.get("source", ""), query.get("place", "")
    wanted: set[str] = set(site.sources)
    if source_id in site.sources:
        wanted &= {source_id}
    if place_id in site.places.sources:
        wanted &= {card.id for card in site.places.sources[place_id]}
    if not wanted:
        return None
    return () if len(wanted) == len(site.sources) else tuple(sorted(wanted))


def _wish(site: Site, settings: Settings, query: Mapping[str, str]) -> SearchWish | None:
    """What is asked for; None when nothing is, or nothing can be found."""
    zone = ZoneInfo(settings.hub.timezone)
    words = query.get("q", "").strip()
    after, before = _day(query.get("after", "")), _day(query.get("before", ""))
    sources = _sources(site, query)
    if not words or sources is None:
        return None
    return SearchWish(
        words=words,
        sources=sources,
        after=datetime.combine(after, time.min, zone) if after else None,
        before=datetime.combine(before + _DAY, time.min, zone) if before else None,
    )


def _asked(query: Mapping[str, str]) -> str:
    """The fields of a search as a query string, without the number of the page."""
    return urlencode({name: value for name, value in query.items() if name in _FIELDS and value})


def search_page(
    live: LiveSite, settings: Settings, store: Store, language: str, query: Mapping[str, str]
) -> bytes:
    """Return /search/ for the fields of its form: q, source, place, after, before, page."""
    words = query.get("q", "").strip()
    page = max(1, _whole(query.get("page", "1")))
    found = Found(total=0, story_ids=())
    with store.reading() as tx:
        site = live.of(settings, tx)
        wish = _wish(site, settings, query)
        if wish is not None:
            found = tx.search.find(wish, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
        cards = Cards(site.sources).load(tx, found.story_ids)
    answer = SearchPage(
        query=words,
        source_id=query.get("source", ""),
        place_id=query.get("place", ""),
        after=_day(query.get("after", "")),
        before=_day(query.get("before", "")),
        hits=tuple(search_hit(card, words) for card in cards),
        total=found.total,
        more=found.more,
        page=page,
        pages=max(1, -(-found.total // _PER_PAGE)),
        asked=bool(words),
        sources=tuple(sorted(site.sources.values(), key=lambda card: (bare(card.name), card.id))),
        places=tuple(sorted(site.places.labels.values(), key=lambda label: bare(label.name))),
    )
    feed = at.SEARCH_FEED if words else ""
    return site.renderer.search(answer, language, feed_path=feed, query=_asked(query))


def search_feed(
    live: LiveSite, settings: Settings, store: Store, suffix: str, query: Mapping[str, str]
) -> bytes | None:
    """Return a search as a feed ("atom", "rss" or "json"), newest first; None for no words."""
    words = query.get("q", "").strip()
    if not words:
        return None
    with store.reading() as tx:
        site = live.of(settings, tx)
        wish = _wish(site, settings, query)
        found = tx.search.find(wish, limit=_IN_FEED).story_ids if wish else ()
        cards = Cards(site.sources).load(tx, found)
    title = f"{words} – {site.hub.title}"
    edition = search_edition(site.hub, title, cards, f"?{_asked(query)}", limit=_IN_FEED)
    render = {"atom": render_atom, "rss": render_rss, "json": render_json}[suffix]
    return render(edition)


def figures(settings: Settings, store: Store, now: datetime) -> dict[str, int | float | None]:
    """Return the figures an operator watches."""
    with store.reading() as tx:
        standings = live_standings(settings, tx, now)
        entries = sum(tx.entries.counts().values())
        sequence = tx.stories.last_sequence()
        published = int(tx.facts.get("published_sequence") or 0)
    successes = [one.last_success for one in standings if one.last_success]
    silent = (now - max(successes)).total_seconds() if successes else None
    return {
        "sources": len(standings),
        "sources_failing": sum(one.health is SourceHealth.FAILING for one in standings),
        "sources_held": sum(one.health is SourceHealth.HELD for one in standings),
        "sources_late": sum(one.health is SourceHealth.LATE for one in standings),
        "entries": entries,
        "sequence": sequence,
        "unpublished": sequence - published,
        "seconds_since_success": silent,
    }
