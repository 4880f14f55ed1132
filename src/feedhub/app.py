"""The composition root: settings become doors, doors become flows.

A flow is imported when it is first run, so that a command pays only for what it does.
"""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock
from feedhub.deliver.files import PublishedFolder
from feedhub.flow.alarms import Alarms
from feedhub.flow.ledger import Tally
from feedhub.flow.upkeep import local_day
from feedhub.model.pull import PullRecord
from feedhub.store.backup import back_up, put_back
from feedhub.store.engine import is_postgres, open_engine
from feedhub.store.holding import hold, hold_database
from feedhub.store.schema import NEWEST, migrate
from feedhub.store.store import Store

if TYPE_CHECKING:
    from feedhub.config.settings import Settings
    from feedhub.fetch.client import Fetcher, FetchSettings
    from feedhub.flow.letters import MailParts
    from feedhub.flow.mail import Mailed
    from feedhub.flow.parts import CollectParts
    from feedhub.flow.pinging import Pinger
    from feedhub.flow.previewing import Preview
    from feedhub.flow.publish import Published

__all__ = ["App"]

#: seconds that a command waits for the daemon, or the daemon for a command, to finish its step
_PATIENCE = 120.0

#: file handles for everything but requests: database, published files, readers of the site
_OTHER_HANDLES = 400


def fetch_settings(settings: Settings) -> FetchSettings:
    """Return what the config says about asking, in the fetch door's own terms."""
    from feedhub.fetch.client import FetchSettings

    section = settings.collect
    return FetchSettings(
        contact=settings.hub.contact,
        in_flight=affordable(section.in_flight),
        per_host=section.per_host,
        per_host_gap=section.per_host_gap.total_seconds(),
        timeout=section.timeout.total_seconds(),
        max_bytes=section.max_bytes,
        allow_private=section.allow_private,
        robots=section.robots,
    )


