"""From a due digest to a message in the outbox, through everything in between."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from tests.flow.stocked import add, configured, opened

from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.edit.windows import next_due
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.subscribing import end_subscriber
from feedhub.model.digest import Position
from feedhub.model.mail import DeliveryState, Handed, Handing, Message, Refusal
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.text.addresses import fingerprint
from feedhub.text.tokens import Purpose, open_token

_DAWN = datetime(2026, 1, 5, 23, tzinfo=UTC)  # 06:00 in Hanoi
_SEVEN = _DAWN + timedelta(hours=1)
_MAIL = '[mail]\nsender = "Tin Huế <tin@hub.example>"\n[[digests]]\nid = "daily"\n'


class Post:
    """A hub with one digest, and its outbox."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.clock = SetClock(_DAWN)
        settings = configured(folder, _MAIL + more)
        opened(settings).close()
        self.app = App(settings, self.clock)
        self.outbox = folder / "var" / "outbox"
        self.app.mail()

    def subscribe(self, name: str) -> None:
        """Sign somebody up, confirmed at once."""
        now = self.clock.now()
        store = self.app.store
        person = Subscriber(
            id=name,
            address=f"{name}@town.example",
            state=SubscriberState.ACTIVE,
            language="vi",
            timezone="Asia/Ho_Chi_Minh",
            created_at=now,
            consent=Consent(at=now, how="command", where="", words="yes"),
            confirmed_at=now,
        )
        keys = hub_keys(store)
        due = next_due(self.app.settings.digests[0].rhythm, now)
        with store.writing() as tx:
            tx.subscribers.add(person, fingerprint(keys[0], person.address))
            wanted = Subscription(subscriber_id=name, digest_id="daily", next_due_at=due)
            tx.subscribers.subscribe(
                wanted, Position(announced=tx.digests.newest_announced(), at=now)
            )

    def states(self) -> dict[str, int]:
        """Return the outbox's messages by state."""
        with self.app.store.reading() as tx:
            found = tx.deliveries.totals()
        return {name: count for name, count in found.items() if count}

    def mails(self) -> list[EmailMessage]:
        """Return the messages that were written, by recipient."""
        found = [
            email.message_from_bytes(path.read_bytes(), policy=SMTP)
            for path in sorted(self.outbox.glob("*.eml"))
        ]
        return sorted(found, key=lambda one: one["To"])  # type: ignore[return-value]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A hub whose digest is due at seven; nothing is new yet."""
    made = Post(tmp_path)
    yield made
    made.app.close()


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_due_digest_is_written_once_for_everybody(post: Post) -> None:
    post.subscribe("an")
    post.subscribe("binh")
    add(post.app.store, [1, 2])
    post.clock.moment = _SEVEN
    mailed = post.app.mail()
    assert (mailed.made.queued, mailed.sent.sent) == (2, 2)
    assert post.app.mail().sent.sent == 0
    an, binh = post.mails()
    assert (an["To"], binh["To"]) == ("an@town.example", "binh@town.example")
    assert an["Message-ID"] != binh["Message-ID"]
    for kind in ("plain", "html"):
        assert "Thông báo số 1" in _part(an, kind)
        assert "Thông báo số 2" in _part(an, kind)
    keys = hub_keys(post.app.store)
    for mail in (an, binh):
        whole = _part(mail, "plain") + _part(mail, "html") + mail["List-Unsubscribe"]
        tokens = set(re.findall(r"/(unsubscribe|change)\?token=([A-Za-z0-9_.-]+)", whole))
        owners = {open_token(keys, Purpose(page), token, _SEVEN) for page, token in tokens}
        assert owners == {mail["To"].partition("@")[0]}
    assert an["List-Id"] == "<daily.hub.example>"


def test_a_preview_is_what_is_sent(post: Post) -> None:
    post.subscribe("an")
    add(post.app.store, [1, 2])
    post.clock.moment = _SEVEN
    [preview] = post.app.previews("daily", "an@town.example")
    assert post.states() == {}
    post.app.mail()
    [sent] = post.mails()
    assert sent["Subject"] == preview.letter.subject
    assert _part(sent, "html").split() == preview.letter.html.split()
    assert _part(sent, "plain").split() == preview.letter.text.split()
    assert post.app.previews("daily", "an@town.example") == ()


def test_nobody_who_has_left_is_written_to(post: Post) -> None:
    post.subscribe("an")
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    maker = post.app.mail_parts
    object.__setattr__(maker, "carrier", Refusing(Refusal.RELAY))
    post.app.mail()
    assert post.states() == {"deferred": 1}
    with post.app.store.writing() as tx:
        person = tx.subscribers.get("an")
        assert person is not None
        end_subscriber(tx, person, "unsubscribed", post.clock.now())
    assert post.states() == {"dropped": 1}
    post.clock.moment += timedelta(hours=2)
    post.app.mail()
    assert post.mails() == []


