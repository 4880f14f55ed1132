"""Web addresses read once, strictly, so that what is checked is what is asked.

Two parsers that disagree are how guards are walked around (``http://inside\\@outside/``): whatever
is ambiguous is refused here, and everything after works on the parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

from feedhub.errors import Refused

__all__ = ["WebAddress", "parse_address"]

#: RFC 9110 (4.1) recommends that at least 8,000 octets are supported; longer ones are no article.
_LONGEST = 8000
#: hosts of which is remembered how they are read
_MOST_HOSTS = 10_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Ports of other services; a browser does not ask them either (WHATWG Fetch, "port blocking").
_OTHER_SERVICES = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101}
    | {102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389}
    | {427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636}
    | {989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665}
    | {6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
_NAME = re.compile(
    r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_NEVER = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")
_HALVES = re.compile("[\ud800-\udfff]")
#: what goes out as it stands, in any browser; most addresses are no more than this
_TARGET = r"/(?:[\w~=&,:@/-]|(?<!/)\.|%[0-9A-Fa-f]{2})*(?:\?(?:[\w~=&,:@/.-]|%[0-9A-Fa-f]{2})+)?"
_PLAIN = re.compile(_TARGET, re.ASCII)
_PLAIN_ADDRESS = re.compile(
    rf"(https?)://([a-z0-9.-]{{1,253}})(?::([1-9][0-9]{{0,4}}))?({_TARGET})", re.ASCII
)
_KEPT = "%/:?#[]@!$&'()*+,;=-._~|^{}`"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An http(s) address in parts, all ASCII.

    ``host`` is a lower-case name (IDNA) or an IP address without brackets, in its one canonical
    spelling; ``target`` the path and query as they go over the wire.
    """

    scheme: str
    host: str
    port: int
    target: str
    ip: IPv4Address | IPv6Address | None = None

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address as it is asked for."""
        return self.origin + self.target

    @property
    def site(self) -> str:
        """What politeness counts by: the host, with its port where that is not the usual one."""
        return self.host if self.port in _DEFAULT_PORTS.values() else f"{self.host}:{self.port}"


def parse_address(text: str, base: WebAddress | None = None) -> WebAddress:
    """Read an address, relative to ``base`` where one is given; a fragment is dropped.

    Letters outside ASCII are allowed (RFC 3987). Raises ``Refused`` on anything but http and
    https, user names, backslashes, control characters and hosts that are none.
    """
    text = text.strip(" \t\r\n")
    if len(text) > _LONGEST:
        raise Refused(f"the address is longer than {_LONGEST} characters")
    if base is None and (plain := _PLAIN_ADDRESS.fullmatch(text)):
        # what the rest of this function would say, in a third of the time
        scheme, hostname, digits, target = plain.groups()
        known = int(digits) if digits else _DEFAULT_PORTS[scheme]
        if known < 65536:
            host, ip = _read_server(hostname, known, bracketed=False)
            return WebAddress(scheme, host, known, target, ip)
    if _NEVER.search(text):
        raise Refused(f"the address {_shown(text)} contains a backslash or a control character")
    if _HALVES.search(text):  # as JSON may hold
        raise Refused(f"the address {_shown(text)} contains half a letter")
    try:
        parts = urlsplit(urljoin(base.url, text) if base else text)
        port = parts.port
    except ValueError as error:
        raise Refused(f"the address {_shown(text)} cannot be read: {error}") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise Refused(
            f"the address {_shown(text)} is not a web address: only http:// and https:// are asked"
        )
    if "@" in parts.netloc:
        raise Refused(f"the address {_shown(parts.hostname or '')} contains a user name")
    if port is None:
        port = _DEFAULT_PORTS[scheme]
    host, ip = _read_server(parts.hostname or "", port, bracketed="[" in parts.netloc)
    return WebAddress(scheme, host, port, _read_target(parts.path, parts.query), ip)


def _read_server(
    hostname: str, port: int, *, bracketed: bool
) -> tuple[str, IPv4Address | IPv6Address | None]:
    if port in _OTHER_SERVICES:
        raise Refused(f"port {port} of {_shown(hostname)} is no port of a web server")
    return _read_host(hostname, bracketed=bracketed)


@lru_cache(maxsize=_MOST_HOSTS)
def _read_host(host: str, *, bracketed: bool) -> tuple[str, IPv4Address | IPv6Address | None]:
    if bracketed:
        if "%" in host:
            raise Refused(f"[{_shown(host)}] names a network interface of one machine")
        try:
            six = IPv6Address(host)
        except ValueError as error:
            raise Refused(f"[{_shown(host)}] is no IP address: {error}") from error
        return str(six), six
    name = host
    if not host.isascii():
        try:
            name = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise Refused(f"{_shown(host)} is no host name: {error}") from error
    name = name.lower().removesuffix(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise Refused(f"{_shown(host) or 'nothing'} is no host name")
    if _is_number(name.rpartition(".")[2]):
        four = _read_ipv4(name)
        return str(four), four
    return name, None


def _is_number(label: str) -> bool:
    return label.isdigit() or bool(re.fullmatch(r"0x[0-9a-f]*", label))


def _read_ipv4(name: str) -> IPv4Address:
    """Read every spelling that a C library takes for an IPv4 address (WHATWG URL, 3.5)."""
    labels = name.split(".")
    if len(labels) <= 4 and all(_is_number(label) and len(label) < 16 for label in labels):
        try:
            *front, last = (_read_number(label) for label in labels)
        except ValueError:  # 8 and 9 are no octal digits
            front, last = [256], 0
        if all(number <= 255 for number in front) and last < 256 ** (4 - len(front)):
            value = sum(number << (8 * (3 - index)) for index, number in enumerate(front))
            return IPv4Address(value + last)
    raise Refused(f"{_shown(name)} is no IP address")


def _read_number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if len(label) > 1 and label[0] == "0" else 10)


def _read_target(path: str, query: str) -> str:
    target = quote(path or "/", safe=_KEPT)
    if query:
        target += "?" + quote(query, safe=_KEPT)
    if _PLAIN.fullmatch(target):
        return target
    import httpx  # knows how browsers send what is not plain

    try:
        return httpx.URL("http://host" + target).raw_path.decode("ascii")
    except httpx.InvalidURL as error:
        raise Refused(f"the address {_shown(target)} cannot be read: {error}") from error


def _shown(text: str) -> str:
    """Return a stranger's text as it may stand in a message or a log line."""
    return "".join(char if char.isprintable() else "?" for char in text[:200])
