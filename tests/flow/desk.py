"""A hub with a desk in this process, asked over real sockets, and the letters it queues."""

from __future__ import annotations

import email
import email.message
import email.policy
import http.client
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from feedhub.app import App
from feedhub.clock import SetClock
from feedhub.config.load import load_settings
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.subscribing import People
from feedhub.flow.mailing.writing import letter_writer
from feedhub.model.mail import DeliveryKind, DeliveryState
from feedhub.model.subscriber import Subscriber, Subscription
from feedhub.web.desk import desk_apps
from feedhub.web.hub import HubPages
from feedhub.web.server import WebServer
from feedhub.web.site import build_site

#: a Monday, ten in the morning in the hub's zone
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CONFIG = """
[hub]
title = "Tin Nguyệt Giang"
base_url = "https://tin.town.example/"
database_url = "DATABASE"

[mail]
sender = "Tin Nguyệt Giang <tin@town.example>"

[[sources]]
id = "thach-van"
url = "https://thach-van.example/tin"
place = "Thạch Vân"
topics = ["Y tế", "Văn hóa"]

[[sources]]
id = "dong-ngu"
url = "https://dong-ngu.example/tin"
place = "Đông Ngự"
topics = ["Y tế"]
"""

_networks = itertools.count(1)


@dataclass(frozen=True)
class Answered:
    """An answer of the desk."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def heading(self) -> str:
        """The page's one heading."""
        return re.findall(r"<h1>(.*?)</h1>", self.text)[0]


@dataclass(frozen=True)
class Mail:
    """A letter as it would go out."""

    kind: DeliveryKind
    to: str
    subject: str
    text: str

    def link(self, page: str) -> str:
        """The path with query of the letter's link to a page."""
        found = re.search(rf"https://tin\.town\.example(/\S*{page}\?token=\S+)", self.text)
        assert found, self.text
        return found[1]


class DeskHub:
    """A hub, its clock, its desk and its letters."""

    def __init__(self, folder: Path, database: str) -> None:
        config = folder / "feedhub.toml"
        config.write_text(CONFIG.replace("DATABASE", database), encoding="utf-8")
        self.clock = SetClock(START)
        self.app = App(load_settings(config), self.clock)
        self.app.migrate()
        self.pages = HubPages(self.app)
        self.address = ""
        #: a network of one's own for every test, so that limits do not add up
        self.caller = f"203.0.{next(_networks)}.7"

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answered:
        """Ask the server, as a proxy on this machine that speaks for ``caller``."""
        connection = http.client.HTTPConnection(self.address, timeout=20)
        sent = {"X-Forwarded-For": self.caller, "Accept-Encoding": "identity"}
        if fields is not None:
            body = urlencode(fields, doseq=True).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, sent | dict(headers or {}))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode("utf-8")
        connection.close()
        return Answered(answer.status, found, text)

    def sign_up(self, address: str, **more: str | Sequence[str]) -> Answered:
        """Fill in the form and send it."""
        return self.ask("POST", "/subscribe", {"address": address, "digest": "daily", **more})

    def letters(self) -> list[Mail]:
        """Return what waits to be sent, as the sender would take it, and let it be sent."""
        found = []
        with self.app.store.writing() as tx:
            for one in tx.deliveries.claim(self.clock.now(), self.clock.now() + HOUR, 100):
                ended = {"lease_until": None, "ended_at": self.clock.now()}
                tx.deliveries.keep(replace(one, state=DeliveryState.SENT, **ended))
                message = email.message_from_bytes(one.body or b"", policy=email.policy.default)
                assert isinstance(message, email.message.EmailMessage)
                assert message.defects == []
                plain = message.get_body(("plain",))
                assert plain is not None
                found.append(Mail(one.kind, message["To"], message["Subject"], plain.get_content()))
        return found

    def joined(self, address: str, **more: str | Sequence[str]) -> str:
        """Sign somebody up and confirm it; return the token of the link for confirming."""
        assert self.sign_up(address, **more).status == 200
        (letter,) = self.letters()
        token = letter.link("confirm").partition("=")[2]
        assert self.ask("POST", "/confirm", {"token": token}).status == 200
        return token

    def person(self, address: str) -> Subscriber:
        """Return what the hub knows of somebody."""
        with self.app.store.reading() as tx:
            found = tx.subscribers.by_fingerprint(self.people().fingerprint(address))
        assert found is not None
        return found

    def wants(self, address: str) -> dict[str, Subscription]:
        """Return what somebody is subscribed to, by digest."""
        with self.app.store.reading() as tx:
            found = tx.subscribers.subscriptions([self.person(address).id])
        return {one.digest_id: one for one in found}

    def people(self) -> People:
        """Return the people at this moment."""
        settings, store, now = self.app.settings, self.app.store, self.clock.now()
        return People(settings, store, now, letter_writer(settings, hub_keys(store), now))


@contextmanager
def desk_hub(folder: Path, database: str) -> Iterator[DeskHub]:
    """Run a hub with a desk."""
    hub = DeskHub(folder, database)
    site = build_site(
        hub.app.settings.publish_dir,
        hub.pages,
        clock=hub.clock,
        further=desk_apps(hub.pages, hub.clock),
    )
    server = WebServer(site)
    try:
        hub.address = server.start("127.0.0.1:0")
        yield hub
    finally:
        server.stop()
        hub.app.close()
