"""Mail addresses: read from what people type, and recognised without being kept.

Nothing here asks the network. Whether an address exists is found out by writing to it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

__all__ = ["MailAddress", "fingerprint", "mail_address", "masked"]

#: RFC 5321, 4.5.3.1, as errata 1690 of RFC 3696 reads it
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address: its local part as typed, its domain in lower case and ASCII (IDNA 2008)."""

    address: str
    domain: str


def mail_address(text: str) -> MailAddress:
    """Read one mail address (RFC 5321), such as ``An.Nguyen@Xã.example``.

    Raises ``ValueError`` that says in words what is wrong. Refused besides what is no address:
    names and comments around it, quoted local parts, bare IP addresses and hosts without a domain,
    and letters outside ASCII before the @ (RFC 6531), which many servers do not take.
    """
    typed = text.strip()
    if not typed:
        raise ValueError("there is no address")
    if len(typed) > _LONGEST:
        raise ValueError(f"an address has at most {_LONGEST} characters")
    if "@" not in typed:
        raise ValueError("an address has an @ in it, such as name@town.example")
    try:
        found = validate_email(
            typed,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,  # at most 64 characters before the @ (RFC 5321, 4.5.3.1.1)
            test_environment=True,  # names below .test are good for trials (RFC 6761, 6.2)
            globally_deliverable=False,  # a host without a dot is refused in our own words
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    domain = (found.ascii_domain or "").lower()
    if "." not in domain:
        raise ValueError("the part after the @ has no dot, as in name@town.example")
    return MailAddress(address=f"{found.local_part}@{domain}", domain=domain)


def fingerprint(secret: str, address: str) -> str:
    """Return a keyed hash (HMAC-SHA-256, 64 hexadecimal digits) that stands for an address.

    Capital letters make no difference: two people whose addresses differ only by them do not
    exist, while one person who types differently does. Without the secret nobody can find out by
    trying whether an address is known.
    """
    return hmac.new(secret.encode(), address.casefold().encode(), hashlib.sha256).hexdigest()


def masked(address: str) -> str:
    """Return an address as its owner knows it again and others do not: ``a…@town.example``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""
