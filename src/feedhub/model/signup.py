"""What people ask for at the hub's desk, and what the pages of the desk say to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedhub.model.digest import Digest
from feedhub.model.edition import Label

__all__ = [
    "ChoicesPage",
    "DeskPage",
    "DeskStep",
    "DigestOption",
    "LabelOption",
    "WantedDigest",
    "Wish",
    "WishTrouble",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDigest:
    """A digest somebody wants; ``at`` and ``on`` are empty where its own time will do."""

    digest_id: str
    at: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asked for in a form, in a file or by a command.

    ``address`` is as typed, empty where it is known already. Places and topics are label ids, the
    same for all digests of a person; none means all.
    """

    address: str
    language: str
    timezone: str
    digests: tuple[WantedDigest, ...]
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class WishTrouble(StrEnum):
    """What is wrong with a wish."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    NO_DIGEST = "no_digest"
    #: a time, weekday, zone or language that nobody offered
    NO_SUCH_CHOICE = "no_such_choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestOption:
    """A digest in a form: whether it is chosen, and when it would come."""

    digest: Digest
    chosen: bool
    at: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOption:
    """A place or topic in a form."""

    label: Label
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesPage:
    """The form of all choices: for signing up, or with a ``token`` for changing them.

    ``address`` is what was typed; on the page for changing it is masked, and ``leave_token`` leads
    to the page for leaving. ``saved`` tells that the choices shown have just been stored.
    """

    digests: tuple[DigestOption, ...]
    places: tuple[LabelOption, ...]
    topics: tuple[LabelOption, ...]
    language: str
    timezone: str
    address: str = ""
    token: str = ""
    leave_token: str = ""
    troubles: tuple[WishTrouble, ...] = ()
    saved: bool = False


class DeskStep(StrEnum):
    """What a page of the desk without choices is for."""

    #: a letter is on its way, if it may be; the same whoever the address belongs to
    LETTER_SENT = "letter_sent"
    ASK_CONFIRM = "ask_confirm"
    CONFIRMED = "confirmed"
    ASK_LEAVE = "ask_leave"
    LEFT = "left"
    #: the link is genuine, but nothing is sent to its owner
    NOT_SUBSCRIBED = "not_subscribed"
    LINK_TOO_OLD = "link_too_old"
    BAD_LINK = "bad_link"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """A page that asks for one press of a button, or says what was done.

    ``address`` is masked; ``token`` the one of the link, ``change_token`` one for the page of
    choices where the page leads there; ``digests`` those the page is about.
    """

    step: DeskStep
    address: str = ""
    token: str = ""
    change_token: str = ""
    digests: tuple[DigestOption, ...] = ()
    places: tuple[Label, ...] = ()
    topics: tuple[Label, ...] = ()
    timezone: str = ""
