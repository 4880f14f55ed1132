"""Reports about our messages, as mail servers of many makes write them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.model.mail import BounceKind
from feedhub.parse.bounces import is_automatic_answer, read_bounce

ID = "7k2m9x4q1w8ez"
VERP = f"bounces+{ID}@town.example"
MESSAGE_ID = "r1.s1@town.example"

RETURNED = f"""\
Return-Path: <{VERP}>
From: Town news <news@town.example>
To: lan@far.example
Subject: Daily digest
Message-ID: <{MESSAGE_ID}>

Hello
"""


def report(
    status: str,
    *,
    to: str = VERP,
    words: str = "I could not deliver your message.",
    returned: str = RETURNED,
    returned_type: str = "message/rfc822",
    encoding: str = "",
) -> str:
    """Return a delivery status notification as RFC 3464 wants it."""
    if encoding == "base64":
        returned = base64.encodebytes(returned.encode()).decode()
    more = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mail.far.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="A1/mail.far.example"

This is a MIME-encapsulated message.

--A1/mail.far.example
Content-Type: text/plain; charset=utf-8

{words}

--A1/mail.far.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.far.example
Arrival-Date: Mon, 23 Nov 2026 07:00:00 +0700

{status}

--A1/mail.far.example
Content-Type: {returned_type}
{more}
{returned}
--A1/mail.far.example--
"""


GONE = """\
Final-Recipient: rfc822; lan@far.example
Original-Recipient: rfc822;lan@far.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.far.example
Diagnostic-Code: smtp; 550 5.1.1 <lan@far.example>: no such user here"""


def plain(sender: str, subject: str, text: str, *, more: str = "") -> str:
    return f"Return-Path: <>\nFrom: {sender}\nTo: {VERP}\nSubject: {subject}\n{more}\n{text}"


QMAIL = plain(
    "MAILER-DAEMON@mail.far.example",
    "failure notice",
    f"""\
Hi. This is the qmail-send program at mail.far.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<lan@far.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{RETURNED}""",
)

EXIM = plain(
    "Mail Delivery System <Mailer-Daemon@mail.far.example>",
    "Mail delivery failed: returning message to sender",
    f"""\
This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients.

  lan@far.example
    host mx.far.example [192.0.2.25]
    SMTP error from remote mail server after RCPT TO:<lan@far.example>:
    550 mailbox unavailable

------ This is a copy of the message, including all the headers. ------

{RETURNED}""",
    more="X-Failed-Recipients: lan@far.example\nAuto-Submitted: auto-replied\n",
)

EXCHANGE = plain(
    "postmaster@far.example",
    "Undeliverable: Daily digest",
    "Your message did not reach some or all of the intended recipients.\n\n"
    "      lan@far.example on 11/23/2026 7:00 AM\n"
    "            The recipient's mailbox is full. <mail.far.example #5.2.2>\n",
)

SENDMAIL_NO_ADDRESS = report(
    GONE.replace("Status: 5.1.1", "Status: 5.0.0"), to="<bounce-box@town.example>"
)

COMPLAINT = f"""\
From: feedback@far.example
To: {VERP}
Subject: Email Feedback Report for IP 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b2

--b2
Content-Type: text/plain

This is an email abuse report.

--b2
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Feedback/1.0
Version: 1
Original-Mail-From: <{VERP}>
Original-Rcpt-To: <redacted@far.example>

--b2
Content-Type: message/rfc822

{RETURNED}
--b2--
"""

DELAYED = "Final-Recipient: rfc822; lan@far.example\nAction: delayed\nStatus: 4.4.1"
EXPIRED = (
    "Final-Recipient: rfc822; lan@far.example\nAction: failed\nStatus: 4.4.7\n"
    "Diagnostic-Code: smtp; 451 4.4.7 gave up after five days"
)
FULL = "Final-Recipient: rfc822; lan@far.example\nAction: failed\nStatus: 5.2.2"

REPORTS = {
    "status report": (report(GONE), BounceKind.GONE, "5.1.1"),
    "only headers returned": (
        report(GONE, returned_type="text/rfc822-headers"), BounceKind.GONE, "5.1.1",
    ),
    "returned in base64": (report(GONE, encoding="base64"), BounceKind.GONE, "5.1.1"),
    "mailbox full": (report(FULL), BounceKind.REFUSED, "5.2.2"),
    "only late": (report(DELAYED), BounceKind.DELAYED, "4.4.1"),
    "given up": (report(EXPIRED), BounceKind.REFUSED, "4.4.7"),
    "one late, one failed": (report(f"{DELAYED}\n\n{GONE}"), BounceKind.GONE, "5.1.1"),
    "status only in the words": (SENDMAIL_NO_ADDRESS, BounceKind.GONE, "5.1.1"),
    "status only for people": (
        report(
            "Final-Recipient: rfc822; lan@far.example\nAction: failed\nStatus: 5.0.0",
            words="Could not deliver:\n\nlan@far.example: 550 5.1.1 no such user\n",
        ),
        BounceKind.GONE,
        "5.1.1",
    ),
    "qmail": (QMAIL, BounceKind.GONE, "5.1.1"),
    "exim": (EXIM, BounceKind.REFUSED, "5.0.0"),
    "exchange": (EXCHANGE, BounceKind.REFUSED, "5.2.2"),
    "complaint": (COMPLAINT, BounceKind.COMPLAINT, ""),
}  # fmt: skip


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_many_makes(name: str, ends: str) -> None:
    text, kind, status = REPORTS[name]
    bounce = read_bounce(text.replace("\n", ends).encode())
    assert bounce is not None
    assert (bounce.kind, bounce.status) == (kind, status)
    assert bounce.delivery_id == ID
    assert bounce.message_id == ("" if name == "exchange" else MESSAGE_ID)
    assert "\n" not in bounce.words


