"""A mail server on loopback (aiosmtpd) that refuses, cuts and delays as a test tells it to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATES = Path(__file__).resolve().parent / "unit" / "fetch" / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"

#: in place of a reply: the connection ends without a word
CUT = "cut"


@dataclass(frozen=True)
class Received:
    """A message that the server took over, or would have."""

    sender: str
    recipient: str
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return cast(EmailMessage, email.message_from_bytes(self.data, policy=email.policy.default))

    @property
    def message_id(self) -> str:
        """The Message-ID without angle brackets."""
        return str(self.message["Message-ID"]).strip("<>")


#: what a step (``MAIL``, ``RCPT``, ``DATA``, ``CONTENT``) is answered: given the recipient (empty
#: at MAIL) and how often this step came so far, a reply, CUT, or None for the usual
Script = Callable[[str, int], str | None]


@dataclass
class PostOffice:
    """What the server got and how it answers; ``scripts`` may be changed while it runs."""

    port: int = 0
    scripts: dict[str, Script] = field(default_factory=dict)
    #: seconds before the reply to a message, while which it counts as received
    pause: float = 0.0
    received: list[Received] = field(default_factory=list)
    #: messages that arrived whole but were refused
    turned_away: list[Received] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    password: str = ""
    connections: int = 0
    steps: list[str] = field(default_factory=list)
    transports: list[Any] = field(default_factory=list)

    def answer(self, step: str, recipient: str = "") -> str | None:
        """Return what the script says to a step."""
        self.steps.append(step)
        script = self.scripts.get(step)
        return script(recipient, self.steps.count(step)) if script else None

    def ids(self) -> list[str]:
        """Return the Message-IDs received, in order."""
        return [one.message_id for one in self.received]


class _Dialogue(SMTP):
    """aiosmtpd's server with the office's scripts before each step."""

    def __init__(self, office: PostOffice, **options: Any) -> None:
        self.office = office
        super().__init__(self, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.office.transports.append(transport)
        if self._original_transport is None:
            self.office.connections += 1
        super().connection_made(transport)

    async def _scripted(self, step: str, arg: str | None, usual: Any) -> None:
        reply = self.office.answer(step, _recipient(self) or str(arg or ""))
        if reply == CUT:
            self.transport.abort()
        elif reply:
            await self.push(reply)
            if reply.startswith("421"):
                self.transport.close()
        else:
            await usual(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - inherited name
        await self._scripted("MAIL", "", lambda _: super(_Dialogue, self).smtp_MAIL(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - inherited name
        await self._scripted("RCPT", _inner(arg), lambda _: super(_Dialogue, self).smtp_RCPT(arg))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - inherited name
        await self._scripted("DATA", arg, lambda _: super(_Dialogue, self).smtp_DATA(arg or ""))

    async def handle_DATA(  # noqa: N802 - inherited name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        got = Received(envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content)
        reply = self.office.answer("CONTENT", got.recipient)
        if reply and reply != CUT:
            self.office.turned_away.append(got)
            if reply.startswith("421"):
                asyncio.get_running_loop().call_later(0.01, self.transport.close)
            return reply
        self.office.received.append(got)
        if self.office.pause:
            await asyncio.sleep(self.office.pause)
        if reply == CUT:
            self.transport.abort()
        return "250 2.0.0 taken"


def _recipient(dialogue: SMTP) -> str:
    envelope = dialogue.envelope
    return str(envelope.rcpt_tos[0]) if envelope is not None and envelope.rcpt_tos else ""


def _inner(arg: str | None) -> str:
    return str(arg or "").partition("<")[2].partition(">")[0]


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / certificate)
    return context


@contextmanager
def post_office(
    *, starttls: str = "", tls: str = "", password: str = "", smtputf8: bool = True
) -> Iterator[PostOffice]:
    """Run a server while the block runs.

    ``starttls`` and ``tls`` name a certificate of the fetch tests (``good.pem`` is for 127.0.0.1);
    with ``password``, user ``hub`` has to log in, over TLS.
    """
    office = PostOffice(password=password)

    def allowed(_s: Any, _session: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
        office.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=office.logins[-1] == ("hub", office.password), handled=False)

    def dialogue() -> _Dialogue:
        return _Dialogue(
            office,
            hostname="mail.test",
            loop=loop,
            enable_SMTPUTF8=smtputf8,
            tls_context=_context(starttls) if starttls else None,
            authenticator=allowed if password else None,
            # it takes only STARTTLS for encryption, and warns of a login without it
            auth_required=bool(password and starttls),
            auth_require_tls=not tls,
        )

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(dialogue, "127.0.0.1", 0, ssl=_context(tls) if tls else None)
    )
    office.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, office), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server, office: PostOffice) -> None:
    """End every connection, and wait until the loop has let go of it."""
    server.close()
    for transport in office.transports:
        transport.abort()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.01)
