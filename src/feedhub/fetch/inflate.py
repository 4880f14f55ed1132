"""Compressed bodies opened within a limit.

A kilobyte can hide a gigabyte, so every decoder is asked for a bounded piece at a time and stopped
at the limit. A body that ends early is an error: half a document must never pass for a whole one.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard

__all__ = ["InflatedTooLarge", "TornBody", "inflate", "inflate_beginning"]

_PIECE = 65536
#: A body packed more often than this was not packed by a web server.
_MOST_LAYERS = 3
_GZIP_MARK = b"\x1f\x8b"
_ZSTD_MARK = b"\x28\xb5\x2f\xfd"
#: zstd may ask its reader for a window of gigabytes; RFC 9659 allows 8 MB on the web.
_ZSTD_WINDOW = 8 * 1024 * 1024


class InflatedTooLarge(Exception):  # noqa: N818 - reads as what happened
    """The body is larger than the limit once opened."""


class TornBody(Exception):  # noqa: N818
    """The compressed body is damaged or ends early."""


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """Open a body as its Content-Encoding says (RFC 9110, 8.4), to at most ``limit`` bytes.

    A body that plainly is not what its header claims is left as it came (servers that name gzip
    and send text are common), and so is one with an unknown encoding. Raises
    ``InflatedTooLarge`` and ``TornBody``.
    """
    for opener in _openers(encoding):
        whole = bytearray()
        for piece in opener(body):
            whole += piece
            if len(whole) > limit:
                raise InflatedTooLarge
        body = bytes(whole)
    return body


def inflate_beginning(body: bytes, encoding: str, limit: int) -> bytes:
    """Open as much of a body as can be had, for a look at it: at most ``limit`` bytes."""
    try:
        for opener in _openers(encoding):
            beginning = bytearray()
            try:
                for piece in opener(body):
                    beginning += piece
                    if len(beginning) >= limit:
                        break
            except TornBody:
                pass  # what came before is what there is to look at
            body = bytes(beginning[:limit])
    except TornBody:
        return b""
    return body


def _openers(encoding: str) -> list[Callable[[bytes], Iterator[bytes]]]:
    """Return what opens each layer, the outermost first."""
    layers = [layer.strip().lower() for layer in encoding.split(",") if layer.strip()]
    if len(layers) > _MOST_LAYERS:
        raise TornBody(f"it is packed {len(layers)} times")
    return [_OPENERS[layer] for layer in reversed(layers) if layer in _OPENERS]


def _gunzip(body: bytes) -> Iterator[bytes]:
    if not body.startswith(_GZIP_MARK):
        yield body
        return
    while body.startswith(_GZIP_MARK):  # a file may hold several members (RFC 1952, 2.2)
        opener = zlib.decompressobj(16 + zlib.MAX_WBITS)
        yield from _unzip(opener.decompress, body, opener)
        body = opener.unused_data


def _inflate_deflate(body: bytes) -> Iterator[bytes]:
    # "deflate" means the zlib format (RFC 9110, 8.4.1.2); some servers send it bare
    if not body:
        return
    wrapped = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    opener = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
    yield from _unzip(opener.decompress, body, opener)


def _unzip(
    decompress: Callable[[bytes, int], bytes], body: bytes, opener: zlib._Decompress
) -> Iterator[bytes]:
    waiting = body
    try:
        while not opener.eof:
            piece = decompress(waiting, _PIECE)
            waiting = opener.unconsumed_tail
            if not piece and not waiting and not opener.eof:
                raise TornBody("it ends early")
            yield piece
    except zlib.error as error:
        raise TornBody(str(error)) from error


def _unbrotli(body: bytes) -> Iterator[bytes]:
    opener = brotli.Decompressor()
    waiting = body
    if not body:
        return
    try:
        while not opener.is_finished():
            piece = opener.process(waiting, output_buffer_limit=_PIECE)
            waiting = b""
            if not piece and opener.can_accept_more_data() and not opener.is_finished():
                raise TornBody("it ends early")
            yield piece
    except brotli.error as error:
        raise TornBody(str(error)) from error


def _unzstd(body: bytes) -> Iterator[bytes]:
    if not body.startswith(_ZSTD_MARK):
        yield body
        return
    opener = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    try:
        if not _is_whole_zstd_frame(body):  # the reader takes a cut frame for the end
            raise TornBody("it ends early")
        with opener.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
            while piece := reader.read(_PIECE):
                yield piece
    except zstandard.ZstdError as error:
        raise TornBody(str(error)) from error


def _is_whole_zstd_frame(body: bytes) -> bool:
    """Walk the blocks of the first frame (RFC 8878, 3.1.1.2) to see whether its last is there."""
    place = zstandard.frame_header_size(body)
    last = False
    while not last:
        header = int.from_bytes(body[place : place + 3], "little")
        if place + 3 > len(body):
            return False
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        place += 3 + (1 if kind == 1 else size)  # kind 1 repeats a single byte
    checksum = 4 if zstandard.get_frame_parameters(body).has_checksum else 0
    return place + checksum <= len(body)


_OPENERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate_deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
