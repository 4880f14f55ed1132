"""Mail that comes back, from the folder and from a pipe; and what the doctor says of mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.flow.mailed import HOUR, SEVEN, MailHub
from tests.nameserver import name_server
from tests.postoffice import PostOffice, Received, post_office

DAY = timedelta(days=1)
PEOPLE = ["an@one.example", "binh@one.example", "chi@two.example"]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with post_office() as running:
        yield running


@pytest.fixture
def hub(office: PostOffice, tmp_path: Path) -> Iterator[MailHub]:
    """A hub that sends through it and reads a folder of returned mail."""
    made = MailHub(
        tmp_path,
        f'smtp = "smtp://127.0.0.1:{office.port}"\nbounces_to = "back@hub.example"\n'
        'bounce_folder = "returned"\n',
    )
    (tmp_path / "returned" / "new").mkdir(parents=True)
    made.subscribe(*PEOPLE)
    made.news(1, 2)
    yield made
    made.close()


def report(sent: Received, status: str, *, verp: bool = True, action: str = "failed") -> str:
    """Return what a mail server says of a message."""
    to = sent.sender if verp else "back@hub.example"
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@one.example
To: {to}
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; one.example

Final-Recipient: rfc822; {sent.recipient}
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: <{sent.message_id}>

--b--
"""


def complaint(sent: Received) -> str:
    return (
        report(sent, "")
        .replace("report-type=delivery-status", "report-type=feedback-report")
        .replace("message/delivery-status", "message/feedback-report")
        .replace("Reporting-MTA", "Feedback-Type: abuse\nReporting-MTA")
    )


def back(hub: MailHub, name: str, text: str) -> None:
    """Let a message come back into the folder."""
    (hub.folder / "returned" / "new" / name).write_text(text)


def folders(hub: MailHub) -> dict[str, list[str]]:
    root = hub.folder / "returned"
    return {
        part: sorted(path.name for path in (root / part).iterdir())
        if (root / part).is_dir()
        else []
        for part in ("new", "cur", ".Unmatched/cur")
    }


def sent_to(office: PostOffice, name: str) -> Received:
    return [one for one in office.received if one.recipient.startswith(name)][-1]


def test_what_comes_back_is_matched_and_heeded(hub: MailHub, office: PostOffice) -> None:
    hub.digest(SEVEN)
    assert sent_to(office, "an").sender.startswith("back+")
    back(hub, "1.gone", report(sent_to(office, "an"), "5.1.1"))
    back(hub, "2.full", report(sent_to(office, "binh"), "5.2.2", verp=False))
    back(hub, "3.spam", complaint(sent_to(office, "chi")))
    back(hub, "4.late", report(sent_to(office, "binh"), "4.4.1", action="delayed"))
    back(hub, "5.other", "From: x@y.example\nSubject: hello\n\nWho are you?\n")
    back(hub, "6.away", "From: x@y.example\nAuto-Submitted: auto-replied\n\nI am away.\n")
    stranger = Received("back+0123456789abc@hub.example", "x@y.example", b"Message-ID: <a@b>\n\n")
    back(hub, "7.stranger", report(stranger, "5.1.1"))
    hub.digest(SEVEN + HOUR)
    assert hub.people() == {"active": 1, "ended": 2}
    assert hub.outbox() == {"failed": 2, "sent": 1}
    assert folders(hub) == {
        "new": [],
        "cur": ["1.gone:2,S", "2.full:2,S", "3.spam:2,S", "4.late:2,S", "6.away:2,S"],
        ".Unmatched/cur": ["5.other:2,", "7.stranger:2,"],
    }
    hub.news(3)
    assert hub.digest(SEVEN + DAY).sent == 1


