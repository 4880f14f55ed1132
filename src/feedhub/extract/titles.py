"""Which line is the headline."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedhub.extract.labels import is_generic_title, is_stop, is_tool, strip_byline
from feedhub.extract.lines import Line
from feedhub.extract.page import Page
from feedhub.extract.structured import Structured
from feedhub.text.markup import one_line

__all__ = ["Title", "article_title", "key"]

_SEPARATOR = re.compile(
    r"\s{1,3}(?:[|–—·•»:~<>]|-{1,2}|::|\|\|)\s{1,3}|\s?[|｜丨](?=\S)|(?<=\S)[|｜]\s"
)
_NOT_WORD = re.compile(r"[\W_]+")
_TITLE_CLASS = re.compile(r"title|tieu-?de|headline|heading|subject|lbltitle|ten-?bai|entry-?name")
_SITE_CLASS = re.compile(r"site-?title|site-?name|logo|brand|masthead|banner|widget|block-title")
_CHROME_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|sidebar|side|footer|breadcrumbs?|related|other|widget|"
    r"lien-?quan|khac|banner|cookie|popup|modal|comments?|search)(?:$|[\s_\d-])"
)
_LINES_LOOKED_AT = 1500
#: characters of a text whose key is kept
_LONGEST_KEPT = 500
_PROSE = 80
#: below so many lines of prose stands no headline of theirs
_BELOW_TEXT = 2


@dataclass(frozen=True, slots=True)
class Title:
    """The headline; ``index`` is its line if it is visible. ``confidence`` is 0 to 1."""

    text: str
    index: int | None
    confidence: float


def key(text: str) -> str:
    """Return what two spellings of a headline share: its letters and digits, lower case."""
    return _key(text) if len(text) <= _LONGEST_KEPT else _key.__wrapped__(text)


# The headings and claims of a page are compared with each of its lines.
@functools.lru_cache(maxsize=512)
def _key(text: str) -> str:
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def article_title(page: Page, structured: Structured, date_index: int | None) -> Title:
    """Return the headline from the page's claims or, where they are poor, from its lines.

    ``date_index`` is the line of the article's date where it is known.
    """
    head = one_line(page.head_title)
    claims = [each for each in [*structured.titles[:3], structured.headline] if each]
    headings = _headings(page)
    sites = _site_keys(page, structured)
    for claim in claims:
        text = without_site(claim, [*headings, structured.headline], sites)
        if _usable(text, sites) and _borne_out(text, head, headings):
            return Title(text, None, 0.9)
    best = _best_line(page.lines, head, date_index, sites)
    if best is not None and best[0] >= 4:
        text = one_line(best[1].text)
        if len(head) >= 20 and key(text).endswith(" " + key(head)):
            text = head  # the line begins with a kicker
        return Title(text, best[1].index, min(0.95, 0.5 + best[0] / 25))
    text = without_site(head, headings, sites)
    if _usable(text, sites):
        return Title(text, None, 0.5)
    for heading in headings:
        if _usable(heading, sites):
            return Title(heading, None, 0.5)
    if best is not None and best[0] > 0:
        return Title(one_line(best[1].text), best[1].index, 0.3)
    fallback = next((each for each in [*claims, head] if each), "")
    return Title(fallback, None, 0.1 if fallback else 0.0)


def _usable(text: str, sites: set[str]) -> bool:
    return len(text) >= 4 and key(text) not in sites and not is_generic_title(text)


def _borne_out(claim: str, head: str, headings: list[str]) -> bool:
    """Whether a claim of one or two words is a headline of the page and no section's name."""
    name = key(claim)
    if len(name.split()) >= 3 or not name.isascii():
        return True
    return not head or name in key(head) or any(name in key(heading) for heading in headings)


def _headings(page: Page) -> list[str]:
    found = []
    for element in page.tree.iter("h1", "h2"):
        text = one_line(element.text_content())
        if 4 <= len(text) <= 400:
            found.append(text)
        if len(found) >= 40:
            break
    return found


