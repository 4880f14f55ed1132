"""A connection to a mail server: opened, encrypted and logged in, and nothing about messages."""

from __future__ import annotations

import contextlib
import math
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from feedhub.deliver.replies import Step, meaning, reply_text
from feedhub.deliver.server import Encryption, MailServer
from feedhub.model.mail import Handed, Handing, Refusal

__all__ = ["Timeouts", "Wire", "WireError", "open_wire", "within"]

#: RFC 5321, 4.5.3.1.5, allows 512 bytes a line; real servers write more
_MAX_LINE = 8192
_MAX_LINES = 100
#: seconds between two looks of the watchdog
_SLICE = 0.25
_REPLY = re.compile(rb"([2-5]\d\d)([ -]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. ``end`` is the wait for the reply to a whole message, ``total`` for one message.

    RFC 5321 (4.5.3.2.6) asks for ten minutes at the end: a server that is still busy with a message
    takes it over, so who waits less sends it twice.
    """

    connect: float = 30.0
    command: float = 60.0
    end: float = 600.0
    total: float = 720.0


class WireError(Exception):
    """A step did not succeed; ``handed`` says what that means for the message."""

    def __init__(self, handed: Handed) -> None:
        self.handed = handed
        super().__init__(handed.words)


class Wire(smtplib.SMTP):
    """smtplib's dialogue over a connection made elsewhere, its replies bounded."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        super().__init__(local_hostname=name)
        self.sock = connection
        self.raw: socket.socket = connection
        self.encrypted = isinstance(connection, ssl.SSLSocket)
        #: the connection was cut from here, for taking too long
        self.late = False
        self.watchdog = _Watchdog(self.cut)

    def close(self) -> None:
        """Let go of the connection."""
        self.watchdog.end()
        super().close()

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply; raise ``SMTPServerDisconnected`` when none can come any more."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        if self.file is None:
            self.file = self.sock.makefile("rb")
        words: list[bytes] = []
        for _ in range(_MAX_LINES):
            try:
                line = self.file.readline(_MAX_LINE + 1)
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(_network_words(error)) from error
            if not line.endswith(b"\n"):
                self.close()
                what = "a line without end" if len(line) > _MAX_LINE else "it closed the connection"
                raise smtplib.SMTPServerDisconnected(what)
            line = line.rstrip(b"\r\n")
            found = _REPLY.match(line)
            if not found:
                self.close()
                raise smtplib.SMTPServerDisconnected("its answer is not SMTP")
            words.append(line[4:].strip())
            if found[2] != b"-":
                return int(found[1]), b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected("an answer without end")

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on under TLS, after the server said it is ready for it; forget what it said before."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        self.sock = self.raw = _wrapped(self.sock, context, host)
        self.raw.do_handshake()
        # RFC 3207, 4.2: nothing learnt in the clear counts, unread bytes least of all
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False
        self.encrypted = True

    def wait_at_most(self, seconds: float) -> None:
        """Bound each single wait for the server from now on."""
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def cut(self) -> None:
        """End the connection at once, also from another thread."""
        self.late = True
        # the base class's own method: that of an SSLSocket would forget its encryption first, and
        # a write in the other thread could pass in the clear
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.raw, socket.SHUT_RDWR)


