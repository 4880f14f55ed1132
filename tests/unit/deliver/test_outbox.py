"""Messages as .eml files."""

from __future__ import annotations

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from feedhub.deliver.carrier import open_carrier
from feedhub.deliver.outbox import OutboxFolder, eml_name
from feedhub.model.mail import Handing, Message, Refusal

MESSAGE = Message(
    message_id="r1.s1@town.example",
    return_path="bounces+d1@town.example",
    recipient="lan@example.org",
    data=b"Subject: x\r\n\r\nHello\r\n",
)


def test_a_message_becomes_a_private_file_named_by_its_id(tmp_path: Path) -> None:
    carrier = open_carrier(smtp="", ca_file="", outbox_dir=tmp_path / "mail" / "outbox")
    handed = carrier.hand_over(MESSAGE, before_data=lambda: True)
    carrier.close()
    assert handed.handing is Handing.SENT
    file = tmp_path / "mail" / "outbox" / "r1.s1@town.example.eml"
    assert file.read_bytes() == (
        b"Return-Path: <bounces+d1@town.example>\r\nDelivered-To: lan@example.org\r\n"
        + MESSAGE.data
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_same_message_is_one_file_and_the_first_stays(tmp_path: Path) -> None:
    folder = OutboxFolder(tmp_path)
    folder.hand_over(MESSAGE, before_data=lambda: True)
    again = Message(
        message_id=MESSAGE.message_id, return_path="", recipient="x@y.example", data=b"else\r\n"
    )
    handed = folder.hand_over(again, before_data=lambda: True)
    assert handed.handing is Handing.SENT
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().endswith(MESSAGE.data)


def test_what_is_called_off_leaves_nothing(tmp_path: Path) -> None:
    handed = OutboxFolder(tmp_path).hand_over(MESSAGE, before_data=lambda: False)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, None)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    asked: list[bool] = []

    def before_data() -> bool:
        asked.append(True)
        return True

    handed = OutboxFolder(tmp_path / "outbox").hand_over(MESSAGE, before_data=before_data)
    assert (handed.handing, handed.refusal) == (Handing.DEFERRED, Refusal.RELAY)
    assert "could not write" in handed.words
    assert not asked


@given(st.text(max_size=300))
def test_names_stay_in_the_folder(message_id: str) -> None:
    name = eml_name(message_id)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) < 200
    assert name.isascii()


def test_ids_that_differ_have_names_that_differ() -> None:
    ids = ["a/b@x", "a_b@x", "a b@x", "A_b@x", "." * 5, "", "x" * 400, "x" * 401]
    assert len({eml_name(one) for one in ids}) == len(ids)
