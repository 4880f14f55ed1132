"""The records that feedparser would keep of a feed, while it is read without feedparser.

The methods do what feedparser's methods of other names do; those are named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from feedhub.parse.plain_names import NotPlainError
from feedhub.parse.reading import MAX_BASE, MAX_CATEGORIES, SHORT_LENGTH

__all__ = ["PlainRecords"]

# feedparser's own (urls.py)
_TOO_MANY_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_MAYBE_HTML = re.compile(r"</(\w+)>|&#?\w+;")
# feedparser takes U+0080 to U+009F for what stands there in windows-1252.
_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(128, 160)
    if code not in {129, 141, 143, 144, 157}
}
_KINDS = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}

_Record = dict[str, Any]


class PlainRecords:
    """The records of one document while it is read."""

    def __init__(self, *, high_controls: bool) -> None:
        self.version = ""
        self.atom = False
        self.about: _Record = {}
        self.rows: list[_Record] = []
        #: the record that is being filled
        self.record = self.about
        #: how many elements are open
        self.depth = 0
        self.base = ""
        self.lang: str | None = None
        #: text since the last tag
        self.pieces: list[str] = []
        #: type, language and base of the text that is being read
        self.detail: _Record = {}
        # of feedparser's state
        self.title_depth = -1
        self.depths: dict[str, int] = {}
        self.has_content = False
        self.as_content = False
        self.is_permalink = False
        self.link_open = False
        self.channels = 0
        self._high_controls = high_controls

    def begin_text(self, attributes: Mapping[str, str], default: str) -> None:
        """Note what a text is (``push_content``)."""
        kind = attributes.get("type")
        mapped = default if kind is None else _KINDS.get(kind)
        if mapped is None:
            raise NotPlainError
        lang = self.lang
        self.detail = {
            "type": mapped,
            "language": lang.replace("_", "-") if lang else lang,
            "base": self.base,
        }

    def end_text(self, text: str) -> _Record:
        """Return the text with what was noted of it (``pop_content``)."""
        detail = self.detail
        if not self.atom and detail["type"] == "text/plain" and _MAYBE_HTML.search(text):
            # Imported where it is needed: it takes long to start and few titles need it.
            from feedparser.mixin import _FeedParserMixin

            if _FeedParserMixin.looks_like_html(text):
                detail["type"] = "text/html"
        detail["value"] = self.repaired(text)
        return detail

    def repaired(self, text: str) -> str:
        """Undo UTF-8 that was read as ISO 8859-1, and windows-1252 that was (``pop``)."""
        if text.isascii():
            return text
        try:  # noqa: SIM105 - runs for every text, and suppress() is slow
            text = text.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            pass
        # Only where there are any: translate() is slow.
        return text.translate(_WINDOWS_1252) if self._high_controls else text

    def resolved(self, address: str) -> str:
        """Join an address to xml:base (``resolve_uri``)."""
        if ":///" in address:
            address = _TOO_MANY_SLASHES.sub(r"\1\3", address)
        if not self.base or not address:
            return address or self.base
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""

    def rebase(self, address: str) -> None:
        """Take in an xml:base; only whole http addresses in their shortest form are plain."""
        if not address:
            return
        base = self.resolved(address)
        if len(base) > MAX_BASE or not base.startswith(("http://", "https://")):
            raise NotPlainError
        before, self.base = self.base, base
        if self.resolved(base) != base:
            self.base = before
            raise NotPlainError

    def keep(self, name: str, value: str) -> None:
        """Keep a row's field unless one from higher up is there (``property_depth_map``)."""
        before = self.depths.get(name)
        if before is None or self.depth <= before:
            self.depths[name] = self.depth
            self.record[name] = value

    def add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.record.get("tags")
        if tags and len(tags) >= MAX_CATEGORIES:
            return
        tags = self.record.setdefault("tags", [])
        if term or scheme or label:
            tag = {"term": term, "scheme": scheme, "label": label}
            if tag not in tags:
                tags.append(tag)

    def name_author(self) -> None:
        authors, text = self.record.get("authors"), self.record.get("author")
        if authors and not authors[-1] and text:
            authors[-1]["name"] = text[:SHORT_LENGTH]
