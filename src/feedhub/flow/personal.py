"""The hub's secret, and the personal addresses that are made with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from feedhub.config.settings import Settings
from feedhub.model import addresses as at
from feedhub.model.mail import Links
from feedhub.model.subscriber import Subscriber
from feedhub.render.pages import page_path
from feedhub.store.store import Store, Transaction
from feedhub.text.tokens import Purpose, mint_secret, sign_token

__all__ = ["CONFIRM_WITHIN", "hub_keys", "hub_keys_in", "personal_links"]

#: how long the link in a letter that asks for confirmation is good
CONFIRM_WITHIN = timedelta(hours=48)

#: the fact that holds the hub's secret keys, oldest first, with blanks between them
_SECRET = "secret"  # noqa: S105 - the name of the fact


def hub_keys(store: Store) -> tuple[str, ...]:
    """Return the hub's secret keys, oldest first; the very first time, mint one.

    The newest signs tokens and all are accepted. Fingerprints of addresses are made with the
    oldest for ever, so a key may be added at the end and none be taken from the front.
    """
    with store.reading() as tx:
        kept = tx.facts.get(_SECRET)
    if kept is None:
        with store.writing() as tx:
            return hub_keys_in(tx)
    return tuple(kept.split())


def hub_keys_in(tx: Transaction) -> tuple[str, ...]:
    """Return the same within a transaction that may write."""
    kept = tx.facts.get(_SECRET)
    if kept is None:
        kept = mint_secret()
        tx.facts.set(_SECRET, kept)
    return tuple(kept.split())


def personal_links(
    settings: Settings, keys: tuple[str, ...], person: Subscriber, now: datetime
) -> Links:
    """Return all personal addresses of somebody, absolute, in the person's language.

    ``confirm`` is good for ``CONFIRM_WITHIN`` from ``now``, the others for ever.
    """
    leave = sign_token(keys, Purpose.UNSUBSCRIBE, person.id)
    change = sign_token(keys, Purpose.CHANGE, person.id)
    confirm = sign_token(keys, Purpose.CONFIRM, person.id, now + CONFIRM_WITHIN)

    def address(path: str, token: str, language: str = "vi") -> str:
        return f"{settings.hub.base_url}{page_path(path, language)}?{urlencode({'token': token})}"

    return Links(
        unsubscribe=address(at.UNSUBSCRIBE, leave, person.language),
        one_click=address(at.UNSUBSCRIBE, leave),
        change=address(at.CHANGE, change, person.language),
        confirm=address(at.CONFIRM, confirm, person.language),
    )
