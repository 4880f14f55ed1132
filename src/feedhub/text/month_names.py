"""Month names of many languages, from CLDR (babel), read when first met.

Names that mean different months in different languages (``listopad``: November in Polish and
Czech, October in Croatian) go by the page's own language when it is known.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["VIETNAMESE_MONTHS", "month_number"]

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
_LANGUAGES = (
    *("de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sv", "da", "nb", "nn", "fi", "sk"),
    *("hu", "ro", "ca", "gl", "eu", "hr", "sl", "sr", "bs", "bg", "mk", "uk", "ru", "be"),
    *("el", "tr", "lt", "lv", "et", "is", "ga", "cy", "mt", "id", "ms", "fil", "sw", "af"),
    *("sq", "az", "ka", "hy", "kk", "uz", "he", "ar", "fa", "hi", "bn", "th"),
)
_LONGEST_NAME = 20
#: the first three letters of every Latin-script name in those tables (CLDR 47); a word that begins
#: otherwise is no month, and the tables need not be read for it
_STEMS = re.compile(
    "abe|abr|abu|ago|agu|aib|aoû|api|apr|ara|aug|avg|avq|avr|aws|aww|aza|ağu|bal|bea|bir|"
    "bře|chw|cze|dec|dei|dek|des|det|dez|dfó|dhj|dic|dis|diċ|dub|déc|ean|ebr|eka|eki|elo|"
    "ene|eyl|fea|feb|fev|fra|fév|geg|gen|giu|gor|gru|gus|haz|hei|hel|huh|hul|hun|hyd|ian|"
    "ion|ira|iul|iun|iyl|iyn|iyu|iúi|jaa|jan|jou|jui|jul|jun|juu|jän|júl|jún|jūl|jūn|kas|"
    "kes|kol|kor|kov|kvě|kwi|lap|led|lie|lip|lis|lok|lug|lul|lut|lún|maa|mac|mae|mag|mai|"
    "maj|mar|maw|may|maí|med|meh|mei|mej|meá|mfó|mrt|mrz|máj|már|mär|nis|nob|noi|nol|nov|"
    "noy|nën|nóv|oca|oct|ogo|okt|ots|ott|out|ožu|paź|peb|pri|pro|qer|rha|rug|ruj|sam|sau|"
    "sen|sep|set|shk|sht|sie|sij|spa|srp|stu|sty|svi|syy|sze|tac|tam|tem|tet|tou|tra|urr|"
    "urt|uzt|vas|vee|vel|wrz|xan|xul|xuñ|yan|zář|ágú|ápr|úno|čer|čvc|čvn|ġun|říj|şub"
)
_LATIN_ENDS = 0x250


def _names(language: str) -> dict[str, int]:
    """Return the month names of one CLDR locale, folded, those with digits left out."""
    from babel import Locale, UnknownLocaleError

    try:
        months = Locale.parse(language.replace("-", "_")).months
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                key = _fold(name)
                if len(key) >= 3 and not any(letter.isdigit() for letter in key):
                    names.setdefault(key, number)
    return names


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip(".")


@lru_cache(maxsize=64)
def _names_of(language: str) -> dict[str, int]:
    return _names(language)


@lru_cache(maxsize=1)
def _names_of_all() -> dict[str, int]:
    union: dict[str, int] = {}
    for language in _LANGUAGES:
        for name, number in _names_of(language).items():
            union.setdefault(name, number)
    # German typists write both; CLDR has only "Januar" outside Austria
    return union | {"jänner": 1, "feber": 2, "maerz": 3, "mrz": 3}


@lru_cache(maxsize=4096)
def month_number(word: str, language: str = "") -> int | None:
    """Return 1 to 12 for a month's name or abbreviation, None for any other word.

    ``language`` is a BCP 47 tag or empty; it settles names that languages share. The tables come
    from CLDR through babel and are read once a process, the first time a word is not English.
    """
    if len(word) > _LONGEST_NAME:
        return None
    key = _fold(word)
    primary = language.split("-", 1)[0].casefold()
    if primary not in {"", "en", "vi"}:
        number = _names_of(primary).get(key)
        if number is not None:
            return number
    if key in _ENGLISH:
        return _ENGLISH[key]
    if not key or (ord(key[0]) < _LATIN_ENDS and _STEMS.match(key) is None):
        return None
    return _names_of_all().get(key)
