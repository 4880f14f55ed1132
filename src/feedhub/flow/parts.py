"""What the flows are given to work with."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from feedhub.clock import Clock
from feedhub.config.settings import Settings
from feedhub.fetch.client import Fetched, Fetcher, Request
from feedhub.model.source import Source
from feedhub.store.store import Store

if TYPE_CHECKING:
    from feedhub.dedupe.gazetteer import Gazetteer

__all__ = ["CollectParts", "Desks", "mint_id"]

#: pulls that are read and stored at the same time
_DESKS = 4
#: so many were read by this process before another one is started to help; so many wait when all
#: is left to others. A process costs a fifth of a second of start, in which some twenty are read
_MANY, _CROWD = 20, 8

#: Crockford's base 32 in lower case: no letter that is taken for a digit
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def mint_id() -> str:
    """Make an id that no one has used: 13 letters, 65 random bits.

    Ids are random and not counted, so that a hub restored from a backup never gives an address
    that was published before the restore to another story.
    """
    number = secrets.randbits(65)
    return "".join([_LETTERS[number >> shift & 31] for shift in range(0, 65, 5)])


class Desks:
    """Places for pulls that are being read and stored; who waits for the network leaves his.

    So a hundred pulls may wait for answers side by side while only a few fill the memory with what
    they read.
    """

    def __init__(self, places: int) -> None:
        self._places = threading.Semaphore(places)
        self._gate = threading.Lock()
        self._waiting = self._came = 0
        self._mine = threading.local()

    @contextmanager
    def seat(self) -> Iterator[None]:
        """Hold a place while the block runs."""
        self._count(1)
        with self._places:
            self._count(-1)
            self._mine.seated = True
            try:
                yield
            finally:
                self._mine.seated = False

    @property
    def busy(self) -> bool:
        """Tell whether so many came that the help of another process is worth its start."""
        return self._came >= _MANY

    @property
    def crowded(self) -> bool:
        """Tell whether so many wait besides that other processes should do all of the reading."""
        return self.busy and self._waiting >= _CROWD

    def _count(self, change: int) -> None:
        with self._gate:
            self._waiting += change
            self._came += change > 0

    @contextmanager
    def away(self) -> Iterator[None]:
        """Leave one's place, if one holds any, while the block runs."""
        seated = getattr(self._mine, "seated", False)
        if seated:
            self._places.release()
        try:
            yield
        finally:
            if seated:
                self._places.acquire()


@dataclass(frozen=True, kw_only=True)
class CollectParts:
    """The doors and tools that collecting uses; what all pulls of a round share is made once."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    new_id: Callable[[], str] = mint_id
    desks: Desks = field(default_factory=lambda: Desks(_DESKS))

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources of the config, by id."""
        return {source.id: source for source in self.settings.sources}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The places of the sources."""
        from feedhub.dedupe.gazetteer import learn_places  # most pulls bring nothing to compare

        return learn_places(source.place for source in self.settings.sources)

    def submit(self, request: Request) -> Future[Fetched]:
        """Ask for a document; raise ``CancelledError`` when the hub is shutting down."""
        try:
            return self.fetcher.submit(request)
        except RuntimeError as error:  # the fetch door is closed
            raise CancelledError from error

    def ask(self, request: Request) -> Fetched:
        """Ask for a document and wait for it."""
        return self.wait(self.submit(request))

    def wait(self, future: Future[Fetched]) -> Fetched:
        """Wait for a document that was asked for; raise ``FetchError``."""
        with self.desks.away():
            return future.result()
