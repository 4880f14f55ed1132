"""The address guard: the hub is never turned against the network it stands in.

Names are resolved here, every answer is checked, and the connection goes to a checked answer. A
last look at the socket's own address holds whatever the layers between believe.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from feedhub.errors import ConfigError, Refused
from feedhub.fetch.address import WebAddress

__all__ = ["AddressGuard", "NameLookup", "is_public", "system_lookup"]

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
#: host name and port -> the IP addresses it stands for; raises ``socket.gaierror``
NameLookup = Callable[[str, int], Iterable[str]]

#: IANA IPv4 special-purpose registry (2024), and multicast. Written out because the standard
#: library's own table changed between patch releases of one Python version (CVE-2024-4032).
_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
#: Only this block is handed out as public IPv6 (IANA IPv6 address space).
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
#: How many names may be looked up at once; each waits in a thread of its own.
_LOOKUPS_AT_ONCE = 32
#: Seconds a checked answer may be used again; short, for sites move.
_REMEMBERED = 60.0
_MOST_REMEMBERED = 10_000
#: More answers than this for one name are not looked at.
_MOST_ANSWERS = 32


def is_public(ip: IPAddress) -> bool:
    """Say whether an address is one of the public internet.

    IPv4 addresses hidden inside IPv6 (mapped, compatible, 6to4, NAT64, Teredo, ISATAP) count as
    what they hide. Addresses of a network interface (``fe80::1%eth0``) are never public.
    """
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    if ip.scope_id is not None:
        return False
    hidden = _hidden_ipv4(ip)
    if hidden:
        return all(is_public(address) for address in hidden)
    return ip in _PUBLIC_6 and not any(ip in network for network in _NOT_PUBLIC_6)


def _hidden_ipv4(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.ipv4_mapped is not None:
        return (ip.ipv4_mapped,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    if ip in _NAT64 or ip in _COMPATIBLE:
        return (last,)
    if (int(ip) >> 32) & 0xFDFFFFFF == 0x5EFE:  # ISATAP, RFC 5214 (6.1)
        return (last,)
    return ()


@dataclass(frozen=True, slots=True)
class _Exception:
    """One entry of ``allow_private``: a network or a name, on one port or all."""

    network: IPNetwork | None
    name: str
    port: int | None

    def covers(self, host: str, port: int, ip: IPAddress) -> bool:
        if self.port is not None and port != self.port:
            return False
        if self.network is None:
            return host == self.name
        return ip.version == self.network.version and ip in self.network


def _read_exception(text: str) -> _Exception:
    host, port = text.strip().lower(), None
    bare_six = host.count(":") > 1 and not host.startswith("[")
    if not bare_six and ":" in host.rpartition("]")[2]:
        host, _, digits = host.rpartition(":")
        if not digits.isdigit() or not 0 < int(digits) < 65536:
            raise ConfigError(f"{text!r} ends in no port number", key="collect.allow_private")
        port = int(digits)
    host = host.replace("[", "").replace("]", "")
    try:
        return _Exception(ip_network(host), "", port)
    except ValueError as error:
        if not host or "/" in host or host.replace(".", "").isdigit():
            raise ConfigError(
                f"{text!r} is neither host, address nor network: {error}",
                key="collect.allow_private",
            ) from error
        return _Exception(None, host.removesuffix("."), port)


def system_lookup(host: str, port: int) -> Iterable[str]:
    """Ask the machine's own resolver. Raises ``socket.gaierror``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class AddressGuard(AbstractResolver):
    """Decides which addresses may be connected to, and is the only resolver of the client.

    Raises ``ConfigError`` on an entry of ``allow_private`` that cannot be read.
    """

    def __init__(self, allow_private: tuple[str, ...], lookup: NameLookup = system_lookup) -> None:
        self._exceptions = tuple(_read_exception(text) for text in allow_private)
        self._lookup = lookup
        self._free_lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)
        self._remembered: dict[tuple[str, int], tuple[float, list[str]]] = {}
        self._admitted: set[tuple[str, int]] = set()

    def check(self, address: WebAddress) -> None:
        """Raise ``Refused`` where an address written as an IP may not be asked."""
        if address.ip is not None:
            self._admit(address.host, address.port, address.ip)

    def _admit(self, host: str, port: int, ip: IPAddress) -> None:
        if is_public(ip):
            return
        if not any(rule.covers(host, port, ip) for rule in self._exceptions):
            shown = host if host == str(ip) else f"{host} ({ip})"
            raise Refused(
                f"{shown} is not an address of the public internet; "
                f"if it is meant, list it under collect.allow_private"
            )
        if len(self._admitted) >= _MOST_REMEMBERED:
            self._admitted.clear()
            self._remembered.clear()  # their exceptions are to be admitted anew
        self._admitted.add((str(ip), port))

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - of the library's interface
    ) -> list[ResolveResult]:
        """Return the checked addresses of a name.

        Raises ``Refused`` when even one of them may not be asked, ``OSError`` when the name is
        unknown. ``family`` is not looked at: both kinds are tried.
        """
        loop = asyncio.get_running_loop()
        until, answers = self._remembered.get((host, port), (0.0, []))
        if until < loop.time():
            async with self._free_lookups:
                answers = await self._look_up(host, port)
            for answer in answers:
                self._admit(host, port, ip_address(answer))
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[host, port] = (loop.time() + _REMEMBERED, answers)
        return [
            ResolveResult(
                hostname=host,
                host=answer,
                port=port,
                family=socket.AF_INET6 if ":" in answer else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for answer in answers
        ]

    async def _look_up(self, host: str, port: int) -> list[str]:
        """Look a name up in a thread that nobody waits for at the end.

        ``getaddrinfo`` cannot be interrupted and may hang for half a minute; threads of an
        executor would be waited for when the process ends.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str], error: OSError | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(found)

        def ask() -> None:
            found: list[str] = []
            problem: OSError | None = None
            try:
                found = list(dict.fromkeys(self._lookup(host, port)))[:_MOST_ANSWERS]
                if not found:
                    problem = socket.gaierror(socket.EAI_NONAME, "no address")
            except UnicodeError:
                problem = socket.gaierror(socket.EAI_NONAME, "no host name")
            except OSError as error:
                problem = error
            try:
                loop.call_soon_threadsafe(settle, found, problem)
            except RuntimeError:
                return  # the loop ended while we waited; nobody asks any more

        threading.Thread(target=ask, name=f"lookup {host}", daemon=True).start()
        return await answer

    async def close(self) -> None:
        """Forget what was remembered."""
        self._remembered.clear()

    def open_socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for one connection, or raise ``PermissionError``: the last look.

        ``addr_info`` is as ``getaddrinfo`` gives it. What comes here has passed ``resolve`` or
        ``check``; the address is looked at once more because this is what gets connected.
        """
        family, kind, protocol, _, sockaddr = addr_info
        host, port = sockaddr[:2]
        if not is_public(ip_address(host)) and (str(ip_address(host)), port) not in self._admitted:
            raise PermissionError(errno.EACCES, f"{host} is not an address of the public internet")
        return socket.socket(family, kind, protocol)
