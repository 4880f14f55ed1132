"""The desk of a running hub: a page of every kind, and the mails that people find."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

from tests.browser.ground import WHILE, MovingClock, Site, open_hub

from feedhub.app import App
from feedhub.flow.mailing.personal import hub_keys, personal_links
from feedhub.flow.mailing.roster import Roster
from feedhub.model.mail import Links

__all__ = ["desk_pages", "later", "leave_link", "letter_link"]


@contextmanager
def later(site: Site) -> Iterator[App]:
    """Open the hub a second time, an hour after it was collected."""
    clock = MovingClock()
    clock.ahead = WHILE + timedelta(hours=1)
    with open_hub(site.folder / "config" / "feedhub.toml", clock) as app:
        yield app


def desk_pages(app: App) -> dict[str, str]:
    """Return an address for every kind of page of the desk, below the base URL."""
    roster = Roster(app.settings, app.store, app.clock.now())
    reader = roster.wish("reader@town.example", digests=["daily", "weekly sun 18:30"])
    roster.add(reader, "I want the news")
    roster.add(roster.wish("newcomer@town.example", places=["Thạch Vân"], language="en"))
    known, new = _links(app, "reader@town.example"), _links(app, "newcomer@town.example")
    base = app.settings.hub.base_url
    return {
        "sign up": "subscribe",
        "sign up in English": "en/subscribe",
        "confirm in English": new.confirm.removeprefix(base),
        "confirmed": known.confirm.removeprefix(base),
        "change": known.change.removeprefix(base),
        "unsubscribe": known.unsubscribe.removeprefix(base),
        "bad link": "confirm?token=x",
    }


def _links(app: App, address: str) -> Links:
    roster = Roster(app.settings, app.store, app.clock.now())
    ((person, _),) = roster.everybody(address=address)
    return personal_links(app.settings, hub_keys(app.store), person, app.clock.now())


def leave_link(site: Site, address: str) -> str:
    """Return the link for leaving that every digest to somebody carries."""
    with later(site) as app:
        return _links(app, address).unsubscribe


def letter_link(site: Site, address: str, page: str) -> str:
    """Send what waits; return the link to a page in the one letter to an address."""
    with later(site) as app:
        app.mail()
        outbox = app.settings.mail.outbox_dir
    assert outbox is not None
    found = []
    for path in outbox.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        if message["To"] == address:
            plain, rich = message.get_body(("plain",)), message.get_body(("html",))
            assert plain is not None
            assert rich is not None
            (link,) = re.findall(rf"http://\S+{page}\?token=\S+", plain.get_content())
            assert f'href="{link}"' in rich.get_content()
            found.append(link)
    assert len(found) == 1, (address, len(found))
    return found[0]
