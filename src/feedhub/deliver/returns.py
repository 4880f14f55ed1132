"""The folder that mail servers put returned mail into: a Maildir of the bounce address's own.

Each message is a file in ``new``. What was understood goes to ``cur``, marked as read, as any mail
program does it; what was not goes to the subfolder ``.Unmatched``, where people find it.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from feedhub.deliver.faults import delivery_error

__all__ = ["ReturnsFolder"]

_READ = ":2,S"
_UNMATCHED = ".Unmatched"
_PARTS = ("tmp", "new", "cur")
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
#: messages looked at in one round; the rest waits for the next
_MOST = 1000


class ReturnsFolder:
    """A Maildir. Every method raises `DeliveryError` in words when the disk refuses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def waiting(self) -> tuple[str, ...]:
        """Return the names of messages not looked at yet, oldest first, so many at most."""
        with delivery_error("new", self.root):
            try:
                with os.scandir(self.root / "new") as listed:
                    names = [found.name for found in listed if _is_message(found)]
            except FileNotFoundError:
                return ()
        return tuple(sorted(names)[:_MOST])

    def any_waiting(self) -> bool:
        """Tell whether there is anything that can be looked at and moved."""
        new = self.root / "new"
        try:
            with os.scandir(new) as found:
                return any(_is_message(one) for one in found) and os.access(new, os.W_OK)
        except OSError:
            return False

    def read(self, name: str, limit: int) -> bytes | None:
        """Return the beginning of a message, ``limit`` bytes at most; None if it is gone."""
        with delivery_error(name, self.root):
            try:
                with open(self.root / "new" / name, "rb", opener=_open_plain) as file:
                    return file.read(limit)
            except FileNotFoundError:
                return None  # another process, or a person, was quicker

    def settle(self, name: str, *, matched: bool) -> None:
        """Move a message out of the way, where it stays for people to read."""
        with delivery_error(name, self.root):
            target = self.root if matched else self._unmatched()
            self._make(target)
            settled = target / "cur" / f"{name.partition(':')[0]}{_READ if matched else ':2,'}"
            with contextlib.suppress(FileNotFoundError):
                (self.root / "new" / name).rename(settled)

    def put_aside(self, name: str, data: bytes) -> None:
        """Keep a message that came another way and could not be matched."""
        with delivery_error(name, self.root):
            folder = self._unmatched()
            self._make(folder)
            beside = folder / "tmp" / name
            with open(beside, "xb", opener=_open_private) as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            beside.rename(folder / "new" / name)

    def unmatched(self) -> int:
        """Return how many messages were put aside."""
        folder = self._unmatched()
        with delivery_error(_UNMATCHED, self.root):
            parts = [folder / part for part in ("new", "cur")]
            return sum(1 for part in parts if part.is_dir() for _ in os.scandir(part))

    def _unmatched(self) -> Path:
        return self.root / _UNMATCHED

    def _make(self, folder: Path) -> None:
        for part in _PARTS:
            (folder / part).mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        if folder != self.root:
            (folder / "maildirfolder").touch()  # Maildir++ tells subfolders by it


def _is_message(found: os.DirEntry[str]) -> bool:
    return found.is_file(follow_symlinks=False) and not found.name.startswith(".")


def _open_plain(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)


def _open_private(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
