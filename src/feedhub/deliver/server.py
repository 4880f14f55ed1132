"""The mail server of the config: an address such as ``smtps://user:password@mail.town.example``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

__all__ = ["Encryption", "MailServer"]

_FORM = 'expected an address such as "smtp+starttls://user:password@mail.town.example:587"'


class Encryption(StrEnum):
    """How the way to the server is guarded; the value is the scheme of the address."""

    #: STARTTLS where the server offers it (RFC 7435), else in the clear
    OFFERED = "smtp"
    #: STARTTLS, or nothing is sent (RFC 3207)
    STARTTLS = "smtp+starttls"
    #: TLS from the first byte (RFC 8314)
    TLS = "smtps"


_PORTS = {Encryption.OFFERED: 25, Encryption.STARTTLS: 587, Encryption.TLS: 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where messages are handed over. ``user`` is empty where no login is needed."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, address: str) -> MailServer:
        """Read an address of the config; user name and password are percent-encoded in it.

        Raises ``ValueError`` in words that never hold the password.
        """
        try:
            parts = urlsplit(address)
            encryption = Encryption(parts.scheme)
            port = parts.port or _PORTS[encryption]
            (parts.hostname or "").encode("idna")  # as the system will when it connects
        except ValueError:
            raise ValueError(_FORM) from None
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(_FORM)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise ValueError("expected both a user name and a password, or neither")
        if not f"{user}{password}{parts.hostname}".isprintable():
            raise ValueError("expected no control characters")
        return cls(
            host=parts.hostname, port=port, encryption=encryption, user=user, password=password
        )

    @property
    def shown(self) -> str:
        """The address without user name and password, for people and logs."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.encryption}://{host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        """Tell whether the way to the server stays on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
