"""The database as the flows see it: transactions that hold the aggregates."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feedhub.errors import StoreError, TakenForDeadError
from feedhub.store.engine import READING, WRITING, open_engine, sqlite_path
from feedhub.store.schema import find_problems, migrate
from feedhub.store.wal import WriteAheadLog
from feedhub.store.words import cause, damaged

if TYPE_CHECKING:
    from feedhub.store.channels import ChannelRows
    from feedhub.store.deliveries import DeliveryRows
    from feedhub.store.digests import DigestRows
    from feedhub.store.entries import EntryRows
    from feedhub.store.facts import FactRows
    from feedhub.store.fleet import FleetRows
    from feedhub.store.ledger import LedgerRows
    from feedhub.store.likeness import LikenessRows
    from feedhub.store.notices import NoticeRows
    from feedhub.store.pings import PingRows
    from feedhub.store.pushes import PushRows
    from feedhub.store.search import SearchRows
    from feedhub.store.sources import SourceRows
    from feedhub.store.stories import StoryRows
    from feedhub.store.subscribers import SubscriberRows

__all__ = ["Store", "Transaction"]


class Transaction:
    """All aggregates over one connection; kept whole or not at all.

    Each is made, and its module loaded, when it is first asked for.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def facts(self) -> FactRows:
        """The facts of this transaction."""
        from feedhub.store.facts import FactRows

        return FactRows(self._connection)

    @cached_property
    def sources(self) -> SourceRows:
        """The sources of this transaction."""
        from feedhub.store.sources import SourceRows

        return SourceRows(self._connection)

    @cached_property
    def entries(self) -> EntryRows:
        """The entries of this transaction."""
        from feedhub.store.entries import EntryRows

        return EntryRows(self._connection)

    @cached_property
    def stories(self) -> StoryRows:
        """The stories of this transaction."""
        from feedhub.store.stories import StoryRows

        return StoryRows(self._connection)

    @cached_property
    def channels(self) -> ChannelRows:
        """The channels of this transaction."""
        from feedhub.store.channels import ChannelRows

        return ChannelRows(self._connection)

    @cached_property
    def likeness(self) -> LikenessRows:
        """The likeness of this transaction."""
        from feedhub.store.likeness import LikenessRows

        return LikenessRows(self._connection)

    @cached_property
    def pings(self) -> PingRows:
        """The pings of this transaction."""
        from feedhub.store.pings import PingRows

        return PingRows(self._connection)

    @cached_property
    def pushes(self) -> PushRows:
        """The pushes of this transaction."""
        from feedhub.store.pushes import PushRows

        return PushRows(self._connection)

    @cached_property
    def search(self) -> SearchRows:
        """The search of this transaction."""
        from feedhub.store.search import SearchRows

        return SearchRows(self._connection)

    @cached_property
    def notices(self) -> NoticeRows:
        """The notices of this transaction."""
        from feedhub.store.notices import NoticeRows

        return NoticeRows(self._connection)

    @cached_property
    def ledger(self) -> LedgerRows:
        """The ledger of this transaction."""
        from feedhub.store.ledger import LedgerRows

        return LedgerRows(self._connection)

    @cached_property
    def fleet(self) -> FleetRows:
        """The fleet of this transaction."""
        from feedhub.store.fleet import FleetRows

        return FleetRows(self._connection)

    @cached_property
    def digests(self) -> DigestRows:
        """The digests of this transaction."""
        from feedhub.store.digests import DigestRows

        return DigestRows(self._connection)

    @cached_property
    def subscribers(self) -> SubscriberRows:
        """The subscribers of this transaction."""
        from feedhub.store.subscribers import SubscriberRows

        return SubscriberRows(self._connection)

    @cached_property
    def deliveries(self) -> DeliveryRows:
        """The deliveries of this transaction."""
        from feedhub.store.deliveries import DeliveryRows

        return DeliveryRows(self._connection)


class Store:
    """An open database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        #: the id of this process in the fleet, "" where it is in none
        self.holder = ""
        self._writer = threading.Lock()
        path = sqlite_path(engine.url)
        self._log = WriteAheadLog(path) if path is not None else None

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database at an SQLAlchemy URL and bring it to the newest shape."""
        engine = open_engine(url)
        try:
            migrate(engine)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine)

    def problems(self) -> tuple[str, ...]:
        """Read the whole database; return what is wrong with it, in words."""
        try:
            with self.engine.connect() as connection:
                return find_problems(connection)
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be read: {cause(error)}") from error

    def check(self) -> None:
        """Look whether the database is sound enough to be worked with; raise ``StoreError``.

        Reads all pages of SQLite, not every row; ``problems`` reads everything.
        """
        if self.engine.dialect.name != "sqlite":
            return
        try:
            with self.engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        except SQLAlchemyError as error:
            found = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        if found != "ok":
            raise StoreError(damaged(found))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that sees one unchanging state and writes nothing."""
        try:
            with (
                self.engine.connect().execution_options(**READING) as connection,
                connection.begin(),
            ):
                yield Transaction(connection)
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be read: {cause(error)}") from error

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Open a transaction that is committed at the end, or rolled back on any error.

        Raises ``TakenForDeadError`` where this process is in a fleet that has gone on without it.
        """
        try:
            with self._writer:
                with (
                    self._log.writing() if self._log else nullcontext(),
                    self.engine.connect().execution_options(**WRITING) as connection,
                    connection.begin(),
                ):
                    tx = Transaction(connection)
                    if self.holder and not tx.fleet.renew(self.holder):
                        raise TakenForDeadError(
                            "this process stood still for so long that others took over its work"
                        )
                    yield tx
                if self._log:
                    self._log.fold(self.engine)
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be written: {cause(error)}") from error