def _site_keys(page: Page, structured: Structured) -> set[str]:
    """Return what the site calls itself, by its own claims and its host's name."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = {key(each) for each in structured.site_names} | {key(host)}
    labels = host.split(".")
    names |= {key(label) for label in labels[:-1] if len(label) > 3}
    names |= {key(".".join(labels[-2:])), key(".".join(labels[-3:]))}
    return {name for name in names if name}


def without_site(title: str, others: Iterable[str], sites: set[str]) -> str:
    """Return ``title`` without the site's name and section behind (or before) it.

    What is left must be one of ``others`` (the page's headings), or what goes must be a name of
    the site; a headline with a dash of its own stays whole.
    """
    title = one_line(title)
    whole = {key(each) for each in others if each}
    if key(title) in whole:
        return title
    places = list(_SEPARATOR.finditer(title))[:12]
    for place in places:  # the shortest beginning that is a heading of the page
        begin = title[: place.start()].strip()
        if len(begin) >= 8 and key(begin) in whole:
            return begin
    for place in reversed(places):
        end = title[place.end() :].strip()
        if len(end) >= 12 and key(end) in whole and key(title[: place.start()]) in sites:
            return end
    while places:
        place = places.pop()
        begin, tail = title[: place.start()].strip(), title[place.end() :].strip()
        if begin and (_names_site(tail, sites) or is_generic_title(tail)):
            title = begin
        else:
            break
    return title


def _names_site(text: str, sites: set[str]) -> bool:
    name = key(text)
    glued = name.replace(" ", "")
    return bool(name) and any(
        name == site or glued == site.replace(" ", "") or (len(site) > 5 and site in name)
        for site in sites
    )


def _best_line(
    lines: list[Line], head: str, date_index: int | None, sites: set[str]
) -> tuple[float, Line] | None:
    """Return the likeliest visible headline and its score."""
    head_key = key(head)
    segments = {key(part) for part in _SEPARATOR.split(head)} if head else set()
    best: tuple[float, Line] | None = None
    behind_stop = False
    prose = 0
    for line in lines[:_LINES_LOOKED_AT]:
        if date_index is not None and line.index > date_index + 4:
            break
        if (
            best is not None
            and best[0] >= 4
            and line.index > best[1].index + 3
            and is_stop(line.text)
        ):
            behind_stop = True
        score = _score(line, head_key, segments, date_index, sites) - 8 * behind_stop
        score -= 2 if prose >= _BELOW_TEXT else 0
        prose += len(line.text) >= _PROSE and not line.heading and not line.in_chrome
        if best is None or score > best[0]:
            best = (score, line)
    return best


def _score(
    line: Line, head_key: str, segments: set[str], date_index: int | None, sites: set[str]
) -> float:
    text = line.text
    size = len(text)
    if not 4 <= size <= 350:
        return -10
    name = key(text)
    if not name or name in sites or is_generic_title(text) or is_tool(text) or is_stop(text):
        return -5
    digits = sum(map(str.isdigit, text))
    if digits >= 6 and digits > size * 0.18:
        return -5  # a date or a telephone number
    if size <= 60 and strip_byline(text)[1] and ":" in text:
        return -5
    score = 0.0
    if len(name) >= 8 and head_key:
        score += 6 if name == head_key else 0
        begins = head_key.startswith(name + " ") and (len(name) >= 20 or name in segments)
        score += 5 if name != head_key and (begins or name in segments) else 0
    score += {1: 3.5, 2: 2.5, 3: 1.5, 4: 1.0}.get(line.heading, 0)
    classes = line.near_classes
    if _SITE_CLASS.search(classes):
        score -= 3
    elif _TITLE_CLASS.search(classes):
        score += 3
    score += 1.5 if line.all_bold and not line.heading else 0
    score += 1 if 20 <= size <= 200 else -2 if size < 10 else 0
    score -= 3 if line.all_linked else 0
    score -= 2 if text.endswith((".", ":", ";")) and not line.heading else 0
    score -= 5 if line.in_chrome else 3 if _CHROME_CLASS.search(" ".join(line.classes)) else 0
    return score + _nearness(line.index, date_index)


def _nearness(index: int, date_index: int | None) -> float:
    """A headline stands just above its date, on some pages just below it."""
    if date_index is None:
        return 0
    above = date_index - index
    if above == 1:
        return 5
    if 2 <= above <= 4:
        return 4 - above / 2
    if above in {0, -1}:
        return 1.5
    return 0 if above > 0 else -1
