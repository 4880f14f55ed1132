"""How sources are asked: what the config says, and what this process and its fleet can afford."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from feedhub.config.settings import Settings
from feedhub.fetch.client import FetchSettings

if TYPE_CHECKING:
    from feedhub.store.doors import HostDoors

__all__ = ["affordable", "fetch_settings", "shared_doors"]

#: file handles for everything but requests: database, published files, readers of the site
_OTHER_HANDLES = 400


def fetch_settings(settings: Settings) -> FetchSettings:
    """Return what the config says about asking, in the fetch door's own terms."""
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


def shared_doors(settings: Settings) -> HostDoors:
    """Return the doors of hosts that all processes on one PostgreSQL share."""
    from feedhub.store.doors import HostDoors

    return HostDoors(settings.database_url, per_host=settings.collect.per_host)
