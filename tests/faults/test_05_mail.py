"""Faults 11, 23, 46, 70 and 71: digests over restores, corrections, late relays and short lists.

The others of mail are in tests/flow (see README.md of this folder).
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from tests.faults.ground import entry
from tests.flow.mailed import HOUR, SEVEN, MailHub
from tests.flow.towns import Hub, Town
from tests.postoffice import PostOffice, post_office

from feedhub.app import App
from feedhub.clock import ShiftedClock
from feedhub.config.load import load_settings

DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # 07:30 in Vietnam, after the digest's hour


class Letters:
    """A hub that writes its digests into a folder, at chosen moments."""

    def __init__(self, hub: Hub, towns: Town) -> None:
        self.hub = hub
        self.towns = towns
        hub.configure(
            f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\nbackfill = 0\n',
            private=towns.address,
            more='[mail]\nsender = "Tin <tin@hub.example>"\n[[digests]]\nid = "daily"\n',
        )

    def run(self, day: int, *arguments: str) -> str:
        """Run a command as if on a day, soon after the digest's hour."""
        now = (START + day * DAY).isoformat()
        return self.hub.run("--now", now, *arguments).stdout

    def day(self, day: int, *numbers: int) -> None:
        """Let the town tell of these entries, and do what a day does."""
        self.towns.feed("/a", *map(entry, numbers))
        self.work(day)

    def work(self, day: float) -> None:
        """Collect, publish and mail, as the commands of these names do, in this process."""
        app = App(load_settings(self.hub.config), ShiftedClock(START + day * DAY))
        try:
            app.collect(["a"])
            app.publish()
            app.mail()
        finally:
            app.close()

    def told(self) -> list[str]:
        """Return the text of every letter, in the order of their dates."""
        found = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in (self.hub.folder / "var" / "outbox").glob("*.eml")
        ]
        found.sort(key=lambda one: parsedate_to_datetime(str(one["Date"])))
        return [_text(one) for one in found if isinstance(one, EmailMessage)]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_23_46_last_weeks_backup_and_a_title_that_was_corrected(hub: Hub, towns: Town) -> None:
    """What was mailed is mailed to nobody twice, ids stay, and a correction is no news."""
    letters = Letters(hub, towns)
    letters.day(0, 1)
    letters.run(0, "subscribers", "add", "an@one.example", "--confirmed", "in writing")
    letters.day(1, 3, 2, 1)
    (first,) = letters.told()
    assert "số 2 " in first
    assert "số 3 " in first
    ids = {one["title"]: one["id"] for one in hub.stories()}
    letters.run(1, "db", "backup", str(hub.folder / "monday.sqlite3"))
    letters.day(2, 4, 3, 2, 1)
    letters.day(3, 5, 4, 3, 2, 1)
    assert [text.count("Bản tin số") > 0 for text in letters.told()] == [True] * 3
    letters.run(7, "db", "restore", str(hub.folder / "monday.sqlite3"))
    # 46: the town also corrects the title of what was mailed
    corrected = [entry(number) for number in (5, 4, 3, 2, 1)]
    corrected[2]["title"] = "Bản tin số 3 của thị trấn (giờ họp đổi sang 14 giờ)"
    towns.feed("/a", *corrected)
    letters.work(7.1)  # a while after the restore
    letters.work(8)
    for text in letters.told()[3:]:
        assert "số 4 " not in text
        assert "số 5 " not in text
        # a correction is told as one, and the story is not told again
        assert "của bản tin 3" not in text
        assert ("số 3 " in text) == ("[đã sửa]" in text)
    now = {one["title"]: one["id"] for one in hub.stories()}
    assert ids.items() - now.items() <= {(t, i) for t, i in ids.items() if "số 3 " in t}
    (mended,) = (title for title in now if "14 giờ" in title)
    assert now[mended] in ids.values()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with post_office() as running:
        yield running


def test_70_71_a_digest_is_due_while_the_one_before_waits_and_somebody_leaves(
    office: PostOffice, tmp_path: Path
) -> None:
    """Each gets the older one first and none twice; who left meanwhile gets nothing more."""
    hub = MailHub(tmp_path, f'smtp = "smtp://127.0.0.1:{office.port}"\n')
    try:
        hub.subscribe("an@one.example", "binh@two.example", "chi@two.example")
        hub.news(1)
        office.scripts["RCPT"] = lambda _to, _count: "451 4.3.0 come back tomorrow"
        assert hub.digest(SEVEN).sent == 0
        hub.run("--now", (SEVEN + HOUR).isoformat(), "subscribers", "remove", "chi@two.example")
        hub.news(1600)  # a minute each: some 27 hours later, after the first letter was due
        assert hub.digest(SEVEN + DAY + HOUR / 2).sent == 0
        office.scripts.clear()
        for hours in (5, 6, 7, 30, 31):
            hub.digest(SEVEN + DAY + hours * HOUR)
        for person in ("an@one.example", "binh@two.example"):
            told = [_text(one.message) for one in office.received if one.recipient == person]
            assert len(told) == 2, (person, hub.outbox())
            assert "số 1\r\n" in told[0]
            assert "số 1600" in told[1]
        assert "chi@two.example" not in {one.recipient for one in office.received}
        assert len(set(office.ids())) == len(office.received) == 4
    finally:
        hub.close()
