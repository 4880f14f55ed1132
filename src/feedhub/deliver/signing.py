"""DKIM signatures (RFC 6376), and the key they are made with."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from feedhub.errors import ConfigError, DeliveryError

__all__ = ["Signer", "make_key"]

_KEY_BITS = 2048  # RFC 8301, 3.2
_FEWEST_BITS = 1024  # receivers ignore what is shorter
_MAX_KEY_FILE = 64_000

#: signed where present, and signed as absent where not. Twice: nobody may add a second one. RFC
#: 8058, section 4, wants both List-Unsubscribe headers covered; Google wants Feedback-ID covered.
_SIGNED = (
    "from", "from", "to", "to", "subject", "subject", "date", "message-id", "mime-version",
    "content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
    "feedback-id", "reply-to",
)  # fmt: skip


class Signer:
    """Signs messages of one domain with one RSA key.

    ``domain`` is the sender's in its ASCII form, ``selector`` names the key in the DNS, ``key`` is
    a private key in PEM (PKCS #1 or #8). Raises ``ValueError`` in words for a key that is none.
    """

    def __init__(self, *, domain: str, selector: str, key: bytes) -> None:
        self.domain = domain
        self.selector = selector
        self._key = key.replace(b"\r\n", b"\n")
        try:
            parts = parse_pem_private_key(self._key)
            self._modulus, self._exponent = int(parts["modulus"]), int(parts["publicExponent"])
        except (UnparsableKeyError, ValueError, IndexError, KeyError, TypeError) as error:
            raise ValueError("this is no RSA key in PEM") from error
        if self._modulus.bit_length() < _FEWEST_BITS:
            raise ValueError(f"the key has fewer than {_FEWEST_BITS} bits; receivers ignore it")

    @classmethod
    def read(cls, path: Path, *, domain: str, selector: str) -> Signer:
        """Read the key file of the config; raise ``ConfigError`` in words."""
        try:
            with path.open("rb") as file:
                key = file.read(_MAX_KEY_FILE)
        except FileNotFoundError:
            raise ConfigError(
                'there is no such file; "feedhub mail key" makes one',
                file=str(path),
                key="mail.dkim_key_file",
            ) from None
        except OSError as error:
            raise ConfigError(
                f"cannot be read: {error.strerror}", file=str(path), key="mail.dkim_key_file"
            ) from error
        try:
            return cls(domain=domain, selector=selector, key=key)
        except ValueError as error:
            raise ConfigError(str(error), file=str(path), key="mail.dkim_key_file") from error

    @property
    def record_name(self) -> str:
        """The name in the DNS under which receivers look for the key (RFC 6376, 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that receivers need (RFC 6376, 3.6.1)."""
        return f"v=DKIM1; k=rsa; p={base64.b64encode(self._public_key()).decode('ascii')}"

    def sign(self, data: bytes) -> bytes:
        """Return a message (CRLF) with its signature on top."""
        signature: bytes = dkim.DKIM(data).sign(
            self.selector.encode("ascii"),
            self.domain.encode("ascii"),
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode("ascii") for name in _SIGNED],
        )
        return signature + data

    def _public_key(self) -> bytes:
        """Return the SubjectPublicKeyInfo in DER (RFC 8017, A.1.1; RFC 3279, 2.3.1)."""
        numbers = _der(0x30, _der_number(self._modulus) + _der_number(self._exponent))
        rsa_encryption = _der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
        return _der(0x30, rsa_encryption + _der(0x03, b"\0" + numbers))


def make_key(path: Path) -> None:
    """Make a new private key that only this user may read; a file that is there stays.

    Raises ``DeliveryError`` in words.
    """
    command = [
        "openssl",
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        f"rsa_keygen_bits:{_KEY_BITS}",
    ]
    try:
        made = subprocess.run(command, capture_output=True, timeout=120, check=True)  # noqa: S603 - fixed words
    except FileNotFoundError:
        raise DeliveryError(
            'the command "openssl" is missing; install it, or make an RSA key in PEM elsewhere'
        ) from None
    except subprocess.SubprocessError as error:
        raise DeliveryError(f"openssl could not make a key: {error}") from error
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made.stdout)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise DeliveryError(f"{path} is there already; it was left as it is") from None
    except OSError as error:
        raise DeliveryError(f"could not write {path}: {error.strerror}") from error


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _der_number(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))
