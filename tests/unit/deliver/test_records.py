"""What the DNS has to say about our mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.nameserver import name_server

from feedhub.deliver.dns import Resolver
from feedhub.deliver.records import Record, check, needed_records
from feedhub.deliver.server import MailServer
from feedhub.deliver.signing import Signer, make_key
from feedhub.errors import DeliveryError


@dataclass
class Book:
    """A DNS of the test's own."""

    texts_: dict[str, tuple[str, ...]] = field(default_factory=dict)
    servers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    silent: bool = False

    def texts(self, name: str) -> tuple[str, ...]:
        if self.silent:
            raise DeliveryError("the DNS gives no answer")
        return self.texts_.get(name, ())

    def mail_servers(self, name: str) -> tuple[str, ...]:
        return self.servers.get(name, ())

    def addresses(self, name: str) -> tuple[str, ...]:
        return self.hosts.get(name, ())

    def names_of(self, address: str) -> tuple[str, ...]:
        return self.names.get(address, ())


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    path: Path = tmp_path_factory.mktemp("key") / "dkim.pem"
    make_key(path)
    return Signer.read(path, domain="town.example", selector="feedhub")


def records(signer: Signer | None = None, smtp: str = "") -> dict[str, Record]:
    found = needed_records(
        sender_domain="town.example",
        bounce_domain="back.town.example",
        server=MailServer.parse(smtp) if smtp else None,
        signer=signer,
    )
    return {record.purpose: record for record in found}


def test_the_records_that_mail_needs(signer: Signer) -> None:
    found = records(signer, "smtps://u:p@mail.provider.example")
    assert list(found) == ["SPF", "DKIM", "DMARC", "MX", "PTR"]
    assert found["SPF"].line == 'back.town.example. TXT "v=spf1 a:mail.provider.example -all"'
    assert found["DKIM"].name == "feedhub._domainkey.town.example"
    assert found["DMARC"].line.startswith('_dmarc.town.example. TXT "v=DMARC1; p=none; rua=mailto:')
    assert found["MX"].line == "back.town.example. MX 10 mail.provider.example."
    assert all(record.why for record in found.values())
    assert "a:mail.town.example" in records(smtp="smtp://127.0.0.1")["SPF"].value


def test_a_long_record_is_written_in_strings_of_255_letters(signer: Signer) -> None:
    line = records(signer)["DKIM"].line
    strings = re.findall(r'"([^"]*)"', line)
    assert max(map(len, strings)) <= 255
    assert "".join(strings) == signer.record


SPF = {
    ("v=spf1 mx -all",): True,
    ("v=spf1 include:spf.provider.example ~all", "other=1"): True,
    ("v=spf1 redirect=_spf.example",): True,
    (): False,
    ("other=1",): False,
    ("v=spf10 -all",): False,
    ("v=spf1 mx -all", "v=spf1 a -all"): False,
    ("v=spf1 +all",): False,
    ("v=spf1 mx",): False,
}
DMARC = {
    ("v=DMARC1; p=none",): True,
    ("v=DMARC1;p=reject; rua=mailto:a@b.example",): True,
    (): False,
    ("v=DMARC1; p=nothing",): False,
    ("v=DMARC1; p=none", "v=DMARC1; p=reject"): False,
}


@pytest.mark.parametrize("purpose", ["SPF", "DMARC"])
def test_texts_are_judged(purpose: str) -> None:
    record = records()[purpose]
    for texts, ok in (SPF if purpose == "SPF" else DMARC).items():
        checked = check(record, Book(texts_={record.name: texts}))
        assert checked.ok is ok, texts
        assert checked.words


def test_the_key_is_compared(signer: Signer, tmp_path: Path) -> None:
    record = records(signer)["DKIM"]
    make_key(tmp_path / "other.pem")
    other = Signer.read(tmp_path / "other.pem", domain="town.example", selector="feedhub")
    for text, ok in (
        (signer.record, True),
        (signer.record.replace("k=rsa; ", "").replace("p=", "p= "), True),
        (other.record, False),
        ("v=DKIM1; p=", False),
    ):
        assert check(record, Book(texts_={record.name: (text,)})).ok is ok
    assert check(record, Book()).ok is False


def test_the_machines_name_and_the_way_back() -> None:
    found = records(smtp="smtp://mail.town.example")
    book = Book(
        hosts={"mail.town.example": ("192.0.2.1",)}, names={"192.0.2.1": ("mail.town.example",)}
    )
    assert check(found["PTR"], book).ok is True
    assert check(found["MX"], book).ok is False
    book.servers["back.town.example"] = ("mail.town.example",)
    assert check(found["MX"], book).ok is True
    assert check(found["PTR"], Book()).ok is False
    assert check(found["PTR"], Book(hosts=book.hosts)).ok is False
    other = Book(hosts=book.hosts, names={"192.0.2.1": ("host-1.provider.example",)})
    assert check(found["PTR"], other).ok is False


def test_no_answer_is_no_judgement() -> None:
    checked = check(records()["SPF"], Book(silent=True))
    assert checked.ok is None
    assert "no answer" in checked.words


# --- the real questions --------------------------------------------------------------------------

ANSWERS = {
    ("town.example.", "TXT"): ['"v=spf1 " "mx -all"', '"other"'],
    ("town.example.", "MX"): ["20 b.example.", "10 A.example."],
    ("mail.town.example.", "A"): ["192.0.2.1"],
    ("mail.town.example.", "AAAA"): ["2001:db8::1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["Mail.Town.example."],
}


def test_the_dns_is_asked() -> None:
    with name_server(ANSWERS) as port:
        resolver = Resolver(["127.0.0.1"], port)
        assert resolver.texts("town.example") == ("other", "v=spf1 mx -all")
        assert resolver.mail_servers("town.example") == ("a.example", "b.example")
        assert resolver.addresses("mail.town.example") == ("192.0.2.1", "2001:db8::1")
        assert resolver.names_of("192.0.2.1") == ("mail.town.example",)
        assert resolver.texts("none.example") == ()
        assert resolver.mail_servers("mail.town.example") == ()
        with pytest.raises(DeliveryError, match="no answer"):
            resolver.texts("broken.example")
