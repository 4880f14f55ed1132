"""Tells operators by webhook what is new about the sources, once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import timedelta

from feedhub.errors import FetchError
from feedhub.fetch.client import Request
from feedhub.flow.parts import CollectParts
from feedhub.model.trouble import KeptNotice

__all__ = ["send_alerts"]

#: a webhook that is new in the config is told what happened since this time
_BACKLOG = timedelta(days=1)

_log = logging.getLogger(__name__)


def send_alerts(parts: CollectParts) -> None:
    """Post what was not told yet to every webhook of the config, in one message each.

    A webhook that does not take it is tried again after the next round of pulls.
    """
    for alert in parts.settings.alerts:
        if alert.webhook:
            _send(parts, alert.webhook)


def _send(parts: CollectParts, webhook: str) -> None:
    name = hashlib.blake2b(webhook.encode(), digest_size=8).hexdigest()
    key = f"told:{name}"
    with parts.store.reading() as tx:
        told = tx.facts.get(key)
        now = parts.clock.now()
        after = int(told) if told else tx.notices.last_before(now - _BACKLOG)
        news = tx.notices.after(after)
    if not news:
        return
    request = Request(
        url=webhook,
        kind="call",
        method="POST",
        content=_message(parts, news),
        content_type="application/json",
    )
    try:
        parts.ask(request)
    except FetchError as error:
        _log.warning("the webhook of [[alerts]] was not told, it is tried again: %s", error)
        return
    with parts.store.writing() as tx:
        tx.facts.set(key, str(news[-1].number))


def _message(parts: CollectParts, news: Sequence[KeptNotice]) -> bytes:
    """Write notices as JSON; ``text`` is what chat rooms show, the rest is for scripts."""
    names = {source.id: source.name or source.id for source in parts.settings.sources}
    lines = []
    for kept in news:
        subject = names.get(kept.source_id, kept.source_id) or "the hub's network"
        lines.append(f"{subject}: {'over - ' if kept.notice.over else ''}{kept.notice.words}")
    message = {
        "text": "\n".join(lines),
        "hub": parts.settings.hub.base_url,
        "notices": [
            {
                "source": kept.source_id,
                "at": kept.at.isoformat(),
                "kind": str(kept.notice.kind),
                "over": kept.notice.over,
                "words": kept.notice.words,
            }
            for kept in news
        ],
    }
    return json.dumps(message, ensure_ascii=False).encode()
