"""Vietnamese code pages from before Unicode: their tables, and how to tell them apart.

Pages in these code pages are nearly always labelled as something else (a font did the work, not
the charset), so they are recognised by what comes out: Vietnamese syllables follow strict rules of
spelling, and only the right table turns most of the marked words into possible syllables.

Tables: TCVN 5712:1993 (VN2; the ABC or TCVN3 fonts are its lower-case part), VISCII 1.1 (RFC 1456),
VNI for Windows (a letter followed by a letter that stands for its marks). windows-1258 is Python's.
"""

from __future__ import annotations

import re
import unicodedata

from feedhub.text.normal import normal

__all__ = ["DECODERS", "recognise"]

_ASCII = "".join(map(chr, range(0x80)))

_TCVN_TABLE = _ASCII + (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ"
    "ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
    "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ"
    "\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
    "éẹềểễếệìỉỄẾỒĩíịò"
    "Ổỏõóọồổỗốộờởỡớợù"
    "ỖủũúụừửữứựỳỷỹýỵỐ"
)

# VISCII also keeps six capitals among the control codes, where no text of today has anything else.
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_TABLE = "".join(_VISCII_LOW.get(code, chr(code)) for code in range(0x80)) + (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
    "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệố"
    "ồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
    "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉ"
    "đựòóôõỏọụùúũủýợỮ"
)

# VNI: what stands for itself, and what adds marks to the vowel before it.
_VNI_LETTERS = str.maketrans("ñôöæóòîÑÔÖÆÓÒÎ", "đơưỉĩịỵĐƠƯỈĨỊỴ")
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_TONES = frozenset(_GRAVE + _ACUTE + _HOOK + _TILDE + _DOT)
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_MARKS |= {letter.upper(): marks for letter, marks in _VNI_MARKS.items()}
_VNI_PAIR = re.compile("([aeouyôöAEOUYÔÖ])([" + "".join(_VNI_MARKS) + "])")


def _by_table(body: bytes, table: str) -> str:
    return unicodedata.normalize("NFC", body.decode("latin-1").translate(dict(enumerate(table))))


def _tcvn(body: bytes) -> str:
    return _by_table(body, _TCVN_TABLE)


def _viscii(body: bytes) -> str:
    return _by_table(body, _VISCII_TABLE)


def _windows_1258(body: bytes) -> str:
    return normal("NFC", body.decode("cp1258", "replace"))


def _vni(body: bytes) -> str:
    def marked(pair: re.Match[str]) -> str:
        return pair[1].translate(_VNI_LETTERS) + _VNI_MARKS[pair[2]]

    text = body.decode("cp1252", "replace")
    # Pairs are set first and kept apart by their combining marks; single letters follow.
    text = _VNI_PAIR.sub(marked, text).translate(_VNI_LETTERS)
    return unicodedata.normalize("NFC", text)


#: Decoders by the name we give the encoding; none of them fails, each returns NFC text.
DECODERS = {"windows-1258": _windows_1258, "tcvn": _tcvn, "viscii": _viscii, "vni": _vni}

_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|n|ch|c|đ|d|gh|gi|g|h|kh|k|l|m|ph|p|qu|q|r|s|th|tr|t|v|x|b)?"
    r"(?:oai|oay|oeo|uôi|ươi|ươu|iêu|yêu|uya|uyu|uây|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ui"
    r"|ưa|ưi|ưu|uơ|(?:oa|oă|oe|oo|uâ|uê|uô|uyê|uy|ươ|iê|yê|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y)"
    r"(?:ch|c|m|ng|nh|n|p|t)?)"
)
_WORD = re.compile(r"[^\W\d_]+")
# Letters that no other Latin writing has: horn, hook above, dot below, or a tone over a modified
# vowel. U+1EA0 to U+1EF9 are the precomposed ones.
_VIETNAMESE_ONLY = re.compile("[đĐơƠưƯ\u1ea0-\u1ef9]")
_LONGEST_SYLLABLE = 7  # nghiêng


def _is_syllable(word: str) -> bool:
    if len(word) > _LONGEST_SYLLABLE:
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    skeleton = "".join(mark for mark in decomposed if mark not in _TONES)
    if len(decomposed) - len(skeleton) > 1:
        return False
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", skeleton)) is not None


def _score(text: str) -> tuple[float, int]:
    """Return the share of marked words that are possible syllables, and how many words told."""
    words = [word for word in _WORD.findall(text) if not word.isascii()][:2000]
    if not words:
        return 0.0, 0
    good = [word for word in words if _is_syllable(word)]
    telling = sum(1 for word in good if _VIETNAMESE_ONLY.search(word))
    return len(good) / len(words), telling


def recognise(sample: bytes) -> str | None:
    """Name the code page that makes ``sample`` Vietnamese, or None if none does so clearly.

    Clearly means: four of five words with marks are possible syllables, and at least three words
    have letters that only Vietnamese has. Returns a key of ``DECODERS``.
    """
    best: tuple[float, int, str] | None = None
    for name, decoder in DECODERS.items():
        share, telling = _score(decoder(sample))
        if share >= 0.8 and telling >= 3 and (best is None or (share, telling) > best[:2]):
            best = (share, telling, name)
    return best[2] if best else None
