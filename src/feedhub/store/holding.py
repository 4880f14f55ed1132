"""Who holds the data folder: one daemon at a time, one writer at a time.

The locks are the kernel's (flock): they fall when their process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from feedhub.clock import Clock
from feedhub.errors import DataFolderHeldError, StoreError

__all__ = ["hold"]

_PAUSE = 0.1


@contextlib.contextmanager
def hold(data_dir: Path, name: str, clock: Clock, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock ``name`` of a data folder while the block runs.

    Waits up to ``patience`` seconds for another holder to let go, then raises
    ``DataFolderHeldError`` naming its process id.
    """
    path = data_dir / f"{name}.lock"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"cannot use the data folder {data_dir}: {error.strerror}") from error
    try:
        end = clock.monotonic() + patience
        while not _taken(descriptor):
            if clock.monotonic() >= end:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                raise DataFolderHeldError(
                    f"another FeedHub (process {holder or 'unknown'}) works on {data_dir}"
                )
            clock.sleep(_PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
