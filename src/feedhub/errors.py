"""Every error FeedHub raises on purpose, ordered by what the caller does next.

::

    FeedHubError
    ├── ConfigError          stop (exit 78), or on reload keep the old config
    ├── DataFolderHeldError  stop (exit 75): another instance works on this data folder
    ├── SourceError          store it as the source's result and go on with the next source
    │   ├── FetchError
    │   │   ├── Unreachable  no answer: DNS, connect, TLS, deadline
    │   │   ├── BadStatus    an answer that is no document (4xx, 5xx)
    │   │   ├── Gone         410: the owner says it will not come back
    │   │   ├── TooLarge     more bytes than the limit, on the wire or inflated
    │   │   ├── Refused      we do not ask: address guard, robots.txt, scheme
    │   │   └── Blocked      a bot wall stands in front of the source
    │   ├── ParseError
    │   │   ├── NotAFeed     a document, but no feed
    │   │   └── ListingChanged  the listing's rule no longer fits its page
    │   └── ExtractError     an article page without a readable article
    ├── StoreError           the database refuses; nothing of this transaction is kept
    ├── TakenForDeadError    stop (exit 1): the fleet has gone on without this process
    └── DeliveryError        a file or message could not be handed over

Anything else is a bug and ends the run loudly. Messages are sentences for the people who run a
hub: they name the thing, what is wrong with it, and where possible what to do.
"""

from __future__ import annotations

__all__ = [
    "BadStatus",
    "Blocked",
    "ConfigError",
    "DataFolderHeldError",
    "DeliveryError",
    "ExtractError",
    "FeedHubError",
    "FetchError",
    "Gone",
    "ListingChanged",
    "NotAFeed",
    "ParseError",
    "Refused",
    "SourceError",
    "StoreError",
    "TakenForDeadError",
    "TooLarge",
    "Unreachable",
]


class FeedHubError(Exception):
    """The root of every expected error."""


class ConfigError(FeedHubError):
    """The config cannot be used.

    ``file`` and ``line`` (counted from 1) say where, ``key`` which setting, and the message what
    was expected instead.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.key = key
        where = file or ""
        if file and line is not None:
            where = f"{file}, line {line}"
        parts = [part for part in (where, key) if part]
        super().__init__(": ".join([*parts, message]))


class DataFolderHeldError(FeedHubError):
    """Another FeedHub process works on this data folder."""


class SourceError(FeedHubError):
    """One source could not be pulled; the others are not affected."""


class FetchError(SourceError):
    """The source's document could not be had.

    ``status`` is the HTTP status where there was an answer; ``retry_after`` the seconds the server
    asked us to wait (RFC 9110, 10.2.3), where it did.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(message)


class Unreachable(FetchError):  # noqa: N818 - the tree reads as what happened
    """No answer came: unknown name, no connection, broken TLS, or the deadline passed."""


class BadStatus(FetchError):  # noqa: N818
    """The server answered with an error status."""


class Gone(FetchError):  # noqa: N818
    """The server says 410: the document is gone for good."""


class TooLarge(FetchError):  # noqa: N818
    """The document is larger than the hub accepts."""


class Refused(FetchError):  # noqa: N818
    """The hub itself refuses to ask: a forbidden address, scheme or robots.txt rule."""


class Blocked(FetchError):  # noqa: N818
    """A bot wall or challenge page answered in place of the source."""


class ParseError(SourceError):
    """The document could not be read as what the source says it is."""


class NotAFeed(ParseError):  # noqa: N818
    """The document is no feed. The message says what it looks like instead."""


class ListingChanged(ParseError):  # noqa: N818
    """The listing's rule no longer fits its page."""


class ExtractError(SourceError):
    """The page holds no readable article."""


class StoreError(FeedHubError):
    """The database refused; the transaction was rolled back."""


class TakenForDeadError(FeedHubError):
    """This process stood still for so long that others of its fleet took over its work."""


class DeliveryError(FeedHubError):
    """A file or a message could not be handed over."""
