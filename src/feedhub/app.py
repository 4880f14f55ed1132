"""The composition root: settings become doors, doors become flows.

A flow is imported when it is first run, so that a command pays only for what it does.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock
from feedhub.errors import FeedHubError
from feedhub.flow.alarms import Alarms
from feedhub.flow.holds import PATIENCE, Holds
from feedhub.flow.ledger import Tally
from feedhub.flow.upkeep import local_day
from feedhub.model.pull import PullRecord
from feedhub.store.engine import open_engine
from feedhub.store.schema import NEWEST, migrate
from feedhub.store.store import Store

if TYPE_CHECKING:
    from feedhub.config.settings import Settings
    from feedhub.deliver.files import PublishedFolder
    from feedhub.fetch.client import Fetcher
    from feedhub.flow.mailing.letters import MailParts
    from feedhub.flow.mailing.mail import Mailed
    from feedhub.flow.mailing.previewing import Preview
    from feedhub.flow.parts import CollectParts
    from feedhub.flow.publishing.pinging import Pinger
    from feedhub.flow.publishing.publish import Published

__all__ = ["App"]


class App:
    """A hub that is open for work.

    On SQLite every step holds the data folder's work lock. On PostgreSQL the locks are the
    database's: one publishes, any number collect side by side, each host asked by one of them.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.alarms = Alarms()
        self._ended = threading.Event()
        self._step = threading.Lock()
        #: mail goes its own way: a slow mail server holds up no collecting
        self._round = threading.Lock()
        self._token = secrets.token_hex(8)
        self._tally = Tally(lambda moment: local_day(self.settings, moment))

    @cached_property
    def store(self) -> Store:
        """The hub's database, opened at first use."""
        return Store.open(self.settings.database_url)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The hub's way to the network, opened at first use."""
        from feedhub.fetch.client import Fetcher
        from feedhub.flow.collecting.asking import fetch_settings, shared_doors

        wishes = fetch_settings(self.settings)
        shared = shared_doors(self.settings) if self._holds.shared else None
        return Fetcher(wishes, self.clock, ledger=self._tally.note, shared=shared)

    @cached_property
    def pinger(self) -> Pinger:
        """The hub's word to its WebSub hub."""
        from feedhub.flow.publishing.pinging import Pinger

        hub = self.settings.hub.websub_hub
        return Pinger(hub, self.store, self.fetcher, self.clock)

    @cached_property
    def mail_parts(self) -> MailParts:
        """What mailing works with: a mail server, or without one a folder of .eml files."""
        from feedhub.deliver.carrier import open_carrier
        from feedhub.flow.mailing.letters import MailParts
        from feedhub.flow.mailing.writing import signer_of
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
        """The published folder, opened at first use under the lock of whoever publishes."""
        from feedhub.deliver.files import PublishedFolder

        return PublishedFolder(self.settings.publish_dir)

    def was_removed(self, path: str) -> bool:
        """Tell whether a path was published once and taken away since, as far as is known here."""
        if self._holds.shared and "folder" not in self.__dict__:
            return False  # another process may be writing: only the publisher opens the folder
        return self.folder.was_removed(path)

    @property
    def _holds(self) -> Holds:
        return Holds(self.settings, self.clock)

    def break_off(self) -> None:
        """Break off every request in flight and a publishing: what runs ends at once."""
        self._ended.set()
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
        """Be the daemon of this data folder; see ``flow.holds.Holds.daemon``."""
        with self._holds.daemon():
            yield

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._step, self._holds.working():
            yield

    @contextmanager
    def _publishing(self, patience: float) -> Iterator[None]:
        """Be the one publisher; on several machines they share the published folder."""
        held = self._holds.publishing(patience=patience)
        if not self._holds.shared:
            with self._step, held:
                yield
            return
        from feedhub.flow.fleet import publisher

        with self._step, publisher(self.store, self._token, held) as alone:
            if not alone:
                # somebody else wrote there since: what this process knows of it is old
                self.__dict__.pop("folder", None)
            yield

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        with self._step, self._holds.collecting():
            if not self._holds.shared:
                yield
                return
            from feedhub.flow.fleet import enlisted

            # a command runs where nobody ran before
            with enlisted(self.store, secrets.token_hex(8), lambda _: self.break_off()):
                yield

    @contextmanager
    def member(self, lost: Callable[[FeedHubError], None]) -> Iterator[None]:
        """Be one of the fleet's processes, in this data folder; see ``flow.fleet.enlisted``."""
        from feedhub.flow.fleet import enlisted, place_of

        with enlisted(self.store, place_of(self.settings.data_dir), lost):
            yield

    def write_ledger(self) -> None:
        """Write down the requests counted since the last time."""
        self._tally.write(self.store)

    def collect(
        self,
        names: Sequence[str] = (),
        *,
        everything: bool = False,
        accept: bool = False,
        started: Callable[[int], None] = lambda _count: None,
        finished: Callable[[PullRecord], None] = lambda _record: None,
    ) -> tuple[PullRecord, ...]:
        """Pull sources; see ``flow.collecting.collect.collect``."""
        from feedhub.flow.collecting.collect import collect

        with self._collecting():
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
        from feedhub.store.backup import back_up

        back_up(self.settings.database_url, target)

    def restore(self, backup: Path) -> str:
        """Put a backup in the place of the database; return where the old one is kept, if any.

        Raises ``DataFolderHeldError`` while a daemon runs.
        """
        from feedhub.store.backup import put_back

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
        from feedhub.flow.collecting.rhythm import due_sources

        with self.store.reading() as tx:
            return bool(due_sources(tx, self.clock.now()))

    def register(self) -> None:
        """Bring the database in line with the config's sources."""
        with self._working(), self.store.writing() as tx:
            tx.sources.register(self.settings.sources, self.clock.now())

    def publish(self, *, full: bool = False, patience: float = PATIENCE) -> Published:
        """Bring the published folder up to date; see ``flow.publishing.publish.publish``.

        Waits up to ``patience`` seconds for whoever does so already.
        """
        from feedhub.flow.publishing.publish import publish

        with self._publishing(patience):
            return publish(
                self.settings,
                self.store,
                self.folder,
                self.clock.now(),
                full=full,
                stopped=self._ended.is_set,
            )

    def hear_from_hub(
        self, token: str, query: Mapping[str, str], delivered: tuple[bytes, str | None] | None
    ) -> tuple[int, str]:
        """Answer what a WebSub hub sends; see ``flow.collecting.pushing.hear_from_hub``."""
        from feedhub.flow.collecting.pushing import hear_from_hub

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
        from feedhub.flow.mailing.mail import due_for_mail

        return due_for_mail(self.mail_parts)

    def mail(
        self, stopped: Callable[[], bool] = lambda: False, *, patience: float = PATIENCE
    ) -> Mailed:
        """Make the digests that are due and send what waits; see ``flow.mailing.mail.mail``.

        One process of a hub mails at a time; another one is waited for ``patience`` seconds.
        Between messages ``stopped`` is asked.
        """
        from feedhub.flow.mailing.mail import mail

        with self._mailing(patience):
            return mail(self.mail_parts, stopped=stopped)

    def reckon_mail_anew(self, *, patience: float = PATIENCE) -> None:
        """Reckon every digest's cut-off anew; see ``flow.mailing.mail.reckon_anew``."""
        from feedhub.flow.mailing.mail import reckon_anew

        with self._mailing(patience):
            reckon_anew(self.mail_parts)

    def mail_ledger(self, digest_id: str | None = None) -> dict[str, Any]:
        """Return what became of digests and messages; see ``flow.mailing.status.mail_ledger``."""
        from feedhub.flow.mailing.status import mail_ledger

        return mail_ledger(self.settings, self.store, digest_id)

    def previews(self, digest_id: str | None, address: str) -> tuple[Preview, ...]:
        """Return the next digest mails as they would be sent now (``flow.mailing.previewing``)."""
        from feedhub.flow.mailing.previewing import previews

        return previews(self.mail_parts, digest_id, address)

    @contextmanager
    def _mailing(self, patience: float) -> Iterator[None]:
        with self._round, self._holds.mailing(patience=patience):
            yield
