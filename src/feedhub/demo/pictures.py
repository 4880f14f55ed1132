"""Draw the lead image of an article: a river, hills and a sun, coloured by the article's name."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hashlib import blake2b

__all__ = ["HEIGHT", "WIDTH", "picture"]

WIDTH, HEIGHT = 640, 360
_SHORE = 252
_SKY, _SUN, _FAR, _NEAR, _WATER = range(5)


@lru_cache(maxsize=128)
def picture(name: str) -> bytes:
    """Return a PNG of ``WIDTH`` by ``HEIGHT`` pixels; the same name gives the same picture."""
    seed = blake2b(name.encode(), digest_size=8).digest()
    palette = _palette(seed)
    far = _ridge(90 + seed[0] % 60, 40 + seed[1] % 40, seed[2])
    near = _ridge(170 + seed[3] % 40, 25 + seed[4] % 30, seed[5])
    sun_x, sun_y, radius = 80 + seed[6] * 480 // 255, 60 + seed[7] % 40, 34
    rows = bytearray()
    for y in range(HEIGHT):
        row = bytearray([_SKY]) * WIDTH
        reach = radius * radius - (y - sun_y) ** 2
        if reach > 0:
            half = int(reach**0.5)
            row[sun_x - half : sun_x + half] = bytes([_SUN]) * (2 * half)
        for x in range(WIDTH):
            if y > _SHORE:
                row[x] = _WATER
            elif y > near[x]:
                row[x] = _NEAR
            elif y > far[x]:
                row[x] = _FAR
        if y > _SHORE and y % 9 < 3:  # the sun on the water: broken lines, wider towards us
            half = 8 + (y - _SHORE) // 3
            row[sun_x - half : sun_x + half] = bytes([_SUN]) * (2 * half)
        rows += b"\x00" + row
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", palette)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _palette(seed: bytes) -> bytes:
    skies = ((247, 226, 196), (205, 226, 240), (250, 213, 190), (222, 232, 214))
    hills = ((96, 128, 112), (110, 116, 150), (140, 112, 96), (88, 132, 138))
    sky, hill = skies[seed[0] % 4], hills[seed[1] % 4]
    near = tuple(channel * 2 // 3 for channel in hill)
    water = tuple((a + 2 * b) // 3 for a, b in zip(hill, sky, strict=True))
    return bytes([*sky, 236, 106, 76, *hill, *near, *water])


def _ridge(base: int, height: int, shift: int) -> list[int]:
    """Return the ridge's height for every column: two triangle waves laid over one another."""
    wide, small = 190 + shift % 60, 47 + shift % 23
    return [
        base
        - abs((x + shift) % (2 * wide) - wide) * height // wide
        - abs((x + 2 * shift) % (2 * small) - small) * height // (3 * small)
        + height // 2
        for x in range(WIDTH)
    ]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
