"""Short letters to single people, finished and queued: please confirm; here are your choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import formataddr, parseaddr
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from feedhub.config.settings import Settings
from feedhub.deliver.message import compose, domain_of
from feedhub.deliver.signing import Signer
from feedhub.flow.mailing.personal import CONFIRM_WITHIN, personal_links
from feedhub.flow.mailing.subscribing import LetterWriter
from feedhub.flow.parts import mint_id
from feedhub.flow.publishing.pages import hub_of
from feedhub.model.digest import Digest
from feedhub.model.mail import Delivery, DeliveryKind, DeliveryState, Headers, Letter
from feedhub.model.subscriber import Subscriber
from feedhub.render.letters import render_change_letter, render_confirm_letter

__all__ = ["finished", "letter_writer", "return_path", "sender_of", "signer_of"]


def sender_of(settings: Settings) -> str:
    """Return the From value: as configured, else the site's name at the site's host."""
    if settings.mail.sender:
        return settings.mail.sender
    host = urlsplit(settings.hub.base_url).hostname or "localhost"
    return formataddr((settings.hub.title, f"news@{host}"), charset="utf-8")


def return_path(settings: Settings, delivery_id: str) -> str:
    """Return the envelope sender, with the delivery's id in it: a bounce names what bounced."""
    address = settings.mail.bounces_to or parseaddr(sender_of(settings))[1]
    local, _, domain = address.rpartition("@")
    return f"{local}+{delivery_id}@{domain}"


def signer_of(settings: Settings) -> Signer | None:
    """Return what signs our mail, if the config names a key."""
    if not settings.mail.dkim_key_file:
        return None
    return Signer.read(
        Path(settings.mail.dkim_key_file),
        domain=domain_of(sender_of(settings)),
        selector=settings.mail.dkim_selector,
    )


def letter_writer(settings: Settings, keys: tuple[str, ...], now: datetime) -> LetterWriter:
    """Return what writes the letters that people call for at the desk.

    They belong to no list and carry no way to end one: nothing is sent to whoever they ask.
    """

    def write(kind: DeliveryKind, person: Subscriber, digests: Sequence[Digest]) -> Delivery:
        links = personal_links(settings, keys, person, now)
        hours = int(CONFIRM_WITHIN.total_seconds() // 3600)
        ask = partial(render_confirm_letter, hours=hours)
        letter = (render_change_letter if kind is DeliveryKind.CHANGE else ask)(
            hub_of(settings),
            digests,
            language=person.language,
            links=links,
            postal_address=settings.mail.postal_address,
        )
        written = finished(settings, kind, letter, person.address, now)
        return replace(written, subscriber_id=person.id, address="")

    return write


def finished(
    settings: Settings, kind: DeliveryKind, letter: Letter, address: str, now: datetime
) -> Delivery:
    """Return a letter to one address as a message to be queued, belonging to no list or person."""
    delivery_id = mint_id()
    sender = sender_of(settings)
    headers = Headers(
        message_id=f"{kind}.{delivery_id}@{domain_of(sender)}",
        date=now,
        sender=sender,
        recipient=address,
        return_path=return_path(settings, delivery_id),
    )
    message = compose(letter, headers, signer=signer_of(settings))
    return Delivery(
        id=delivery_id,
        kind=kind,
        state=DeliveryState.QUEUED,
        message_id=message.message_id,
        queued_at=now,
        address=address,
        domain=address.rpartition("@")[2],
        body=message.data,
        next_try_at=now,
    )
