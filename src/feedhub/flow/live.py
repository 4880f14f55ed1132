"""What a hub answers at the moment it is asked: status, search, figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from feedhub.config.settings import Settings
from feedhub.flow.pages import Site
from feedhub.flow.standing import live_standings
from feedhub.model.page import SearchPage, SourceHealth, StatusPage
from feedhub.store.store import Store

__all__ = ["figures", "search_page", "status_page"]


def status_page(settings: Settings, store: Store, now: datetime, language: str) -> bytes:
    """Return /status/: which source is fresh, late or failing, since when, and its next try."""
    with store.reading() as tx:
        site = Site(settings, tx.facts.get("tag_base") or "")
        standings = live_standings(settings, tx, now)
    return site.renderer.status(StatusPage(standings=standings, as_of=now), language)


def search_page(
    settings: Settings, store: Store, now: datetime, language: str, query: Mapping[str, str]
) -> bytes:
    """Return /search/ for the fields of its form."""
    del now
    with store.reading() as tx:
        site = Site(settings, tx.facts.get("tag_base") or "")
    return site.renderer.search(SearchPage(query=query.get("q", "")), language)


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
