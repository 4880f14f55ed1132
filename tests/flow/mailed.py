"""A hub with a digest due at seven and subscribers, sent by the real flow or command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.flow.stocked import add, configured, opened
from tests.flow.towns import Hub

from feedhub.app import App
from feedhub.clock import ShiftedClock
from feedhub.edit.windows import next_due
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.sending import Sent
from feedhub.flow.mailing.status import mail_ledger
from feedhub.model.digest import Position
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.text.addresses import fingerprint

SENDER = "Tin Huế <tin@hub.example>"
DAWN = datetime(2026, 1, 5, 23, tzinfo=UTC)  # 06:00 in Hanoi
SEVEN = DAWN + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class MailHub(Hub):
    """A hub in a folder; ``mail`` is what its config says under ``[mail]``."""

    def __init__(self, folder: Path, mail: str = "") -> None:
        super().__init__(folder)
        self.settings = configured(
            folder, f'[mail]\nsender = "{SENDER}"\n{mail}\n[[digests]]\nid = "daily"\n'
        )
        self.store = opened(self.settings)
        # the hub meets its digest before there is any news
        self.digest(DAWN)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def subscribe(self, *addresses: str) -> None:
        """Sign people up at dawn, confirmed at once."""
        keys = hub_keys(self.store)
        due = next_due(self.settings.digests[0].rhythm, DAWN)
        with self.store.writing() as tx:
            here = Position(announced=tx.digests.newest_announced(), at=DAWN)
            for address in addresses:
                person = Subscriber(
                    id=address.partition("@")[0],
                    address=address,
                    state=SubscriberState.ACTIVE,
                    language="vi",
                    timezone="Asia/Ho_Chi_Minh",
                    created_at=DAWN,
                    consent=Consent(at=DAWN, how="command", where="", words="yes"),
                    confirmed_at=DAWN,
                )
                tx.subscribers.add(person, fingerprint(keys[0], address))
                wanted = Subscription(subscriber_id=person.id, digest_id="daily", next_due_at=due)
                tx.subscribers.subscribe(wanted, here)

    def news(self, *numbers: int) -> None:
        """Announce stories."""
        add(self.store, numbers)

    def digest(self, now: datetime) -> Sent:
        """Do what ``feedhub digest run`` does, as if at a moment, in this process."""
        app = App(self.settings, ShiftedClock(now))
        try:
            return app.mail().sent
        finally:
            app.close()

    def digest_command(self, now: datetime, *, ok: bool = True) -> dict[str, Any]:
        """Run ``feedhub digest run`` as if at a moment."""
        return self.json("--now", now.isoformat(), "digest", "run", ok=ok)

    def outbox(self) -> dict[str, int]:
        """Return the messages by state."""
        found: dict[str, int] = mail_ledger(self.settings, self.store, None)["outbox"]
        return found

    def people(self) -> dict[str, int]:
        """Return the subscribers by state."""
        found: dict[str, int] = mail_ledger(self.settings, self.store, None)["subscribers"]
        return found
