"""The last wash before a value goes into a document: no source's garbage may break it.

Entries are cleaned when they are normalised; this is the second line, cheap for clean values.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from babel import Locale, UnknownLocaleError

from feedhub.text.markup import clean, one_line
from feedhub.text.urls import absolute

__all__ = ["language_tag", "media_type", "title_text", "uri"]

_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_TITLE_LIMIT = 500
_UNWRAPPINGS = 3
#: browsers leave these bare in a query, but no URI may hold them
_NEVER_BARE = str.maketrans({character: f"%{ord(character):02X}" for character in "\\^`{|}"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,80}", re.ASCII)
_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webm": "video/webm",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def title_text(title: str, instead: str = "") -> str:
    """Return a title as plain text on one line; ``instead`` where nothing is left.

    Markup and escaped markup is taken out (sources escape titles twice), for validators warn of
    anything in a title that looks like a tag or an entity, and readers show it raw.
    """
    text = clean(title[: _TITLE_LIMIT * 4])
    for _ in range(_UNWRAPPINGS):
        plainer = _TAG.sub(" ", unescape(text))
        if plainer == text:
            break
        text = plainer
    text = _ENTITY.sub("& ", _TAG_START.sub("< ", clean(text)))
    flat = one_line(text)
    if len(flat) > _TITLE_LIMIT:
        flat = flat[:_TITLE_LIMIT].rsplit(" ", 1)[0] + "…"
    return flat or instead


def uri(address: str) -> str:
    """Return a web address as an absolute URI in ASCII (RFC 3986); "" for what is none."""
    return absolute(address, "").translate(_NEVER_BARE)


@lru_cache(maxsize=256)
def language_tag(code: str) -> str:
    """Return a language tag (BCP 47) such as ``vi`` or ``en-US``; "" for what is no language."""
    try:
        locale = Locale.parse(code.strip().replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return ""
    parts = (locale.language, locale.script, locale.territory)
    return "-".join(part for part in parts if part)


def media_type(declared: str, address: str) -> str:
    """Return a file's media type: as declared if that is one, else by the address's ending."""
    bare = declared.split(";", 1)[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(bare):
        return bare
    path = address.split("?", 1)[0].split("#", 1)[0]
    return _TYPES.get(path.rsplit(".", 1)[-1].lower(), "application/octet-stream")
