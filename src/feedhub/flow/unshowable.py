"""Stories that break the renderer: found, left out and told, so that all others are published."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime

from feedhub.config.settings import Settings
from feedhub.edit.channels import channel_edition
from feedhub.edit.pages import front_page
from feedhub.errors import ConfigError, FeedHubError
from feedhub.flow.publishing.pages import Site
from feedhub.flow.publishing.standing import standings_of
from feedhub.model.channel import Channel
from feedhub.model.page import StatusPage
from feedhub.model.trouble import Notice, TroubleKind
from feedhub.render.feeds import RENDERERS
from feedhub.store.store import Store, Transaction

__all__ = ["leave_out", "left_out", "try_templates"]

#: the fact that holds the ids of stories left out
_LEFT_OUT = "left_out"
_PROBE = Channel(id="probe", title="probe")
_BATCH = 200

_log = logging.getLogger(__name__)


def left_out(tx: Transaction) -> frozenset[str]:
    """Return the ids of the stories that were found to break the renderer."""
    return frozenset(json.loads(tx.facts.get(_LEFT_OUT) or "[]"))


def try_templates(settings: Settings, store: Store) -> str:
    """Render the most important pages and lay none down; return what is broken, "" if nothing."""
    with store.reading() as tx:
        site = Site(settings, tx.facts.get("tag_base") or "")
        newest = tx.stories.announced(limit=5)
        standings = [one.standing for one in standings_of(settings, tx).values()]
        try:
            site.fixed()
            for name in newest:
                if words := _breaks(tx, site, name):
                    return f"the story {name} cannot be shown ({words})"
            front = front_page(site.cards.load(tx, newest), site.hub.timezone)
            for code in site.renderer.languages:
                site.renderer.front(front, code)
                site.renderer.status(StatusPage(standings=tuple(standings)), code)
        except ConfigError as error:
            return str(error)
    return ""


def leave_out(store: Store, site: Site, ids: Sequence[str], now: datetime) -> frozenset[str]:
    """Try each story by itself; note and tell those that break, and return them.

    Only called when a publishing broke: trying costs as much as rendering.
    """
    found: dict[str, str] = {}
    with store.reading() as tx:
        for start in range(0, len(ids), _BATCH):
            for story in tx.stories.load(ids[start : start + _BATCH]):
                words = _breaks(tx, site, story.id)
                if words:
                    found[story.id] = words
    if found:
        with store.writing() as tx:
            tx.facts.set(_LEFT_OUT, json.dumps(sorted(left_out(tx) | set(found))))
            tx.notices.add(
                "",
                now,
                [
                    Notice(
                        kind=TroubleKind.HUB,
                        words=f"the story {name} cannot be shown and is left out ({words}); "
                        "this is a fault of FeedHub or of the theme, please report it",
                    )
                    for name, words in found.items()
                ],
            )
    return frozenset(found)


def _breaks(tx: Transaction, site: Site, story_id: str) -> str:
    """Return what a story's page or entry raises, "" where both can be rendered."""
    try:
        for story in tx.stories.load([story_id]):
            for _ in site.story(tx, story):
                pass
        edition = channel_edition(site.hub, _PROBE, site.cards.load(tx, [story_id]), "probe")
        for render in RENDERERS.values():
            render(edition)
    except FeedHubError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other stories go out
        _log.exception("the story %s cannot be shown", story_id)
        return f"{type(error).__name__}: {error}"[:200]
    return ""
