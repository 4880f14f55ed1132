"""Reads a TOML file, and says in words where and why it is not one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tomli  # as tomllib, but compiled: a third of the time with thousands of sources

from feedhub.errors import ConfigError

__all__ = ["read_toml"]

_PLACE = re.compile(r"\s*\(at (?:line (\d+), (column \d+)|end of document)\)$")
#: how tomli 2.3 puts it, and what its reader should know
_PLAINER = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Invalid value", "no value that TOML knows; a text stands in straight double quotes"),
        (r"Illegal character '\\n'", "a text is not closed: its second quote is missing"),
        (r"Unterminated string", "a text is not closed: its last quotes are missing"),
        (
            r"Unescaped '\\' in a string",
            "a backslash in a text is written twice, or the text stands in single quotes",
        ),
        (r"Cannot overwrite a value", "this key or table stands in the file already"),
        (r"Cannot (?:declare|mutate) .*", "this table stands in the file already"),
        (r"Unclosed array", "a list is not closed: its ] or a comma is missing"),
        (
            r"Expected '=' after a key in a key/value pair",
            "expected = after a key; one with other letters than a to z stands in double quotes",
        ),
        (
            r"Invalid (?:statement|initial character for a key part)",
            "expected a key; one with other letters than a to z stands in double quotes",
        ),
    )
)


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a file and its values; raise ``ConfigError`` with its line."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            'there is no such file; "feedhub init" writes a first one', file=str(path)
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(path)) from error
    try:
        # line ends as in files opened for reading text
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(
            "this line is not UTF-8; save the file as UTF-8 text",
            file=str(path),
            line=raw.count(b"\n", 0, error.start) + 1,
        ) from error
    try:
        return text, tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _told(error, path, text) from error
    except RecursionError as error:
        raise ConfigError("its lists or tables are nested too deep", file=str(path)) from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise ConfigError("a number in it is too long", file=str(path)) from error


def _told(error: tomli.TOMLDecodeError, path: Path, text: str) -> ConfigError:
    said = str(error)
    place = _PLACE.search(said)
    said = _PLACE.sub("", said)
    words = next((plain for found, plain in _PLAINER if found.fullmatch(said)), said)
    at_column = f" ({place[2]})" if place and place[2] else ""
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return ConfigError(f"this is not TOML: {words}{at_column}", file=str(path), line=line)
