"""The time zones that people may choose from: one name for each, as the tz database lists them."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

__all__ = ["timezones"]


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """Return the names of all zones that some country keeps (``zone.tab``), and UTC; in order.

    Old names for the same zones (``Asia/Saigon``) are left out.
    """
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    lines = table.read_text(encoding="utf-8").splitlines()
    names = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return (*sorted(names), "UTC")
