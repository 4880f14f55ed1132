"""Who may work on a hub: kept by its data folder on one machine, by its database on several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from feedhub.clock import Clock
from feedhub.config.settings import Settings
from feedhub.store.engine import is_postgres
from feedhub.store.holding import hold, hold_database

__all__ = ["PATIENCE", "Holds"]

#: seconds that a command waits for the daemon, or the daemon for a command, to finish its step
PATIENCE = 120.0


class Holds:
    """The locks of a hub under one config. Each raises ``DataFolderHeldError`` where it is held."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def shared(self) -> bool:
        """Whether other machines may work on the same database."""
        return is_postgres(self._settings.database_url)

    def _folder(self, name: str, patience: float) -> AbstractContextManager[None]:
        return hold(self._settings.data_dir, name, self._clock, patience=patience)

    def _database(
        self, name: str, *, shared: bool = False, patience: float, lasting: bool = False
    ) -> AbstractContextManager[None]:
        url = self._settings.database_url
        return hold_database(
            url, name, self._clock, shared=shared, patience=patience, lasting=lasting
        )

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Be the one daemon of the data folder and, on PostgreSQL, of the database.

        The processes of a fleet are one daemon together.
        """
        together = self._settings.service.engine == "procrastinate"
        with ExitStack() as held:
            held.enter_context(self._folder("daemon", 0))
            if self.shared:
                daemon = self._database("daemon", shared=together, patience=0, lasting=True)
                held.enter_context(daemon)
            yield

    def working(self) -> AbstractContextManager[None]:
        """Be the only one who works, besides the processes of a fleet."""
        if self.shared:
            return self._database("work", patience=PATIENCE)
        return self._folder("work", PATIENCE)

    def collecting(self) -> AbstractContextManager[None]:
        """Collect: alone, or on PostgreSQL beside others who do."""
        if self.shared:
            return self._database("work", shared=True, patience=PATIENCE)
        return self._folder("work", PATIENCE)

    def publishing(self, *, patience: float) -> AbstractContextManager[None]:
        """Be the one who publishes."""
        if self.shared:
            return self._database("publish", patience=patience)
        return self._folder("work", patience)

    def mailing(self, *, patience: float) -> AbstractContextManager[None]:
        """Be the one who mails."""
        if self.shared:
            return self._database("mail", patience=patience)
        return self._folder("mail", patience)
