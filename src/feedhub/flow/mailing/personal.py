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

__all__ = [
    "CONFIRM_WITHIN",
    "hub_keys",
    "hub_keys_in",
    "link_keys",
    "personal_links",
    "renew_keys",
]

#: how long the link in a letter that asks for confirmation is good
CONFIRM_WITHIN = timedelta(hours=48)

#: the fact that holds the hub's secret keys, oldest first, with blanks between them; a key that
#: opens no links any more has a mark before it
_SECRET = "secret"  # noqa: S105 - the name of the fact
_RETIRED = "!"


def hub_keys(store: Store) -> tuple[str, ...]:
    """Return the hub's secret keys, oldest first; the very first time, mint one.

    The newest signs tokens. Fingerprints of addresses are made with the oldest for ever.
    """
    with store.reading() as tx:
        kept = tx.facts.get(_SECRET)
    if kept is None:
        with store.writing() as tx:
            return hub_keys_in(tx)
    return _bare(kept)


def hub_keys_in(tx: Transaction) -> tuple[str, ...]:
    """Return the same within a transaction that may write."""
    kept = tx.facts.get(_SECRET)
    if kept is None:
        kept = mint_secret()
        tx.facts.set(_SECRET, kept)
    return _bare(kept)


def _bare(kept: str) -> tuple[str, ...]:
    return tuple(key.removeprefix(_RETIRED) for key in kept.split())


def link_keys(store: Store) -> tuple[str, ...]:
    """Return the keys whose links are good."""
    with store.reading() as tx:
        kept = tx.facts.get(_SECRET) or ""
    return tuple(key for key in kept.split() if not key.startswith(_RETIRED))


def renew_keys(store: Store) -> None:
    """Sign all links with a new key from now on; every link sent before stops working."""
    with store.writing() as tx:
        old = [_RETIRED + key for key in hub_keys_in(tx)]
        tx.facts.set(_SECRET, " ".join((*old, mint_secret())))


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
