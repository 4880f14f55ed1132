"""A letter becomes a message: headers, a text part, an HTML part, and a signature (RFC 5322).

The body is the standard library's `EmailMessage`. The headers are written here: its folding turns
long addresses in List-Unsubscribe and long Message-IDs into encoded words, which nobody decodes.
The same letter and headers give the same bytes (but for the time in the signature).
"""

from __future__ import annotations

import hashlib
import re
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from feedhub.deliver.signing import Signer
from feedhub.errors import DeliveryError
from feedhub.model.mail import Headers, Letter, Message
from feedhub.text.markup import clean, one_line

__all__ = ["compose", "domain_of", "wire_address"]

_MAX_SUBJECT = 250
_MAX_NAME = 80
#: RFC 5322, 2.1.1, without the line's end
_MAX_LINE = 998
#: RFC 5321, 4.5.3.1: of the local part, and of the whole
_MAX_LOCAL = 64
_MAX_ADDRESS = 254
#: dot-atom (RFC 5322, 3.2.3) with letters beyond ASCII (RFC 6532, 3.2); no quoted forms
_LOCAL = re.compile(
    r"[^\s\x00-\x20\x7f-\xa0()<>@,;:\\\"\[\].]+(?:\.[^\s\x00-\x20\x7f-\xa0()<>@,;:\\\"\[\].]+)*"
)
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_UNFIT_FOR_URL = re.compile(r"[^!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]")
_UNFIT_FOR_ID = re.compile(r"[^!#$%&'*+./0-9=?A-Z^_`a-z{|}~-]")
_STRAY_DOTS = re.compile(r"(?:^|(?<=\.))\.+|\.+$")
_SENDER = re.compile(r"(.*?)\s*<([^<>]*)>")
#: of one word; longer ones cannot be folded, only encoded
_MAX_WORD = 60
_UNFIT_FOR_FEEDBACK = re.compile(r"[^A-Za-z0-9:._-]")


def compose(letter: Letter, headers: Headers, *, signer: Signer | None) -> Message:
    """Return the finished message: multipart/alternative, text first, quoted-printable, CRLF.

    Subject and names may hold anything; control characters and directional overrides are taken out
    and line ends become blanks, so nothing in them can add a header. Raises ``DeliveryError`` for
    an address that cannot be written to.
    """
    recipient = wire_address(headers.recipient)
    return_path = wire_address(headers.return_path) if headers.return_path else ""
    message_id = _clean_id(headers.message_id)
    lines = [
        ("From", _mailbox(headers.sender)),
        ("To", recipient),
        ("Subject", _words(one_line(letter.subject)[:_MAX_SUBJECT].rstrip(), "Subject")),
        ("Date", format_datetime(headers.date)),
        ("Message-ID", f"<{message_id}>"),
        *_list_headers(headers),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834, 5: nobody's absence notice answers it
    ]
    written = "".join(f"{name}: {value}\r\n" for name, value in lines)
    data = written.encode("utf-8") + _body(letter, message_id)
    return Message(
        message_id=message_id,
        return_path=return_path,
        recipient=recipient,
        data=signer.sign(data) if signer is not None else data,
    )


def wire_address(address: str) -> str:
    """Return ``local@domain`` as it goes over the wire: the domain in ASCII and lower case.

    Raises ``DeliveryError`` for what is no address, in words that do not hold it.
    """
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        ascii_domain = ""
    fits = len(local.encode("utf-8", "replace")) <= _MAX_LOCAL and _is_text(local)
    if not (fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)):
        raise DeliveryError("this is no address that mail can be sent to")
    if len(local) + 1 + len(ascii_domain) > _MAX_ADDRESS:
        raise DeliveryError("this address is too long for mail")
    return f"{local}@{ascii_domain}"


def domain_of(sender: str) -> str:
    """Return the domain of a From value (``Town news <news@town.example>``), in ASCII.

    Raises ``DeliveryError`` where there is none.
    """
    return wire_address(_parted(sender)[1]).rpartition("@")[2]


def _parted(sender: str) -> tuple[str, str]:
    """Part a From value into name and address; whatever stands before the last <> is the name."""
    line = one_line(sender)
    found = _SENDER.fullmatch(line)
    if not found:
        return "", line
    name = found[1].strip('"').strip()
    try:
        return one_line(str(make_header(decode_header(name)))), found[2]
    except (HeaderParseError, LookupError, ValueError):
        return name, found[2]


def _clean_id(message_id: str) -> str:
    left, _, right = message_id.rpartition("@")
    return f"{_dot_atom(left)}@{_dot_atom(right)}"


def _is_text(local: str) -> bool:
    return local.isprintable() and one_line(local) == local


def _mailbox(sender: str) -> str:
    name, address = _parted(sender)
    plain = wire_address(address)
    name = name[:_MAX_NAME].rstrip()
    if not name:
        return plain
    if _is_plain(name):
        local, _, domain = plain.rpartition("@")
        return str(Address(name, local, domain))
    return f"{_words(name, 'From')} <{plain}>"


def _words(text: str, header: str) -> str:
    """Return a header's words, encoded and folded where need be (RFC 2047)."""
    coded = Header(text, "us-ascii" if _is_plain(text) else "utf-8", 76, header)
    return coded.encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Tell whether words can stand as they are: in ASCII, not looking encoded, and foldable."""
    short = all(len(word) <= _MAX_WORD for word in text.split(" "))
    return text.isascii() and "=?" not in text and short


def _dot_atom(text: str) -> str:
    """Return what of a text may stand in an id (RFC 5322, 3.2.3), without stray dots."""
    return _STRAY_DOTS.sub("", _UNFIT_FOR_ID.sub("", text))


def _list_headers(headers: Headers) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if headers.list_id:
        found.append(("List-Id", f"<{_dot_atom(headers.list_id)}>"))
    links = headers.links
    one_click = _UNFIT_FOR_URL.sub("", links.one_click)
    if one_click:
        found.append(("List-Unsubscribe", f"<{one_click}>"))
        if one_click.startswith("https://"):  # RFC 8058, 3.1: over HTTPS only
            found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if headers.feedback_id:
        found.append(("Feedback-ID", _UNFIT_FOR_FEEDBACK.sub("", headers.feedback_id)))
    # RFC 5322, 2.1.1; there is no folding them
    return [(name, value) for name, value in found if len(name) + 2 + len(value) <= _MAX_LINE]


def _body(letter: Letter, message_id: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(clean(letter.text), charset="utf-8", cte="quoted-printable")
    message.add_alternative(
        clean(letter.html), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    for part in message.iter_parts():
        if letter.language:
            part["Content-Language"] = _dot_atom(letter.language)
    # the library's own boundary is made by chance
    mark = hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    message.set_boundary(f"=_{mark}")
    return message.as_bytes()
