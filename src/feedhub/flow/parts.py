"""What the flows are given to work with."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from feedhub.clock import Clock
from feedhub.config.settings import Settings
from feedhub.fetch.client import Fetched, Fetcher, Request
from feedhub.store.store import Store

__all__ = ["CollectParts", "mint_id"]

#: Crockford's base 32 in lower case: no letter that is taken for a digit
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def mint_id() -> str:
    """Make an id that no one has used: 13 letters, 65 random bits.

    Ids are random and not counted, so that a hub restored from a backup never gives an address
    that was published before the restore to another story.
    """
    return "".join(secrets.choice(_LETTERS) for _ in range(13))


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectParts:
    """The doors and tools that collecting uses."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    new_id: Callable[[], str] = mint_id

    def submit(self, request: Request) -> Future[Fetched]:
        """Ask for a document; raise ``CancelledError`` when the hub is shutting down."""
        try:
            return self.fetcher.submit(request)
        except RuntimeError as error:  # the fetch door is closed
            raise CancelledError from error

    def ask(self, request: Request) -> Fetched:
        """Ask for a document and wait for it."""
        return self.submit(request).result()
