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
# U+0080 to U+009F, written or referred to.
_HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_HIGH_CONTROL_REFERENCE = re.compile(rb"&#(?:0{0,5}1[2-5][0-9]|x0{0,4}[89][0-9A-Fa-f]);")


def read_plain(text: str) -> Reading | None:
    """Read a feed from its root's start tag to its end tag, None where it is not plain.

    Not plain is also what is not well-formed, what ``repair.mended`` would change and what passes
    a limit of ``bounded_reader``.
    """
    try:
        body = text.encode("utf-8")
    except UnicodeEncodeError:
        return None  # half a character
    # An element takes four bytes at least.
    if len(body) > 4 * MAX_TAGS and body.count(b"<") > MAX_TAGS:
        return None
    high = _HIGH_CONTROL.search(body) is not None
    if b"#" in body and b"&#" in body:  # one byte is found many times faster than two
        if _ODD_REFERENCE.search(body):
            return None
        high = high or _HIGH_CONTROL_REFERENCE.search(body) is not None
    try:
        return _Reader(high_controls=high).read(body)
    except (NotPlainError, expat.ExpatError):
        return None


class _Place(dict[str, Rule]):
    """The rules of a table by expat's names, filled as names occur."""

    def __init__(self, names: PlainNames, table: Mapping[str, Rule]) -> None:
        self._names = names
        self._table = table

    def __missing__(self, name: str) -> Rule:
        key = self._names.element(name)
        rule = self._table.get(key)
        if rule is None:
            if key not in {FOREIGN, UNKNOWN} or self._table is DOCUMENT:
                raise NotPlainError
            rule = PASSED_OVER
        self[name] = rule
        return rule


class _Reader:
    def __init__(self, *, high_controls: bool) -> None:
        self._records = PlainRecords(high_controls=high_controls)
        self._names = PlainNames()
        self._places: dict[int, _Place] = {}
        #: where the reader is, None within a text
        self._place: _Place | None = _Place(self._names, DOCUMENT)
        # Of each open element: where it stands, what ends it, its base and its language.
        self._open: list[
            tuple[_Place, Callable[[PlainRecords, str], None] | None, str, str | None]
        ] = []

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
        records, place = self._records, self._place
        if place is None:
            raise NotPlainError
        wanted, begin, end, inner = place[name]
        if attributes:
            if wanted is None:
                raise NotPlainError
            attributes = self._names.attributes(attributes, wanted)
            if "xml:lang" in attributes:
                records.lang = attributes["xml:lang"] or None
            if "xml:base" in attributes:
                records.rebase(attributes["xml:base"])
        opened = self._open
        if not opened:
            records.version = self._names.version
        opened.append((place, end, records.base, records.lang))
        if begin is not None:
            begin(records, attributes)
        records.pieces.clear()
        if inner is None:
            self._place = None
        else:
            here = self._places.get(id(inner))
            if here is None:
                here = self._places[id(inner)] = _Place(self._names, inner)
            self._place = here

    def _end(self, _name: str) -> None:
        records, opened = self._records, self._open
        self._place, end, _, _ = opened.pop()
        pieces = records.pieces
        if end is not None:
            records.depth = len(opened) + 1
            end(records, "".join(pieces).strip())
        pieces.clear()
        if opened:
            # As feedparser does: back to the outer language, and to the outer base if it has one.
            _, _, base, records.lang = opened[-1]
            if base:
                records.base = base
