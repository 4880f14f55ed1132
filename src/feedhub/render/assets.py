"""The files that pages and feeds point to: the style sheets and the icon."""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from feedhub.render.feeds import STYLESHEET

__all__ = ["Assets", "fingerprint"]

_SHAPING = ("static", "templates", "locale")


class Assets:
    """Our style sheets, with ``theme.css`` of the operator's folder added to that of the site.

    ``style_path`` and ``desk_path`` (what only the forms need) carry a checksum of their content
    and so may be cached for ever.
    """

    def __init__(self, overrides: Path | None) -> None:
        static = resources.files("feedhub.render") / "static"
        style = (static / "site.css").read_bytes()
        own = overrides / "theme.css" if overrides else None
        if own is not None and own.is_file():
            style += b"\n" + own.read_bytes()
        style = _smaller(style)
        desk = _smaller((static / "desk.css").read_bytes())
        self.style_path = _named("site", style)
        self.desk_path = _named("desk", desk)
        self.files = {
            self.style_path: style,
            self.desk_path: desk,
            STYLESHEET: (static / "feed.css").read_bytes(),
            "assets/icon.svg": (static / "icon.svg").read_bytes(),
        }


def fingerprint(overrides: Path | None) -> str:
    """Return a checksum of every file that shapes the pages: ours and those of the operator.

    As long as it stays, the same values give the same pages.
    """
    digest = hashlib.sha256()
    for folder in _SHAPING:
        for file in sorted((resources.files("feedhub.render") / folder).iterdir(), key=_name):
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    if overrides is not None and overrides.is_dir():
        for own in sorted([*overrides.glob("*.html"), *overrides.glob("theme.css")]):
            digest.update(own.name.encode() + b"\0" + own.read_bytes() + b"\0")
    return digest.hexdigest()


def _named(name: str, style: bytes) -> str:
    return f"assets/{name}.{hashlib.sha256(style).hexdigest()[:12]}.css"


def _name(file: Traversable) -> str:
    return file.name


def _smaller(style: bytes) -> bytes:
    """A style sheet without comments and needless white space."""
    style = re.sub(rb"/\*[^*]*(?:\*(?!/)[^*]*)*\*/", b"", style)
    style = re.sub(rb"\s+", b" ", style)
    return re.sub(rb" ?([{};]) ?|(:|,) ", rb"\1\2", style).replace(b";}", b"}").strip() + b"\n"