class _Watchdog:
    """Cuts a connection when what is done over it takes too long.

    One thread for as long as the connection is open: a timer for each message would cost more than
    the message. It counts slices of time, so what it watches may last a slice longer.
    """

    def __init__(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        self._left = math.inf
        self._gate = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="mail-watchdog", daemon=True).start()

    def allow(self, seconds: float) -> None:
        """Begin to count: so many seconds from now on, or for ever (``math.inf``)."""
        with self._gate:
            self._left = seconds

    def end(self) -> None:
        """Watch no longer."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(_SLICE):
            with self._gate:
                self._left -= _SLICE
                late = self._left <= 0
            if late:
                self._cut()


@contextlib.contextmanager
def within(seconds: float, wire: Wire) -> Iterator[None]:
    """Cut ``wire`` when the block takes longer: single waits do not bound a server that drips."""
    wire.watchdog.allow(seconds)
    try:
        yield
    finally:
        wire.watchdog.allow(math.inf)


def open_wire(server: MailServer, ca_file: str, timeouts: Timeouts) -> Wire:
    """Connect, encrypt and log in as ``server`` says; raise ``WireError``."""
    try:
        return _opened(server, ca_file, timeouts, encrypt=True)
    except _NoHandshakeError:
        # RFC 7435: what was only offered may fail; then it is as if it had not been offered
        return _opened(server, ca_file, timeouts, encrypt=False)


class _NoHandshakeError(Exception):
    """Encryption that nobody insisted on did not come about."""


def _opened(server: MailServer, ca_file: str, timeouts: Timeouts, *, encrypt: bool) -> Wire:
    connection = _connection(server, ca_file, timeouts)
    wire = Wire(connection, _own_name(connection))
    try:
        with within(timeouts.total, wire):
            wire.wait_at_most(timeouts.command)
            _shake_hands(wire, server)
            _expect(wire.getreply())
            _hello(wire)
            if encrypt and server.encryption is not Encryption.TLS:
                _start_tls(wire, server, ca_file)
            if server.user:
                _log_in(wire, server)
    except (OSError, WireError, _NoHandshakeError) as error:
        wire.close()
        if wire.late and not isinstance(error, _NoHandshakeError):
            # what the cut looks like from within, above all within TLS, depends on the moment
            raise WireError(_unreachable(server, TimeoutError())) from error
        if isinstance(error, OSError):
            raise WireError(_unreachable(server, error)) from error
        raise
    return wire


def _connection(server: MailServer, ca_file: str, timeouts: Timeouts) -> socket.socket:
    context = _context(server, ca_file)
    try:
        plain = socket.create_connection((server.host, server.port), timeouts.connect)
    except OSError as error:
        raise WireError(_unreachable(server, error)) from error
    # the final dot follows the content on its own and must not wait for an acknowledgement
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if server.encryption is not Encryption.TLS:
        return plain
    return _wrapped(plain, context, server.host)


def _wrapped(plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """Return a connection that goes on under TLS; the handshake is left to whoever is watched."""
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _context(server: MailServer, ca_file: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        words = f"the certificates in {ca_file} cannot be read: {error}"
        raise WireError(_locked_out(words)) from error
    if server.encryption is Encryption.OFFERED and not server.user and not ca_file:
        # nobody said who must be at the other end; an eavesdropper is kept out all the same
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _shake_hands(wire: Wire, server: MailServer) -> None:
    if isinstance(wire.raw, ssl.SSLSocket):
        try:
            wire.raw.do_handshake()
        except OSError as error:
            raise WireError(_no_tls(server, error)) from error


def _hello(wire: Wire) -> None:
    code, text = wire.ehlo()
    if not 200 <= code <= 299:
        if code == 421 or wire.encrypted:
            raise WireError(meaning(Step.OPENING, code, reply_text(text)))
        _expect(wire.helo())


def _start_tls(wire: Wire, server: MailServer, ca_file: str) -> None:
    required = server.encryption is Encryption.STARTTLS
    if not wire.has_extn("starttls"):
        if required:
            raise WireError(_locked_out(f"{server.shown} offers no encryption (STARTTLS)"))
        return
    code, text = wire.docmd("STARTTLS")
    if code != 220:
        if required:
            raise WireError(
                _locked_out(f"{server.shown} refuses STARTTLS: {reply_text(text)}", code)
            )
        return
    try:
        wire.encrypt(_context(server, ca_file), server.host)
    except OSError as error:
        if required or server.user or ca_file:
            raise WireError(_no_tls(server, error)) from error
        raise _NoHandshakeError from error
    _hello(wire)


def _log_in(wire: Wire, server: MailServer) -> None:
    if not wire.encrypted and not server.is_this_machine:
        raise WireError(
            _locked_out(f"{server.shown} offers no encryption, so it is not told the password")
        )
    try:
        wire.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        text = reply_text(error.smtp_error)
        if error.smtp_code < 500:
            raise WireError(meaning(Step.OPENING, error.smtp_code, text)) from error
        words = f"user name or password is not accepted: {text}"
        raise WireError(_locked_out(words, error.smtp_code)) from error
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, UnicodeError) as error:
        words = f"cannot log in at {server.shown}: {error}"
        raise WireError(_locked_out(words)) from error


def _expect(reply: tuple[int, bytes]) -> None:
    code, text = reply
    if not 200 <= code <= 299:
        raise WireError(meaning(Step.OPENING, code, reply_text(text)))


def _own_name(connection: socket.socket) -> str:
    """Return what we call ourselves: our full name, or the address literal (RFC 5321, 4.1.3)."""
    name = socket.gethostname()
    if "." in name.strip("."):
        return name
    address = str(connection.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _network_words(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known (DNS)"
    if isinstance(error, ConnectionRefusedError):
        return "it refuses the connection"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionError):
        return "the connection broke"
    return error.strerror or str(error)


def _unreachable(server: MailServer, error: OSError) -> Handed:
    words = f"{server.shown}: {_network_words(error)}"
    return Handed(handing=Handing.DEFERRED, refusal=Refusal.RELAY, words=words)


def _no_tls(server: MailServer, error: OSError) -> Handed:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _locked_out(f"the certificate of {server.shown} is wrong: {error.verify_message}")
    if isinstance(error, TimeoutError | ConnectionResetError):
        return _unreachable(server, error)
    why = error.reason if isinstance(error, ssl.SSLError) else _network_words(error)
    return _locked_out(f"no encrypted connection to {server.shown}: {why}")


def _locked_out(words: str, code: int = 0) -> Handed:
    return Handed(handing=Handing.DEFERRED, refusal=Refusal.LOGIN, code=code, words=words)
