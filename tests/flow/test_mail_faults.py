"""Digests through a mail server that fails: nothing lost, nothing doubled, everything told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from tests.flow.mailed import HOUR, MINUTE, SEVEN, MailHub
from tests.postoffice import AUTHORITY, CUT, PostOffice, post_office

from feedhub.deliver.signing import Signer, make_key


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with post_office() as running:
        yield running


@pytest.fixture
def hub(office: PostOffice, tmp_path: Path) -> Iterator[MailHub]:
    """A hub that sends through it, with four subscribers and two stories."""
    made = stocked(tmp_path, office)
    yield made
    made.close()


PEOPLE = ["an@one.example", "binh@one.example", "chi@two.example", "dung@two.example"]


def stocked(
    folder: Path, office: PostOffice, mail: str = "", scheme: str = "smtp", login: str = ""
) -> MailHub:
    """Return a hub with four subscribers and two stories."""
    hub = MailHub(folder, f'smtp = "{scheme}://{login}127.0.0.1:{office.port}"\n{mail}')
    hub.subscribe(*PEOPLE)
    hub.news(1, 2)
    return hub


def test_a_healthy_server_gets_each_message_once(hub: MailHub, office: PostOffice) -> None:
    assert hub.digest_command(SEVEN)["sent"] == 4
    assert hub.digest_command(SEVEN + HOUR)["sent"] == 0
    assert sorted(one.recipient for one in office.received) == PEOPLE
    assert len(set(office.ids())) == 4
    first = office.received[0]
    assert first.sender.startswith("tin+")
    assert first.message.get_body(("plain",)) is not None


def test_signed_digests_verify_as_they_arrive(office: PostOffice, tmp_path: Path) -> None:
    make_key(tmp_path / "dkim.pem")
    signer = Signer.read(tmp_path / "dkim.pem", domain="hub.example", selector="feedhub")
    hub = stocked(tmp_path, office, 'dkim_key_file = "dkim.pem"\n')
    hub.digest(SEVEN)
    hub.close()
    for one in office.received:
        assert dkim.verify(one.data, dnsfunc=lambda _name, **_: signer.record.encode())
        signed = str(one.message["DKIM-Signature"])
        assert all(f": {name} " in signed for name in ("list-id", "list-unsubscribe-post"))
        for part in one.message.walk():
            assert part.defects == []
            assert all(header.defects == () for header in part.values())


def test_greylisted_messages_come_again_under_the_same_id(hub: MailHub, office: PostOffice) -> None:
    seen: set[str] = set()

    def greylist(recipient: str, _count: int) -> str | None:
        if recipient in seen:
            return None
        seen.add(recipient)
        return "450 4.2.0 Greylisted, try again later"

    office.scripts["RCPT"] = greylist
    assert hub.digest(SEVEN).deferred == 4
    assert hub.outbox() == {"deferred": 4}
    assert hub.digest(SEVEN + 4 * MINUTE).sent == 0
    assert hub.digest(SEVEN + 6 * MINUTE).sent == 4
    assert sorted(one.recipient for one in office.received) == PEOPLE


def test_a_domain_that_says_421_waits_while_the_others_go_on(
    hub: MailHub, office: PostOffice
) -> None:
    office.scripts["RCPT"] = lambda to, _: "421 slow down" if to.endswith("@one.example") else None
    report = hub.digest(SEVEN)
    assert (report.sent, report.halted) == (2, "")
    assert {one.recipient for one in office.received} == set(PEOPLE[2:])
    # one was refused; for the other nobody even asked
    assert office.steps.count("RCPT") == 3
    del office.scripts["RCPT"]
    assert hub.digest(SEVEN + 10 * MINUTE).sent == 2
    assert sorted(one.recipient for one in office.received) == PEOPLE


def test_no_space_at_data_is_given_time(hub: MailHub, office: PostOffice) -> None:
    office.scripts["DATA"] = lambda _to, count: "452 4.3.1 no space" if count == 1 else None
    report = hub.digest(SEVEN)
    assert report.sent == 0
    assert "no space" in report.halted
    assert hub.digest(SEVEN + 10 * MINUTE).sent == 4
    assert len(set(office.ids())) == len(office.received) == 4


def test_a_cut_after_the_dot_is_unknown_and_sent_once_more(
    hub: MailHub, office: PostOffice
) -> None:
    office.scripts["CONTENT"] = lambda _to, count: CUT if count == 2 else None
    report = hub.digest(SEVEN)
    assert (report.sent, report.unknown) == (3, 1)
    assert hub.outbox() == {"sent": 3, "unknown": 1, "doubtful": 1}
    assert hub.digest(SEVEN + 10 * MINUTE).sent == 0
    assert hub.digest(SEVEN + 20 * MINUTE).sent == 1
    assert len(office.received) == 5
    assert len(set(office.ids())) == 4  # the same Message-ID: a mail program shows it once
    assert hub.outbox() == {"sent": 4, "doubtful": 1}


def test_one_bad_recipient_is_stopped_and_the_others_are_not(
    hub: MailHub, office: PostOffice
) -> None:
    office.scripts["RCPT"] = lambda to, _: "550 5.1.1 unknown" if to.startswith("chi") else None
    report = hub.digest(SEVEN)
    assert (report.sent, report.failed) == (3, 1)
    assert hub.people() == {"active": 3, "ended": 1}
    assert office.connections == 1


def test_everyone_refused_by_policy_halts_and_unsubscribes_nobody(
    hub: MailHub, office: PostOffice
) -> None:
    hub.subscribe(*(f"p{number:02}@three.example" for number in range(12)))
    hub.news(3)
    office.scripts["CONTENT"] = lambda _to, _count: "550 5.7.1 not wanted"
    report = hub.digest(SEVEN)
    assert (report.sent, report.deferred) == (0, 10)
    assert "in a row" in report.halted
    assert hub.people() == {"active": 16}
    assert hub.outbox() == {"deferred": 10, "queued": 6}
    # nor does another process begin anew within the hour
    again = hub.digest_command(SEVEN + 30 * MINUTE, ok=False)
    assert again["halted"] == report.halted
    assert len(office.turned_away) == 10
    del office.scripts["CONTENT"]
    assert hub.digest(SEVEN + 61 * MINUTE).sent == 16


def test_a_server_that_is_away_loses_nothing(hub: MailHub, office: PostOffice) -> None:
    office.scripts["MAIL"] = lambda _to, _count: CUT
    report = hub.digest(SEVEN)
    assert report.sent == 0
    assert report.halted
    del office.scripts["MAIL"]
    assert hub.digest(SEVEN + 3 * HOUR).sent == 4
    assert len(office.received) == 4


def test_a_refused_login_and_a_wrong_certificate_stop_everything_and_say_so(
    tmp_path: Path,
) -> None:
    ca = f'smtp_ca_file = "{AUTHORITY}"'
    with post_office(starttls="good.pem", password="right") as office:
        (tmp_path / "a").mkdir()
        hub = stocked(tmp_path / "a", office, ca, "smtp+starttls", "hub:wrong@")
        told = hub.digest_command(SEVEN, ok=False)
        assert (told["sent"], told["failed"]) == (0, 0)
        assert "password is not accepted" in told["halted"]
        assert len(office.logins) <= 2  # smtplib tries each mechanism once, for one message
        office.password = "wrong"
        assert hub.digest(SEVEN + 2 * HOUR).sent == 4
        hub.close()
    with post_office(starttls="expired.pem") as office:
        (tmp_path / "b").mkdir()
        hub = stocked(tmp_path / "b", office, ca, "smtp+starttls")
        report = hub.digest(SEVEN)
        assert (report.sent, office.received) == (0, [])
        assert "expired" in report.halted
        hub.close()
