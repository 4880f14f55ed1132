"""Bytes to text: which encoding, on what evidence, and how much of it did not fit.

Order of evidence: a byte order mark; bytes that are strictly UTF-8 and not only ASCII, whatever the
label says; the declared header; the document's own declaration; Vietnamese spelling; statistics.
Labels mean what browsers take them for (WHATWG Encoding: iso-8859-1 is windows-1252).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

from feedhub.text import legacy_vietnamese

__all__ = ["Decoded", "decode"]

Kind = Literal["xml", "html"]

REPLACEMENT = "\ufffd"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(
    rb"\s{0,200}<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([\w.:+-]{1,40})"
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w.:+-]{1,40})", re.IGNORECASE
)
# WHATWG lets a browser look at 1,024 bytes; portals put longer things before their meta.
_PRESCAN_BYTES = 4096
_SAMPLE_BYTES = 32_768
_STATISTICS_BYTES = 16_384

_SINGLE_BYTE = frozenset(
    ["cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874"]
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
    + [f"cp125{page}" for page in range(9)]
)
_MULTI_BYTE = frozenset(
    ["gb18030", "big5hkscs", "euc_jp", "euc_jis_2004", "iso2022_jp", "cp932", "cp949"]
)
_UNICODE = frozenset(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
# What browsers make of a label, by the name Python gives its codec.
_AS_BROWSERS_DO = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs",
    "shift_jis": "cp932", "euc_kr": "cp949", "utf-8-sig": "utf-8",
}  # fmt: skip
_VIETNAMESE_LABELS = {
    "tcvn": "tcvn", "tcvn-5712": "tcvn", "tcvn5712-1": "tcvn", "tcvn3": "tcvn",
    "x-viet-tcvn": "tcvn", "x-viet-tcvn5712": "tcvn", "viscii": "viscii", "csviscii": "viscii",
    "viscii1.1-1": "viscii", "x-viet-vni": "vni", "vni": "vni",
}  # fmt: skip
# Labels under which Vietnamese legacy text is served: the Western default and its neighbours.
_WESTERN = frozenset(["cp1252", "cp1258", "cp1254", "iso8859-15"])


_STATISTICS_PAGES = sorted(
    (_SINGLE_BYTE | _MULTI_BYTE) - {"cp874", "mac-cyrillic", "euc_jis_2004", "cp1258"}
)
_SIGN_IN_WORD = re.compile(r"[^\W\d_][¡-¬®-¿Ÿ×÷][^\W\d_]|[a-z][³¹¿][\W]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, the encoding it was read in, why, and how many characters are replacements.

    ``damaged`` counts U+FFFD in ``text``: bytes that fitted no character, ours or an earlier
    program's. 0 means nothing was lost.
    """

    text: str
    encoding: str
    evidence: str
    damaged: int


