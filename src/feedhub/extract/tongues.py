"""Which language a text is written in, as far as news of towns needs it."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["language_of", "primary"]

_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_WORDS = {
    "en": "the of and to in is that for on was with as are by at this be from have has will",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch",
    "fr": "le la les des et en un une du est pour que dans qui sur au par pas plus avec ce",
    "es": "el la los las de y en que del un una por con para se es su al lo como más",
    "pt": "o a os as de e do da em que um uma para com não no na por mais dos se",
    "it": "il la di e che in un una per del della è con non si da le dei nel al sono",
    "nl": "de het een van en in is dat op te voor met zijn niet aan er om ook als bij",
    "sv": "och att det som en på är av för med den till inte har de ett om var vid ska",
    "da": "og at det er en til på af for med den ikke de der som har et om fra ved blev",
    "nb": "og i det er en til på av for med som den ikke de har et om fra ble etter å",
    "pl": "i w na z się nie do to że jest o od za po przez dla oraz są który jak",
    "cs": "a v se na je že s z do o i k za pro jako jsou byl ve by od které",
    "fi": "ja on ei se että oli hän mutta ovat myös kun ole joka tai sekä mukaan",
    "tr": "ve bir bu için ile da de olarak çok daha olan gibi kadar sonra ancak",
    "id": "yang dan di dengan untuk dari pada ini itu dalam tidak akan oleh ke juga",
    "hu": "a az és hogy nem is egy volt meg ez már csak mint az vagy még",
    "ro": "și de a în la cu pe din nu este care un o pentru mai fost sunt",
}
_STOP_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SAMPLE = 4000


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of a text's language, "" when it is too short or unknown."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters < 40:
        return ""
    if len(_VIETNAMESE.findall(sample)) > letters * 0.06:
        return "vi"
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) > letters * 0.3:
            return language
        if language == "ja" and len(script.findall(sample)) > letters * 0.1:
            return language
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if len(words) < 12:
        return ""
    found = Counter(words)
    counts = {
        language: sum(found[word] for word in stop if word in found)
        for language, stop in _STOP_WORDS.items()
    }
    best = max(counts, key=lambda language: counts[language])
    others = max(count for language, count in counts.items() if language != best)
    sure = counts[best] >= len(words) * 0.12 and counts[best] > others * 1.05
    return best if sure else ""


def primary(tag: str) -> str:
    """Return the primary subtag of a language tag ("vi-VN" or "vi_VN" give "vi")."""
    found = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", tag.strip())
    return found.group().lower() if found else ""
