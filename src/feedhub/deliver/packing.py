"""Packed copies of published text: the same bytes in always give the same bytes out."""

from __future__ import annotations

import gzip
import zlib
from pathlib import PurePosixPath
from typing import Final

import brotli  # type: ignore[import-untyped]  # the library ships no types

__all__ = ["PACKED_SUFFIXES", "PACKER_RELEASE", "brotli_bytes", "gzip_bytes", "packable"]

#: another release of a packer may make other bytes of the same content
PACKER_RELEASE: Final = f"{brotli.__version__} {zlib.ZLIB_RUNTIME_VERSION}"

#: suffix of a packed copy beside the plain file, as nginx's gzip_static and brotli_static want it
PACKED_SUFFIXES: Final = (".br", ".gz")

_TEXT_SUFFIXES = frozenset(
    {
        ".atom",
        ".css",
        ".html",
        ".ico",
        ".js",
        ".json",
        ".map",
        ".opml",
        ".rss",
        ".svg",
        ".txt",
        ".webmanifest",
        ".xml",
        ".xsl",
    }
)
#: below this a packed answer is no shorter on the wire: it fits one packet anyway
_WORTH_BYTES = 512


def packable(path: str, size: int) -> bool:
    """Tell whether a file of ``size`` bytes gains from packing, by its name."""
    return size >= _WORTH_BYTES and PurePosixPath(path).suffix in _TEXT_SUFFIXES


def gzip_bytes(data: bytes) -> bytes:
    """Pack with gzip; the header carries no time and no name, so it is the same every time."""
    return gzip.compress(data, compresslevel=6, mtime=0)


def brotli_bytes(data: bytes) -> bytes:
    """Pack with Brotli (RFC 7932) at the quality where size stops falling faster than time grows.

    Measured on real feeds: docs/decisions/081-packed-answers.md.
    """
    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=6))
