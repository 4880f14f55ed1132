"""Which paths may be published: checked before anything touches the disk."""

from __future__ import annotations

import unicodedata

from feedhub.errors import DeliveryError

__all__ = ["STATE_FOLDER", "checked_path"]

#: our own records inside the published folder; never served, never published into
STATE_FOLDER = ".feedhub"
#: dot names readers may ask for (RFC 8615)
_OPEN_DOT_NAMES = frozenset({".well-known"})
#: bytes of one name on ext4, xfs and apfs; room is kept for the suffix of a packed copy
_NAME_BYTES = 255 - len(".br")
_PATH_BYTES = 1024


def checked_path(path: str) -> str:
    """Return ``path`` if it may be published, such as ``stories/abc/index.html``.

    A path is relative, with forward slashes and ordinary names. Raises `DeliveryError` for
    absolute paths, empty or dot names, backslashes, control characters and overlong names: ids of
    strangers may have become part of it.
    """
    problem = _problem(path)
    if problem:
        shown = path[:80].encode("unicode_escape").decode("ascii")
        raise DeliveryError(f'cannot publish under the address "{shown}": {problem}')
    return path


def _is_invisible(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind[0] == "C" or kind in {"Zl", "Zp"}


def _problem(path: str) -> str:
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return "it holds half a character"
    if not path:
        return "it is empty"
    if size > _PATH_BYTES:
        return f"it is longer than {_PATH_BYTES} bytes"
    if "\\" in path:
        return "it holds a backslash"
    if not path.isascii() and any(_is_invisible(letter) for letter in path):
        return "it holds an invisible character"
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in path):
        return "it holds a control character"
    for name in path.split("/"):
        if not name:
            return "it begins or ends with a slash, or has two in a row"
        if name.startswith(".") and name not in _OPEN_DOT_NAMES:
            return "a name in it begins with a dot"
        if len(name.encode("utf-8")) > _NAME_BYTES:
            return f"a name in it is longer than {_NAME_BYTES} bytes"
    return ""
