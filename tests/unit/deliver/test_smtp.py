"""Handing messages to a real mail server that fails in every way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.postoffice import AUTHORITY, CUT, PostOffice, post_office

from feedhub.deliver.server import MailServer
from feedhub.deliver.smtp import SmtpCarrier
from feedhub.deliver.wire import Timeouts
from feedhub.model.mail import Handed, Handing, Message, Refusal

QUICK = Timeouts(connect=2.0, command=2.0, end=2.0, total=4.0)
DATA = b"Message-ID: <r1.s1@town.example>\r\nSubject: x\r\n\r\nHello\r\n.dot\r\n..\r\n.\r\nend\r\n"
MESSAGE = Message(
    message_id="r1.s1@town.example",
    return_path="bounces+d1@town.example",
    recipient="lan@example.org",
    data=DATA,
)


def message(number: int, recipient: str = "lan@example.org") -> Message:
    data = DATA.replace(b"r1.s1", b"r1.s%d" % number)
    return replace(MESSAGE, message_id=f"r1.s{number}@town.example", recipient=recipient, data=data)


def carrier(office: PostOffice, scheme: str = "smtp", login: str = "", ca: str = "") -> SmtpCarrier:
    server = MailServer.parse(f"{scheme}://{login}127.0.0.1:{office.port}")
    return SmtpCarrier(server, ca_file=ca, timeouts=QUICK)


def hand_over(to: SmtpCarrier, *messages: Message) -> list[Handed]:
    handed = [to.hand_over(one, before_data=lambda: True) for one in messages]
    to.close()
    return handed


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


def test_many_messages_go_over_one_connection_byte_for_byte(office: PostOffice) -> None:
    handed = hand_over(carrier(office), *(message(number) for number in range(5)))
    assert [one.handing for one in handed] == [Handing.SENT] * 5
    assert (handed[0].code, handed[0].status, handed[0].words) == (250, "2.0.0", "taken")
    assert office.connections == 1
    assert [one.data for one in office.received] == [message(n).data for n in range(5)]
    assert office.received[0].sender == "bounces+d1@town.example"
    assert office.received[0].recipient == "lan@example.org"


def test_the_caller_is_asked_once_and_before_the_first_byte(office: PostOffice) -> None:
    seen: list[list[str]] = []

    def before_data() -> bool:
        seen.append(list(office.steps))
        return True

    to = carrier(office)
    to.hand_over(MESSAGE, before_data=before_data)
    to.close()
    assert seen == [["MAIL", "RCPT", "DATA"]]


def test_a_message_called_off_is_not_sent_and_the_next_one_is(office: PostOffice) -> None:
    to = carrier(office)
    off = to.hand_over(message(1), before_data=lambda: False)
    assert (off.handing, off.refusal) == (Handing.DEFERRED, None)

    def broken() -> bool:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="database"):
        to.hand_over(message(2), before_data=broken)
    assert hand_over(to, message(3))[0].handing is Handing.SENT
    assert office.ids() == ["r1.s3@town.example"]


REFUSALS = [
    # where, what the server says, what it comes to
    ("RCPT", "450 4.2.0 Greylisted, come back", Handing.DEFERRED, Refusal.RECIPIENT),
    ("RCPT", "451 try again later", Handing.DEFERRED, Refusal.RECIPIENT),
    ("RCPT", "452 4.2.2 mailbox full", Handing.DEFERRED, Refusal.RECIPIENT),
    ("RCPT", "450 4.7.1 too many messages", Handing.DEFERRED, Refusal.DOMAIN),
    ("RCPT", "421 slow down", Handing.DEFERRED, Refusal.DOMAIN),
    ("RCPT", "421 4.3.2 shutting down", Handing.DEFERRED, Refusal.RELAY),
    ("RCPT", "550 5.1.1 no such user", Handing.FAILED, Refusal.RECIPIENT),
    ("RCPT", "550 no such user", Handing.FAILED, Refusal.RECIPIENT),
    ("RCPT", "552 5.2.2 mailbox full", Handing.FAILED, Refusal.RECIPIENT),
    ("RCPT", "550 5.7.1 not wanted here", Handing.FAILED, Refusal.POLICY),
    ("RCPT", "530 5.7.0 authentication required", Handing.DEFERRED, Refusal.LOGIN),
    ("MAIL", "452 4.3.1 no space", Handing.DEFERRED, Refusal.RELAY),
    ("MAIL", "530 must issue STARTTLS", Handing.DEFERRED, Refusal.LOGIN),
    ("MAIL", "550 5.1.8 your domain does not exist", Handing.FAILED, Refusal.POLICY),
    ("DATA", "452 4.3.1 no space", Handing.DEFERRED, Refusal.RELAY),
    ("DATA", "452 no space", Handing.DEFERRED, Refusal.RELAY),
    ("DATA", "554 no", Handing.FAILED, Refusal.POLICY),
    ("CONTENT", "452 4.3.1 no space", Handing.DEFERRED, Refusal.RELAY),
    ("CONTENT", "421 4.7.28 unusual rate", Handing.DEFERRED, Refusal.DOMAIN),
    ("CONTENT", "550 5.7.515 access denied", Handing.FAILED, Refusal.POLICY),
    ("CONTENT", "554 looks like spam", Handing.FAILED, Refusal.POLICY),
    ("CONTENT", "550 5.1.1 no such user", Handing.FAILED, Refusal.RECIPIENT),
]


@pytest.mark.parametrize(("step", "reply", "handing", "refusal"), REFUSALS)
def test_a_refusal_means_what_it_says_and_the_next_message_goes_out(
    office: PostOffice, step: str, reply: str, handing: Handing, refusal: Refusal
) -> None:
    office.scripts[step] = lambda _recipient, count: reply if count == 1 else None
    refused, sent = hand_over(carrier(office), message(1), message(2))
    assert (refused.handing, refused.refusal) == (handing, refusal)
    assert refused.code == int(reply[:3])
    assert refused.words
    assert refused.words in reply
    assert sent.handing is Handing.SENT
    assert office.ids() == ["r1.s2@town.example"]


def test_one_bad_recipient_costs_the_others_neither_message_nor_connection(
    office: PostOffice,
) -> None:
    office.scripts["RCPT"] = lambda to, _: "550 5.1.1 unknown" if to.startswith("bad") else None
    people = ["an@x.example", "bad@x.example", "chi@x.example"]
    handed = hand_over(carrier(office), *(message(n, to) for n, to in enumerate(people)))
    assert [one.handing for one in handed] == [Handing.SENT, Handing.FAILED, Handing.SENT]
    assert [one.recipient for one in office.received] == ["an@x.example", "chi@x.example"]
    assert office.connections == 1


def test_a_connection_cut_after_the_dot_leaves_it_unknown(office: PostOffice) -> None:
    office.scripts["CONTENT"] = lambda _recipient, count: CUT if count == 1 else None
    unknown, sent = hand_over(carrier(office), message(1), message(2))
    assert (unknown.handing, unknown.refusal) == (Handing.UNKNOWN, None)
    assert "no answer after the message was sent" in unknown.words
    assert sent.handing is Handing.SENT


def test_a_server_silent_after_the_dot_leaves_it_unknown(office: PostOffice) -> None:
    office.pause = 2.5
    assert hand_over(carrier(office), MESSAGE)[0].handing is Handing.UNKNOWN


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_cut_before_the_content_is_the_relays_trouble(
    office: PostOffice, step: str
) -> None:
    office.scripts[step] = lambda _recipient, _count: CUT
    (handed,) = hand_over(carrier(office), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert office.received == []


@pytest.mark.parametrize("how", [CUT, "421 4.4.2 idle for too long", "421 enough messages"])
def test_a_kept_connection_that_ended_meanwhile_is_opened_again(
    office: PostOffice, how: str
) -> None:
    office.scripts["MAIL"] = lambda _recipient, count: how if count == 2 else None
    handed = hand_over(carrier(office), message(1), message(2))
    assert [one.handing for one in handed] == [Handing.SENT, Handing.SENT]
    assert office.connections == 2


def test_letters_beyond_ascii_need_a_server_that_takes_them(office: PostOffice) -> None:
    vietnamese = replace(
        MESSAGE, recipient="thuý@example.org", data="To: thuý\r\n\r\nx\r\n".encode()
    )
    handed = hand_over(carrier(office), vietnamese, message(2))
    assert [one.handing for one in handed] == [Handing.SENT, Handing.SENT]
    assert office.received[0].recipient == "thuý@example.org"
    with post_office(smtputf8=False) as old:
        refused, sent = hand_over(carrier(old), vietnamese, message(2))
    assert (refused.handing, refused.refusal) == (Handing.FAILED, Refusal.RECIPIENT)
    assert sent.handing is Handing.SENT


# --- encryption and login ------------------------------------------------------------------------


def test_starttls_is_used_where_it_is_offered_whoever_signed_the_certificate() -> None:
    with post_office(starttls="self-signed.pem") as office:
        to = carrier(office)
        assert to.try_out().encrypted
        assert hand_over(to, MESSAGE)[0].handing is Handing.SENT


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_login_over_verified_encryption(scheme: str) -> None:
    tls = {"starttls": "good.pem"} if scheme != "smtps" else {"tls": "good.pem"}
    with post_office(**tls, password="a/b c") as office:
        to = carrier(office, scheme, "hub:a%2Fb%20c@", str(AUTHORITY))
        trial = to.try_out()
        assert (trial.trouble, trial.encrypted, trial.logged_in) == (None, True, True)
        assert trial.size_limit > 0
        assert hand_over(to, MESSAGE)[0].handing is Handing.SENT
    assert office.logins[-1] == ("hub", "a/b c")


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("certificate", "words"), [("self-signed.pem", "self-signed"), ("expired.pem", "expired")]
)
def test_a_wrong_certificate_stops_everything(scheme: str, certificate: str, words: str) -> None:
    tls = {"starttls": certificate} if scheme != "smtps" else {"tls": certificate}
    with post_office(**tls) as office:
        (handed,) = hand_over(carrier(office, scheme, ca=str(AUTHORITY)), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.LOGIN)
    assert "certificate" in handed.words
    assert words in handed.words
    assert office.received == []


def test_a_password_goes_neither_to_a_stranger_nor_in_the_clear(office: PostOffice) -> None:
    with post_office(starttls="self-signed.pem", password="secret") as stranger:
        (handed,) = hand_over(carrier(stranger, "smtp", "hub:secret@"), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.LOGIN)
    assert stranger.logins == []


def test_no_encryption_where_it_is_required(office: PostOffice) -> None:
    (handed,) = hand_over(carrier(office, "smtp+starttls"), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.LOGIN)
    assert "offers no encryption" in handed.words
    assert office.steps == []


def test_a_wrong_password_stops_everything_in_words_without_it() -> None:
    with post_office(starttls="good.pem", password="right") as office:
        to = carrier(office, "smtp+starttls", "hub:wrongpass@", str(AUTHORITY))
        trial = to.try_out()
        (handed,) = hand_over(to, MESSAGE)
    assert trial.trouble is not None
    for one in (handed, trial.trouble):
        assert (one.handing, one.refusal, one.code) == (Handing.DEFERRED, Refusal.LOGIN, 535)
        assert "password is not accepted" in one.words
        assert "wrongpass" not in one.words


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_certificates_that_cannot_be_read_are_told(office: PostOffice, scheme: str) -> None:
    with post_office(starttls="good.pem") as offering:
        to = carrier(offering if scheme == "smtp" else office, scheme, ca="/none/ca.pem")
        (handed,) = hand_over(to, MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.LOGIN)
    assert "/none/ca.pem" in handed.words


# --- servers that are none -----------------------------------------------------------------------


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Servers that a function of the test plays, one connection after the other."""
    listening: list[socket.socket] = []

    def start(play: Callable[[socket.socket], None]) -> int:
        door = socket.create_server(("127.0.0.1", 0))
        listening.append(door)

        def serve() -> None:
            while True:
                try:
                    connection, _ = door.accept()
                except OSError:
                    return
                with connection:
                    try:
                        play(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        return int(door.getsockname()[1])

    yield start
    for door in listening:
        door.shutdown(socket.SHUT_RDWR)
        door.close()


Raw = Callable[[Callable[[socket.socket], None]], int]


def _greets(words: bytes) -> Callable[[socket.socket], None]:
    def play(connection: socket.socket) -> None:
        connection.sendall(words)
        connection.recv(1000)

    return play


@pytest.mark.parametrize(
    "greeting",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
        b"220-" + b"x" * 20_000,
        b"220-more\r\n" * 500,
        b"554 no service for you\r\n",
        b"421 4.3.2 too busy\r\n",
        b"\xff\x00\r\n",
    ],
)
def test_a_server_that_does_not_speak_smtp_is_the_relays_trouble(raw: Raw, greeting: bytes) -> None:
    port = raw(_greets(greeting))
    quick = Timeouts(connect=1.0, command=0.3, end=0.3, total=0.6)
    to = SmtpCarrier(MailServer.parse(f"smtp://127.0.0.1:{port}"), timeouts=quick)
    (handed,) = hand_over(to, MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert handed.words


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_drips_is_cut_at_the_total_time(raw: Raw, scheme: str) -> None:
    stop = threading.Event()
    piece = b"2" if scheme == "smtp" else b"\x16\x03\x03\x3f\xff\x02"

    def drip(connection: socket.socket) -> None:
        while not stop.wait(0.1):
            connection.sendall(piece)

    port = raw(drip)
    slow = Timeouts(connect=1.0, command=5.0, end=5.0, total=0.5)
    to = SmtpCarrier(MailServer.parse(f"{scheme}://127.0.0.1:{port}"), timeouts=slow)
    (handed,) = hand_over(to, MESSAGE)
    stop.set()
    assert handed.handing is Handing.DEFERRED
    assert handed.refusal is Refusal.RELAY
    assert "does not answer in time" in handed.words


def test_a_connection_cut_in_mid_message_was_not_taken_over(raw: Raw) -> None:
    def play(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        for reply in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            connection.recv(1000)
            connection.sendall(reply)
        connection.recv(1000)
        # an end with unread bytes resets the connection

    port = raw(play)
    to = SmtpCarrier(MailServer.parse(f"smtp://127.0.0.1:{port}"), timeouts=QUICK)
    long = replace(MESSAGE, data=b"Subject: x\r\n\r\n" + b"a" * 70 * 400_000)
    (handed,) = hand_over(to, long)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert "mid-message" in handed.words


def test_no_server_and_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    (handed,) = hand_over(SmtpCarrier(MailServer.parse(f"smtp://127.0.0.1:{port}")), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert "refuses the connection" in handed.words
    (handed,) = hand_over(SmtpCarrier(MailServer.parse("smtp://mail.invalid")), MESSAGE)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert "not known (DNS)" in handed.words


# --- the address of the config -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, "smtp", "", "")),
        ("smtp+starttls://h:p@mail.test", ("mail.test", 587, "smtp+starttls", "h", "p")),
        ("smtps://h%40t:p%3A%2F@mail.test:4650", ("mail.test", 4650, "smtps", "h@t", "p:/")),
        ("smtp://[::1]:2525", ("::1", 2525, "smtp", "", "")),
    ],
)  # fmt: skip
def test_addresses_of_servers(address: str, expected: tuple[object, ...]) -> None:
    server = MailServer.parse(address)
    assert (server.host, server.port, server.encryption, server.user, server.password) == expected
    assert "p:/" not in repr(server)
    assert "@" not in server.shown


@pytest.mark.parametrize(
    "address",
    ["mail.town.example", "http://x", "smtp://", "smtp://h:1x", "smtp://u@h", "smtp://h/path",
     "smtp://h:99999", "smtp://u:%0d%0a@h", "smtp://h?x=1", "smtp://a..b",
     "smtp://" + "a" * 64 + ".example"],
)  # fmt: skip
def test_addresses_that_are_none_are_told_in_words(address: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        MailServer.parse(address)
