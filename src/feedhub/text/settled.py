"""Tells of safe HTML, without parsing it, that parsing and writing it again would change nothing.

A parser moves what stands where HTML does not allow it: a paragraph in a paragraph, text between
table rows. Where every element stands properly inside one that may hold it, parsing builds the
very elements that are written (HTML, 13.2.6.4.7 to 13.2.6.4.15), and writing them gives the same
text. This knows such places for the elements of ordinary articles; of others it says nothing.
"""

from __future__ import annotations

import re

__all__ = ["is_settled"]

# In names of hosts: what no parser of addresses takes for a number or for encoded letters; and
# numbers as a parser writes them.
_NAME = r"(?:(?!xn--)[a-z0-9_][a-z0-9_-]*+\.)*+(?!xn--)[a-z][a-z0-9_-]*+"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PORT = r"(?::(?:[1-5][0-9]{4}|6[0-4][0-9]{3}|[0-9]{1,4}))?+"
_HOST = rf"https?://(?:{_NAME}|(?:{_BYTE}\.){{3}}{_BYTE}){_PORT}"
_ATTRIBUTE = (
    rf' (?:(?:href|src|cite)="{_HOST}(?=[/?#"])[^"<>]*+"'
    r'|(?!(?:href|src|cite|rel)=)[a-z]++="[^"<>]*+")'
)
# The cleaner writes a link's ``rel`` anew, behind all others.
_TAG = re.compile(rf'<(/?)([a-z0-9]++)(?:{_ATTRIBUTE})*+(?: rel="[a-z ]*+")?+>')
_REFERENCES = ("&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;")

# Between the parts of a table stand blanks and other parts, nothing else.
_LOOSE_IN_TABLE = re.compile(
    r"(?:<(?:table|thead|tbody|tfoot|tr)(?: [^>]*+)?+>|</(?:caption|thead|tbody|tfoot|tr|td|th)>)"
    r"[ \t\n]*+(?!</?(?:caption|thead|tbody|tfoot|tr|td|th)[ >]|</table>)"
)
_EMPTY = frozenset(["br", "img", "hr"])
# May stand anywhere, and hold what may stand where they stand.
_INLINE = frozenset({
    "a", "q", "cite", "code", "kbd", "samp", "var", "em", "strong", "b", "i", "u", "s", "del",
    "ins", "sub", "sup", "small", "mark", "abbr", "time", "br", "img",
})  # fmt: skip
# Closed by whatever is not inline.
_NARROW = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6"])
_ROWS = frozenset(["thead", "tbody", "tfoot"])
# What the others may stand in directly; None is anything but the narrow ones. A ``pre`` is left to
# the parser: it drops the first line end.
_PARENTS: dict[str, frozenset[str] | None] = {
    **dict.fromkeys(_NARROW),
    **dict.fromkeys([
        "ul", "ol", "dl", "table", "figure", "figcaption", "blockquote", "div", "section",
        "article", "address", "details", "summary", "hr",
    ]),
    "li": frozenset(["ul", "ol"]),
    "dt": frozenset(["dl"]),
    "dd": frozenset(["dl"]),
    "caption": frozenset(["table"]),
    **dict.fromkeys(_ROWS, frozenset(["table"])),
    "tr": _ROWS,
    "td": frozenset(["tr"]),
    "th": frozenset(["tr"]),
}  # fmt: skip
_NOWHERE: frozenset[str] = frozenset()


def is_settled(safe_html: str) -> bool:
    """Tell whether ``safe_html`` certainly stays as it is when it is sanitised once more.

    ``safe_html`` is what one pass of the cleaner wrote: its elements and attributes are allowed
    ones. False says only that it has to be tried.
    """
    tags: list[tuple[str, str]] = _TAG.findall(safe_html)
    if not len(tags) == safe_html.count("<") == safe_html.count(">"):
        return False
    if "&" in safe_html and safe_html.count("&") != sum(map(safe_html.count, _REFERENCES)):
        return False
    if "<table" in safe_html and _LOOSE_IN_TABLE.search(safe_html):
        return False
    return _is_nested(tags)


def _is_nested(tags: list[tuple[str, str]]) -> bool:
    """Tell whether all elements are closed in their turn and stand where they may."""
    opened: list[str] = []
    narrow = linked = False
    for closing, name in tags:
        if closing:
            if not opened or opened.pop() != name:
                return False
            if name == "a":
                linked = False
            elif name in _NARROW:
                narrow = False
            continue
        if name not in _INLINE and (narrow or not _may_stand(name, opened)):
            return False
        if name == "a":
            if linked:
                return False
            linked = True
        elif name in _NARROW:
            narrow = True
        if name not in _EMPTY:
            opened.append(name)
    return not opened


def _may_stand(name: str, opened: list[str]) -> bool:
    parents = _PARENTS.get(name, _NOWHERE)
    return parents is None or (bool(opened) and opened[-1] in parents)
