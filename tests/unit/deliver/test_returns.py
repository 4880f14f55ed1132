"""The Maildir of returned mail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedhub.deliver.returns import ReturnsFolder
from feedhub.errors import DeliveryError


def maildir(folder: Path, *names: str) -> ReturnsFolder:
    (folder / "new").mkdir(parents=True)
    for name in names:
        (folder / "new" / name).write_text(f"message {name}")
    return ReturnsFolder(folder)


def test_messages_are_read_oldest_first_and_moved_where_people_find_them(tmp_path: Path) -> None:
    folder = maildir(tmp_path, "2.b", "1.a", ".hidden")
    assert folder.any_waiting()
    assert folder.waiting() == ("1.a", "2.b")
    assert folder.read("1.a", 7) == b"message"
    folder.settle("1.a", matched=True)
    folder.settle("2.b", matched=False)
    assert (tmp_path / "cur" / "1.a:2,S").read_text() == "message 1.a"
    assert (tmp_path / ".Unmatched" / "cur" / "2.b:2,").read_text() == "message 2.b"
    assert (tmp_path / ".Unmatched" / "maildirfolder").exists()
    assert folder.waiting() == ()
    folder.put_aside("3.c", b"another")
    assert folder.unmatched() == 2


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    folder = ReturnsFolder(tmp_path / "none")
    assert (folder.any_waiting(), folder.waiting(), folder.unmatched()) == (False, (), 0)


def test_what_somebody_else_took_is_gone(tmp_path: Path) -> None:
    folder = maildir(tmp_path, "1.a")
    (tmp_path / "new" / "1.a").unlink()
    assert folder.read("1.a", 100) is None
    folder.settle("1.a", matched=True)
    assert list((tmp_path / "cur").iterdir()) == []


def test_what_is_no_message_is_neither_followed_nor_waited_for(tmp_path: Path) -> None:
    folder = maildir(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "new" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "new" / "folder").mkdir()
    os.mkfifo(tmp_path / "new" / "pipe")
    assert not folder.any_waiting()
    assert folder.waiting() == ()
    with pytest.raises(DeliveryError):
        folder.read("link", 100)
