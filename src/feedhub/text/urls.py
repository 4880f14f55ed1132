"""Web addresses: made absolute as a browser would, and compared by what identifies the page.

``absolute`` gives an address that is safe to show and to fetch; ``link_key`` gives the canonical
form that two addresses of one page share. Neither decides whether an address may be fetched: that
is the address guard of the fetch room.
"""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from collections.abc import Collection, Sequence
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urljoin, urlsplit, urlunsplit

import idna

__all__ = ["absolute", "is_web_url", "link_key"]

#: Longer addresses are not used. A Vietnamese slug takes up to nine characters per letter.
MAX_URL = 4096
_MAX_PARAMETERS = 100

# The ordinary case, which needs no work: plain ASCII, nothing to encode, no dot segment, no port.
_LETTER = r"(?:[\w!$&'()*+,;=:@~-]|%[0-9A-Fa-f]{2})"
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,20}[a-z0-9]{2,63}"
    rf"(?:/(?:(?!%2[eE]){_LETTER}+(?:\.{_LETTER}*)*)?)+(?:\?(?:{_LETTER}|[/?.])*)?(?:\#(?:{_LETTER}|[/?.])*)?",
    re.ASCII,
)
# The same of a path from the root, of a query, and of a path from here. What looks like a scheme
# (":") is left to the rule, and what joining drops: parameters, empty segments, empty queries.
_REST = r"(?:[\w!$&'()*+,=@~/?.;:-]++|%[0-9A-Fa-f]{2})++"
_SEGMENT = (
    r"(?!%2[eE])(?:[\w!$&'()*+,=@~-]|%[0-9A-Fa-f]{2})(?:[\w!$&'()*+,=@~.-]++|%[0-9A-Fa-f]{2})*+"
)
_PLAIN_RELATIVE = re.compile(
    rf"(?=[^#])/?+(?:{_SEGMENT}(?:/{_SEGMENT})*+/?+)?+(?:\?{_REST})?+(?:\#{_REST})?+", re.ASCII
)
# An address of which nothing is left out but scheme, "www." and last slashes, and its query.
_PLAIN_KEY = re.compile(
    r"https?://(?:www\.)?((?!www\.)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,20}[a-z0-9]{2,63})"
    r"((?:/[\w~-][\w.~-]*+)*+)/*+(?:\?([\w.~&=-]*+))?+",
    re.ASCII,
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?\.?|\[[0-9a-f:.]{2,45}\]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}:", re.IGNORECASE)
_DOTS = {"%2e": ".", ".%2e": "..", "%2e.": "..", "%2e%2e": ".."}
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What browsers drop from within an address (WHATWG URL, 4.4): tab, newlines; around it: blanks.
_DROPPED = str.maketrans("", "", "\t\n\r")
_AROUND = "".join(map(chr, range(0x21))) + "\u00a0\u3000\ufeff"
_DELIMITERS = "!$&'()*+,;=:@/%"
_QUERY_DELIMITERS = _DELIMITERS + "?[]|"
_UNRESERVED_IN_PATH = "!$&'()*+,=:@~"

# Parameters that say how a reader came to the page, not which page it is.
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid",
    "igshid", "igsh", "zarsrc", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc",
    "_hsmi", "hss_channel", "spm", "xtor", "cmpid", "s_cid", "ncid", "ocid", "cvid", "wt_mc",
    "wt.mc_id", "wt_zmc", "ref_src", "ref_url", "fb_ref", "fb_source", "fb_action_ids",
    "fb_action_types", "__twitter_impression", "guccounter", "guce_referrer", "guce_referrer_sig",
    "rb_clickid", "at_medium", "at_campaign", "sc_campaign", "sc_channel", "sc_content",
    "sc_medium", "sc_outcome", "sc_geo", "sc_country",
    # sessions
    "phpsessid", "jsessionid", "sessionid", "session_id", "cfid", "cftoken", "oscsid", "zenid",
    # counters and cache breakers
    "hits", "luotxem", "luot_xem", "viewcount", "view_count", "rnd", "rand", "random", "nocache",
    "no_cache", "_",
})  # fmt: skip
_TRACKING_FAMILIES = (
    "utm_", "pk_", "mtm_", "matomo_", "piwik_", "at_custom", "oly_", "vero_", "aspsessionid",
)  # fmt: skip
# These names carry identity on some sites; they are sessions only with a value like one.
_MAYBE_SESSION = frozenset(["sid", "s", "sess", "session", "phpsess"])
_SESSION_VALUE = re.compile(r"[0-9a-f]{24,}", re.IGNORECASE)
_PATH_SESSION = re.compile(r";jsessionid=[^/;]*|/\([A-Za-z]\([A-Za-z0-9]{10,60}\)\)", re.IGNORECASE)
_DEFAULT_DOCUMENT = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


