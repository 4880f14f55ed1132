"""Lead images are real PNG files."""

from __future__ import annotations

import struct
import zlib

from feedhub.demo.pictures import HEIGHT, WIDTH, picture


def test_a_picture_is_a_whole_png_and_its_own() -> None:
    data = picture("cau-nguyet-kieu")
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        chunks[kind] = body
        place += 12 + length
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (WIDTH, HEIGHT)
    assert len(zlib.decompress(chunks[b"IDAT"])) == HEIGHT * (WIDTH + 1)
    assert len(chunks[b"PLTE"]) == 15
    assert picture("cau-nguyet-kieu") == data != picture("another")
