"""The doors of hosts, shared by all processes of a fleet (PostgreSQL).

A place at a host is an advisory lock of a session: it falls with the process that holds it, so a
killed one never keeps a host waiting. When the next request may start stands in a row.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import NoReturn

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.model.turn import Turn
from feedhub.store.engine import open_engine
from feedhub.store.holding import advisory_key

__all__ = ["HostDoors"]

#: letters of a host that are looked at; no longer name is one
_SITE = 300
_SECOND = 1_000_000

#: the time is the database's. What lies more than an hour ahead was written by a clock that has
#: been set back since.
_ENTER = text(
    """
    WITH clock AS
        (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint) AS now)
    INSERT INTO hosts (site, next_allowed_at) SELECT :site, now + :gap FROM clock
    ON CONFLICT (site) DO UPDATE SET next_allowed_at = LEAST(
        GREATEST(hosts.next_allowed_at + :queue, excluded.next_allowed_at),
        excluded.next_allowed_at + 3600000000
    )
    RETURNING next_allowed_at - :gap - (SELECT now FROM clock) AS wait,
              COALESCE(quiet_until, 0) - (SELECT now FROM clock) AS quiet, quiet_status
    """
)
_REST = text(
    """
    WITH clock AS
        (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint) AS now)
    INSERT INTO hosts (site, next_allowed_at, quiet_until, quiet_status)
    SELECT :site, now, now + :rest, :status FROM clock
    ON CONFLICT (site) DO UPDATE
    SET quiet_until = excluded.quiet_until, quiet_status = excluded.quiet_status
    WHERE hosts.quiet_until IS NULL OR hosts.quiet_until < excluded.quiet_until
    """
)


class HostDoors:
    """Places at hosts for one process. Not for several threads at a time."""

    def __init__(self, url: str, *, per_host: int) -> None:
        self._engine = open_engine(url)
        self._per_host = per_host
        self._session: Connection | None = None
        self._held: dict[str, set[int]] = defaultdict(set)

    def _connection(self) -> Connection:
        if self._session is None:
            fresh = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # what is lost in a power cut is only when a host was asked last
            fresh.exec_driver_sql("SET synchronous_commit = off")
            self._session = fresh
        return self._session

    def enter(self, site: str, gap: float, *, follows: bool = False) -> Turn | None:
        """Take a place at a host; None while all are taken, by whichever process.

        Starts of requests are ``gap`` seconds apart; ``follows`` is for one that does not wait for
        that. Raises ``StoreError``; then every place this process held is free.
        """
        site = site[:_SITE]
        try:
            place = self._take_place(site)
            if place is None:
                return None
            apart = round(gap * _SECOND)
            values = {"site": site, "gap": apart, "queue": 0 if follows else apart}
            row = self._connection().execute(_ENTER, values).one()
        except SQLAlchemyError as error:
            self._lose(error)
        return Turn(
            place=place,
            wait=0.0 if follows else max(0.0, row.wait / _SECOND),
            quiet=max(0.0, row.quiet / _SECOND),
            quiet_status=row.quiet_status,
        )

    def _take_place(self, site: str) -> int | None:
        for number in range(self._per_host):
            # every process begins elsewhere, so that they seldom try the same place
            place = (number + os.getpid()) % self._per_host
            if place in self._held[site]:
                continue  # the same session would be given its own lock again
            question = "SELECT pg_try_advisory_lock(%s)"
            key = advisory_key(f"host {site} {place}")
            if self._connection().exec_driver_sql(question, (key,)).scalar():
                self._held[site].add(place)
                return place
        return None

    def leave(self, site: str, place: int) -> None:
        """Give a place back."""
        site = site[:_SITE]
        held = self._held.get(site, set())
        if place not in held:
            return  # the session was lost, and all its places with it
        held.discard(place)
        if not held:
            del self._held[site]
        try:
            key = advisory_key(f"host {site} {place}")
            self._connection().exec_driver_sql("SELECT pg_advisory_unlock(%s)", (key,))
        except SQLAlchemyError as error:
            self._lose(error)

    def rest(self, site: str, status: int, seconds: float) -> None:
        """Write down that a host answered ``status`` and wants to be left alone so long."""
        values = {"site": site[:_SITE], "status": status, "rest": round(seconds * _SECOND)}
        try:
            self._connection().execute(_REST, values)
        except SQLAlchemyError as error:
            self._lose(error)

    def _lose(self, error: SQLAlchemyError) -> NoReturn:
        """Give up the session; raise what became of it."""
        self._held.clear()
        self.close()
        words = error.__cause__ or error
        raise StoreError(f"the database cannot be asked about hosts: {words}") from error

    def close(self) -> None:
        """Give every place back."""
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None
        self._engine.dispose()
