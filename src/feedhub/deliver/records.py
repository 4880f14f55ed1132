"""What the DNS has to say for a hub's mail to be welcome, and whether it does.

Gmail and Yahoo ask for all of this since February 2024, Outlook.com since May 2025: SPF and DKIM,
DMARC with a From that agrees with them, and a sending machine with a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from feedhub.deliver.server import MailServer
from feedhub.deliver.signing import Signer
from feedhub.errors import DeliveryError

__all__ = ["Checked", "Lookup", "Record", "check", "needed_records"]

_BLANKS = re.compile(r"\s+")
#: in one string of a TXT record (RFC 1035, 3.3.14)
_TXT_STRING = 255


class Lookup(Protocol):
    """What is asked of the DNS; see ``Resolver``."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name."""

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """Return the mail servers of a domain."""

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a name."""

    def names_of(self, address: str) -> tuple[str, ...]:
        """Return the names of an IP address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that is needed.

    ``purpose`` is ``SPF``, ``DKIM``, ``DMARC``, ``MX`` or ``PTR``; ``value`` is what to enter, or
    an example where only the provider knows; ``why`` says in words what it is for.
    """

    purpose: str
    name: str
    kind: str
    value: str
    why: str

    @property
    def line(self) -> str:
        """The record as a line of a zone file."""
        value = self.value
        if self.kind == "TXT":
            parts = [value[at : at + _TXT_STRING] for at in range(0, len(value), _TXT_STRING)]
            value = " ".join(f'"{part}"' for part in parts)
        return f"{self.name}. {self.kind} {value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A record as the DNS has it. ``ok`` is None where it could not be told."""

    record: Record
    ok: bool | None
    words: str


def needed_records(
    *, sender_domain: str, bounce_domain: str, server: MailServer | None, signer: Signer | None
) -> tuple[Record, ...]:
    """Return the records that mail from ``sender_domain`` needs, in the order of their weight."""
    here = server is None or server.is_this_machine
    relay = server.host if server is not None and not here else f"mail.{sender_domain}"
    if here:
        spf = f"v=spf1 mx a:{relay} -all"
        whose = "replace the name by that of the machine that sends"
    else:
        spf = f"v=spf1 a:{relay} -all"
        whose = "if mail goes through a provider, use the include: that the provider names"
    records = [
        Record(
            purpose="SPF",
            name=bounce_domain,
            kind="TXT",
            value=spf,
            why=f"names the machines that may send for {bounce_domain}; {whose}",
        )
    ]
    if signer is not None:
        records.append(
            Record(
                purpose="DKIM",
                name=signer.record_name,
                kind="TXT",
                value=signer.record,
                why="the public key by which receivers verify our signature",
            )
        )
    records += [
        Record(
            purpose="DMARC",
            name=f"_dmarc.{sender_domain}",
            kind="TXT",
            value=f"v=DMARC1; p=none; rua=mailto:postmaster@{sender_domain}",
            why="says what to do with mail that only pretends to be ours; start with p=none",
        ),
        Record(
            purpose="MX",
            name=bounce_domain,
            kind="MX",
            value=f"10 {relay}.",
            why="brings mail that comes back to the mailbox of [mail] bounces_to",
        ),
        Record(
            purpose="PTR",
            name=relay,
            kind="PTR",
            value=f"{relay}.",
            why="the sending machine's address must lead to its name, and the name to the address; "
            "whoever gave you the address sets it",
        ),
    ]
    return tuple(records)


def check(record: Record, lookup: Lookup) -> Checked:
    """Ask the DNS about a record and judge the answer."""
    judge = {"SPF": _spf, "DKIM": _dkim, "DMARC": _dmarc, "MX": _mx, "PTR": _ptr}[record.purpose]
    try:
        ok, words = judge(record, lookup)
    except DeliveryError as error:
        return Checked(record=record, ok=None, words=str(error))
    return Checked(record=record, ok=ok, words=words)


def _spf(record: Record, lookup: Lookup) -> tuple[bool, str]:
    found = [one for one in lookup.texts(record.name) if _starts(one, "v=spf1")]
    if not found:
        return False, "there is no SPF record"
    if len(found) > 1:  # RFC 7208, 4.5: then none counts
        return False, f"there are {len(found)} SPF records; only one may be there"
    terms = found[0].lower().split()
    if "+all" in terms or "all" in terms:
        return False, f'it lets everybody send for you: "{found[0]}"'
    if not any(term.endswith("all") or term.startswith("redirect=") for term in terms):
        return False, f'it does not end in -all or ~all: "{found[0]}"'
    return True, f'"{found[0]}"'


def _dkim(record: Record, lookup: Lookup) -> tuple[bool, str]:
    found = [one for one in lookup.texts(record.name) if "p=" in one]
    if not found:
        return False, "there is no key at this name"
    if _key(record.value) not in {_key(one) for one in found}:
        return False, "another key stands there than the one we sign with"
    return True, "the key we sign with stands there"


def _dmarc(record: Record, lookup: Lookup) -> tuple[bool, str]:
    found = [one for one in lookup.texts(record.name) if _starts(one, "v=DMARC1")]
    if not found:
        return False, "there is no DMARC record"
    if len(found) > 1:  # RFC 7489, 6.6.3: then none counts
        return False, f"there are {len(found)} DMARC records; only one may be there"
    policy = re.search(r";\s*p\s*=\s*(none|quarantine|reject)\s*(?:;|$)", found[0], re.IGNORECASE)
    return policy is not None, f'"{found[0]}"' if policy else f'it has no policy: "{found[0]}"'


def _mx(record: Record, lookup: Lookup) -> tuple[bool, str]:
    servers = lookup.mail_servers(record.name)
    if servers:
        return True, ", ".join(servers)
    if lookup.addresses(record.name):
        return True, "the domain's own address takes mail; an MX record is clearer"
    return False, "no machine takes mail for this domain, so nothing can come back to us"


def _ptr(record: Record, lookup: Lookup) -> tuple[bool, str]:
    addresses = lookup.addresses(record.name)
    if not addresses:
        return False, f"{record.name} has no address"
    for address in addresses:
        names = lookup.names_of(address)
        if not names:
            return False, f"{address} has no name"
        if not any(address in lookup.addresses(name) for name in names):
            return False, f"{address} is called {names[0]}, and that name has another address"
    return True, f"{', '.join(addresses)} and the names agree"


def _starts(text: str, with_: str) -> bool:
    return re.match(rf"{re.escape(with_)}(?:[\s;]|$)", text.strip(), re.IGNORECASE) is not None


def _key(text: str) -> str:
    found = re.search(r"(?:^|;)\s*p\s*=([^;]*)", text)
    return _BLANKS.sub("", found[1]) if found else ""
