"""The published folder: files that are always whole, whoever reads and whatever breaks.

Each file is written beside the tree (``.feedhub/new``) and moved into place in one step, so a
reader has the old file or the new one. Killing the process leaves at most a stray file there,
swept at the next start. Against power loss, `PublishedFolder.flush` waits once for a whole batch:
an ``unsynced`` mark lies in ``.feedhub`` from the first change until the disk has all of them.
A start that finds the mark reads every file anew and says ``recovered``, so the caller hands
everything over again and whatever the disk lost is put right. The database is the truth; this
folder can be made again from it. See docs/decisions/080-published-folder.md.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from feedhub.deliver.durable import sync_all
from feedhub.deliver.faults import delivery_error
from feedhub.deliver.manifest import Manifest, Record, content_hash
from feedhub.deliver.names import STATE_FOLDER, checked_path
from feedhub.deliver.packing import PACKED_SUFFIXES, brotli_bytes, gzip_bytes, packable
from feedhub.deliver.survey import survey

__all__ = ["PublishedFolder"]

_FILE_MODE = 0o644  # a web server under another user reads these, whatever our umask
_FOLDER_MODE = 0o755


class PublishedFolder:
    """The folder a web server serves. One writer; any number of readers.

    ``write`` and ``remove`` take effect at once and in the caller's order (what is linked to
    first, what links to it after, removals last). ``packed`` keeps gzip and Brotli copies for a
    web server that takes them from the disk: a copy exists only while the file it was made of is
    in place. Every method raises `DeliveryError` in words when the disk refuses.
    """

    def __init__(self, root: Path, *, packed: bool = False) -> None:
        self.root = root.absolute()
        self.packed = packed
        self._recovered = False
        self._state = self.root / STATE_FOLDER
        self._new = self._state / "new"
        self._mark = self._state / "unsynced"
        self._manifest = Manifest(self._state / "manifest")
        self._lock = threading.RLock()
        self._folders: set[str] = set()
        self._touched: dict[str, None] = {}
        self._touched_folders: dict[str, None] = {}
        self._count = 0
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()

    def __len__(self) -> int:
        return len(self._manifest)

    @property
    def recovered(self) -> bool:
        """Tell whether everything is to be handed over once more, until the next `flush`.

        So after a run that ended without `flush`, and when somebody took the folder away. Only
        what differs is written.
        """
        return self._recovered or not self.intact()

    def paths(self) -> tuple[str, ...]:
        """Return every published path."""
        with self._lock:
            return tuple(self._manifest)

    def digest(self, path: str) -> str | None:
        """Return the content hash of ``path`` as it was last published, or None."""
        with self._lock:
            known = self._manifest.get(path)
            return known.digest if known else None

    def was_removed(self, path: str) -> bool:
        """Tell whether ``path`` was published once and taken away since (an answer 410)."""
        with self._lock:
            return self._manifest.was_removed(path)

    def intact(self) -> bool:
        """Tell whether the folder is still there."""
        return self._new.is_dir()

    def write(self, path: str, data: bytes) -> bool:
        """Publish ``data`` under ``path``; True when that changed the file.

        Content that is there already is not written again and keeps its time of change, even if
        the manifest was lost. A file somebody else altered is put right.
        """
        checked_path(path)
        digest = content_hash(data)
        with self._lock, delivery_error(path, self.root):
            known = self._standing(path, digest, data)
            if known is not None:
                self._keep_copies(path, data, known)
                return False
            self._begin()
            self._drop_copies(path)
            size, mtime_ns = self._replace(path, data, after=self._mtime(path))
            self._manifest.put(path, Record(digest, size, mtime_ns))
            self._keep_copies(path, data, Record(digest, size, mtime_ns))
            return True

    def remove(self, path: str) -> bool:
        """Take ``path`` away, and folders that become empty; True when there was a file."""
        checked_path(path)
        with self._lock, delivery_error(path, self.root):
            full = self.root / path
            if self._manifest.get(path) is None and not full.is_file():
                return False
            self._begin()
            self._drop_copies(path)
            full.unlink(missing_ok=True)
            self._touched.pop(path, None)
            self._manifest.drop(path)
            self._prune(path)
            return True

    def flush(self) -> None:
        """Wait until the disk has everything written so far, then save the manifest."""
        with self._lock, delivery_error("", self.root):
            if self._touched or self._touched_folders:
                sync_all(
                    [self.root / path for path in self._touched],
                    [self.root / folder for folder in self._touched_folders],
                )
            if self._state.is_dir():
                self._manifest.save()
            self._touched.clear()
            self._touched_folders.clear()
            self._mark.unlink(missing_ok=True)
            self._recovered = False

    # --- opening -------------------------------------------------------------------------------

    def _open(self) -> None:
        with delivery_error("", self.root):
            self._make_layout()
            for stray in self._new.iterdir():
                stray.unlink()
            sound = self._manifest.load()
            # without its record nobody knows what is missing: somebody may have emptied the folder
            self._recovered = self._mark.exists() or not sound
            if self._recovered:
                self._manifest.start_over(survey(self.root))
                self._manifest.save()

    def _make_layout(self) -> None:
        if not self.root.is_dir():
            self.root.mkdir(mode=_FOLDER_MODE, parents=True)
            self.root.chmod(_FOLDER_MODE)
        self._state.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        self._new.mkdir(mode=_FOLDER_MODE, exist_ok=True)

    # --- one file ------------------------------------------------------------------------------

    def _standing(self, path: str, digest: str, data: bytes) -> Record | None:
        """Return the record of ``path`` if it already holds ``data``."""
        full = self.root / path
        try:
            about = full.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(about.st_mode) or about.st_size != len(data):
            return None
        known = self._manifest.get(path)
        if known and (known.size, known.mtime_ns) == (about.st_size, about.st_mtime_ns):
            return known if known.digest == digest else None
        if full.read_bytes() != data:
            return None
        adopted = Record(digest, about.st_size, about.st_mtime_ns)
        self._manifest.put(path, adopted)
        return adopted

    def _begin(self) -> None:
        """Before the first change of a batch: leave the mark that tells of it."""
        if self._touched or self._touched_folders:
            return
        if not self._new.is_dir():  # somebody took the folder away while we ran
            self._folders.clear()
            self._manifest.start_over(())
            self._recovered = True
            self._make_layout()
        self._mark.touch(mode=_FILE_MODE)
        sync_all([self._mark], [self._state])

    def _mtime(self, path: str) -> int:
        known = self._manifest.get(path)
        return known.mtime_ns if known else 0

    def _replace(self, path: str, data: bytes, *, after: int) -> tuple[int, int]:
        """Put ``data`` in place of ``path`` in one step; return its size and time of change.

        The time never goes back below ``after``: a clock that was set back must not make a
        changed file look older to readers who ask by date.
        """
        folder = _folder_of(path)
        self._make_folder(folder)
        self._count += 1
        beside = self._new / f"{os.getpid()}-{self._count}"
        try:
            with open(beside, "xb", buffering=0, opener=_open_plain) as out:
                view = memoryview(data)
                while view:
                    view = view[out.write(view) :]
                about = os.fstat(out.fileno())
                if stat.S_IMODE(about.st_mode) != _FILE_MODE:
                    os.fchmod(out.fileno(), _FILE_MODE)
                mtime_ns = about.st_mtime_ns
                if mtime_ns <= after:
                    mtime_ns = after + 1_000_000_000
                    os.utime(out.fileno(), ns=(mtime_ns, mtime_ns))
            beside.replace(self.root / path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        self._touched[path] = None
        self._touched_folders[folder] = None
        return len(data), mtime_ns

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it; never walk through a link somebody planted."""
        if not folder or folder in self._folders:
            return
        above = _folder_of(folder)
        self._make_folder(above)
        full = self.root / folder
        try:
            full.mkdir(mode=_FOLDER_MODE)
        except FileExistsError:
            if not stat.S_ISDIR(full.lstat().st_mode):
                raise NotADirectoryError(20, os.strerror(20)) from None
        else:
            full.chmod(_FOLDER_MODE)
            self._touched_folders[above] = None
        self._folders.add(folder)

    def _prune(self, path: str) -> None:
        """Take away the folders that ``path`` leaves empty."""
        folder = _folder_of(path)
        self._touched_folders[folder] = None
        while folder:
            try:
                (self.root / folder).rmdir()
            except OSError:  # not empty, or gone: either way we are done
                return
            self._folders.discard(folder)
            self._touched_folders.pop(folder, None)
            folder = _folder_of(folder)
            self._touched_folders[folder] = None

    # --- packed copies -------------------------------------------------------------------------

    def _drop_copies(self, path: str) -> None:
        known = self._manifest.get(path)
        if known is None or known.packed:
            for suffix in PACKED_SUFFIXES:
                (self.root / (path + suffix)).unlink(missing_ok=True)

    def _keep_copies(self, path: str, data: bytes, known: Record) -> None:
        """See that packed copies exist exactly when they are wanted."""
        wanted = self.packed and packable(path, len(data))
        if wanted == known.packed:
            return
        self._begin()
        if wanted:
            self._replace(path + ".gz", gzip_bytes(data), after=0)
            self._replace(path + ".br", brotli_bytes(data), after=0)
        else:
            self._drop_copies(path)
            self._touched_folders[_folder_of(path)] = None
        self._manifest.put(path, Record(known.digest, known.size, known.mtime_ns, wanted))


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _open_plain(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
