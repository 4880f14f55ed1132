"""Tell a network that is down from hundreds of sources that are."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["network_is_down"]

#: Fewer hosts than this may all be down by themselves.
_FEWEST_HOSTS = 3


def network_is_down(attempts: Iterable[tuple[str, bool]]) -> bool:
    """Say whether the trouble is ours: no host at all could be reached in one round of pulls.

    ``attempts`` holds for each pull the host and whether anything answered there; any answer,
    an error page included, proves that the network works. The caller then raises one alarm and
    leaves the sources' failure counts as they are.
    """
    silent = set()
    for host, answered in attempts:
        if answered:
            return False
        silent.add(host)
    return len(silent) >= _FEWEST_HOSTS
