"""Other people's HTML: made safe to publish, or turned into plain text.

The only place that knows nh3. Everything a page of ours shows of a source has passed ``sanitise``
(as HTML) or ``plain``, ``clean`` and ``one_line`` (as text).
"""

from __future__ import annotations

import functools
import html as entities
import re
from collections.abc import Callable

import nh3

from feedhub.text.normal import normal
from feedhub.text.settled import is_settled
from feedhub.text.urls import absolute

__all__ = ["clean", "one_line", "plain", "plain_of_safe", "sanitise"]

#: Characters of HTML that are read; the rest of a longer text is cut off.
MAX_HTML = 300_000
#: Elements inside elements that are kept; what is deeper keeps its text and loses its tags.
MAX_DEPTH = 100
#: Tags that are read; those behind them are dropped and their text kept.
_MAX_TAGS = 20_000
#: Characters of one tag, attributes included. Embedded images are longer and are dropped anyway.
_MAX_TAG = 8192

_BLOCKS = frozenset({
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption",
    "blockquote", "pre", "div", "section", "article", "address", "details", "summary",
})  # fmt: skip
_INLINE = frozenset({
    "a", "img", "q", "cite", "code", "kbd", "samp", "var", "em", "strong", "b", "i", "u", "s",
    "del", "ins", "sub", "sup", "small", "mark", "abbr", "time",
})  # fmt: skip
_WITHOUT_CONTENT = frozenset({
    "script", "style", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed",
    "applet", "param", "svg", "math", "template", "title", "textarea", "select", "option",
    "button", "canvas", "audio", "video", "dialog", "xmp", "noembed", "plaintext",
})  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "abbr": {"title"},
}
_ADDRESSES = frozenset(["href", "src", "cite"])
_NUMBERS = frozenset(["width", "height", "colspan", "rowspan", "start", "value"])
# Elements that hold nothing, or that close themselves when the next of their kind begins: they add
# no depth without another element between them, and old pages leave them open by the hundred.
_NO_DEPTH = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption",
    "option", "a",
})  # fmt: skip

_FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_MAX_FORMATTING = 10

_LONG_TAG = re.compile(rf"<[A-Za-z/!?][^<>]{{{_MAX_TAG},}}>?")
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})[^<>]*>?")
_IMAGE = re.compile(r"<img\b([^<>]{0,8192})>", re.IGNORECASE)
_LAZY_SOURCE = re.compile(
    r"""\bdata-(?:lazy-|original-?)?(?:src|original)\s{0,9}=\s{0,9}["']([^"'\s<>]{1,4096})["']""",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"""(?<![\w-])src\s{0,9}=\s{0,9}(?:"[^"]{0,8192}"|'[^']{0,8192}'|[^\s"'>]{1,4096})""",
    re.IGNORECASE,
)

# The shapes below are of nh3's own output, where every value stands in double quotes and every
# other "<" and ">" is escaped.
_SAFE_IMAGE = re.compile(r"<img(?: [a-z]+=\"[^\"]*\")*>")
_SAFE_TAG = re.compile(r"</?([a-z0-9]++)[^>]*+>")
_TAG_AS_TEXT = {**dict.fromkeys(_BLOCKS, "\n"), "td": " ", "th": " "}
_DIMENSION = re.compile(r" (?:width|height)=\"([0-9]+)\"")
_TRACKER = re.compile(
    r" src=\"https?://(?:[a-z0-9.-]*\.)?(?:feedburner\.com/~|feedsportal\.com/|pixel\.wp\.com/"
    r"|stats\.wordpress\.com/|doubleclick\.net/|google-analytics\.com/|scorecardresearch\.com/"
    r"|pixel\.quantserve\.com/|feeds\.wordpress\.com/1\.0/|facebook\.com/tr\b)"
)
_DIGITS = re.compile(r"[0-9]{1,5}")
# The only mark that NFC joins to a sign of HTML: behind a tag it would make one letter of the
# tag's ">" and itself, and attributes of the text that follows.
_STROKE = "\u0338"
_STROKE_REFERENCE = "&#824;"

