"""Feed text made into XML that a strict parser accepts, where only small things stand against it.

The strict parser is faster and more faithful than the tolerant one, so it is worth to mend what
real feeds have: bare ampersands, HTML entities, control characters, text before and after the root.
Declarations of a document type are left out, and with them every entity they declare.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5

__all__ = ["mended", "root_element"]

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNUSUAL_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:0{0,5}(?:[0-8]|1[124-9]|2[0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{7})"
    r"|[xX]0{0,4}(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]"
    r"|(?!10)[0-9a-fA-F]{6}));"
)


def root_element(text: str, start: int, root: str) -> str:
    """Return the XML from the root's start tag at ``start`` to the end of the root.

    ``root`` is the root's name as written (with its prefix).
    """
    end = text.rfind(f"</{root}")
    close = text.find(">", end) if end > start else -1
    return text[start : close + 1] if close > 0 else text[start:]


def mended(text: str) -> str:
    """Return a root element as XML that a strict parser more likely accepts."""
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
    if "&#" in text and _FORBIDDEN_REFERENCE.search(text):
        text = _FORBIDDEN_REFERENCE.sub("", text)
    if _UNUSUAL_REFERENCE.search(text):
        text = _outside_cdata(text, lambda part: _UNUSUAL_REFERENCE.sub(_as_character, part))
    return text


def _as_character(reference: re.Match[str]) -> str:
    """Return what an HTML entity stands for; a lone ampersand, or an unknown name, as text."""
    name = reference[1]
    if name is None:
        return "&amp;"
    character = html5.get(name)
    return character if character is not None else f"&amp;{name}"


def _outside_cdata(text: str, change: Callable[[str], str]) -> str:
    """Apply ``change`` to everything but the CDATA sections."""
    pieces = []
    at = 0
    while True:
        begin = text.find("<![CDATA[", at)
        end = text.find("]]>", begin) if begin >= 0 else -1
        if end < 0:
            pieces.append(change(text[at:]))
            return "".join(pieces)
        pieces += [change(text[at:begin]), text[begin:end]]
        at = end
