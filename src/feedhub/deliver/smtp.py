"""The only SMTP client: one connection, kept for many messages (RFC 5321).

MAIL, RCPT and DATA are separate steps, so that what refuses, and for whom, is known; and so that
the caller can note down that a message is about to leave at the very last moment before it does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from feedhub.deliver.replies import Step, meaning, reply_text, split_status
from feedhub.deliver.server import MailServer
from feedhub.deliver.wire import Timeouts, Wire, WireError, open_wire, within
from feedhub.model.mail import Handed, Handing, Message, Refusal

__all__ = ["SmtpCarrier", "Trial"]

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
#: seconds for a polite farewell; the server closes the connection anyway
_FAREWELL = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What trying the server without sending came to. ``trouble`` is None when it lets us in."""

    trouble: Handed | None
    encrypted: bool = False
    logged_in: bool = False
    size_limit: int = 0


class SmtpCarrier:
    """A carrier to one mail server. Not for several threads at once."""

    def __init__(
        self, server: MailServer, *, ca_file: str = "", timeouts: Timeouts | None = None
    ) -> None:
        self.server = server
        self._ca_file = ca_file
        self._timeouts = timeouts or Timeouts()
        self._wire: Wire | None = None
        self._carried = 0

    def hand_over(self, message: Message, *, before_data: Callable[[], bool]) -> Handed:
        """Hand a message over; see ``Carrier``."""
        try:
            wire = self._announced(message)
        except WireError as refused:
            return refused.handed
        try:
            going = before_data()
        except BaseException:
            self._drop()
            raise
        if not going:
            # the server waits for content, so only hanging up calls it off (RFC 5321, 4.1.1.4)
            self._drop()
            return Handed(handing=Handing.DEFERRED, words="called off before its content was sent")
        try:
            with within(self._timeouts.total, wire):
                return self._content(wire, message)
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        """Take leave of the server."""
        if self._wire is not None:
            self._wire.wait_at_most(_FAREWELL)
            with within(_FAREWELL, self._wire), contextlib.suppress(OSError):
                self._wire.quit()
            self._drop()

    def try_out(self) -> Trial:
        """Connect and log in without sending anything."""
        self.close()
        try:
            wire = self._open()
        except WireError as error:
            return Trial(trouble=error.handed)
        size = wire.esmtp_features.get("size", "")
        trial = Trial(
            trouble=None,
            encrypted=wire.encrypted,
            logged_in=bool(self.server.user),
            size_limit=int(size) if size.isdecimal() else 0,
        )
        self.close()
        return trial

    # --- up to the content ---------------------------------------------------------------------

    def _announced(self, message: Message) -> Wire:
        """Return the connection on which the server waits for the content; raise ``WireError``."""
        while True:
            used = self._carried > 0 and self._wire is not None
            wire = self._open()
            try:
                with within(self._timeouts.total, wire):
                    self._announce(wire, message)
                return wire
            except _HungUpError as error:
                # a server may end a connection that it finds idle or long; that is no trouble
                self._drop()
                if not used:
                    raise WireError(error.handed) from error
            except WireError as error:
                if error.handed.code == 421:
                    self._drop()
                else:
                    self._reset(wire)
                raise
            except BaseException:
                self._drop()
                raise

    def _open(self) -> Wire:
        if self._wire is None:
            self._wire = open_wire(self.server, self._ca_file, self._timeouts)
            self._carried = 0
        return self._wire

    def _announce(self, wire: Wire, message: Message) -> None:
        wire.wait_at_most(self._timeouts.command)
        options = _options(wire, message)
        try:
            self._expect(Step.MAIL, wire.mail(message.return_path, options), 250)
            self._expect(Step.RCPT, wire.rcpt(message.recipient), 250, 251)
            self._expect(Step.DATA, wire.docmd("DATA"), 354)
        except OSError as error:
            words = f"{self.server.shown}: {error}"
            raise _HungUpError(_relay_trouble(words)) from error

    def _expect(self, step: Step, reply: tuple[int, bytes], *wanted: int) -> None:
        code, text = reply
        if code in wanted:
            return
        handed = meaning(step, code, reply_text(text))
        if step is Step.MAIL and code == 421:
            raise _HungUpError(handed)
        raise WireError(handed)

    # --- the content ---------------------------------------------------------------------------

    def _content(self, wire: Wire, message: Message) -> Handed:
        wire.wait_at_most(self._timeouts.end)
        data = _LEADING_DOT.sub(b"..", message.data)
        try:
            wire.send(data if data.endswith(b"\r\n") else data + b"\r\n")
        except OSError as error:
            # without the final dot nothing was taken over, however much has arrived
            self._drop()
            return _relay_trouble(f"{self.server.shown}: it broke off in mid-message: {error}")
        try:
            wire.send(b".\r\n")
            code, text = wire.getreply()
        except OSError as error:
            self._drop()
            words = f"{self.server.shown}: no answer after the message was sent: {error}"
            return Handed(handing=Handing.UNKNOWN, words=words)
        return self._judged(code, reply_text(text))

    def _judged(self, code: int, text: str) -> Handed:
        self._carried += 1
        if 200 <= code <= 299:
            status, words = split_status(text)
            return Handed(handing=Handing.SENT, code=code, status=status, words=words)
        if not 400 <= code <= 599:
            self._drop()
            return Handed(handing=Handing.UNKNOWN, code=code, words=text)
        if code == 421:
            self._drop()
        return meaning(Step.CONTENT, code, text)

    # --- after it ------------------------------------------------------------------------------

    def _reset(self, wire: Wire) -> None:
        """Make the connection ready for another message, or give it up."""
        self._carried += 1
        try:
            with within(self._timeouts.command, wire):
                code, _ = wire.rset()
        except OSError:
            code = 0
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


class _HungUpError(WireError):
    """The server ended the connection before it took anything."""


def _options(wire: Wire, message: Message) -> list[str]:
    """Return what MAIL says beside the sender; raise ``WireError`` where the server cannot."""
    options = [f"SIZE={len(message.data)}"] if wire.has_extn("size") else []
    if message.return_path.isascii() and message.recipient.isascii() and message.data.isascii():
        return options
    if not wire.has_extn("smtputf8"):
        raise WireError(
            Handed(
                handing=Handing.FAILED,
                refusal=Refusal.RECIPIENT,
                words="the mail server does not take addresses with such letters (SMTPUTF8)",
            )
        )
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


def _relay_trouble(words: str) -> Handed:
    return Handed(handing=Handing.DEFERRED, refusal=Refusal.RELAY, words=words)
