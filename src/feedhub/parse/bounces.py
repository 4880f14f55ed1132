"""Mail that came back: what a report says about which of our messages.

Read are delivery status notifications (RFC 3464, RFC 6533), complaints (RFC 5965), and the plain
letters of qmail and of old Exim and Exchange. Whose message it was stands in the address that the
report was sent to (VERP: ``bounces+<delivery id>@town.example``) and in the Message-ID of what is
returned.

The library's parser is used for header blocks only: a message's parts are told apart here, without
recursion, as hostile mail nests them by the thousand.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from feedhub.model.mail import Bounce, BounceKind
from feedhub.text.markup import one_line

__all__ = ["MAX_REPORT", "is_automatic_answer", "read_bounce"]

#: bytes looked at; what is returned in full comes last and is cut
MAX_REPORT = 1_000_000
_MAX_HEAD = 64_000
_MAX_PART = 200_000
_MAX_PARTS = 30
_MAX_BLOCKS = 50
_MAX_WORDS = 300

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,100})"|([^\s;"]{1,100}))', re.IGNORECASE)
_VERP = re.compile(r"[^\s<>@+,:;\"]{1,64}\+([0-9A-Za-z_-]{4,64})@[^\s<>@,;]{1,255}")
_MESSAGE_ID = re.compile(r"<([^\s<>]{1,250}@[^\s<>]{1,250})>")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")

#: headers in which mail servers note the address that a message came to
_ARRIVED_AT = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-RCPT-To", "To")

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_TYPES = (
    "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
    "message/global-headers",
)  # fmt: skip

_ROBOT = re.compile(r"(mailer-daemon|postmaster|mail delivery|^\s*<>\s*$)", re.IGNORECASE)
#: how the plain letters of mail servers say that they give up
_GIVEN_UP = re.compile(
    r"qmail-send program|could not be delivered|couldn't be delivered|undeliverable"
    r"|delivery (?:has |to the following recipients? )?failed|delivery failure|returned mail"
    r"|permanent (?:fatal )?error|this is a permanent error|unable to deliver"
    r"|không thể (?:gửi|phát|chuyển)",
    re.IGNORECASE,
)
_NO_SUCH_USER = re.compile(
    r"(?:no such|unknown|invalid|nonexistent|non-existent) (?:user|recipient|mailbox|address|local)"
    r"|(?:user|recipient|mailbox|address) (?:is )?(?:unknown|not found|(?:does not|doesn't) exist)"
    r"|no mailbox here by that name|(?:doesn't|does not) have an? [\w.-]{1,80} account",
    re.IGNORECASE,
)
#: where plain letters begin the copy of the message
_COPY_BEGINS = re.compile(
    rb"^(?:--- Below this line is a copy of the message\.?|-{3,} This is a copy of (?:the|your) "
    rb"message.{0,80}|-{2,} ?(?:Original|Undelivered) [Mm]essage.{0,40}"
    rb"|-{3,} The following is a copy.{0,80}|-{3,} Returned message.{0,40})\r?$",
    re.MULTILINE,
)


@dataclass(slots=True)
class _Part:
    kind: str
    head: Message
    body: bytes


def read_bounce(data: bytes) -> Bounce | None:
    """Read a report about one of our messages; None for any other mail, absence notices included.

    ``delivery_id`` and ``message_id`` are empty where the report does not tell; the same message
    may match by either. A delay that is only told of is ``DELAYED``; one that was given up is
    ``REFUSED`` with its status of class 4.
    """
    head, body = _split(data[:MAX_REPORT].lstrip())
    top = _headers(head)
    parts = list(_parts(top, body))
    returned = _returned(parts) or _copy(body)
    found = _complaint(parts) or _status_report(parts) or _plain_letter(top, parts, body)
    if found is None:
        return None
    kind, status, words = found
    return Bounce(
        kind=kind,
        delivery_id=_delivery_id(top, returned, parts),
        message_id=_message_id(returned),
        status=status,
        words=one_line(words)[:_MAX_WORDS],
    )


def is_automatic_answer(data: bytes) -> bool:
    """Tell whether a message is an absence notice or the like (RFC 3834, 5; older habits)."""
    head = _headers(_split(data[:MAX_REPORT].lstrip())[0])
    answered = _value(head, "Auto-Submitted").lower().startswith("auto-replied")
    precedence = _value(head, "Precedence").lower() in {"auto_reply", "auto-reply"}
    return answered or precedence or any(name in head for name in ("X-Autoreply", "X-Autorespond"))


# --- parts ---------------------------------------------------------------------------------------


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Part a message or a part into its header block and its body."""
    if data.startswith((b"\n", b"\r\n")):  # no headers at all
        return b"", data
    found = _BLANK_LINE.search(data, 0, _MAX_HEAD)
    if found is None:
        return data[:_MAX_HEAD], b""
    return data[: found.start()], data[found.end() :]