def absolute(href: str, base: str) -> str:
    """Return the absolute http(s) address of ``href`` on the page ``base``, or "" if unusable.

    Unusable are other schemes, no or impossible host, user names or passwords, and more than
    ``MAX_URL`` characters. Blanks and letters outside ASCII come out percent-encoded, the host in
    lower case and in its ASCII form. Applying it twice changes nothing.
    """
    if len(href) <= MAX_URL:
        if len(base) <= MAX_URL and _PLAIN_RELATIVE.fullmatch(href):
            beginning = _beginning(base, href[0] if href[0] in "/?" else "")
            if beginning and len(beginning) + len(href) <= MAX_URL:
                return beginning + href
        elif _PLAIN.fullmatch(href):
            return href
    return _absolute(href, base)


# The addresses of one page share their base.
@functools.lru_cache(maxsize=256)
def _beginning(base: str, relative: str) -> str:
    """Return what a plain address that begins with ``relative`` is put behind, "" if unknown."""
    return _absolute(f"{relative}x", base).removesuffix(f"{relative}x")


def _absolute(href: str, base: str) -> str:
    """Do what ``absolute`` promises for every address."""
    href = href.strip(_AROUND).translate(_DROPPED)
    if not href or len(href) > MAX_URL:
        return ""
    href = _forward_slashes(href)
    try:
        if not href.lower().startswith(("http://", "https://")):
            if _SCHEME.match(href) and not _is_web_scheme(href):
                return ""
            href = urljoin(_forward_slashes(base.strip(_AROUND)), href)
        parts = urlsplit(href)
        port = parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or "@" in parts.netloc:
        return ""
    host = _ascii_host(parts.hostname or "")
    if not host:
        return ""
    if port is not None and port != (80 if scheme == "http" else 443):
        host = f"{host}:{port}"
    path = _without_dots(_encoded(parts.path, _DELIMITERS)) or "/"
    query = _encoded(parts.query, _QUERY_DELIMITERS)
    fragment = _encoded(parts.fragment, _QUERY_DELIMITERS)
    url = urlunsplit((scheme, host, path, query, fragment))
    return url if len(url) <= MAX_URL else ""


def is_web_url(url: str) -> bool:
    """Tell whether ``url`` is by itself a usable http or https address."""
    return bool(absolute(url, ""))


def link_key(url: str, identity: Sequence[str] = ()) -> str:
    """Return what all addresses of one page share, or "" for what is no web address.

    Host in lower case without "www." and default port, no scheme, path and query percent-encoded
    alike and in NFC, query sorted, tracking, session and counter parameters gone, no fragment
    unless it is a route ("#!" or "#/"). With ``identity``, only those parameters are kept (names
    compared without case, since the products that need this ignore it) and the site's default
    documents count as its root; an address that has none of them is treated as if none were
    named. ``link_key(link_key(url)) == link_key(url)``.
    """
    return _link_key(url, tuple(identity))


# Listings show the same links pull after pull.
@functools.lru_cache(maxsize=8192)
def _link_key(url: str, identity: tuple[str, ...]) -> str:
    plain = _PLAIN_KEY.fullmatch(url) if len(url) <= MAX_URL else None
    if plain is not None:
        host, path, query = plain.groups("")
        fragment = ""
    else:
        host, path, query, fragment = _key_parts(url)
    if query:
        pairs, named = _key_query(query, frozenset(name.lower() for name in identity))
        if named:
            path = _DEFAULT_DOCUMENT.sub("", path)
        query = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    return host + path + (query and f"?{query}") + (fragment and f"#{fragment}")


