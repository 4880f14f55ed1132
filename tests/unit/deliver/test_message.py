"""Letters become messages that every mail program reads, and that nobody can inject into."""

from __future__ import annotations

import email
import email.policy
import stat
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import dkim
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedhub.deliver.message import compose, domain_of, wire_address
from feedhub.deliver.signing import Signer, make_key
from feedhub.errors import ConfigError, DeliveryError
from feedhub.model.mail import Headers, Letter, Links, Message
from feedhub.text.markup import one_line

LETTER = Letter(
    subject="Bản tin ngày: phường Phú Hội cúp điện, và 7 tin khác",
    text="Chào bạn,\n\n1. Cúp điện\n   https://town.example/s/1\n.\n..hai chấm\n",
    html='<!DOCTYPE html><html lang="vi"><body><p>Chào bạn</p>\n.</body></html>',
    language="vi",
)
HEADERS = Headers(
    message_id="r1.s1@town.example",
    date=datetime(2026, 11, 23, 0, 0, tzinfo=UTC),
    sender="Tin tức Huế <news@town.example>",
    recipient="Lan.Tran@example.org",
    return_path="bounces+d1@town.example",
    list_id="daily.town.example",
    feedback_id="r1:daily:digest:town",
    links=Links(one_click="https://town.example/mail/leave/" + "t0k-_=." * 30),
)
EXPECTED = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
]  # fmt: skip


def parsed(message: Message) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(message.data, policy=email.policy.default))


def composed(letter: Letter = LETTER, headers: Headers = HEADERS) -> EmailMessage:
    return parsed(compose(letter, headers, signer=None))


def assert_sound(message: Message) -> None:
    """Hold what is true of every message."""
    data = message.data
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    read = parsed(message)
    assert list(read.keys()) == EXPECTED
    for part in read.walk():
        assert part.defects == []
        for header in part.values():
            assert header.defects == ()


def test_a_digest_carries_what_receivers_look_for() -> None:
    message = compose(LETTER, HEADERS, signer=None)
    assert_sound(message)
    read = parsed(message)
    assert read["From"] == "Tin tức Huế <news@town.example>"
    assert read["To"] == "Lan.Tran@example.org"
    assert read["Subject"] == LETTER.subject
    assert read["Date"].datetime == HEADERS.date
    assert read["Message-ID"] == "<r1.s1@town.example>"
    assert read["List-Id"] == "<daily.town.example>"
    assert read["List-Unsubscribe"] == f"<{HEADERS.links.one_click}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Feedback-ID"] == "r1:daily:digest:town"
    assert "Reply-To" not in read
    assert (message.return_path, message.recipient) == (
        "bounces+d1@town.example", "Lan.Tran@example.org",
    )  # fmt: skip


def test_the_text_part_comes_first_and_both_arrive_as_written() -> None:
    text, html = composed().iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n").rstrip() == LETTER.html
    for part in (text, html):
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Language"] == "vi"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(LETTER, HEADERS, signer=None) == compose(LETTER, HEADERS, signer=None)


def test_a_letter_of_no_list_names_none() -> None:
    headers = replace(HEADERS, list_id="", feedback_id="", links=Links())
    assert not [name for name in composed(headers=headers) if name.startswith(("List", "F-"))]


def test_one_click_is_promised_over_https_only() -> None:
    read = composed(headers=replace(HEADERS, links=Links(one_click="http://127.0.0.1:8000/l/t")))
    assert read["List-Unsubscribe"] == "<http://127.0.0.1:8000/l/t>"
    assert "List-Unsubscribe-Post" not in read


