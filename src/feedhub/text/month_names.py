"""Month names of many languages, from CLDR.

Names that mean different months in different languages (``listopad``: November in Polish and
Czech, October in Croatian) go by the page's own language when it is known.
"""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from importlib import resources

__all__ = ["MONTH_LANGUAGES", "VIETNAMESE_MONTHS", "cldr_month_names", "month_number"]

#: spelled-out months as Vietnamese CMSs print them ("17 Tháng Hai, 2023")
VIETNAMESE_MONTHS = {
    "giêng": 1,
    "một": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "mười một": 11,
    "mười hai": 12,
    "chạp": 12,
}

#: English first: most pages and every RFC 822 date use it, and no other table is read for it
_ENGLISH = {
    name[:length]: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ),
        start=1,
    )
    for length in {3, len(name)}
} | {"sept": 9}

#: the order decides what a name means where languages disagree and the page does not say
MONTH_LANGUAGES = (
    *("de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sv", "da", "nb", "nn", "fi", "sk"),
    *("hu", "ro", "ca", "gl", "eu", "hr", "sl", "sr", "bs", "bg", "mk", "uk", "ru", "be"),
    *("el", "tr", "lt", "lv", "et", "is", "ga", "cy", "mt", "id", "ms", "fil", "sw", "af"),
    *("sq", "az", "ka", "hy", "kk", "uz", "he", "ar", "fa", "hi", "bn", "th"),
)
_LONGEST_NAME = 20


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip(".")


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, int]]:
    """Return the names by language, as ``make docs`` wrote them down from CLDR."""
    text = (resources.files("feedhub.text") / "month_names.json").read_text(encoding="utf-8")
    tables: dict[str, dict[str, int]] = json.loads(text)
    return tables


@lru_cache(maxsize=1)
def _names_of_all() -> dict[str, int]:
    union: dict[str, int] = {}
    for language in MONTH_LANGUAGES:
        for name, number in _tables()[language].items():
            union.setdefault(name, number)
    # German typists write both; CLDR has only "Januar" outside Austria
    return union | {"jänner": 1, "feber": 2, "maerz": 3, "mrz": 3}


def cldr_month_names(language: str) -> dict[str, int]:
    """Read the month names of one CLDR locale through babel, folded, those with digits left out.

    This is how the table beside this module is made; nothing else calls it.
    """
    from babel import Locale

    months = Locale.parse(language).months
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                key = _fold(name)
                if len(key) >= 3 and not any(letter.isdigit() for letter in key):
                    names.setdefault(key, number)
    return names


@lru_cache(maxsize=4096)
def month_number(word: str, language: str = "") -> int | None:
    """Return 1 to 12 for a month's name or abbreviation, None for any other word.

    ``language`` is a BCP 47 tag or empty; it settles names that languages share.
    """
    if len(word) > _LONGEST_NAME:
        return None
    key = _fold(word)
    primary = language.split("-", 1)[0].casefold()
    if primary not in {"", "en", "vi"} and key in _tables().get(primary, {}):
        return _tables()[primary][key]
    if key in _ENGLISH:
        return _ENGLISH[key]
    return _names_of_all().get(key)
