"""Files as they stood at one moment, with all their answers ready, in bounded memory."""

from __future__ import annotations

import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import blake2b
from pathlib import Path

from feedhub.deliver.packing import PACKER_RELEASE, brotli_bytes, gzip_bytes, packable
from feedhub.web.media import Kind, kind_of
from feedhub.web.negotiation import IDENTITY

__all__ = ["Snapshot", "Snapshots", "Variant"]

_PACKERS = {"br": ("br", brotli_bytes), "gzip": ("gz", gzip_bytes)}
#: in the tags of packed content: a strong tag stands for bytes (RFC 9110, 8.8.1)
_RELEASE_MARK = blake2b(PACKER_RELEASE.encode("ascii"), digest_size=2).hexdigest()
_OVERHEAD = 2048  # bytes of objects and headers about a file, beside its content
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Variant:
    """One representation: the bytes in one content coding, and their strong tag with quotes."""

    coding: str
    body: bytes
    etag: str


@dataclass(slots=True)
class Snapshot:
    """One file's content at one moment. ``modified`` is in whole seconds since 1970."""

    path: str
    body: bytes
    kind: Kind
    modified: int
    packable: bool
    stamp: tuple[int, int, int] = (0, 0, 0)
    last_modified: str = field(init=False)
    _tag: str = field(init=False)
    _variants: dict[str, Variant] = field(init=False, default_factory=dict)
    headers: dict[tuple[str, int], list[tuple[bytes, bytes]]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.last_modified = formatdate(self.modified, usegmt=True)
        self._tag = blake2b(self.body, digest_size=12).hexdigest()
        self._variants[IDENTITY] = Variant(IDENTITY, self.body, f'"{self._tag}"')

    @property
    def cost(self) -> int:
        """Bytes of memory this takes."""
        return _OVERHEAD + sum(len(variant.body) for variant in self._variants.values())

    def etag(self, coding: str) -> str:
        """Return the strong tag of the content in ``coding``, without packing it."""
        if coding == IDENTITY:
            return self._variants[IDENTITY].etag
        return f'"{self._tag}-{_PACKERS[coding][0]}{_RELEASE_MARK}"'

    def ready(self, coding: str) -> bool:
        """Tell whether `variant` answers at once."""
        return coding in self._variants

    def variant(self, coding: str) -> Variant:
        """Return the content in ``coding``, packing it the first time."""
        known = self._variants.get(coding)
        if known is None:
            known = Variant(coding, _PACKERS[coding][1](self.body), self.etag(coding))
            self._variants[coding] = known
        return known


class Snapshots:
    """The published files, read once and again only when they changed on the disk.

    ``limit`` bounds the bytes kept. A file counts as changed when its time of change (ns), its
    size or its inode differ; whoever replaces files in one step, as the publisher does, is always
    noticed.
    """

    def __init__(self, root: Path, now: Callable[[], float], *, limit: int = 64 << 20) -> None:
        self._root = str(root.absolute())
        self._now = now
        self._limit = limit
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._costs: dict[str, int] = {}
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Bytes kept at present."""
        return self._used

    def full_path(self, path: str) -> str:
        """Return the place on disk of a `path_of` path."""
        return self._root + path

    def get(self, path: str) -> Snapshot | None:
        """Return the regular file under ``path`` as it is now, or None.

        Raises `OSError` when the disk fails.
        """
        full = self.full_path(path)
        try:
            about = os.stat(full)  # noqa: PTH116 - asked at every request
        except (FileNotFoundError, NotADirectoryError):
            self._forget(path)
            return None
        stamp = (about.st_mtime_ns, about.st_size, about.st_ino)
        with self._lock:
            known = self._kept.get(path)
            if known is not None and known.stamp == stamp:
                self._kept.move_to_end(path)
                return known
        if not stat.S_ISREG(about.st_mode):
            return None
        return self._read(path, full)

    def account(self, snapshot: Snapshot) -> None:
        """Count a snapshot anew after it was packed, and let go of what was unused longest."""
        with self._lock:
            if self._kept.get(snapshot.path) is snapshot:
                self._keep(snapshot)

    def _forget(self, path: str) -> None:
        with self._lock:
            if self._kept.pop(path, None) is not None:
                self._used -= self._costs.pop(path)

    def _keep(self, snapshot: Snapshot) -> None:
        path, cost = snapshot.path, snapshot.cost
        self._used += cost - self._costs.get(path, 0)
        self._kept[path] = snapshot
        self._costs[path] = cost
        self._kept.move_to_end(path)
        while self._used > self._limit and self._kept:
            oldest, _ = self._kept.popitem(last=False)
            self._used -= self._costs.pop(oldest)

    def _read(self, path: str, full: str) -> Snapshot | None:
        real = os.path.realpath(full)
        root = os.path.realpath(self._root)
        if not real.startswith(root + os.sep):
            return None  # a link somebody planted leads out of the folder
        for _ in range(_TRIES):
            try:
                handle = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except (FileNotFoundError, NotADirectoryError):
                return None
            with os.fdopen(handle, "rb") as file:
                before = os.fstat(handle)
                body = file.read()
                after = os.fstat(handle)
            stamp = (after.st_mtime_ns, after.st_size, after.st_ino)
            if stamp == (before.st_mtime_ns, before.st_size, before.st_ino) and (
                len(body) == after.st_size
            ):
                break  # nobody wrote into it while we read
        else:
            raise BlockingIOError(f"{real} is being written in place all the time")
        snapshot = Snapshot(
            path=path,
            body=body,
            kind=kind_of(path, body),
            # RFC 9110, 8.8.2.1: never later than the moment of the answer
            modified=min(after.st_mtime_ns // 1_000_000_000, int(self._now())),
            packable=packable(path, len(body)),
            stamp=stamp,
        )
        with self._lock:
            self._keep(snapshot)
        return snapshot
