"""feedparser's two parsers, with limits: the only place that touches its inside.

``feedparser.parse`` guards against nothing: the attributes of one tag, the categories of one entry
and the length of an author's name each cost it time by their square. Its parser classes are driven
here as it does (strict first, then tolerant), with every such quantity bounded.
"""

from __future__ import annotations

import io
import xml.sax
from typing import Any
from xml.sax import handler, xmlreader

from feedparser.api import LooseFeedParser, StrictFeedParser

from feedhub.errors import ParseError
from feedhub.parse.reading import (
    MAX_BASE,
    MAX_CATEGORIES,
    MAX_ROWS,
    MAX_TAGS,
    SHORT_LENGTH,
    Reading,
)

__all__ = ["read_feed"]

_MAX_ATTRIBUTES = 200
_MAX_NAMESPACES = 200
# Elements whose text feedparser takes apart, and characters of it that may matter.
_SHORT = frozenset({
    "published", "updated", "created", "expired", "validity", "author", "publisher", "name",
    "email", "category", "tags", "itunes_keywords", "media_keywords", "restriction",
})  # fmt: skip

_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class _EnoughError(Exception):
    """A limit is reached; what was read so far counts."""


class _Limits:
    """Overrides shared by both parsers; stands before them in the order of methods."""

    tags_seen = 0
    resolve_relative_uris = False
    sanitize_html = False

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - SAX's name
        _check_attributes(attrs)
        super().startElementNS(name, qname, attrs)  # type: ignore[misc]  # feedparser is untyped

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        _check_attributes(attrs)
        self.tags_seen += 1
        if self.tags_seen > MAX_TAGS:
            raise _EnoughError
        # An element where feedparser does not expect it costs itself and not the feed.
        try:  # noqa: SIM105 - runs for every tag, and suppress() is slow
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]  # feedparser is untyped
        except _BROKEN:
            pass
        if len(self.baseuri or "") > MAX_BASE:  # type: ignore[attr-defined]  # feedparser's
            raise ParseError(f"The feed is refused: an xml:base is longer than {MAX_BASE} letters.")

    def unknown_endtag(self, tag: str) -> None:
        try:  # noqa: SIM105
            super().unknown_endtag(tag)  # type: ignore[misc]  # feedparser is untyped
        except _BROKEN:
            pass

    def _start_item(self, attrs: Any) -> None:
        if len(self.entries) >= MAX_ROWS:  # type: ignore[attr-defined]  # feedparser's attribute
            raise _EnoughError
        super()._start_item(attrs)  # type: ignore[misc]  # feedparser is untyped

    _start_entry = _start_item

    def _get_context(self) -> Any:
        if "textinput" not in self.feeddata:  # type: ignore[attr-defined]  # feedparser's attribute
            self.intextinput = 0  # begun inside an entry, it is nowhere to be found
        return super()._get_context()  # type: ignore[misc]  # feedparser is untyped

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        output = super().pop(element, strip_whitespace)  # type: ignore[misc]  # untyped
        if element in _SHORT and isinstance(output, str):
            return output[:SHORT_LENGTH]
        return output

    def _add_tag(self, term: Any, scheme: Any, label: Any) -> None:
        tags = self._get_context().get("tags")
        if not tags or len(tags) < MAX_CATEGORIES:
            super()._add_tag(term, scheme, label)  # type: ignore[misc]  # feedparser is untyped

    def _sync_author_detail(self, key: str = "author") -> None:
        # feedparser would look for a mail address and cut the name at it; it stays as written.
        context = self._get_context()
        records = context.get(f"{key}s")
        text = context.get(key)
        if records and not records[-1] and isinstance(text, str) and text:
            records[-1]["name"] = text[:SHORT_LENGTH]


# feedparser ships no types, so its classes are Any to the checker.
class _Strict(_Limits, StrictFeedParser):  # type: ignore[misc]
    def startPrefixMapping(self, prefix: Any, uri: Any) -> None:  # noqa: N802 - SAX's name
        # Every element is compared with all of them.
        if len(self.namespaces_in_use) >= _MAX_NAMESPACES:
            raise ParseError(
                f"The feed is refused: it declares more than {_MAX_NAMESPACES} namespaces."
            )
        super().startPrefixMapping(prefix, uri)


class _Loose(_Limits, LooseFeedParser):  # type: ignore[misc]
    pass


def read_feed(text: str) -> Reading:
    """Read a feed from its root's start tag on; ``text`` has no document type.

    Raises ``ParseError`` for what no feed needs and for what even the tolerant parser cannot read.
    """
    try:
        return _strictly(text)
    except (xml.sax.SAXException, *_BROKEN):
        pass  # not well-formed: the tolerant parser begins anew
    parser = _Loose(None, None, "utf-8", {})
    cut = False
    try:
        parser.feed(text)
    except _EnoughError:
        cut = True
    except _BROKEN as error:
        if not parser.entries:
            raise ParseError(
                f"The feed is too broken to be read ({type(error).__name__})."
            ) from error
        cut = True
    return _reading(parser, cut=cut)


def _strictly(text: str) -> Reading:
    parser = _Strict(None, None, "utf-8")
    # The text has no document type, so there is no entity to expand and nothing to load.
    reader = xml.sax.make_parser()  # noqa: S317
    reader.setFeature(handler.feature_namespaces, True)
    reader.setFeature(handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(text.encode("utf-8", "replace")))
    try:
        reader.parse(source)
    except _EnoughError:
        return _reading(parser, cut=True)
    return _reading(parser, cut=False)


def _reading(parser: Any, *, cut: bool) -> Reading:
    return Reading(
        version=str(parser.version or ""), about=parser.feeddata, rows=parser.entries, cut=cut
    )


def _check_attributes(attributes: Any) -> None:
    if len(attributes) > _MAX_ATTRIBUTES:
        raise ParseError(f"The feed is refused: one of its tags has {len(attributes)} attributes.")
