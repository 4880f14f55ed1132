"""Lets hubs tell us of a source's news (WebSub), and answers what they send."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedhub.config.settings import Settings
from feedhub.errors import FetchError
from feedhub.fetch.websub import (
    Delivery,
    answer_hub,
    ask_hub,
    check_delivery,
    find_hub,
    is_leaving,
    needs_asking,
    new_push,
    note_delivered,
    note_missed,
)
from feedhub.flow.parts import CollectParts
from feedhub.model.document import Document
from feedhub.model.entry import ParsedFeed
from feedhub.model.push import Push
from feedhub.store.store import Store

__all__ = ["hear_from_hub", "keep_subscribed", "leave_retired", "note_offer", "wants_push"]

_log = logging.getLogger(__name__)


def wants_push(settings: Settings) -> bool:
    """Tell whether hubs are asked to push: as configured, else where they could reach us."""
    if settings.collect.websub is not None:
        return settings.collect.websub
    host = urlsplit(settings.hub.base_url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal", ".lan"))


def note_offer(
    parts: CollectParts,
    source_id: str,
    document: Document,
    parsed: ParsedFeed,
    *,
    new: int,
    pulled_before: datetime | None,
) -> Push | None:
    """Note the hub a document names, and whether a pull found news the hub kept back.

    ``new`` is how many entries the pull found; ``pulled_before`` the moment of the pull before.
    Returns what is agreed with the hub now; None where nothing is, or no hub is asked.
    """
    if not wants_push(parts.settings):
        return None
    now = parts.clock.now()
    found = find_hub(document, hub=parsed.hub, self_url=parsed.self_url)

    def as_told(push: Push | None) -> Push | None:
        if found and (push is None or (push.hub, push.topic) != found):
            return new_push(source_id, *found)
        if push is None or not new or push.delivered_at is None or pulled_before is None:
            return push
        return note_missed(push, now) if push.delivered_at < pulled_before else push

    with parts.store.reading() as tx:
        push = tx.pushes.of_source(source_id)
    if as_told(push) is push:
        return push
    with parts.store.writing() as tx:  # the hub may have written meanwhile
        push = as_told(tx.pushes.of_source(source_id))
        if push is not None:
            tx.pushes.save(push)
    return push


def keep_subscribed(parts: CollectParts, source_id: str) -> None:
    """Ask the source's hub for a lease where there is none, or where it ends soon."""
    if not wants_push(parts.settings):
        return
    now = parts.clock.now()
    with parts.store.reading() as tx:
        push = tx.pushes.of_source(source_id)
    if push is not None and needs_asking(push, now):
        _ask(parts, push, now)


def leave_retired(parts: CollectParts) -> None:
    """Ask the hubs of sources that left the config to send us nothing more."""
    now = parts.clock.now()
    with parts.store.reading() as tx:
        running = tx.pushes.of_retired(now)
    for push in running:
        if not is_leaving(push, now):
            _ask(parts, push, now, leave=True)


def _ask(parts: CollectParts, push: Push, now: datetime, *, leave: bool = False) -> None:
    callback = f"{parts.settings.hub.base_url}websub/{push.token}"
    request, asked = ask_hub(push, callback, now, leave=leave)
    with parts.store.writing() as tx:  # before asking: the hub may verify at once
        tx.pushes.save(asked)
    try:
        parts.ask(request)
    except FetchError as error:
        _log.info("the hub of %s was not won: %s", push.source_id, error)
        with parts.store.writing() as tx:
            tx.pushes.save(replace(asked, refusal=str(error)))


def hear_from_hub(
    store: Store,
    now: datetime,
    token: str,
    query: Mapping[str, str],
    *,
    delivered: tuple[bytes, str | None] | None = None,
) -> tuple[int, str]:
    """Answer a request to our callback with a status and a text.

    ``delivered`` holds body and signature of a POST. A signed delivery, like an unsigned one from
    a hub without a secret, makes the source due; a forged one is taken without effect, as the
    Recommendation asks (7.1).
    """
    with store.writing() as tx:
        push = tx.pushes.of_token(token)
        if push is None:
            return 404, "there is no such subscription"
        if delivered is None:
            text, push = answer_hub(push, query, now)
            tx.pushes.save(push)
            return (404, "nobody asked for this") if text is None else (200, text)
        kind = check_delivery(push, *delivered)
        if kind is not Delivery.FORGED:
            tx.pushes.make_due(push.source_id, now)
        if kind is Delivery.CONTENT:
            tx.pushes.save(note_delivered(push, now))
        return 202, ""
