"""Fetched bytes and what was said about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Document", "NotModified", "Validators"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified exactly as the server sent them (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The answer to one request.

    ``url`` is the address that answered after redirects; ``moved_to`` the address a chain of
    permanent redirects (301, 308) ended at, where every step was permanent. ``body`` is inflated.
    ``headers`` holds lower-case names in the order received.
    """

    requested_url: str
    url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    wire_bytes: int = 0
    elapsed_ms: int = 0

    def header(self, name: str) -> str | None:
        """Return the first header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def content_type(self) -> str | None:
        """The declared Content-Type, whole."""
        return self.header("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server answered 304: what we have is current."""

    requested_url: str
    url: str
    fetched_at: datetime
    validators: Validators = field(default_factory=Validators)
    headers: tuple[tuple[str, str], ...] = ()
    moved_to: str | None = None
    elapsed_ms: int = 0

    def header(self, name: str) -> str | None:
        """Return the first header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)