def test_three_digests_in_a_row_that_come_back_pause_and_one_that_arrives_begins_anew(
    hub: MailHub, office: PostOffice
) -> None:
    for day in range(6):
        hub.news(7000 + day * 1440)  # of that day: what is older than a week is not mailed
        hub.digest(SEVEN + day * DAY)
        if day != 2:
            for again in range(2):  # a report that comes twice counts once
                back(hub, f"{day}.{again}", report(sent_to(office, "an"), "5.2.2"))
        hub.digest(SEVEN + day * DAY + HOUR)
        assert hub.people() == ({"active": 3} if day < 5 else {"active": 2, "paused": 1})
    before = len(office.received)
    hub.news(7000 + 6 * 1440)
    hub.digest(SEVEN + 6 * DAY)
    assert len(office.received) == before + 2


def test_a_mail_server_may_hand_returned_mail_to_the_command(
    hub: MailHub, office: PostOffice
) -> None:
    hub.digest(SEVEN)
    text = report(sent_to(office, "an"), "5.1.1")
    assert hub.run("mail", "bounce", stdin=text).stdout == "ended\n"
    assert hub.run("mail", "bounce", stdin="From: x@y.example\n\nhello").stdout == "other\n"
    assert hub.people() == {"active": 2, "ended": 1}
    (aside,) = (hub.folder / "returned" / ".Unmatched" / "new").iterdir()
    assert aside.read_text() == "From: x@y.example\n\nhello"
    back(hub, "1", report(sent_to(office, "chi"), "5.2.2"))
    assert hub.json("mail", "bounces") == {"counts": {"counted": 1}, "aside": 1}


def test_the_doctor_speaks_of_mail(hub: MailHub, office: PostOffice) -> None:
    office.scripts["CONTENT"] = lambda _to, _count: "cut"
    hub.digest(SEVEN)
    words = hub.run("doctor", ok=False).stdout
    assert "ok       mail: smtp://127.0.0.1:" in words
    assert "3 messages may have arrived or not; each is sent once more" in words
    assert "SPF needed" in words


def test_a_key_is_made_and_its_record_printed(hub: MailHub) -> None:
    told = hub.run("mail", "key").stdout
    assert 'dkim_key_file = "dkim.pem"' in told
    record = told.strip().splitlines()[-1]
    assert record.startswith('feedhub._domainkey.hub.example. TXT "v=DKIM1; k=rsa; p=')
    again = hub.run("mail", "key").stdout
    assert "stays as it is" in again
    assert again.strip().splitlines()[-1] == record


def test_the_check_asks_the_dns_and_tries_the_server(hub: MailHub, office: PostOffice) -> None:
    answers = {
        ("hub.example.", "TXT"): ['"v=spf1 mx -all"'],
        ("hub.example.", "MX"): ["10 mail.hub.example."],
        ("mail.hub.example.", "A"): ["192.0.2.1"],
    }
    with name_server(answers) as port:
        ask = ("mail", "check", "--ask", f"127.0.0.1:{port}")
        told = hub.json(*ask, ok=False)
        words = hub.run(*ask, ok=False).stdout
    found = {row["purpose"]: row["ok"] for row in told["records"]}
    assert found == {"SPF": True, "DMARC": False, "MX": True, "PTR": False}
    assert told["server"][0]["ok"] is True
    assert "TROUBLE  PTR: 192.0.2.1 has no name" in words
    assert '_dmarc.hub.example. TXT "v=DMARC1; p=none' in words
    assert office.steps == []


def test_a_mail_server_keeps_what_cannot_be_stored_now(hub: MailHub, office: PostOffice) -> None:
    hub.digest(SEVEN)
    text = report(sent_to(office, "an"), "5.1.1")
    config = hub.config.read_text()
    broken = re.sub(r'database_url = ".*"', 'database_url = "sqlite:////dev/null/x"', config)
    for wrong in (broken, "not TOML"):
        hub.config.write_text(wrong)
        done = hub.run("mail", "bounce", stdin=text, ok=False)
        assert done.returncode == 75, done.stderr
        assert done.stderr.startswith("feedhub: ")
    hub.config.write_text(config)
    assert hub.run("mail", "bounce", stdin=text).stdout == "ended\n"
