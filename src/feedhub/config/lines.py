"""Finds the line of a TOML file on which a key stands, for error messages.

The reader of TOML gives values without places. This scan follows table headers and keys
only; it is used after the file was read successfully, so it need not judge the syntax.
"""

from __future__ import annotations

import re

__all__ = ["KeyPath", "key_lines"]


KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


class _Scan:
    """Where the scan stands: the open table, and how many of each array of tables were opened."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._opened: dict[KeyPath, int] = {}
        self._table: KeyPath = ()

    def _address(self, parts: list[str], *, array: bool) -> KeyPath:
        path: KeyPath = ()
        for depth, part in enumerate(parts):
            path = (*path, part)
            last = depth == len(parts) - 1
            if array and last:
                self._opened[path] = self._opened.get(path, -1) + 1
            if path in self._opened:
                path = (*path, self._opened[path])
        return path

    def header(self, bracket: str, name: str, number: int) -> None:
        self._table = self._address(_parts(name), array=bracket == "[[")
        self.lines.setdefault(self._table, number)

    def key(self, name: str, number: int) -> None:
        path = self._table
        for part in _parts(name):
            path = (*path, part)
            self.lines.setdefault(path, number)


def _unclosed(text: str) -> bool:
    """Tell whether an array or inline table opened in ``text`` is still open at its end."""
    bare = re.sub(r""""(?:[^"\\]|\\.)*"|'[^']*'""", "", text)
    bare = re.sub(r"#.*", "", bare)
    return bare.count("[") + bare.count("{") > bare.count("]") + bare.count("}")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) of every table and key of a valid TOML text.

    A path is made of key names and, below arrays of tables, their index:
    ``("sources", 2, "listing", "entry")``.
    """
    scan = _Scan()
    rest = ""
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quote:
            if quote in line:
                quote = ""
            continue
        if rest:
            rest = f"{rest}\n{line}"
            if not _unclosed(rest):
                rest = ""
            continue
        if match := _HEADER.match(line):
            scan.header(match[1], match[2], number)
        elif match := _KEY.match(line):
            scan.key(match[1], number)
            value = line[match.end() :]
            opened = next((mark for mark in ('"""', "'''") if value.count(mark) % 2), "")
            quote = opened
            if not opened and _unclosed(value):
                rest = value
    return scan.lines