def _headers(head: bytes) -> Message:
    return BytesHeaderParser(policy=compat32).parsebytes(head[:_MAX_HEAD])


def _value(headers: Message, name: str) -> str:
    """Return a header's value as one line of text, "" where there is none."""
    value = headers.get(name)
    return one_line(str(value)) if value is not None else ""


def _kind(headers: Message) -> str:
    return _value(headers, "Content-Type").partition(";")[0].strip().lower()


def _boundary(headers: Message) -> bytes:
    found = _BOUNDARY.search(_value(headers, "Content-Type")[:2000])
    return (found[1] or found[2]).encode("utf-8", "replace") if found else b""


def _parts(top: Message, body: bytes) -> Iterator[_Part]:
    """Yield the parts of a message that are no containers, in order, up to a limit."""
    waiting = [(top, body)]
    seen = 0
    while waiting and seen < _MAX_PARTS:
        headers, content = waiting.pop(0)
        seen += 1
        boundary = _boundary(headers) if _kind(headers).startswith("multipart/") else b""
        if not boundary:
            yield _Part(_kind(headers) or "text/plain", headers, _decoded(headers, content))
            continue
        # a part may hold only what its container holds, so all work is bounded by limit times size
        mark = re.compile(rb"^--" + re.escape(boundary) + rb"(?:--)?[ \t]*\r?$", re.MULTILINE)
        pieces = mark.split(content, _MAX_PARTS)[1:]
        inner = (_split(piece.removeprefix(b"\n")) for piece in pieces if piece.strip())
        waiting.extend((_headers(part_head), part) for part_head, part in inner)


def _decoded(headers: Message, content: bytes) -> bytes:
    content = content[:_MAX_PART]
    how = _value(headers, "Content-Transfer-Encoding").lower()
    try:
        if how == "base64":
            return binascii.a2b_base64(content)
        if how == "quoted-printable":
            return quopri.decodestring(content)
    except ValueError:
        return content
    return content


def _blocks(body: bytes) -> Iterator[Message]:
    """Yield the header blocks of a delivery status: that of the message, then one a recipient."""
    for block in _BLANK_LINE.split(body.strip(), _MAX_BLOCKS)[:_MAX_BLOCKS]:
        if block.strip():
            yield _headers(block.strip())


def _text(parts: list[_Part]) -> str:
    """Return what a person would read first."""
    for part in parts:
        if part.kind == "text/plain":
            return part.body.decode("utf-8", "replace")
    return ""


# --- what was returned ---------------------------------------------------------------------------


def _returned(parts: list[_Part]) -> Message | None:
    for part in parts:
        if part.kind in _RETURNED_TYPES:
            return _headers(_split(part.body.lstrip())[0])
    return None


def _copy(body: bytes) -> Message | None:
    """Return the headers of a message that a plain letter quotes at its end."""
    found = _COPY_BEGINS.search(body, 0, _MAX_PART)
    return _headers(_split(body[found.end() :].lstrip())[0]) if found else None


