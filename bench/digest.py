"""What a digest costs: making a run, and writing and marking each message, as a hub grows.

A day of 200 stories is cut for hubs of 1,000, 10,000 and 100,000 stories with 100 subscribers, then
for 10, 100 and 1,000 subscribers over 10,000 stories; a tenth of them chose one place. Messages go
to a carrier that takes all at once, so the figures are the hub's own: CPU milliseconds per message
for queueing and for sending, beside a yardstick of the same run, the standard library writing the
same letter into one message a person and storing nothing.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))
from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.edit.windows import next_due
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.previewing import previews
from feedhub.flow.mailing.runs import RunMaker
from feedhub.flow.mailing.sending import send_waiting
from feedhub.flow.publishing.pages import Site
from feedhub.model.digest import Position
from feedhub.model.mail import Handed, Handing, Letter, Message
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.store import Store
from feedhub.text.addresses import fingerprint
from publish import A_DAY, START, fill, settings

#: stories, subscribers
SIZES = ((1_000, 100), (10_000, 10), (10_000, 100), (10_000, 1_000), (100_000, 100))


class Taking:
    """A carrier that takes everything at once."""

    def __init__(self) -> None:
        self.bytes = 0

    def hand_over(self, message: Message, *, before_data: Callable[[], bool]) -> Handed:
        """Take a message."""
        assert before_data()
        self.bytes += len(message.data)
        return Handed(handing=Handing.SENT, code=250)

    def close(self) -> None:
        """Nothing is held."""


def subscribe(store: Store, count: int, due: datetime, now: datetime) -> None:
    """Sign people up, confirmed; every tenth of them for one place."""
    keys = hub_keys(store)
    with store.writing() as tx:
        here = Position(announced=tx.digests.newest_announced(), at=now)
        for number in range(count):
            person = Subscriber(
                id=f"p{number:06}",
                address=f"p{number}@town{number % 7}.example",
                state=SubscriberState.ACTIVE,
                language="vi",
                timezone="Asia/Ho_Chi_Minh",
                created_at=now,
                consent=Consent(at=now, how="command", where="", words="yes"),
                confirmed_at=now,
            )
            tx.subscribers.add(person, fingerprint(keys[0], person.address))
            places = (f"phuong-{number % 40}",) if number % 10 == 0 else ()
            wanted = Subscription(
                subscriber_id=person.id, digest_id="daily", places=places, next_due_at=due
            )
            tx.subscribers.subscribe(wanted, here)


def plain(letter: Letter, count: int) -> float:
    """Return the CPU seconds of the yardstick."""
    begun = process_time()
    for number in range(count):
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = "news@hub.example", f"p{number}@town.example"
        message["Subject"] = letter.subject
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message.as_bytes()
    return process_time() - begun


def measure(stories: int, people: int) -> str:
    """Cut a digest in a hub of some stories for some people; return the figures."""
    with tempfile.TemporaryDirectory() as name:
        hub = settings(Path(name))
        day = START + timedelta(days=stories / A_DAY)
        clock = SetClock(day.astimezone(UTC))
        app = App(hub, clock)
        store = app.store
        with store.writing() as tx:
            tx.sources.register(hub.sources, START)
        for start in range(0, stories, 1_000):
            fill(store, range(start, min(stories, start + 1_000)))
        app.mail()
        due = next_due(hub.digests[0].rhythm, clock.now())
        subscribe(store, people, due, clock.now())
        fill(store, range(stories, stories + A_DAY))
        clock.moment = due
        carrier = Taking()
        parts = replace(app.mail_parts, carrier=carrier)
        [letter] = [one.letter for one in previews(parts, "daily", "")]
        yardstick = plain(letter, 20) / 20
        with store.writing() as tx:
            site = Site.of(hub, tx, clock.now())
        begun = process_time()
        made = RunMaker(hub, store, clock.now(), site.cards).make()
        queueing = process_time() - begun
        assert made.queued >= people * 9 // 10
        begun = process_time()
        sent = send_waiting(parts)
        sending = process_time() - begun
        assert sent.sent == made.queued
        app.close()
        each = sending / sent.sent
        return (
            f"digest  {stories:>7,} stories {people:>5,} people: queueing "
            f"{1000 * queueing / people:6.2f} ms, sending {1000 * each:6.2f} ms a message, "
            f"{each / yardstick:4.1f} x plain composing, {carrier.bytes / sent.sent / 1024:.0f} KiB"
        )


def main() -> None:
    """Print one line a size."""
    for stories, people in SIZES:
        print(measure(stories, people), flush=True)


if __name__ == "__main__":
    main()
