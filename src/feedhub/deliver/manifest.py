"""What the published folder holds, by content: a record that may always be rebuilt from the disk.

A line a file, appended as files change, so that publishing one page does not rewrite the record of
fifty thousand. A line of an older state is simply followed by a newer one; when most lines are
old, the file is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

__all__ = ["Manifest", "Record", "content_hash"]

_HEADER = b"feedhub manifest 1\n"
_REMOVED = "-"
#: a manifest with more old lines than this share is written anew
_STALE_SHARE = 0.5
_STALE_LEAST = 1000


def content_hash(data: bytes) -> str:
    """Return the name of some content: 128 bits of BLAKE2b in hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One published file. ``mtime_ns`` and ``size`` tell whether strangers touched it since."""

    digest: str
    size: int
    mtime_ns: int
    packed: bool = False


class Manifest:
    """Path -> `Record`, and the paths that once were published and no longer are."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._records: dict[str, Record] = {}
        self._removed: set[str] = set()
        self._pending: dict[str, None] = {}
        self._lines = 0
        self._whole = False

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def get(self, path: str) -> Record | None:
        """Return what is known of ``path``."""
        return self._records.get(path)

    def was_removed(self, path: str) -> bool:
        """Tell whether ``path`` was published once and taken away since."""
        return path in self._removed

    def put(self, path: str, record: Record) -> None:
        """Note that ``path`` now holds this content."""
        self._records[path] = record
        self._removed.discard(path)
        self._pending[path] = None

    def drop(self, path: str) -> None:
        """Note that ``path`` was taken away."""
        self._records.pop(path, None)
        self._removed.add(path)
        self._pending[path] = None

    def start_over(self, records: Iterable[tuple[str, Record]]) -> None:
        """Take ``records`` as the truth; what was known to be removed stays known."""
        self._records = dict(records)
        self._removed.difference_update(self._records)
        self._pending.clear()
        self._whole = True

    def load(self) -> bool:
        """Read the file. False when it is missing or damaged: the caller rebuilds it."""
        self._records.clear()
        self._removed.clear()
        self._pending.clear()
        self._lines = 0
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return False
        sound = content.startswith(_HEADER) and content.endswith(b"\n")
        self._whole = not sound
        for line in content[len(_HEADER) :].decode("utf-8", "replace").split("\n")[:-1]:
            self._lines += 1
            sound = self._take(line) and sound
        return sound

    def _take(self, line: str) -> bool:
        fields = line.split("\t")
        if len(fields) == 2 and fields[1] == _REMOVED:
            self._records.pop(fields[0], None)
            self._removed.add(fields[0])
            return True
        try:
            path, digest, size, mtime_ns, packed = fields
            record = Record(digest, int(size), int(mtime_ns), packed == "1")
        except ValueError:
            return False
        self._records[path] = record
        self._removed.discard(path)
        return True

    def save(self) -> None:
        """Write what changed since the last save, and see that the disk has it.

        Raises `OSError`.
        """
        live = len(self._records) + len(self._removed)
        lines = self._lines + len(self._pending)
        stale = lines - live > max(_STALE_LEAST, lines * _STALE_SHARE)
        if self._whole or stale or not self._file.exists():
            self._save_whole()
        elif self._pending:
            self._append(self._text(self._pending))
            self._lines = lines
        self._pending.clear()
        self._whole = False

    def _append(self, text: bytes) -> None:
        with self._file.open("ab") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())

    def _save_whole(self) -> None:
        beside = self._file.with_suffix(".new")
        with beside.open("wb") as out:
            out.write(_HEADER)
            out.write(self._text([*self._records, *self._removed]))
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._file)
        self._lines = len(self._records) + len(self._removed)

    def _text(self, paths: Iterable[str]) -> bytes:
        return "".join(self._line(path) for path in paths).encode("utf-8")

    def _line(self, path: str) -> str:
        known = self._records.get(path)
        if known is None:
            return f"{path}\t{_REMOVED}\n"
        return f"{path}\t{known.digest}\t{known.size}\t{known.mtime_ns}\t{int(known.packed)}\n"
