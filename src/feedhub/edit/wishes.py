"""What people ask for, read from the fields of a form and checked against what is offered.

A form's fields are ``address``, ``digest`` (any number), ``at-ID`` and ``on-ID`` for each digest,
``zone``, ``language``, ``place`` and ``topic`` (any number).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from feedhub.edit.windows import WEEKDAYS
from feedhub.model.digest import Digest
from feedhub.model.edition import Label
from feedhub.model.signup import (
    ChoicesPage,
    DigestOption,
    LabelOption,
    WantedDigest,
    Wish,
    WishTrouble,
)
from feedhub.model.subscriber import Subscriber, Subscription
from feedhub.text.addresses import mail_address, masked
from feedhub.text.folding import bare

__all__ = [
    "Offer",
    "choices_page",
    "chosen_labels",
    "digest_options",
    "is_time",
    "read_wish",
    "usual_wish",
    "wish_of",
]

Fields = Mapping[str, Sequence[str]]

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_LONGEST = 320  # characters of an address that are shown again


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a hub offers: its digests, labels by id, and the zones and languages it knows."""

    digests: tuple[Digest, ...]
    places: Mapping[str, Label]
    topics: Mapping[str, Label]
    zones: Collection[str]
    languages: Collection[str]


def usual_wish(offer: Offer, *, language: str, timezone: str) -> Wish:
    """Return what stands in the form before anybody chose: the first digest, at its own time."""
    first = tuple(WantedDigest(digest_id=digest.id) for digest in offer.digests[:1])
    return Wish(address="", language=language, timezone=timezone, digests=first)


def wish_of(person: Subscriber, subscriptions: Sequence[Subscription]) -> Wish:
    """Return what somebody has asked for already."""
    return Wish(
        address=person.address,
        language=person.language,
        timezone=person.timezone,
        digests=tuple(
            WantedDigest(digest_id=one.digest_id, at=one.at, on=one.on) for one in subscriptions
        ),
        places=subscriptions[0].places if subscriptions else (),
        topics=subscriptions[0].topics if subscriptions else (),
    )


def read_wish(
    fields: Fields, offer: Offer, usual: Wish, *, with_address: bool
) -> tuple[Wish, tuple[WishTrouble, ...]]:
    """Read a form; return the wish and what is wrong with it.

    The wish keeps what was typed also where something is wrong, so that the form can be shown
    again. A field that is missing altogether is as in ``usual``.
    """
    troubles: list[WishTrouble] = []
    address = ""
    if with_address:
        address = _last(fields, "address", "")[:_LONGEST]
        try:
            address = mail_address(address).address
        except ValueError:
            blank = not address.strip()
            troubles.append(WishTrouble.NO_ADDRESS if blank else WishTrouble.BAD_ADDRESS)
    digests = tuple(_wanted(fields, digest) for digest in offer.digests if _has(fields, digest.id))
    if not digests:
        troubles.append(WishTrouble.NO_DIGEST)
    wish = Wish(
        address=address,
        language=_last(fields, "language", usual.language),
        timezone=_last(fields, "zone", usual.timezone),
        digests=digests,
        places=_labels(fields.get("place", ()), offer.places),
        topics=_labels(fields.get("topic", ()), offer.topics),
    )
    if not _is_offered(wish, offer):
        troubles.append(WishTrouble.NO_SUCH_CHOICE)
    return wish, tuple(troubles)


def _last(fields: Fields, name: str, instead: str) -> str:
    found = fields.get(name)
    return found[-1] if found else instead


def _has(fields: Fields, digest_id: str) -> bool:
    return digest_id in fields.get("digest", ())


def _wanted(fields: Fields, digest: Digest) -> WantedDigest:
    """A digest with somebody's time for it; its own time is kept as none, to move with it."""
    at = _last(fields, f"at-{digest.id}", "")
    on = _last(fields, f"on-{digest.id}", "") if digest.rhythm.every == "week" else ""
    return WantedDigest(
        digest_id=digest.id,
        at="" if at == digest.rhythm.at else at,
        on="" if on == digest.rhythm.on else on,
    )


def _labels(wanted: Sequence[str], offered: Mapping[str, Label]) -> tuple[str, ...]:
    """The labels that exist; all of them are as good as none, and hold for later ones too."""
    known = tuple(sorted(set(wanted) & set(offered)))
    return () if len(known) == len(offered) else known


def is_time(text: str) -> bool:
    """Tell whether a text is a time of day as HH:MM."""
    return _TIME.fullmatch(text) is not None


def _is_offered(wish: Wish, offer: Offer) -> bool:
    times = all(not one.at or is_time(one.at) for one in wish.digests)
    days = all(not one.on or one.on in WEEKDAYS for one in wish.digests)
    return times and days and wish.timezone in offer.zones and wish.language in offer.languages


def digest_options(offer: Offer, wish: Wish) -> tuple[DigestOption, ...]:
    """Return every digest offered, with whether and when it is wanted."""
    wanted = {one.digest_id: one for one in wish.digests}
    return tuple(
        DigestOption(
            digest=digest,
            chosen=digest.id in wanted,
            at=(wanted[digest.id].at if digest.id in wanted else "") or digest.rhythm.at,
            on=(wanted[digest.id].on if digest.id in wanted else "") or digest.rhythm.on,
        )
        for digest in offer.digests
    )


def choices_page(
    offer: Offer,
    wish: Wish,
    *,
    token: str = "",
    troubles: tuple[WishTrouble, ...] = (),
    saved: bool = False,
) -> ChoicesPage:
    """Return the form that shows a wish. With a ``token`` it is about a known, masked address."""
    return ChoicesPage(
        digests=digest_options(offer, wish),
        places=_label_options(offer.places, wish.places),
        topics=_label_options(offer.topics, wish.topics),
        language=wish.language,
        timezone=wish.timezone,
        address=masked(wish.address) if token else wish.address,
        token=token,
        troubles=troubles,
        saved=saved,
    )


def chosen_labels(offered: Mapping[str, Label], wanted: Sequence[str]) -> tuple[Label, ...]:
    """Return the labels that are wanted, by name; one that is no longer offered is left out."""
    found = [label for name, label in offered.items() if name in wanted]
    return tuple(sorted(found, key=lambda label: (bare(label.name), label.id)))


def _label_options(offered: Mapping[str, Label], wanted: Sequence[str]) -> tuple[LabelOption, ...]:
    named = chosen_labels(offered, tuple(offered))
    return tuple(LabelOption(label=label, chosen=label.id in wanted) for label in named)
