"""The fast path: well-formed feeds of the usual elements, read without feedparser.

expat, which feedparser's strict parser stands on too, hands its tags straight to tables of rules
(``plain_tables``). What comes out are the records that feedparser would make, as far as they are
read; whatever the tables do not know exactly makes the feed not plain, and feedparser reads it
from the beginning. So feedparser stays the referee (tests/unit/parse/test_plain_feed.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from feedhub.parse.plain_names import FOREIGN, UNKNOWN, NotPlainError, PlainNames
from feedhub.parse.plain_records import PlainRecords
from feedhub.parse.plain_tables import DOCUMENT, PASSED_OVER, Rule
from feedhub.parse.reading import MAX_TAGS, Reading

__all__ = ["read_plain"]

# References that expat takes and mending changes: longer than 7 digits, or forbidden in a section.
_ODD_REFERENCE = re.compile(
    rb"&#(?:[0-9]{8}|[xX][0-9A-Fa-f]{7}|0{0,5}(?:[0-8]|1[124-9]|2[0-9]|3[01]);|5[5-7][0-9]{3};"
    rb"|6553[45];|[0-9]{7};|[xX]0{0,4}(?:[0-8bcefBCEF]|1[0-9a-fA-F]);|[xX][dDfF][0-9a-fA-F]{3};"
    rb"|[xX][0-9a-fA-F]{6};)"
)
# What feedparser takes for windows-1252: U+0080 to U+009F, written or referred to.
_HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_HIGH_CONTROL_REFERENCE = re.compile(rb"&#(?:0{0,5}1[2-5][0-9]|x0{0,4}[89][0-9A-Fa-f]);")

_Open = tuple[
    Mapping[str, Rule] | None, Callable[[PlainRecords, str], None] | None, str, str | None
]


def read_plain(text: str) -> Reading | None:
    """Read a feed from its root's start tag to its end tag, None where it is not plain.

    Not plain is also what is not well-formed, what ``repair.mended`` would change and what passes
    a limit of ``bounded_reader``.
    """
    try:
        body = text.encode("utf-8")
    except UnicodeEncodeError:
        return None  # half a character
    if body.count(b"<") > MAX_TAGS:
        return None
    high = _HIGH_CONTROL.search(body) is not None
    if b"&#" in body:
        if _ODD_REFERENCE.search(body):
            return None
        high = high or _HIGH_CONTROL_REFERENCE.search(body) is not None
    try:
        return _Reader(high_controls=high).read(body)
    except (NotPlainError, expat.ExpatError):
        return None


class _Reader:
    def __init__(self, *, high_controls: bool) -> None:
        self._records = PlainRecords(high_controls=high_controls)
        self._names = PlainNames()
        self._known: dict[str, str] = {}
        self._open: list[_Open] = []
        #: what may stand where the reader is, None within a text
        self._table: Mapping[str, Rule] | None = DOCUMENT

    def read(self, body: bytes) -> Reading:
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.StartNamespaceDeclHandler = self._names.declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._records.pieces.append
        parser.Parse(body, True)
        records = self._records
        return Reading(version=records.version, about=records.about, rows=records.rows, cut=False)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        records, table = self._records, self._table
        if table is None:
            raise NotPlainError
        key = self._known.get(name)
        if key is None:
            key = self._known[name] = self._names.element(name)
        rule = table.get(key)
        if rule is None:
            if key not in {FOREIGN, UNKNOWN} or table is DOCUMENT:
                raise NotPlainError
            rule = PASSED_OVER
        wanted, begin, end, inner = rule
        if attributes:
            if wanted is None:
                raise NotPlainError
            attributes = self._names.attributes(attributes, wanted)
            if "xml:lang" in attributes:
                records.lang = attributes["xml:lang"] or None
            if "xml:base" in attributes:
                records.rebase(attributes["xml:base"])
        if table is DOCUMENT:
            records.version = self._names.version
        self._open.append((table, end, records.base, records.lang))
        if begin is not None:
            begin(records, attributes)
        records.pieces.clear()
        self._table = inner

    def _end(self, _name: str) -> None:
        records, opened = self._records, self._open
        self._table, end = opened.pop()[:2]
        pieces = records.pieces
        if end is not None:
            records.depth = len(opened) + 1
            end(records, "".join(pieces).strip())
        pieces.clear()
        if opened:
            # As feedparser does: back to the outer language, and to the outer base if it has one.
            outer = opened[-1]
            records.lang = outer[3]
            if outer[2]:
                records.base = outer[2]
