"""Messages as files, for a hub without a mail server: one .eml a message, kept for good."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from feedhub.deliver.durable import sync_all
from feedhub.deliver.faults import disk_words
from feedhub.model.mail import Handed, Handing, Message, Refusal

__all__ = ["OutboxFolder", "eml_name"]

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9@.=_-]+")
_MAX_NAME = 150
#: addresses and tokens stand in these files
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def eml_name(message_id: str) -> str:
    """Return the file name for a Message-ID: the same id, the same name; others never share one."""
    plain = _NOT_IN_NAMES.sub("_", message_id).lstrip(".")
    if plain and plain == message_id and len(plain) <= _MAX_NAME:
        return f"{plain}.eml"
    mark = hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{plain[:_MAX_NAME]}-{mark}.eml"


class OutboxFolder:
    """A carrier that writes ``<message-id>.eml`` into a folder, whole and durable.

    A file that is there already stays as it is: the message was handed over before. Its envelope
    stands on top in ``Return-Path`` and ``Delivered-To``, as a mailbox would have it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def hand_over(self, message: Message, *, before_data: Callable[[], bool]) -> Handed:
        """Write a message; a disk that refuses is a relay that takes nothing now."""
        name = eml_name(message.message_id)
        try:
            self.root.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            beside = self.root / f".{name}.{os.getpid()}"
            beside.unlink(missing_ok=True)
        except OSError as error:
            return _refused(self.root, error)
        if not before_data():
            return Handed(handing=Handing.DEFERRED, words="called off before it was written")
        try:
            return self._write(name, beside, message)
        except OSError as error:
            return _refused(self.root, error)

    def close(self) -> None:
        """Nothing is held between messages."""

    def _write(self, name: str, beside: Path, message: Message) -> Handed:
        target = self.root / name
        if target.exists():
            return Handed(handing=Handing.SENT, words=f"it was written to {name} before")
        envelope = f"Return-Path: <{message.return_path}>\r\nDelivered-To: {message.recipient}\r\n"
        try:
            with open(beside, "xb", opener=_open_private) as out:
                out.write(envelope.encode("utf-8"))
                out.write(message.data)
            sync_all([beside], [])
            os.link(beside, target)  # unlike a rename, it never replaces what is there
        except FileExistsError:
            return Handed(handing=Handing.SENT, words=f"it was written to {name} before")
        finally:
            beside.unlink(missing_ok=True)
        sync_all([], [self.root])
        return Handed(handing=Handing.SENT, words=f"written to {name}")


def _refused(root: Path, error: OSError) -> Handed:
    words = f"could not write to {root}: {disk_words(error)}"
    return Handed(handing=Handing.DEFERRED, refusal=Refusal.RELAY, words=words)


def _open_private(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
