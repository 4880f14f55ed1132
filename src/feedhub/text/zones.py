"""The time zones there are, and those that people are offered: one name for each."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from zoneinfo import available_timezones

__all__ = ["all_timezones", "timezones"]


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """Return the names of all zones that some country keeps (``zone.tab``), and UTC; in order.

    Old names for the same zones (``Asia/Saigon``) are left out.
    """
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    lines = table.read_text(encoding="utf-8").splitlines()
    names = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return (*sorted(names), "UTC")


@lru_cache(maxsize=1)
def all_timezones() -> frozenset[str]:
    """Return the names of all zones, the old ones too; what a person has once chosen stays good."""
    return frozenset(available_timezones()) | {*timezones()}
