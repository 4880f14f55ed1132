"""What a hub answers at the moment it is asked: status, search, figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from feedhub.config.settings import Settings
from feedhub.edit.hits import search_hit
from feedhub.flow.pages import Site
from feedhub.flow.standing import live_standings
from feedhub.model.page import SearchPage, SourceHealth, StatusPage
from feedhub.store.search import SearchWish
from feedhub.store.store import Store

__all__ = ["figures", "search_page", "status_page"]

_PER_PAGE = 20
_DAY = timedelta(days=1)


def status_page(settings: Settings, store: Store, now: datetime, language: str) -> bytes:
    """Return /status/: which source is fresh, late or failing, since when, and its next try."""
    with store.reading() as tx:
        site = Site(settings, tx.facts.get("tag_base") or "")
        standings = live_standings(settings, tx, now)
    return site.renderer.status(StatusPage(standings=standings, as_of=now), language)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def search_page(settings: Settings, store: Store, language: str, query: Mapping[str, str]) -> bytes:
    """Return /search/ for the fields of its form: q, source, place, after, before, page."""
    zone = ZoneInfo(settings.hub.timezone)
    words = query.get("q", "").strip()
    page = max(1, _whole(query.get("page", "1")))
    after, before = _day(query.get("after", "")), _day(query.get("before", ""))
    with store.reading() as tx:
        site = Site(settings, tx.facts.get("tag_base") or "")
        source_id, place_id = query.get("source", ""), query.get("place", "")
        chosen = [source_id] if source_id in site.sources else []
        if place_id in site.places.sources:
            chosen += [card.id for card in site.places.sources[place_id]]
        wish = SearchWish(
            words=words,
            sources=tuple(dict.fromkeys(chosen)),
            after=datetime.combine(after, time.min, zone) if after else None,
            before=datetime.combine(before + _DAY, time.min, zone) if before else None,
        )
        found = tx.search.find(wish, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
        cards = site.cards.load(tx, found.story_ids)
    answer = SearchPage(
        query=words,
        source_id=source_id,
        place_id=place_id,
        after=after,
        before=before,
        hits=tuple(search_hit(card, words) for card in cards),
        total=found.total,
        page=page,
        pages=max(1, -(-found.total // _PER_PAGE)),
        asked=bool(words),
        sources=tuple(sorted(site.sources.values(), key=lambda card: (card.name, card.id))),
        places=tuple(sorted(site.places.labels.values(), key=lambda label: label.name)),
    )
    asked = urlencode({name: value for name, value in query.items() if name != "page" and value})
    return site.renderer.search(answer, language, query=asked)


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
        "sources_late": sum(one.health is SourceHealth.LATE for one in standings),
        "entries": entries,
        "sequence": sequence,
        "unpublished": sequence - published,
        "seconds_since_success": silent,
    }
