"""What may be asked for, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedhub import __version__
from feedhub.model.document import Validators

__all__ = ["Exchange", "FetchSettings", "Request", "RequestKind", "RobotsChoice"]

RequestKind = Literal["feed", "listing", "page", "probe", "call"]
RobotsChoice = Literal["pages", "all", "none"]

_HTML = "text/html, application/xhtml+xml"
_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7"
)
_ACCEPT: dict[RequestKind, str] = {
    "feed": f"{_FEED}, */*;q=0.1",
    "listing": f"{_HTML}, application/xml;q=0.5, */*;q=0.1",
    "page": f"{_HTML}, application/xml;q=0.5, */*;q=0.1",
    "call": "*/*",
    "probe": f"{_FEED}, text/html;q=0.6, application/xhtml+xml;q=0.6, */*;q=0.1",
}


def _as_sent(value: str) -> bytes:
    """Give back the bytes of a header as the server sent them, or none where that cannot be done.

    Header bytes are read as Latin-1; the wire library writes only what is UTF-8.
    """
    try:
        raw = value.encode("latin-1")
        return raw if raw.decode("utf-8").isprintable() else b""
    except UnicodeError:
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How the hub asks.

    ``contact`` is a mailto: or web address put into the User-Agent, so that a webmaster can write
    to whoever runs the hub. ``timeout`` is seconds from connecting to the last byte, redirects
    included. ``max_bytes`` bounds a body on the wire and again once inflated. ``allow_private``
    lists what the address guard lets pass although it is not public: ``127.0.0.1:8001``,
    ``10.0.0.0/8``, ``portal.intranet`` or ``portal.intranet:8080``. ``robots`` says for which
    requests robots.txt is asked first.
    """

    user_agent: str = f"FeedHub/{__version__}"
    contact: str = ""
    in_flight: int = 100
    per_host: int = 2
    per_host_gap: float = 2.0
    timeout: float = 30.0
    max_bytes: int = 5_000_000
    allow_private: tuple[str, ...] = ()
    robots: RobotsChoice = "pages"

    @property
    def agent(self) -> str:
        """The whole User-Agent: product, then the contact as RFC 9110 (10.1.5) advises."""
        whole = f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
        return "".join(char for char in whole if " " <= char <= "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One wish.

    ``validators`` are those of the copy we hold and are sent back untouched unless ``full``, which
    asks for the whole document whatever we hold. ``accept`` replaces the Accept header that
    belongs to ``kind``. ``ca_file`` (PEM) is trusted beside the usual authorities for this request
    alone; ``verify_tls`` off trusts anybody.

    A ``POST`` carries ``content`` of ``content_type`` with further ``headers``; it is for webhooks
    and WebSub hubs (kind ``call``), takes any 2xx for a document, and follows no redirect.
    """

    url: str
    validators: Validators = field(default_factory=Validators)
    kind: RequestKind = "feed"
    accept: str = ""
    ca_file: str = ""
    verify_tls: bool = True
    full: bool = False
    method: Literal["GET", "POST"] = "GET"
    content: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def conditions(self) -> dict[bytes, bytes]:
        """The headers that make this request conditional (RFC 9110, 13.1), byte for byte."""
        if self.full:
            return {}
        sent = {}
        if etag := _as_sent(self.validators.etag or ""):
            sent[b"If-None-Match"] = etag
        if modified := _as_sent(self.validators.last_modified or ""):
            sent[b"If-Modified-Since"] = modified
        return sent

    @property
    def accepts(self) -> str:
        """The Accept header to send."""
        return self.accept or _ACCEPT[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that went out, for the ledger that can be shown to an authority.

    ``status`` is 0 where no answer came. Redirects and robots.txt count as requests of their own.
    """

    host: str
    url: str
    kind: str
    at: datetime
    status: int
    wire_bytes: int
    elapsed_ms: int
