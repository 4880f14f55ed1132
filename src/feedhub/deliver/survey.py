"""Reading a published folder anew, when its manifest cannot be trusted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from feedhub.deliver.manifest import Record, content_hash
from feedhub.deliver.names import STATE_FOLDER
from feedhub.deliver.packing import PACKED_SUFFIXES, packable

__all__ = ["survey"]

_ANY_SIZE = 1 << 20  # whatever the file's size is now: its copies were made of an older one


def survey(root: Path) -> Iterator[tuple[str, Record]]:
    """Yield every file below ``root`` with what it holds. Raises `OSError`.

    Packed copies are taken away, because nothing tells of which content they were made. Links are
    passed over: we publish none.
    """
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name != STATE_FOLDER]
        here = set(files)
        for name in files:
            full = Path(folder, name)
            plain, dot, ending = name.rpartition(".")
            if dot + ending in PACKED_SUFFIXES and plain in here and packable(plain, _ANY_SIZE):
                full.unlink()
            elif full.is_file() and not full.is_symlink():
                data = full.read_bytes()
                about = full.stat()
                path = full.relative_to(root).as_posix()
                yield path, Record(content_hash(data), about.st_size, about.st_mtime_ns)