class Refusing:
    """A carrier that takes nothing, in a way of one's choosing."""

    def __init__(
        self, refusal: Refusal, handing: Handing = Handing.DEFERRED, status: str = ""
    ) -> None:
        self.refusal = refusal
        self.handing = handing
        self.status = status
        self.seen: list[str] = []

    def hand_over(self, message: Message, *, before_data: object) -> Handed:
        """Refuse."""
        self.seen.append(message.message_id)
        return Handed(handing=self.handing, refusal=self.refusal, status=self.status, words="no")

    def close(self) -> None:
        """Nothing is held."""


class Dying:
    """A carrier whose process is killed after the content began to leave."""

    def hand_over(self, message: Message, *, before_data: object) -> Handed:
        """Begin, and die."""
        assert callable(before_data)
        assert before_data()
        raise KeyboardInterrupt

    def close(self) -> None:
        """Nothing is held."""


def test_a_message_that_was_leaving_when_the_hub_died_is_unknown_and_sent_once_more(
    post: Post,
) -> None:
    for name in ("an", "binh", "chi"):
        post.subscribe(name)
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    whole = post.app.mail_parts
    post.app.__dict__["mail_parts"] = replace(whole, carrier=Dying())
    with pytest.raises(KeyboardInterrupt):
        post.app.mail()
    post.app.__dict__["mail_parts"] = whole
    first = post.app.mail().sent
    assert (first.sent, post.states()) == (2, {"sent": 2, "unknown": 1, "doubtful": 1})
    post.clock.moment += timedelta(minutes=16)
    assert post.app.mail().sent.sent == 1
    assert post.states() == {"sent": 3, "doubtful": 1}
    assert len(post.mails()) == 3


def test_a_second_try_sends_the_same_bytes(post: Post) -> None:
    post.subscribe("an")
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    whole = post.app.mail_parts
    post.app.__dict__["mail_parts"] = replace(whole, carrier=Dying())
    with pytest.raises(KeyboardInterrupt):
        post.app.mail()
    with post.app.store.reading() as tx:
        [left] = tx.deliveries.held()
    assert left.state is DeliveryState.DATA_STARTED
    post.app.__dict__["mail_parts"] = whole
    post.app.mail()
    post.clock.moment += timedelta(minutes=16)
    post.app.mail()
    [written] = post.outbox.glob("*.eml")
    assert left.body is not None
    assert written.read_bytes().endswith(left.body)


def test_ten_refusals_in_a_row_stop_the_run_and_unsubscribe_nobody(post: Post) -> None:
    for number in range(15):
        post.subscribe(f"p{number:02}")
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    refusing = Refusing(Refusal.POLICY, Handing.FAILED)
    post.app.__dict__["mail_parts"] = replace(post.app.mail_parts, carrier=refusing)
    mailed = post.app.mail()
    assert len(refusing.seen) == 10
    assert "in a row" in mailed.sent.halted
    assert post.states() == {"deferred": 10, "queued": 5}
    with post.app.store.reading() as tx:
        assert tx.subscribers.counts() == {"active": 15}


def test_an_address_that_does_not_exist_is_not_written_to_again(post: Post) -> None:
    post.subscribe("an")
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    gone = Refusing(Refusal.RECIPIENT, Handing.FAILED, status="5.1.1")
    post.app.__dict__["mail_parts"] = replace(post.app.mail_parts, carrier=gone)
    post.app.mail()
    with post.app.store.reading() as tx:
        assert tx.subscribers.counts() == {"ended": 1}


def test_in_a_trial_only_those_on_the_list_are_written_to(tmp_path: Path) -> None:
    more = 'only_to = ["an@town.example"]\nsmtp = "smtp://127.0.0.1:9"\n'
    post = Post(tmp_path, "")
    post.app.close()
    settings = configured(tmp_path, _MAIL.replace("[[digests]]", more + "[[digests]]"))
    post.app = App(settings, post.clock)
    post.subscribe("an")
    post.subscribe("binh")
    add(post.app.store, [1])
    post.clock.moment = _SEVEN
    refusing = Refusing(Refusal.RELAY)
    post.app.__dict__["mail_parts"] = replace(post.app.mail_parts, carrier=refusing)
    post.app.mail()
    assert len(refusing.seen) == 1
    assert [mail["To"] for mail in post.mails()] == ["binh@town.example"]
    post.app.close()
