"""The HTML of letters: made of templates, its styles in its elements, within the size of mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from feedhub.render.frames import short_title
from feedhub.render.language import Language, language
from feedhub.render.letter_contents import DigestContents, cut, cut_corrections
from feedhub.render.templating import worded

__all__ = ["HTML_LIMIT", "fitting", "letter_html"]

#: bytes of the HTML part; Gmail cuts off what is beyond about 102,000 and shows a link instead
HTML_LIMIT = 90_000
#: more stories than any letter holds; the search for how many fit begins here
_MOST_STORIES = 200
#: a letter that fills this part of the limit is full enough
_FULL = 0.96


def fitting(
    contents: DigestContents, html: Callable[[DigestContents], str]
) -> tuple[DigestContents, str]:
    """Return contents and their HTML within the limit, with as many whole stories as fit.

    Corrections are left out only where they alone would take more than half of it.
    """
    told = len(contents.corrections)
    body = html(cut(contents, 0))
    while told and _size(body) > HTML_LIMIT // 2:
        told //= 2
        contents = cut_corrections(contents, told)
        body = html(cut(contents, 0))
    # searched by interpolation: a letter grows with its stories, though not all are alike
    low, low_size, best = 0, _size(body), cut(contents, 0)
    high, high_size = contents.total + 1, 0
    guess = min(contents.total, _MOST_STORIES)
    while high - low > 1 and low_size < HTML_LIMIT * _FULL:
        tried = cut(contents, guess)
        made = html(tried)
        size = _size(made)
        if size <= HTML_LIMIT:
            low, low_size, best, body = guess, size, tried, made
        else:
            high, high_size = guess, size
        if high_size:
            slope = (high_size - low_size) / (high - low)
            guess = min(max(low + round((HTML_LIMIT - low_size) / slope), low + 1), high - 1)
        else:
            guess = contents.total
    return best, body


def _size(html: str) -> int:
    return len(html.encode())


def letter_html(template: str, words: Language, subject: str, values: dict[str, Any]) -> str:
    """Return a letter's HTML, its styles in its elements; what those cannot say stays in one."""
    made = _environment(words.code).get_template(template)
    page = made.render(words=words, title=short_title(subject), style=_kept_style(), **values)
    return str(_inliner().inline(page))


@lru_cache(maxsize=1)
def _kept_style() -> Markup:
    """What no style in an element can say: the rules for narrow windows and dark screens."""
    return Markup(_file("letter-screens.css"))  # noqa: S704 - a file of our own


def _file(name: str) -> str:
    file = resources.files("feedhub.render") / "static" / name
    return " ".join(file.read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    # an address in a style would be fetched by the sender otherwise
    return CSSInliner(load_remote_stylesheets=False, minify_css=True, extra_css=_file("letter.css"))


@lru_cache(maxsize=16)
def _environment(code: str) -> Environment:
    words = language(code)
    environment = worded(Environment, PackageLoader("feedhub.render", "templates"), words)
    environment.filters["number"] = words.number
    return environment