def _key_parts(url: str) -> tuple[str, str, str, str]:
    """Return host, path, query and fragment as a key has them, the query not yet sorted out."""
    url = url.strip(_AROUND)
    if not url.lower().startswith(("http://", "https://")):
        url = "http:" + url if url.startswith("//") else f"http://{url}"  # perhaps a key already
    url = absolute(url, "")
    if not url:
        return "", "", "", ""
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    while host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port not in {80, 443}:
        host = f"{host}:{parts.port}"
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    fragment = _recoded(fragment, _UNRESERVED_IN_PATH + "/?;")
    return host, _key_path(parts.path), parts.query, fragment


def _is_web_scheme(href: str) -> bool:
    return href[:6].lower().startswith(("http:", "https:"))


def _forward_slashes(href: str) -> str:
    """Turn backslashes before the query into slashes, as browsers do (WHATWG URL, 4.4)."""
    if "\\" not in href:
        return href
    end = min((at for at in (href.find("?"), href.find("#")) if at >= 0), default=len(href))
    return href[:end].replace("\\", "/") + href[end:]


def _ascii_host(host: str) -> str:
    host = host.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if _HOST.fullmatch(host) and ".." not in host else ""


def _encoded(part: str, delimiters: str) -> str:
    """Percent-encode what has to be, leaving what is encoded already."""
    if "%" in part:
        part = _BAD_PERCENT.sub("%25", part)
    return quote(part, safe=delimiters + "~", errors="replace")


def _without_dots(path: str) -> str:
    """Resolve "." and ".." segments, encoded ones as well (WHATWG URL, 4.4; RFC 3986, 5.2.4)."""
    if "/." not in path and "/%2" not in path:
        return path
    segments = [_DOTS.get(segment.lower(), segment) for segment in path.split("/")]
    kept = _resolved(segments)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _resolved(segments: list[str]) -> list[str]:
    """Apply dot segments to those before them; the first one, before the root, stays."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return kept


def _recoded(part: str, safe: str) -> str:
    """Decode and encode again, so that every spelling of one text becomes the same."""
    if "%" not in part and part.isascii():
        return quote(part, safe=safe)
    raw = unquote_to_bytes(part)
    # Another code page's bytes are compared as they are.
    with contextlib.suppress(UnicodeDecodeError):
        raw = unicodedata.normalize("NFC", raw.decode("utf-8")).encode("utf-8")
    return quote(raw, safe=safe)


def _key_path(path: str) -> str:
    path = _PATH_SESSION.sub("", path)
    segments = [_recoded(segment, _UNRESERVED_IN_PATH + ";") for segment in path.split("/")]
    # A session taken out can leave a dot segment; a doubled or last slash says nothing.
    return "".join(f"/{segment}" for segment in _resolved(segments) if segment)


def _key_query(query: str, identity: Collection[str]) -> tuple[list[tuple[str, str]], bool]:
    """Return the sorted parameters that count, and whether they are the ``identity`` ones."""
    pairs: list[tuple[str, str]] = []
    for parameter in query.split("&", _MAX_PARAMETERS)[:_MAX_PARAMETERS]:
        name, _, value = parameter.partition("=")
        name = _folded(name)
        while name.startswith("amp;"):  # the address was escaped twice on its page
            name = name[4:]
        if name:
            pairs.append((name, _folded(value)))
    if identity:
        named = sorted({(name.lower(), value) for name, value in pairs if name.lower() in identity})
        if named:
            return _quoted(named), True
    kept = sorted({pair for pair in pairs if not _is_tracking(*pair)})
    return _quoted(kept), False


def _folded(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    return unicodedata.normalize("NFC", unquote_plus(text, errors="surrogateescape"))


def _quoted(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    def encode(text: str) -> str:
        if text.isascii() and text.isalnum():
            return text
        return quote(text.encode("utf-8", "surrogateescape"), safe="!'()*,:@/~$;")

    return [(encode(name), encode(value)) for name, value in pairs]


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if name in _MAYBE_SESSION:
        return _SESSION_VALUE.fullmatch(value) is not None
    return name in _TRACKING or name.startswith(_TRACKING_FAMILIES)
