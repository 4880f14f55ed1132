"""What of a text a database can hold."""

from __future__ import annotations

__all__ = ["storable"]


def storable(text: str) -> str:
    """Return ``text`` without what no database takes: NUL, and halves of surrogate pairs.

    PostgreSQL refuses both, SQLite the latter; a feed may hold either in any of its values.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text
