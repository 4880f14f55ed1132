"""Waiting for the disk, once for many files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

__all__ = ["sync_all"]

#: from here on waiting in parallel pays: the file system joins the waits into few commits
_MANY = 16
_AT_ONCE = 8


def sync_all(files: Sequence[Path], folders: Sequence[Path]) -> None:
    """Return when the disk has the content of ``files``, then the names in ``folders``.

    A file or folder that is gone by now is passed over. Raises `OSError`.
    """
    for paths in (files, folders):
        if len(paths) < _MANY:
            for path in paths:
                _sync(path)
        else:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for _ in pool.map(_sync, paths):
                    pass


def _sync(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
