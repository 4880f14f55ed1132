"""Durations and sizes as people write them: ``30m``, ``2s``, ``5MB``."""

from __future__ import annotations

import re
from datetime import timedelta

__all__ = ["read_duration", "read_size", "write_duration"]

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"": 1, "b": 1, "kb": 1000, "mb": 10**6, "gb": 10**9, "kib": 1024, "mib": 2**20}
#: seconds of a hundred years, and the bytes of a thousand gigabytes: what is more is a slip
_LONGEST = 100 * 366 * 86400
_LARGEST = 10**12
_TERM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d|w)", re.IGNORECASE)
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        position, seconds = 0, 0.0
        while match := _TERM.match(value, position):
            seconds += float(match[1]) * _SECONDS[match[2].lower()]
            position = match.end()
        if position and not value[position:].strip():
            return seconds
    return None


def read_duration(value: object) -> timedelta:
    """Read ``"30m"``, ``"1h 30m"`` or a number of seconds; raise ``ValueError`` otherwise."""
    if isinstance(value, timedelta):
        return value
    seconds = _seconds(value)
    if seconds is not None and 0 <= seconds <= _LONGEST:  # neither inf nor nan
        return timedelta(seconds=seconds)
    raise ValueError('expected a duration such as "30s", "15m", "2h" or "1d"')


def write_duration(value: timedelta) -> str:
    """Write a duration in the largest unit that keeps it whole."""
    seconds = value.total_seconds()
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds / _SECONDS[unit]:g}{unit}"
    return f"{seconds:g}s"


def read_size(value: object) -> int:
    """Read ``"5MB"`` or a number of bytes. Raise ``ValueError`` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return value
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        factor = _BYTES.get(match[2].lower())
        size = float(match[1]) * (factor or 0)
        if factor is not None and size <= _LARGEST:
            return int(size)
    raise ValueError('expected a size such as "5MB" or "800kB"')
