"""One round of mailing: the digests that are due, then the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from feedhub.deliver.returns import ReturnsFolder
from feedhub.errors import DeliveryError
from feedhub.flow.mailing.bouncing import read_returns
from feedhub.flow.mailing.letters import MailParts
from feedhub.flow.mailing.runs import Made, RunMaker
from feedhub.flow.mailing.sending import NEVER, Sent, send_waiting
from feedhub.flow.publishing.pages import Site
from feedhub.store.store import Transaction

__all__ = ["Mailed", "due_for_mail", "mail", "reckon_anew"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """What a round of mailing brought."""

    made: Made
    sent: Sent


def mail(parts: MailParts, *, alone: bool = True, stopped: Callable[[], bool] = NEVER) -> Mailed:
    """Make the digests that are due and send what waits; call it as often as you like.

    ``alone`` and ``stopped`` are those of ``send_waiting``.
    """
    _take_returns(parts)
    made = _maker(parts).make()
    return Mailed(made=made, sent=send_waiting(parts, alone=alone, stopped=stopped))


def reckon_anew(parts: MailParts) -> None:
    """Reckon every cut-off anew, at the start of a service: a zone's rules may have changed."""
    _maker(parts).reschedule()


def due_for_mail(parts: MailParts) -> bool:
    """Tell whether a round of mailing would find anything to do, without claiming anything."""
    folder = parts.settings.mail.bounce_folder
    if folder is not None and ReturnsFolder(folder).any_waiting():
        return True
    with parts.store.reading() as tx:
        return _due(tx, parts)


def _take_returns(parts: MailParts) -> None:
    """Read the folder of returned mail first: who is gone is written to no more."""
    folder = parts.settings.mail.bounce_folder
    if folder is None:
        return
    try:
        read_returns(parts.store, ReturnsFolder(folder), parts.clock.now())
    except DeliveryError as error:
        _log.warning("returned mail is not read: %s", error)


def _due(tx: Transaction, parts: MailParts) -> bool:
    now = parts.clock.now()
    scheduled = tx.digests.due()
    if any(digest.id not in scheduled for digest in parts.settings.digests):
        return True
    moments = [
        *(scheduled[digest.id] for digest in parts.settings.digests),
        tx.subscribers.next_due(),
        tx.deliveries.next_try(),
        tx.deliveries.next_lost(),
    ]
    return any(moment is not None and moment <= now for moment in moments)


def _maker(parts: MailParts) -> RunMaker:
    now = parts.clock.now()
    with parts.store.writing() as tx:
        site = Site.of(parts.settings, tx, now)
    return RunMaker(parts.settings, parts.store, now, site.cards)
