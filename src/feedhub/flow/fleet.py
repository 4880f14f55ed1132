"""What the processes of a fleet do side by side, each in its turn.

The truth is in rows: who lives, which host is being asked and by whom, which source is due. Every
function here may be called by any process at any time and twice without harm; what is claimed by a
process that dies is free again half a minute later.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from feedhub.clock import Clock
from feedhub.config.settings import Settings
from feedhub.errors import DataFolderHeldError, FeedHubError, StoreError, TakenForDeadError
from feedhub.flow.collecting.rhythm import due_sources
from feedhub.model.source import Source
from feedhub.store.store import Store

__all__ = [
    "PUBLISHED_PULL",
    "Ringing",
    "admitted",
    "enlisted",
    "hosts_of",
    "look",
    "place_of",
    "publisher",
]

#: seconds between two signs of life; a process is dead after ``store.fleet.LASTING``
_SIGN = 5.0
_PAUSE = 0.5

_HOST = "host:"
_RING = "ring"

#: the fact that holds up to which pull the published folder has been brought
PUBLISHED_PULL = "published_pull"


@contextmanager
def enlisted(store: Store, place: str, lost: Callable[[FeedHubError], None]) -> Iterator[None]:
    """Be a process of the fleet while the block runs, telling the others again and again.

    ``place`` names where this process runs, so that whoever ran there before is known to be dead.
    ``lost`` is told, from another thread, when the fleet has gone on without this process.
    """
    holder = f"{place}/{secrets.token_hex(8)}"
    with store.writing() as tx:
        tx.fleet.enlist(holder)
    store.holder = holder
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(_SIGN):
            try:
                with store.writing() as tx:
                    tx.fleet.bury()
            except TakenForDeadError as error:
                lost(error)
                return
            except StoreError:
                continue  # the database may come back in time

    teller = threading.Thread(target=tell, name="fleet", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
        store.holder = ""
        with suppress(StoreError), store.writing() as tx:  # else the others find out by themselves
            tx.fleet.leave(holder)


def place_of(data_dir: Path) -> str:
    """Return the name of a data folder in the fleet, minted at its first use.

    The caller holds the folder: only one process at a time runs there.
    """
    name = data_dir / "worker-id"
    try:
        if not name.exists():
            name.write_text(secrets.token_hex(8), encoding="ascii")
        return name.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(f"cannot use the data folder {data_dir}: {error.strerror}") from error


@contextmanager
def publisher(store: Store, token: str, held: AbstractContextManager[None]) -> Iterator[bool]:
    """Publish as ``token`` under a lock; give whether nobody else has published since it did.

    Where the lock was lost meanwhile somebody else may have written beside it, so the next
    publishing lays everything down.
    """
    try:
        with held:
            with store.writing() as tx:
                alone = tx.facts.get("publisher") == token
                tx.facts.set("publisher", token)
            yield alone
    except (StoreError, TakenForDeadError):
        with suppress(FeedHubError), Store(store.engine).writing() as tx:
            tx.facts.forget("published_mark")
        raise


def host_of(url: str) -> str:
    """Return the host of a source's address, with its port: what is asked by one at a time."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def hosts_of(settings: Settings) -> dict[str, tuple[Source, ...]]:
    """Return the enabled sources of each host."""
    found: dict[str, list[Source]] = {}
    for source in settings.sources:
        if source.enabled:
            found.setdefault(host_of(source.url), []).append(source)
    return {host: tuple(sources) for host, sources in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """What is to be done by somebody: hosts with sources that are due, and what else waits."""

    hosts: tuple[str, ...] = ()
    publish: bool = False
    mail: bool = False
    ping: bool = False


def look(settings: Settings, store: Store, now: datetime) -> Ringing | None:
    """Return what is to be done; None where another process of the fleet says so.

    One process looks for all. It does so as long as it lives.
    """
    with store.writing() as tx:
        tx.fleet.bury()
        if not tx.fleet.claim(_RING, store.holder) and tx.fleet.holder_of(_RING) != store.holder:
            return None
    with store.reading() as tx:
        urls = {source.id: source.url for source in settings.sources}
        due = dict.fromkeys(host_of(urls[name]) for name in due_sources(tx, now) if name in urls)
        busy = tx.fleet.claimed(_HOST)
        published = int(tx.facts.get("published_sequence") or 0)
        return Ringing(
            hosts=tuple(host for host in due if f"{_HOST}{host}" not in busy),
            publish=tx.sources.newest_pull() > int(tx.facts.get(PUBLISHED_PULL) or 0)
            or tx.stories.last_sequence() > published,
            ping=bool(settings.hub.websub_hub and tx.pings.due(now, 1)),
        )


@contextmanager
def admitted(
    store: Store, clock: Clock, sources: Collection[Source], *, patience: float
) -> Iterator[frozenset[str]]:
    """Claim the hosts of sources while the block runs; give the ids of those that may be pulled.

    Outside a fleet all may. Waits up to ``patience`` seconds for other processes to finish with a
    host; with patience, raises ``DataFolderHeldError`` where they do not, else leaves it out.
    """
    if not store.holder:
        yield frozenset(source.id for source in sources)
        return
    hosts = {host_of(source.url) for source in sources}
    mine: set[str] = set()
    end = clock.monotonic() + patience
    try:
        while True:
            with store.writing() as tx:
                tx.fleet.bury()
                mine |= {
                    host
                    for host in sorted(hosts - mine)
                    if tx.fleet.claim(f"{_HOST}{host}", store.holder)
                }
            if mine == hosts or not patience:
                break
            if clock.monotonic() >= end:
                raise DataFolderHeldError(
                    f"another process of the fleet is asking {min(hosts - mine)}; try again later"
                )
            clock.sleep(_PAUSE)
        yield frozenset(source.id for source in sources if host_of(source.url) in mine)
    finally:
        with store.writing() as tx:
            tx.fleet.release([f"{_HOST}{host}" for host in mine], store.holder)