def decode(body: bytes, *, content_type: str | None, kind: Kind) -> Decoded:
    """Decode a document; never fails.

    ``content_type`` is the Content-Type header, whole. ``kind`` says whose declaration to look
    for: an XML declaration or an HTML meta. Text begins without a byte order mark.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _read(body[len(mark) :], encoding, "byte order mark")
    label, evidence = _label(body, content_type, kind)
    strict = _strict_utf8(body, label)
    if strict is not None:
        ascii_only = len(strict) == len(body)
        why = evidence if label == "utf-8" else "plain ASCII" if ascii_only else "valid UTF-8"
        return _found(strict, "utf-8", why)
    if label is not None:
        declared = _by_label(body, label, evidence)
        if declared is not None:
            return declared
    return _detected(body)


def _found(text: str, encoding: str, evidence: str) -> Decoded:
    # `in` is many times faster than counting, and nearly always says no.
    damaged = text.count(REPLACEMENT) if REPLACEMENT in text else 0
    return Decoded(text=text, encoding=encoding, evidence=evidence, damaged=damaged)


def _read(body: bytes, encoding: str, evidence: str) -> Decoded:
    decoder = legacy_vietnamese.DECODERS.get(encoding)
    text = decoder(body) if decoder else body.decode(encoding, "replace")
    return _found(text, encoding, evidence)


def _label(body: bytes, content_type: str | None, kind: Kind) -> tuple[str | None, str]:
    """Return the declared encoding by our name for it, and where it was declared."""
    declared = _CHARSET_PARAMETER.search(content_type or "")
    encoding = _known(declared[1]) if declared else None
    if encoding is not None:
        return encoding, "declared header"
    start = body[:_PRESCAN_BYTES]
    if start[:4] in {b"<\0?\0", b"\0<\0?"} or start[:4] in {b"<\0h\0", b"\0<\0h"}:
        return ("utf-16-le" if start[0] else "utf-16-be"), "zero bytes between letters"
    for pattern, source in (
        (_XML_DECLARATION, "XML declaration"),
        *([(_META_CHARSET, "meta")] if kind == "html" else []),
    ):
        found = pattern.match(start) if pattern is _XML_DECLARATION else pattern.search(start)
        encoding = _known(found[1].decode("ascii", "replace")) if found else None
        if encoding is not None:
            # A declaration that could be read byte by byte does not stand in UTF-16 or UTF-32.
            return ("utf-8" if encoding.startswith(("utf-16", "utf-32")) else encoding), source
    return None, ""


def _known(label: str) -> str | None:
    label = label.strip().lower()
    if label in _VIETNAMESE_LABELS:
        return _VIETNAMESE_LABELS[label]
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _AS_BROWSERS_DO.get(name, name)
    if name == "cp1258":
        return "windows-1258"
    # Python has codecs that are no charsets (base64, idna, utf-7 ...); those are not followed.
    return name if name in _SINGLE_BYTE or name in _MULTI_BYTE or name in _UNICODE else None


def _strict_utf8(body: bytes, label: str | None) -> str | None:
    """Return the text if the bytes are UTF-8 beyond doubt, else None."""
    if label == "iso2022_jp" and b"\x1b" in body:
        return None  # ASCII bytes that are not ASCII text
    if label is not None and label.startswith(("utf-16", "utf-32")) and b"\0" in body[:64]:
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # A few East Asian two-byte characters can pass for UTF-8; eight in a row do not.
    if label in _MULTI_BYTE and 0 < sum(1 for letter in text if letter > "\x7f") < 8:
        return None
    return text


def _by_label(body: bytes, label: str, evidence: str) -> Decoded | None:
    """Read ``body`` as its label says, or return None where the label is plainly untrue."""
    if label == "utf-8" or label in _WESTERN or label == "windows-1258":
        nearly = _nearly_utf8(body, evidence, lenient=label == "utf-8")
        if nearly is not None:
            return nearly
    if label == "utf-8":
        return None
    if label in _WESTERN or label == "windows-1258":
        vietnamese = legacy_vietnamese.recognise(_sample(body))
        if vietnamese is not None and vietnamese != label:
            return _read(body, vietnamese, "Vietnamese spelling, against its label")
    read = _read(body, label, evidence)
    # Single bytes nearly always decode to something. Where a tenth of the marked text does not,
    # the label is about another document.
    marked = sum(1 for letter in read.text if letter > "\x7f")
    return None if read.damaged * 10 > marked else read


def _nearly_utf8(body: bytes, evidence: str, *, lenient: bool) -> Decoded | None:
    """Read UTF-8 that a few bad bytes have got into: those are lost, the rest is kept."""
    text = body.decode("utf-8", "replace")
    lost = text.count(REPLACEMENT) - body.count(b"\xef\xbf\xbd")
    good = sum(1 for letter in text if letter > "\x7f") - text.count(REPLACEMENT)
    if good < lost * (1 if lenient else 2):
        return None
    return _found(text, "utf-8", evidence if lenient else "UTF-8 but for a few bytes")


def _sample(body: bytes) -> bytes:
    """Return the part of ``body`` that tells: from shortly before its first non-ASCII byte."""
    first = next((at for at, byte in enumerate(body) if byte > 0x7F), 0)
    return body[max(0, first - 64) : first + _SAMPLE_BYTES]


def _detected(body: bytes) -> Decoded:
    nearly = _nearly_utf8(body, "", lenient=False)
    if nearly is not None:
        return nearly
    sample = _sample(body)
    vietnamese = legacy_vietnamese.recognise(sample)
    if vietnamese is not None:
        return _read(body, vietnamese, "Vietnamese spelling")
    guess = _by_statistics(sample[:_STATISTICS_BYTES])
    if guess is not None:
        return _read(body, guess, "statistics")
    return _read(body, "cp1252", "nothing better: the Western default")


def _by_statistics(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=_STATISTICS_PAGES, preemptive_behaviour=False)
    best = matches.best()
    if best is None:
        return None
    western = any(
        "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos + 0.04
        for match in matches
    )
    if western and _reads_as_western(sample.decode("cp1252", "replace")):
        return "cp1252"  # code pages of one family tie; the most common of them wins
    return _known(best.encoding)


def _reads_as_western(text: str) -> bool:
    """Tell whether windows-1252 makes sense: no signs inside words, no impossible neighbours."""
    return not _SIGN_IN_WORD.search(text) and not ("ø" in text and ("ì" in text or "ù" in text))
