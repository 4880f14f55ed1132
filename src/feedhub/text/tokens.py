"""Signed tokens: an address that only its receiver knows, good for one purpose and for a time.

Nothing is stored for a token. It says whom it is for and until when, and a keyed hash over both
shows that the hub wrote it. Each purpose has keys of its own (a salt), so that a link for changing
choices confirms nothing. A token is plain ASCII of ``[A-Za-z0-9_.-]`` that begins and ends with a
letter, digit, ``-`` or ``_`` and *ends* with whom it is for: programs that make links out of plain
text leave a ``-`` at the end of an address out.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from itsdangerous import Signer

__all__ = ["BadToken", "ExpiredToken", "Purpose", "mint_secret", "open_token", "sign_token"]

#: signature (SHA-256 in base 64 without padding), expiry in seconds since 1970 (0: never), subject
_TOKEN = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{1,12})\.([0-9a-z]{1,32})", re.ASCII)


class Purpose(StrEnum):
    """What a token is good for."""

    CONFIRM = "confirm"
    CHANGE = "change"
    UNSUBSCRIBE = "unsubscribe"


class BadToken(ValueError):  # noqa: N818 - the word for what it is
    """The token was not written by this hub for this purpose, or was damaged on its way."""


class ExpiredToken(BadToken):
    """The token is genuine, but its time has passed."""


def mint_secret() -> str:
    """Return a new secret key of 256 random bits."""
    return secrets.token_urlsafe(32)


def sign_token(
    keys: Sequence[str], purpose: Purpose, subject: str, expires: datetime | None = None
) -> str:
    """Return a token for ``subject`` (an id of lower-case letters and digits, at most 32).

    ``keys`` are the hub's secrets, oldest first; the newest signs. ``expires`` is the moment
    (aware) from which on the token is refused; None for never.
    """
    until = int(expires.timestamp()) if expires is not None else 0
    payload = f"{until}.{subject}"
    token = f"{_signer(keys, purpose).get_signature(payload).decode('ascii')}.{payload}"
    if not _TOKEN.fullmatch(token):
        raise ValueError(f'"{subject}" cannot stand in a token')
    return token


def open_token(keys: Sequence[str], purpose: Purpose, token: str, now: datetime) -> str:
    """Return whom a token is for. Any of the keys may have signed it.

    Raises ``BadToken``, and ``ExpiredToken`` for a genuine one whose time has passed at ``now``.
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise BadToken("this is no token")
    signature, until, subject = parts.groups()
    if not _signer(keys, purpose).verify_signature(f"{until}.{subject}", signature):
        raise BadToken("this token was not written here, or not for this")
    if until != "0" and now.timestamp() >= int(until):
        raise ExpiredToken("this token is too old")
    return subject


def _signer(keys: Sequence[str], purpose: Purpose) -> Signer:
    return Signer(
        list(keys),
        salt=f"feedhub.{purpose}",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
