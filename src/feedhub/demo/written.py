"""Read the articles of a portal from its text file.

A file holds articles one after another::

    == slug-of-the-article
    title: ...
    when: 2d 08:30        two days before the start, at 08:30 local time; or `3h` before the start
                          but on the same day; left out for an article that the timeline brings
    section: tb           one of the portal's sections
    byline: ...           optional, as are credit and caption
    of: portal/slug       a reprint: the other article's text follows our own paragraphs
    keep: 3               how many of its paragraphs (all when left out)

    One line per paragraph, blank lines between.

``{d+3}`` and its like stand for days counted from the article's own day (``days_filled``), so the
demo is fresh whenever it is started.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib import resources

__all__ = [
    "MONTHS",
    "Age",
    "Written",
    "days_filled",
    "read_texts",
    "text_of",
    "title_of",
    "written",
]

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAY = re.compile(r"\{([dnwyeE])([+-]\d{1,3})?\}")
_KEYS = frozenset({"title", "when", "section", "byline", "credit", "caption", "of", "keep"})


@dataclass(frozen=True, slots=True)
class Age:
    """How long before the start an article came out: hours, or days and a local time of day."""

    hours: int = 0
    days: int = 0
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One article as its file has it, days still unfilled. ``age`` is None if it comes later."""

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    section: str
    age: Age | None
    byline: str = ""
    credit: str = ""
    caption: str = ""
    reprint_of: str = ""
    keep: int = 0


def days_filled(text: str, day: date) -> str:
    """Fill the day marks of ``text``, counted from ``day``.

    ``{d}`` 05/12/2026, ``{n}`` 5/12, ``{w}`` thứ Bảy, ``{y}`` 2026, ``{e}`` 5 December 2026,
    ``{E}`` Saturday 5 December; ``{d+3}`` is three days later.
    """

    def fill(mark: re.Match[str]) -> str:
        then = day + timedelta(days=int(mark[2] or 0))
        return {
            "d": f"{then:%d/%m/%Y}",
            "n": f"{then.day}/{then.month}",
            "w": _WEEKDAYS[then.weekday()],
            "y": str(then.year),
            "e": f"{then.day} {MONTHS[then.month - 1]} {then.year}",
            "E": f"{_DAYS[then.weekday()]} {then.day} {MONTHS[then.month - 1]}",
        }[mark[1]]

    return _DAY.sub(fill, text)


@cache
def written(portal: str) -> tuple[Written, ...]:
    """Return the articles of a portal in the order of its file."""
    path = resources.files("feedhub.demo").joinpath("texts", f"{portal}.txt")
    return read_texts(path.read_text(encoding="utf-8"))


def text_of(name: str) -> Written:
    """Return the article of that ``portal/slug``; raise KeyError if there is none."""
    portal, _, slug = name.partition("/")
    for text in written(portal):
        if text.slug == slug:
            return text
    raise KeyError(name)


def title_of(name: str) -> str:
    """Return the title of ``portal/slug``: its own, or that of the article it reprints."""
    text = text_of(name)
    return text.title or title_of(text.reprint_of)


def read_texts(text: str) -> tuple[Written, ...]:
    """Read a text file. Raises ValueError, naming the article, where one is not as described."""
    blocks = re.split(r"^== ", text, flags=re.MULTILINE)[1:]
    return tuple(_article(block) for block in blocks)


def _article(block: str) -> Written:
    head, _, body = block.partition("\n\n")
    slug, *lines = head.strip().split("\n")
    fields: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        if key not in _KEYS:
            raise ValueError(f"{slug}: {line!r} is none of {', '.join(sorted(_KEYS))}")
        fields[key] = value.strip()
    if not fields.get("section") or not (fields.get("title") or fields.get("of")):
        raise ValueError(f"{slug}: an article needs a section, and a title unless it is a reprint")
    return Written(
        slug=slug.strip(),
        title=fields.get("title", ""),
        paragraphs=tuple(line.strip() for line in body.split("\n") if line.strip()),
        section=fields["section"],
        age=_age(fields["when"]) if "when" in fields else None,
        byline=fields.get("byline", ""),
        credit=fields.get("credit", ""),
        caption=fields.get("caption", ""),
        reprint_of=fields.get("of", ""),
        keep=int(fields.get("keep", "0")),
    )


def _age(text: str) -> Age:
    amount, _, clock = text.partition(" ")
    if amount.endswith("h"):
        return Age(hours=int(amount[:-1]))
    if not amount.endswith("d"):
        raise ValueError(f"{text!r} is neither like '3h' nor like '2d 08:30'")
    return Age(days=int(amount[:-1]), at=time.fromisoformat(clock))
