"""What carries messages away: a mail server, or without one a folder of .eml files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from feedhub.model.mail import Handed, Message

__all__ = ["Carrier", "open_carrier"]


class Carrier(Protocol):
    """Takes messages over, one at a time."""

    def hand_over(self, message: Message, *, before_data: Callable[[], bool]) -> Handed:
        """Hand a message over and return what became of it; raises nothing of the network's.

        ``before_data`` is called once, when everything before the content was accepted and before
        its first byte leaves. When it returns False nothing is sent and the answer is DEFERRED
        without a refusal; what it raises is passed on after the message was called off. When
        ``hand_over`` answers DEFERRED or FAILED, nobody has taken the message over.
        """

    def close(self) -> None:
        """Let go of the connection, if there is one. It is opened again when needed."""


def open_carrier(*, smtp: str, ca_file: str, outbox_dir: Path) -> Carrier:
    """Return the carrier that the config asks for; nothing is connected or written yet.

    ``smtp`` is the server's address (``MailServer.parse``), empty for a folder of .eml files;
    ``ca_file`` a file of certificates to trust in place of the system's. Raises ``ValueError``.
    """
    if not smtp:
        from feedhub.deliver.outbox import OutboxFolder

        return OutboxFolder(outbox_dir)
    from feedhub.deliver.server import MailServer
    from feedhub.deliver.smtp import SmtpCarrier

    return SmtpCarrier(MailServer.parse(smtp), ca_file=ca_file)