def affordable(requests: int) -> int:
    """Return how many requests may be in flight with the file handles this process may have.

    The soft limit is raised as far as the system lets us. A request takes two handles at most: its
    connection, and one to resolve its name.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * requests + _OTHER_HANDLES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(requests, (soft - min(_OTHER_HANDLES, soft // 2)) // 2))
    return requests


class App:
    """A hub that is open for work. Every step holds the data folder's work lock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.alarms = Alarms()
        self._step = threading.Lock()
        #: mail goes its own way: a slow mail server holds up no collecting
        self._round = threading.Lock()
        self._tally = Tally(lambda moment: local_day(self.settings, moment))

    @cached_property
    def store(self) -> Store:
        """The hub's database, opened at first use."""
        return Store.open(self.settings.database_url)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The hub's way to the network, opened at first use."""
        from feedhub.fetch.client import Fetcher

        return Fetcher(fetch_settings(self.settings), self.clock, ledger=self._tally.note)

    @cached_property
    def pinger(self) -> Pinger:
        """The hub's word to its WebSub hub."""
        from feedhub.flow.pinging import Pinger

        hub = self.settings.hub.websub_hub
        return Pinger(hub, self.store, self.fetcher, self.clock)

    @cached_property
    def mail_parts(self) -> MailParts:
        """What mailing works with: a mail server, or without one a folder of .eml files."""
        from feedhub.deliver.carrier import open_carrier
        from feedhub.flow.letters import MailParts
        from feedhub.flow.writing import signer_of
        from feedhub.redelivery import Pace

        mail = self.settings.mail
        outbox = mail.outbox_dir or self.settings.data_dir / "outbox"
        return MailParts(
            settings=self.settings,
            clock=self.clock,
            store=self.store,
            carrier=open_carrier(smtp=mail.smtp, ca_file=mail.smtp_ca_file, outbox_dir=outbox),
            aside=open_carrier(smtp="", ca_file="", outbox_dir=outbox),
            pace=Pace(rate=mail.rate, per_domain=mail.rate_per_domain),
            signer=signer_of(self.settings),
        )

    @cached_property
    def folder(self) -> PublishedFolder:
        """The published folder, opened at first use under the work lock."""
        return PublishedFolder(self.settings.publish_dir)

    def break_off(self) -> None:
        """Break off every request in flight, so that a running collect ends at once."""
        if "fetcher" in self.__dict__:
            self.fetcher.close()

    def change(self, settings: Settings) -> None:
        """Go on under another config, once the running step is done."""
        with self._step, self._round:
            if "fetcher" in self.__dict__:
                self.fetcher.close()
                del self.fetcher
            self._hang_up()
            # what was under way stands in the database still
            self.__dict__.pop("pinger", None)
            if "folder" in self.__dict__:
                del self.folder
            if settings.database_url != self.settings.database_url and "store" in self.__dict__:
                self.store.close()
                del self.store
            self.settings = settings

    def close(self) -> None:
        """Let go of the network and the database; what is in flight is broken off."""
        if "fetcher" in self.__dict__:
            self.fetcher.close()
            self._tally.write(self.store)
        self._hang_up()
        if "store" in self.__dict__:
            self.store.close()

    def _hang_up(self) -> None:
        if "mail_parts" in self.__dict__:
            self.mail_parts.carrier.close()
            del self.mail_parts

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Be the one daemon of this data folder and, on PostgreSQL, of this database.

        Raises ``DataFolderHeldError`` if there is one already.
        """
        url = self.settings.database_url
        with ExitStack() as held:
            held.enter_context(hold(self.settings.data_dir, "daemon", self.clock))
            if is_postgres(url):
                held.enter_context(hold_database(url, "daemon", self.clock))
            yield

    @contextmanager
    def _working(self) -> Iterator[None]:
        url = self.settings.database_url
        with self._step:
            if is_postgres(url):
                held = hold_database(url, "work", self.clock, patience=_PATIENCE)
            else:
                held = hold(self.settings.data_dir, "work", self.clock, patience=_PATIENCE)
            with held:
                yield

    def collect(
        self,
        names: Sequence[str] = (),
        *,
        everything: bool = False,
        accept: bool = False,
        started: Callable[[int], None] = lambda _count: None,
        finished: Callable[[PullRecord], None] = lambda _record: None,
    ) -> tuple[PullRecord, ...]:
        """Pull sources; see ``flow.collect.collect``."""
        from feedhub.flow.collect import collect

        with self._working():
            records = collect(
                self.collect_parts(),
                names,
                everything=everything,
                accept=accept,
                started=started,
                finished=finished,
            )
            self._tally.write(self.store)
            return records

    def collect_parts(self) -> CollectParts:
        """Return what the collecting flows work with."""
        from feedhub.flow.parts import CollectParts

        return CollectParts(
            settings=self.settings, clock=self.clock, store=self.store, fetcher=self.fetcher
        )

    def changing(self, change: Callable[[CollectParts], str]) -> str:
        """Run an operator's change under the work lock."""
        with self._working():
            return change(self.collect_parts())

    def migrate(self) -> tuple[str | None, str]:
        """Bring the database to the newest shape; return its shape before and after."""
        engine = open_engine(self.settings.database_url)
        try:
            with self._working():
                return migrate(engine), NEWEST
        finally:
            engine.dispose()

    def backup(self, target: Path) -> None:
        """Copy the database to a file that does not exist yet."""
        back_up(self.settings.database_url, target)

    def restore(self, backup: Path) -> str:
        """Put a backup in the place of the database; return where the old one is kept, if any.

        Raises ``DataFolderHeldError`` while a daemon runs.
        """
        aside = self.clock.now().strftime("before-restore-%Y%m%d-%H%M%S")
        with self.daemon(), self._working():
            kept = put_back(self.settings.database_url, backup, aside=aside)
            with self.store.writing() as tx:
                tx.facts.forget("published_mark")  # what was published since must be made anew
                # what is met anew from now on was mailed before, if it is older than this
                tx.facts.set("restored_at", self.clock.now().isoformat())
        return kept

    def move(self, target: str, told: Callable[[str, int], None]) -> dict[str, int]:
        """Copy the database to an empty one at another URL; return the rows of each table.

        Raises ``DataFolderHeldError`` while a daemon runs.
        """
        from feedhub.store.moving import move_to

        with self.daemon(), self._working():
            return move_to(self.settings.database_url, target, told=told)

    def check(self) -> None:
        """Refuse a database that is damaged; raise ``StoreError`` with what to do."""
        self.store.check()

    def due(self) -> bool:
        """Tell whether any source is due, without claiming anything."""
        from feedhub.flow.rhythm import due_sources

        with self.store.reading() as tx:
            return bool(due_sources(tx, self.clock.now()))

    def register(self) -> None:
        """Bring the database in line with the config's sources."""
        with self._working(), self.store.writing() as tx:
            tx.sources.register(self.settings.sources, self.clock.now())

    def publish(self, *, full: bool = False) -> Published:
        """Bring the published folder up to date; see ``flow.publish.publish``."""
        from feedhub.flow.publish import publish

        with self._working():
            return publish(self.settings, self.store, self.folder, self.clock.now(), full=full)

    def hear_from_hub(
        self, token: str, query: Mapping[str, str], delivered: tuple[bytes, str | None] | None
    ) -> tuple[int, str]:
        """Answer what a WebSub hub sends; see ``flow.pushing.hear_from_hub``."""
        from feedhub.flow.pushing import hear_from_hub

        return hear_from_hub(self.store, self.clock.now(), token, query, delivered=delivered)

    def ping(self, *, patience: float = 0.0) -> None:
        """Tell the WebSub hub, if there is one, which feeds changed.

        Waits for no answer; with ``patience``, for all of them, so many seconds at most.
        """
        with self._step:
            if self.settings.hub.websub_hub:
                self.pinger.settle(patience)

    def mail_due(self) -> bool:
        """Tell whether a round of mailing would find anything to do."""
        from feedhub.flow.mail import due_for_mail

        return due_for_mail(self.mail_parts)

    def mail(self, stopped: Callable[[], bool] = lambda: False) -> Mailed:
        """Make the digests that are due and send what waits; see ``flow.mail.mail``.

        One process of a hub mails at a time. Between messages ``stopped`` is asked.
        """
        from feedhub.flow.mail import mail

        with self._mailing():
            return mail(self.mail_parts, stopped=stopped)

    def reckon_mail_anew(self) -> None:
        """Reckon every digest's cut-off anew; see ``flow.mail.reckon_anew``."""
        from feedhub.flow.mail import reckon_anew

        with self._mailing():
            reckon_anew(self.mail_parts)

    def mail_ledger(self, digest_id: str | None = None) -> dict[str, Any]:
        """Return what became of digests and messages; see ``flow.mail_status.mail_ledger``."""
        from feedhub.flow.mail_status import mail_ledger

        return mail_ledger(self.settings, self.store, digest_id)

    def previews(self, digest_id: str | None, address: str) -> tuple[Preview, ...]:
        """Return the next digest mails as they would be sent now; see ``flow.previewing``."""
        from feedhub.flow.previewing import previews

        return previews(self.mail_parts, digest_id, address)

    @contextmanager
    def _mailing(self) -> Iterator[None]:
        url = self.settings.database_url
        with self._round:
            if is_postgres(url):
                held = hold_database(url, "mail", self.clock, patience=_PATIENCE)
            else:
                held = hold(self.settings.data_dir, "mail", self.clock, patience=_PATIENCE)
            with held:
                yield