def _message_id(returned: Message | None) -> str:
    found = _MESSAGE_ID.search(_value(returned, "Message-ID")) if returned is not None else None
    return found[1] if found else ""


def _delivery_id(top: Message, returned: Message | None, parts: list[_Part]) -> str:
    """Return the id in the address that the report came to, or that the message was sent from."""
    places = [_value(top, name) for name in _ARRIVED_AT]
    if returned is not None:
        places.append(_value(returned, "Return-Path"))
    for part in parts:
        if part.kind == "message/feedback-report":
            places += [_value(block, "Original-Mail-From") for block in _blocks(part.body)]
    for place in places:
        found = _VERP.search(place[:2000])
        if found:
            return found[1]
    return ""


# --- what it says --------------------------------------------------------------------------------

_Found = tuple[BounceKind, str, str]


def _complaint(parts: list[_Part]) -> _Found | None:
    """Read a complaint (RFC 5965); reports on signatures and of "no spam" are none."""
    for part in parts:
        if part.kind == "message/feedback-report":
            for block in _blocks(part.body):
                about = _value(block, "Feedback-Type").lower()
                if about and about not in {"not-spam", "auth-failure", "dmarc"}:
                    return BounceKind.COMPLAINT, "", f"reported as {about}"
    return None


def _status_report(parts: list[_Part]) -> _Found | None:
    """Read a delivery status; the recipient who fared worst speaks for it."""
    worst: _Found | None = None
    for part in parts:
        if part.kind not in _STATUS_TYPES:
            continue
        for block in _blocks(part.body):
            action = _value(block, "Action").lower().split(" ")[0]
            words = _value(block, "Diagnostic-Code").partition(";")[2].strip()
            status = _status(_value(block, "Status")) or _status(words)
            if action == "failed":
                # some servers put what the other side said only into the part for people
                said = words or _telling(_text(parts))
                return _failed(_sharper(status, said), said)
            if action == "delayed" and worst is None:
                worst = (BounceKind.DELAYED, status, words)
    return worst


def _plain_letter(top: Message, parts: list[_Part], body: bytes) -> _Found | None:
    """Read a letter in which a mail server says in its own words that it gives up."""
    text = _text(parts)
    copied = _COPY_BEGINS.search(body, 0, _MAX_PART)
    own = text[: copied.start()] if copied else text
    sender = f"{_value(top, 'Return-Path')}\n{_value(top, 'From')}"
    if _value(top, "X-Failed-Recipients"):
        return _failed(_status(own), own)
    answered = _value(top, "Auto-Submitted").lower().startswith("auto-replied")
    robot = any(_ROBOT.search(line) for line in sender.split("\n"))
    told = _GIVEN_UP.search(f"{_value(top, 'Subject')}\n{own[:5000]}")
    if not robot or not told or (answered and not _status(own)):
        return None
    return _failed(_status(own), own)


def _failed(status: str, words: str) -> _Found:
    if status.startswith("5.1.") and status != "5.1.0":
        return BounceKind.GONE, status, words
    if not status and _NO_SUCH_USER.search(words[:5000]):
        return BounceKind.GONE, "5.1.1", words
    return BounceKind.REFUSED, status, words


def _status(text: str) -> str:
    """Return the first enhanced status in a text; a bare reply code gives its class."""
    found = _STATUS.search(text[:5000])
    if found:
        return found[0]
    reply = _REPLY.search(text[:5000])
    return f"{reply[1][0]}.0.0" if reply else ""


def _telling(text: str) -> str:
    """Return the line of a letter that holds a status or reply code, else all of it."""
    for line in text[:5000].splitlines():
        if _STATUS.search(line) or _REPLY.search(line):
            return line.strip()
    return text


def _sharper(status: str, words: str) -> str:
    """Return what the remote server said where our own relay's status is only a class (x.0.0)."""
    if status.endswith(".0.0"):
        told = _status(words)
        if told and not told.endswith(".0.0"):
            return told
        if status.startswith("5") and _NO_SUCH_USER.search(words):
            return "5.1.1"
    return status