# Forbidden in XML 1.0 (2.2) or meaningless in text: C0, surrogates, non-characters, directional
# overrides and isolates (they can make a line read as what it does not say), the inner byte order
# mark. C1 codes are what windows-1252 has in their place (WHATWG HTML, 13.2.5.80).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\ufeff\r\U0001fffe\U0001ffff\U000e0000-\U000e0fff]"
)
# Text that needs no look at its characters: all are wanted and visible, NFC alters none of them
# beside any other, and the only blanks are " " and "\n". Nearly every article is of these.
_ORDINARY = re.compile(
    "[\n -~\u00a1-\u00ac\u00ae-\u02af\u0400-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027"
    "\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff\u3001-\u3020\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff"
    "\uff01-\uff5e]*+"
)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\u2028\u2029]")


def clean(text: str) -> str:
    """Return ``text`` in NFC with "\\n" as its only line end and no forbidden characters."""
    if _ORDINARY.fullmatch(text):
        return text
    if _UNWANTED.search(text):
        text = _UNWANTED.sub(_mended, text.replace("\r\n", "\n"))
    return normal("NFC", text)


def one_line(text: str) -> str:
    """Return ``text`` clean, as one line with single blanks, without soft hyphens."""
    if _ORDINARY.fullmatch(text):
        return _single_blanks(text)
    text = " ".join(clean(text).split())
    return text if text.isascii() else clean(" ".join(_INVISIBLE.sub(_blank, text).split()))


def sanitise(html: str, base_url: str) -> str:
    """Return HTML that is safe in our pages and feeds, with absolute addresses.

    Kept are headings, paragraphs, lists, tables, figures, images, links, quotations, code and
    emphasis. Gone are scripts, styles, frames, forms, embedded objects, drawings, event handlers,
    every address that is not http(s) (or mailto and tel in a link), images of one pixel and those
    of known counters. Reads at most ``MAX_HTML`` characters. Applying it twice changes nothing.
    """
    html = clean(html)
    if "<" not in html and "&" not in html and ">" not in html:
        return html[:MAX_HTML]
    cleaner = _cleaner(base_url)
    html = _one_pass(_bounded(html), cleaner)
    if len(html) > MAX_HTML:  # escaping and repeated emphasis can make a text many times longer
        html = _one_pass(_bounded(html[: MAX_HTML - 20_000]), cleaner)
    if is_settled(html):
        return html
    # Parsing what was written can differ from what was read (a paragraph in a paragraph, a first
    # line end in pre); it settles after a pass or two.
    for _ in range(4):
        again = _one_pass(html, _SETTLING)
        if again == html:
            return html
        html = again
    return entities.escape(plain_of_safe(html), quote=False)


def plain(html: str) -> str:
    """Return the visible text of any HTML: a line per block, single blanks, nothing escaped."""
    if "<" not in html:
        return plain_of_safe(clean(html))
    return plain_of_safe(_TEXT_CLEANER.clean(_bounded(clean(html))))


def plain_of_safe(safe_html: str) -> str:
    """Return the visible text of HTML that ``sanitise`` gave: like ``plain``, and cheaper."""
    if _ORDINARY.fullmatch(safe_html):
        text = _single_blanks(safe_html)
    else:
        text = " ".join(safe_html.split())
    if "<" in text:
        parts = _SAFE_TAG.split(text)  # text and names of tags by turns
        parts[1::2] = [_TAG_AS_TEXT.get(name, "") for name in parts[1::2]]
        text = "".join(parts)
    if "&" in text:
        text = entities.unescape(text.replace("&nbsp;", " "))
    return _lines(text)


