"""What the disk says, in words."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from feedhub.errors import DeliveryError

__all__ = ["delivery_error", "disk_words"]

_WORDS = {
    errno.ENOSPC: "the disk is full; make room and it goes on",
    errno.EDQUOT: "the disk quota is used up; raise it and it goes on",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this user may not write there; check owner and mode of the folder",
    errno.EPERM: "this user may not write there; check owner and mode of the folder",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open on this machine",
    errno.ENOTDIR: "a file or link stands where a folder is needed",
    errno.EISDIR: "a folder stands where the file should go",
    errno.ENOTEMPTY: "a folder stands where the file should go",
    errno.EIO: "the disk reports a fault",
    errno.ENAMETOOLONG: "the name is too long for this disk",
}


def disk_words(error: OSError) -> str:
    """Say what the disk's error means, and the remedy where there is one."""
    return _WORDS.get(error.errno or 0, error.strerror or str(error))


@contextlib.contextmanager
def delivery_error(path: str, root: Path) -> Iterator[None]:
    """Turn what the system says into a `DeliveryError` that names the file and the remedy."""
    try:
        yield
    except OSError as error:
        words = disk_words(error)
        what = f'"{path}" in {root}' if path else str(root)
        raise DeliveryError(
            f"could not publish {what}: {words}. What was published before is still whole."
        ) from error
