"""Tells operators by webhook and mail what is new about the sources, once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import timedelta

from feedhub.errors import DeliveryError, FetchError
from feedhub.fetch.client import Request
from feedhub.flow.parts import CollectParts
from feedhub.model.trouble import KeptNotice
from feedhub.store.store import Transaction

__all__ = ["send_alerts"]

#: a webhook that is new in the config is told what happened since this time
_BACKLOG = timedelta(days=1)

_log = logging.getLogger(__name__)


def send_alerts(parts: CollectParts) -> None:
    """Tell every webhook and mail address of the config what it was not told yet, in one message.

    A webhook that does not take it is tried again after the next round of pulls; a mail is queued
    in the outbox.
    """
    for alert in parts.settings.alerts:
        if alert.webhook:
            _call(parts, alert.webhook)
        if alert.mail:
            _write(parts, alert.mail)


def _news(parts: CollectParts, tx: Transaction, told: str) -> tuple[KeptNotice, ...]:
    """Return what somebody has not been told yet; ``told`` is the fact that says how far."""
    number = tx.facts.get(told)
    after = int(number) if number else tx.notices.last_before(parts.clock.now() - _BACKLOG)
    return tx.notices.after(after)


def _told(somebody: str) -> str:
    return f"told:{hashlib.blake2b(somebody.encode(), digest_size=8).hexdigest()}"


def _call(parts: CollectParts, webhook: str) -> None:
    told = _told(webhook)
    with parts.store.reading() as tx:
        news = _news(parts, tx, told)
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
        tx.facts.set(told, str(news[-1].number))


def _write(parts: CollectParts, address: str) -> None:
    told = _told(address)
    with parts.store.reading() as tx:
        if not _news(parts, tx, told):
            return
    # rendering and mail are loaded when there is something to tell
    from feedhub.flow.mailing.writing import finished
    from feedhub.flow.publishing.pages import hub_of
    from feedhub.model.mail import DeliveryKind
    from feedhub.render.letters import render_alert_letter

    settings = parts.settings
    with parts.store.writing() as tx:
        news = _news(parts, tx, told)
        names = _names(parts)
        lines = [(names.get(one.source_id, one.source_id), one.notice) for one in news]
        letter = render_alert_letter(hub_of(settings), lines, language=settings.hub.language)
        now = parts.clock.now()
        try:
            tx.deliveries.queue([finished(settings, DeliveryKind.ALERT, letter, address, now)])
        except DeliveryError as error:
            _log.error("nobody can be told by mail of [[alerts]]: %s", error)
            return
        tx.facts.set(told, str(news[-1].number))


def _names(parts: CollectParts) -> dict[str, str]:
    return {source.id: source.name or source.id for source in parts.settings.sources}


def _message(parts: CollectParts, news: Sequence[KeptNotice]) -> bytes:
    """Write notices as JSON; ``text`` is what chat rooms show, the rest is for scripts."""
    names = _names(parts)
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
