"""Headers that every answer carries, also errors."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "BARE_POLICY",
    "OPEN_TO_SCRIPTS",
    "SAFE_HEADERS",
    "feed_policy",
    "page_policy",
    "plain_headers",
]

_NO_POWERS = (
    b"accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(),"
    b" gyroscope=(), microphone=(), midi=(), payment=(), usb=()"
)
#: on every answer, whatever it is
SAFE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", _NO_POWERS),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
#: scripts of any site may read feeds; there is nothing personal in them
OPEN_TO_SCRIPTS: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Link, Content-Range, Retry-After"),
)
#: for what is not meant to be rendered: errors, data, images
BARE_POLICY = (
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)


def page_policy(image_origins: Sequence[str] = ()) -> bytes:
    """Content-Security-Policy of our pages: own style sheets and forms, no script at all.

    ``image_origins`` are sources of images beyond our own, such as ``https:``. ``connect-src``
    opens nothing, as no script can run; page checkers need it to read robots.txt.
    """
    images = " ".join(["'self'", "data:", *image_origins])
    return (
        f"default-src 'none'; style-src 'self'; img-src {images}; font-src 'self';"
        " manifest-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ).encode("ascii")


def feed_policy() -> bytes:
    """Content-Security-Policy of feeds: a browser may load their style sheet, nothing more."""
    return (
        b"default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
        b" form-action 'none'; frame-ancestors 'none'"
    )


def plain_headers(length: int) -> list[tuple[bytes, bytes]]:
    """Return the headers of a short text/plain answer, such as an error."""
    return [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % length),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", BARE_POLICY),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