def _mended(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x0D:
        return "\n"
    if 0x80 <= code < 0xA0:
        return bytes([code]).decode("cp1252", "ignore")
    return " " if code in {0x0B, 0x0C} else ""


def _blank(found: re.Match[str]) -> str:
    return " " if found[0] in "\u2028\u2029" else ""


def _lines(text: str) -> str:
    if _ORDINARY.fullmatch(text):
        lines = [line.strip(" ") for line in text.split("\n")]
        if "  " in text:
            lines = [_single_blanks(line) for line in lines]
    else:
        lines = [" ".join(line.split()) for line in clean(text).split("\n")]
    return "\n".join(filter(None, lines))


def _single_blanks(ordinary: str) -> str:
    """Do what ``" ".join(ordinary.split())`` does, which makes an object of every word."""
    if "  " in ordinary or "\n" in ordinary:
        return " ".join(ordinary.split())
    return ordinary.strip(" ")


def _bounded(html: str) -> str:
    """Cut what would make the parser slow: length, endless tags, nesting."""
    html = html[:MAX_HTML]
    if len(html) > _MAX_TAG:
        html = _LONG_TAG.sub("", html)
    if "data-" in html and "<img" in html:
        html = _IMAGE.sub(_with_real_source, html)
    return _flattened(html) if html.count("<") > MAX_DEPTH else html


def _with_real_source(image: re.Match[str]) -> str:
    """Give an image that scripts would load later the address they would have used."""
    lazy = _LAZY_SOURCE.search(image[1])
    if lazy is None:
        return image[0]
    return f'<img src="{lazy[1]}"{_SOURCE.sub("", image[1])}>'


def _flattened(html: str) -> str:
    """Drop the tags that stand deeper than ``MAX_DEPTH`` open ones, and those beyond the limit.

    Emphasis left open is begun anew in every later block (HTML, 13.2.4.3), so it is limited more.
    """
    depth = formatting = seen = 0

    def limited(tag: re.Match[str]) -> str:
        nonlocal depth, formatting, seen
        name = tag[2].lower()
        seen += 1
        kept = seen <= _MAX_TAGS
        if name in _FORMATTING:
            formatting = max(0, formatting - 1) if tag[1] else formatting + 1
            kept = kept and formatting <= _MAX_FORMATTING
        if name not in _NO_DEPTH:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            kept = kept and depth <= (MAX_DEPTH - 1 if tag[1] else MAX_DEPTH)
        return tag[0] if kept else " "

    return _TAG_NAME.sub(limited, html)


def _one_pass(html: str, cleaner: nh3.Cleaner) -> str:
    html = cleaner.clean(html)
    if _STROKE in html:
        html = html.replace(_STROKE, _STROKE_REFERENCE)
    html = clean(html)  # again, for what references such as "&#8;" have become
    return _SAFE_IMAGE.sub(_worth_showing, html) if "<img" in html else html


def _worth_showing(image: re.Match[str]) -> str:
    tag = image[0]
    if ' src="' not in tag or _TRACKER.search(tag):
        return ""
    return "" if any(int(size) <= 1 for size in _DIMENSION.findall(tag)) else tag


def _new_cleaner(keep: Callable[[str, str, str], str | None] | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_BLOCKS | _INLINE),
        clean_content_tags=set(_WITHOUT_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


# The entries of one feed share their base.
@functools.lru_cache(maxsize=64)
def _cleaner(base_url: str) -> nh3.Cleaner:
    return _new_cleaner(_attribute_filter(base_url))


def _attribute_filter(base_url: str) -> Callable[[str, str, str], str | None]:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name in _ADDRESSES:
            url = absolute(value, base_url)
            if not url and tag == "a" and value[:7].lower().startswith(("mailto:", "tel:")):
                return value[:500]
            return url or None
        if name in _NUMBERS:
            digits = _DIGITS.match(value.strip())
            return digits[0] if digits else None
        return value

    return kept


_TEXT_CLEANER = nh3.Cleaner(
    tags=set(_BLOCKS), clean_content_tags=set(_WITHOUT_CONTENT), attributes={}, link_rel=None
)
# Values have been through the filter when this one runs, and calls into Python are what costs.
_SETTLING = _new_cleaner(None)
