"""Every way a request ends badly, in words for the people who run a hub."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
import httpx

from feedhub.errors import BadStatus, FetchError, Gone, Refused, TooLarge, Unreachable
from feedhub.fetch.address import WebAddress
from feedhub.fetch.inflate import InflatedTooLarge, TornBody

__all__ = ["explain", "parse_retry_after", "status_error", "too_large"]

#: OpenSSL's verification results (x509_vfy.h) that have a remedy of their own.
_CERTIFICATES = {
    9: "is not valid yet (is this machine's clock right?)",
    10: "has expired",
    18: "is signed by itself and by nobody this hub trusts",
    19: "is signed by nobody this hub trusts",
    20: "is signed by an authority this hub does not know, or the server leaves out a link of "
    "the chain (ca_file can name it)",
    21: "is signed by an authority this hub does not know, or the server leaves out a link of "
    "the chain (ca_file can name it)",
    62: "was made out to another name",
    64: "was made out to another address",
}
#: OpenSSL's reasons for an answer that is plain text
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"}
)
_STATUS_WORDS = {
    400: "the server takes the request for a wrong one (400)",
    401: "the server asks for a password (401)",
    402: "the server asks for payment (402)",
    403: "the server forbids us this document (403)",
    404: "there is no such document on the server (404)",
    406: "the server has no form of the document that we can read (406)",
    429: "the server says we ask too often (429)",
    451: "the document is withheld for legal reasons (451)",
    500: "the server has broken down on this request (500)",
    502: "the server behind the site's gateway gives no sense (502)",
    503: "the server is overloaded or being worked on (503)",
    504: "the server behind the site's gateway is too slow (504)",
}


def explain(error: Exception, address: WebAddress, *, timeout: float) -> FetchError:
    """Turn what a library raised while ``address`` was asked into the error of our own tree.

    The one place where library errors end. What is not known here is a bug and raised again.
    """
    for cause in _causes(error):
        if isinstance(cause, FetchError):
            return cause
        found = _explain_one(cause, address, timeout)
        if found is not None:
            return found
    raise error


def _causes(error: BaseException) -> list[BaseException]:
    """List the innermost cause first: the outer layers only repeat it."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 10:
        chain.append(cause)
        cause = cause.__cause__
    return chain[::-1]


def _explain_one(error: BaseException, address: WebAddress, timeout: float) -> FetchError | None:
    host = address.host
    match error:
        case TimeoutError() if error.errno is None:
            return Unreachable(f"{host} did not finish answering within {timeout:g} seconds")
        case socket.gaierror():
            return _unknown_name(error, host)
        case ssl.SSLError():
            return _no_trust(error, address)
        case OSError():
            return _no_connection(error, address)
        case TornBody():
            return Unreachable(f"the answer of {host} is damaged: {error}")
        case InflatedTooLarge():
            return TooLarge(f"the answer of {host} is too large once inflated")
        case aiohttp.ServerDisconnectedError():
            return Unreachable(f"{host} closed the connection without an answer")
        case aiohttp.ClientPayloadError():
            return Unreachable(f"the answer of {host} was cut short")
        case aiohttp.ClientResponseError():
            return Unreachable(f"{host} answered with something that is not HTTP")
        case ValueError():  # what a library makes of bytes it did not foresee
            return Unreachable(f"the answer of {host} cannot be read: {str(error)[:200]}")
        case httpx.TransportError():
            return Unreachable(f"the connection with {host} broke: {error}")
    return None


def _unknown_name(error: socket.gaierror, host: str) -> Unreachable:
    if error.errno == socket.EAI_AGAIN:
        return Unreachable(f"no name server answers where {host} is; is the network down?")
    return Unreachable(f"there is no host named {host} (DNS)")


def _no_trust(error: ssl.SSLError, address: WebAddress) -> Unreachable:
    host = address.host
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(error.verify_code, f"is not valid ({error.verify_message})")
        return Unreachable(f"the certificate of {host} {why}")
    if error.reason in _NOT_TLS:
        return Unreachable(f"{host} does not speak TLS on port {address.port}")
    reason = (error.reason or "no reason given").replace("_", " ").lower()
    return Unreachable(f"no secure connection with {host} comes about: {reason}")


def _no_connection(error: OSError, address: WebAddress) -> FetchError:
    host = address.host
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return Unreachable(f"{host} broke the connection off")
    match error.errno:
        case errno.EACCES:
            return Refused(f"{host}: {error.strerror or error}")
        case errno.ECONNREFUSED:
            return Unreachable(f"{host} takes no connections on port {address.port}")
        case errno.ENETUNREACH | errno.EHOSTUNREACH | errno.EADDRNOTAVAIL:
            return Unreachable(f"no way leads to {host}; is the network down?")
        case errno.ETIMEDOUT:
            return Unreachable(f"{host} does not answer on port {address.port}")
        case errno.EMFILE | errno.ENFILE:
            return Unreachable("this machine has no file handles left (raise ulimit -n)")
    return Unreachable(f"no connection with {host}: {error.strerror or error}")


def status_error(status: int, address: WebAddress, *, retry_after: float | None) -> FetchError:
    """Return the error for an answer that is no document."""
    words = _STATUS_WORDS.get(status)
    if words is None:
        try:
            words = f"the server answers {status} ({HTTPStatus(status).phrase})"
        except ValueError:
            words = f"the server answers {status}, which is no known status"
    if status == 410:
        return Gone(
            f"{address.host}: the document is gone for good (410): {address.url}", status=410
        )
    return BadStatus(
        f"{address.host}: {words}: {address.url}", status=status, retry_after=retry_after
    )


def too_large(address: WebAddress, limit: int) -> TooLarge:
    """Return the error for a body above the limit."""
    return TooLarge(
        f"the answer of {address.host} is larger than {limit:,} bytes; "
        f"collect.max_bytes says how much is accepted"
    )


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read Retry-After in both its forms (RFC 9110, 10.2.3) as seconds from ``now``.

    Returns None for nonsense. A date in the past is 0. Not capped: a year is a year.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return max(0.0, (moment - now).total_seconds())
    except OverflowError:
        return None