def test_the_servers_words_are_kept() -> None:
    bounce = read_bounce(report(GONE).encode())
    assert bounce is not None
    assert bounce.words == "550 5.1.1 <lan@far.example>: no such user here"


def test_a_report_wrapped_in_another_container() -> None:
    inner = report(GONE)
    text = (
        f"From: postmaster@far.example\nTo: {VERP}\nSubject: fwd\n"
        'Content-Type: multipart/mixed; boundary="outer"\n\n--outer\n'
        + inner.partition("MIME-Version: 1.0\n")[2]
        + "\n--outer--\n"
    )
    bounce = read_bounce(text.encode())
    assert bounce is not None
    assert (bounce.kind, bounce.delivery_id) == (BounceKind.GONE, ID)


def test_the_address_in_the_mailbox_counts_where_the_message_is_not_returned() -> None:
    text = f"Delivered-To: {VERP}\n" + report(GONE, to="news@town.example", returned="")
    bounce = read_bounce(text.encode())
    assert bounce is not None
    assert (bounce.delivery_id, bounce.message_id) == (ID, "")


OTHERS = {
    "an absence notice": plain(
        "Lan <lan@far.example>",
        "Out of office",
        "I am away until 1 December. Mail sent meanwhile is undeliverable to my phone.",
        more="Auto-Submitted: auto-replied\n",
    ),
    "a robot's absence notice": plain(
        "Postmaster <postmaster@far.example>",
        "Auto: away",
        "The person is away; delivery failed to interest me.",
        more="Auto-Submitted: auto-replied\n",
    ),
    "a person's letter": f"From: lan@far.example\nTo: {VERP}\nSubject: undeliverable\n\nHi",
    "a list's letter": "From: x@y.example\nContent-Type: multipart/alternative; boundary=b\n\n"
    "--b\n\nText\n--b\nContent-Type: text/html\n\n<p>Text</p>\n--b--\n",
    "not spam after all": COMPLAINT.replace("Type: abuse", "Type: not-spam"),
    "a report on signatures": COMPLAINT.replace("Type: abuse", "Type: auth-failure"),
    "delivered": report(GONE.replace("failed", "delivered").replace("5.1.1", "2.0.0")),
    "nothing": "",
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_mail_is_no_report(name: str) -> None:
    assert read_bounce(OTHERS[name].encode()) is None


def test_absence_notices_are_told_apart() -> None:
    assert is_automatic_answer(OTHERS["an absence notice"].encode())
    assert not is_automatic_answer(OTHERS["a person's letter"].encode())


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_report_or_none(data: bytes) -> None:
    read_bounce(data)
    is_automatic_answer(data)


@settings(max_examples=60)
@given(
    name=st.sampled_from(sorted(REPORTS)),
    cuts=st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=20)), max_size=6),
    end=st.integers(0, 3000),
)
def test_damaged_reports_are_read_or_not(
    name: str, cuts: list[tuple[int, bytes]], end: int
) -> None:
    data = REPORTS[name][0].encode()
    for at, new in cuts:
        data = data[:at] + new + data[at + len(new) :]
    for one in (data, data[:end]):
        bounce = read_bounce(one)
        assert bounce is None or len(bounce.words) <= 300


HOSTILE = {
    "nested by the thousand": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)
    ),
    "parts by the thousand": b"Content-Type: multipart/report; boundary=b\n\n"
    + b"--b\nContent-Type: message/delivery-status\n\nAction: x\n\n" * 20_000,
    "blocks by the thousand": b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    b"Content-Type: message/delivery-status\n\n" + b"Action: x\n\n" * 90_000,
    "one header": b"To: " + b"a+b" * 300_000,
    "many headers": b"To: a@b\n" * 120_000,
    "folded": b"To: x\n" + b" y\n" * 300_000,
    "blanks": b"From: mailer-daemon\n\n" + b" \t" * 500_000,
    "encoded words": b"Content-Type: " + b"=?utf-8?b?YQ==?= " * 60_000,
    "dots": b"From: mailer-daemon\nSubject: undeliverable\n\n" + b"5.1." * 250_000,
    "dashes": b"From: mailer-daemon\nSubject: undeliverable\n\n" + b"-" * 1_000_000,
    "base64": b"Content-Type: multipart/x; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\n"
    + b"=" * 900_000,
    "boundary of boundaries": b"Content-Type: multipart/x; boundary=-\n\n" + b"---\n" * 240_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_takes_little_time(name: str) -> None:
    read_bounce(HOSTILE[name])
    is_automatic_answer(HOSTILE[name])