HOSTILE = [
    "x\r\nBcc: victim@example.org",
    "x\nBcc: victim@example.org",
    "x\rBcc: victim@example.org",
    "x\r\n\r\n<script>alert(1)</script>",
    "x\r\n Bcc: folded@example.org",
    "x\x0bBcc: vertical@example.org",
    "x\x0cBcc: form@example.org",
    "x\x85Bcc: next@example.org",
    "x\u2028Bcc: line@example.org",
    "x\u2029Bcc: paragraph@example.org",
    "x\x00Bcc: null@example.org",
    "x\x1cBcc: separator@example.org",
    "x%0d%0aBcc: percent@example.org",
    "=?utf-8?q?x=0D=0ABcc:_victim@example.org?=",
    "=?utf-8?b?eA0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmc=?=",
    "=?utf-8?q?=",
    "=?x?=",
    "?==?utf-8?q?a?=",
    "From: mayor@town.example",
    "\u202egpj.exe\u202c",
    "\u2066isolate\u2069",
    "\ufeffmark",
    "\ud800 alone",
    "a" * 5000,
    "ế" * 5000,
    ("từ " * 400).strip(),
    "a" * 200 + " \U0001f600" * 50,
    "",
    "   \t ",
    "Thông báo\u200b\u00ad ẩn",
    '"quoted" <fake@example.org>, (comment); \\',
    "🏛️👨‍👩‍👧‍👦 thành phố",
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_injects_nothing(title: str) -> None:
    message = compose(replace(LETTER, subject=title), HEADERS, signer=None)
    assert_sound(message)
    assert parsed(message)["Subject"] == one_line(title)[:250].rstrip()
    headers = replace(HEADERS, sender=f"{title} <news@town.example>")
    try:
        named = compose(LETTER, headers, signer=None)
    except DeliveryError:
        return
    assert_sound(named)
    (sender,) = parsed(named)["From"].addresses
    assert sender.addr_spec == "news@town.example"


@settings(max_examples=50)
@given(subject=st.text(max_size=400), text=st.text(max_size=400), html=st.text(max_size=400))
def test_any_letter_is_a_sound_message_that_reads_as_it_was(
    subject: str, text: str, html: str
) -> None:
    letter = Letter(subject=subject, text=text, html=html, language="vi")
    message = compose(letter, HEADERS, signer=None)
    assert_sound(message)
    assert parsed(message)["Subject"] == one_line(subject)[:250].rstrip()


@settings(max_examples=50)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=300), st.text(max_size=80))
@example(list_id=".:", message_id=".:", url="", feedback="")
def test_no_value_around_a_letter_injects_anything(
    list_id: str, message_id: str, url: str, feedback: str
) -> None:
    headers = replace(
        HEADERS,
        list_id=f"x{list_id}",
        message_id=f"x{message_id}@town.example",
        feedback_id=f"x{feedback}",
        links=Links(one_click=f"https://town.example/{url}"),
    )
    assert_sound(compose(LETTER, headers, signer=None))


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("Lan.Tran@Example.ORG", "Lan.Tran@example.org"),
        ("lan@đà-nẵng.example", "lan@xn---nng-zna70au54p.example"),
        ("lan+tin@mail.town.example", "lan+tin@mail.town.example"),
        ("thuý@town.example", "thuý@town.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_on_the_wire(written: str, wire: str) -> None:
    assert wire_address(written) == wire
    message = compose(LETTER, replace(HEADERS, recipient=written), signer=None)
    assert message.recipient == wire
    assert parsed(message)["To"] == wire


@pytest.mark.parametrize(
    "address",
    ["", "@", "lan", "lan@", "@town.example", "lan @town.example", "lan@town example",
     "lan@town.example\r\nRCPT TO:<x@y>", "lan\r\nBcc: x@town.example", "a,b@town.example",
     "<lan@town.example>", "lan@town.example>", '"lan tran"@town.example', "lan..t@town.example",
     ".lan@town.example", "lan@-town.example", "lan@town..example", "l\u202ean@town.example",
     "a" * 65 + "@town.example", "lan@" + "a." * 130 + "example", "lan@[127.0.0.1]",
     "lan(x)@town.example", "lan@town.example@other.example", "l\ud800n@town.example"],
)  # fmt: skip
def test_what_is_no_address_is_not_written_to(address: str) -> None:
    with pytest.raises(DeliveryError):
        compose(LETTER, replace(HEADERS, recipient=address), signer=None)
    with pytest.raises(DeliveryError):
        compose(LETTER, replace(HEADERS, return_path=address or "x"), signer=None)


@given(st.text(max_size=100))
def test_any_text_is_an_address_that_stays_one_or_none(text: str) -> None:
    for written in (text, f"lan@{text}", f"{text}@town.example"):
        try:
            wire = wire_address(written)
        except DeliveryError:
            continue
        assert wire_address(wire) == wire
        assert wire.isprintable()
        assert not set(wire) & set(' <>,;:"()\\')


@pytest.mark.parametrize(
    "sender",
    ["Tin tức <news@town.example>", "=?utf-8?b?VGluIHThu6lj?= <news@town.example>",
     '"Tin tức" <news@town.example>'],
)  # fmt: skip
def test_a_senders_name_reads_as_it_was_meant(sender: str) -> None:
    assert composed(headers=replace(HEADERS, sender=sender))["From"] == (
        "Tin tức <news@town.example>"
    )


def test_the_domain_of_a_sender() -> None:
    assert domain_of("Tin tức <news@đà-nẵng.example>") == "xn---nng-zna70au54p.example"
    with pytest.raises(DeliveryError):
        domain_of("Tin tức")


# --- signatures ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "dkim.pem"
    make_key(path)
    return path


@pytest.fixture
def signer(key: Path) -> Signer:
    return Signer.read(key, domain="town.example", selector="feedhub")


def verified(data: bytes, signer: Signer) -> bool:
    def look_up(name: bytes, **_: object) -> bytes:
        assert name.decode().rstrip(".") == signer.record_name
        return signer.record.encode()

    return bool(dkim.verify(data, dnsfunc=look_up))


def test_a_signature_verifies_with_the_record_we_print(signer: Signer, key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    message = compose(LETTER, HEADERS, signer=signer)
    assert verified(message.data, signer)
    assert max(map(len, message.data.split(b"\r\n"))) <= 998
    assert message.data.count(b"\n") == message.data.count(b"\r\n")
    assert list(parsed(message).keys()) == ["DKIM-Signature", *EXPECTED]


def test_the_list_headers_are_signed_and_the_main_ones_cannot_be_added(signer: Signer) -> None:
    data = compose(LETTER, HEADERS, signer=signer).data
    signature = str(
        parsed(Message(message_id="", return_path="", recipient="", data=data))["DKIM-Signature"]
    )
    (fields,) = [part for part in signature.split(";") if part.strip().startswith("h=")]
    signed = [name.strip() for name in fields.strip()[2:].split(":")]
    for name in ("list-id", "list-unsubscribe", "list-unsubscribe-post", "date", "message-id"):
        assert name in signed
    assert [signed.count(name) for name in ("from", "to", "subject")] == [2, 2, 2]
    assert verified(data, signer)
    for added in (b"Subject: other", b"From: x@y.example", b"To: x@y.example", b"Reply-To: x@y.e"):
        assert not verified(added + b"\r\n" + data, signer)
    for changed in ((b"List-Unsubscribe: <https", b"List-Unsubscribe: <ftp"), (b"One-Click", b"x")):
        assert not verified(data.replace(*changed), signer)
    assert not verified(data.replace(b"Ch=C3=A0o", b"Ch=C3=A1o"), signer)


def test_letters_without_a_list_are_signed_too(signer: Signer) -> None:
    headers = replace(HEADERS, list_id="", feedback_id="", links=Links())
    data = compose(LETTER, headers, signer=signer).data
    assert verified(data, signer)
    # nor can anybody make a list letter of them
    assert not verified(b"List-Unsubscribe: <https://x.example>\r\n" + data, signer)


def test_a_key_is_never_written_over_and_bad_keys_are_told(tmp_path: Path, key: Path) -> None:
    with pytest.raises(DeliveryError, match="left as it is"):
        make_key(key)
    with pytest.raises(ConfigError, match='"feedhub mail key" makes one'):
        Signer.read(tmp_path / "none.pem", domain="town.example", selector="x")
    bad = tmp_path / "bad.pem"
    for content in (b"", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END", b"\xff" * 5000):
        bad.write_bytes(content)
        with pytest.raises(ConfigError, match="no RSA key"):
            Signer.read(bad, domain="town.example", selector="x")
