"""Questions to the DNS about mail; the only place that asks it for more than an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

from feedhub.errors import DeliveryError

__all__ = ["Resolver"]

#: seconds for one question, with all its tries
_PATIENCE = 6.0
#: answers looked at; who has more has something else in mind
_MOST = 50


class Resolver:
    """Asks the DNS servers of this machine, or those named.

    Every method answers an empty tuple where the DNS says that there is no such record, and raises
    ``DeliveryError`` where no answer can be had.
    """

    def __init__(self, servers: Sequence[str] = (), port: int = 53) -> None:
        self._servers = servers
        self._port = port
        self._made: dns.resolver.Resolver | None = None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each put together."""
        found = self._ask(name, "TXT")
        return tuple(sorted(b"".join(one.strings).decode("utf-8", "replace") for one in found))

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """Return the mail servers of a domain, the preferred one first (RFC 5321, 5.1)."""
        found = sorted(self._ask(name, "MX"), key=lambda one: (one.preference, str(one.exchange)))
        return tuple(str(one.exchange).rstrip(".").lower() for one in found)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a name, of both kinds."""
        found = [*self._ask(name, "A"), *self._ask(name, "AAAA")]
        return tuple(str(one.address) for one in found)

    def names_of(self, address: str) -> tuple[str, ...]:
        """Return the names of an IP address (PTR)."""
        found = self._ask(str(dns.reversename.from_address(address)), "PTR")
        return tuple(str(one.target).rstrip(".").lower() for one in found)

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            answer = self._resolver().resolve(name, kind, lifetime=_PATIENCE, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise DeliveryError(f"the DNS gives no answer about {name}: {error}") from error
        return list(answer)[:_MOST]

    def _resolver(self) -> dns.resolver.Resolver:
        if self._made is None:
            made = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                made.nameservers = list(self._servers)
                made.port = self._port
            self._made = made
        return self._made
