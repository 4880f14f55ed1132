"""Writes the feeds that are polled: the same bytes for the same numbers, on every machine.

Vietnamese and English local news of made-up sentences: 70 % RSS 2.0, 30 % Atom, about 3 KB of HTML
an entry. Every fifth entry prints, lightly edited, what an earlier feed printed.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from typing import NamedTuple

__all__ = ["Shape", "feed", "reprints", "restamped", "sentence"]

#: the newest entry of the first writing appeared then; the hub polls an hour later
NEWEST = datetime(2026, 3, 1, 6, tzinfo=UTC)
#: when every feed says it was made, in Atom's and RSS's form: at first, and once "restamped"
_BUILT = (
    ("2026-03-01T06:30:00Z", "2026-03-01T07:30:00Z"),
    ("Sun, 01 Mar 2026 06:30:00 +0000", "Sun, 01 Mar 2026 07:30:00 +0000"),
)
_PARAGRAPHS = 6
_PHRASES_A_PARAGRAPH = 20
_PHRASES = 20_000
#: entries of one feed are so far apart
_APART = timedelta(hours=7)


class Shape(NamedTuple):
    """How many feeds there are, and how many entries stand in each."""

    feeds: int
    entries: int


class _Text(NamedTuple):
    title: str
    paragraphs: tuple[tuple[str, ...], ...]


@cache
def _phrases(language: str) -> tuple[str, ...]:
    """Return short runs of words, frequent words often, out of the demo's own texts."""
    chance = random.Random(language)
    words: list[str] = []
    for file in sorted((files("feedhub.demo") / "texts").iterdir(), key=lambda one: one.name):
        english = file.name in {"english.txt", "marram-bay.txt"}
        if file.name.endswith(".txt") and english == (language == "en"):
            words += [
                word.strip(".,;:!?()[]\"'“”").lower()
                for word in file.read_text(encoding="utf-8").split()
                if word.strip(".,;:!?()[]\"'“”").isalpha()
            ]
    return tuple(" ".join(chance.choice(words) for _ in range(3)) for _ in range(_PHRASES))


def sentence(chance: random.Random, phrases: int) -> str:
    """Return so many Vietnamese phrases of three words each."""
    return " ".join(chance.choices(_phrases("vi"), k=phrases)).capitalize()


def _language(feed: int) -> str:
    return "en" if feed % 4 == 3 else "vi"


def _original(feed: int, entry: int) -> _Text:
    chance = random.Random(f"{feed}:{entry}")
    phrases = _phrases(_language(feed))
    paragraphs = tuple(
        tuple(chance.choices(phrases, k=_PHRASES_A_PARAGRAPH)) for _ in range(_PARAGRAPHS)
    )
    return _Text(" ".join(chance.choices(phrases, k=4)).capitalize(), paragraphs)


def reprints(feed: int, entry: int) -> tuple[int, int] | None:
    """Return the feed and entry that an entry prints again, or None where it is an original."""
    return (feed - 4, entry - 1) if entry % 5 == 4 and feed >= 4 else None


def _text(feed: int, entry: int) -> _Text:
    origin = reprints(feed, entry)
    if origin is None:
        return _original(feed, entry)
    title, paragraphs = _original(*origin)
    chance = random.Random(f"{feed}:{entry}")
    edited = [list(paragraph) for paragraph in paragraphs]
    for _ in range(2):  # an editor's hand: two phrases of 120
        paragraph = chance.choice(edited)
        paragraph[chance.randrange(len(paragraph))] = chance.choice(_phrases(_language(feed)))
    return _Text(title, tuple(tuple(paragraph) for paragraph in edited))


def _html(feed: int, entry: int, text: _Text) -> str:
    paragraphs = []
    for number, phrases in enumerate(text.paragraphs):
        first, *rest = phrases
        words = f'<a href="/chi-tiet?tc={feed}-{entry}-{number}">{first}</a> {" ".join(rest)}'
        paragraphs.append(f'<p style="text-align: justify;"><span>{words.capitalize()}.</span></p>')
    paragraphs.insert(2, f'<p><img src="/anh/{feed}-{entry}.jpg" alt=""></p>')
    return "".join(paragraphs)


def _row(feed: int, entry: int, *, at: datetime, atom: bool) -> str:
    text = _text(feed, entry)
    html, link = _html(feed, entry, text), f"https://t{feed}.example/tin/{entry}.html"
    summary = f"{' '.join(text.paragraphs[0])}.".capitalize()
    if atom:
        return (
            f"<entry><title>{text.title}</title><link href='{link}'/><id>tag:t{feed}:{entry}</id>"
            f"<published>{at:%Y-%m-%dT%H:%M:%SZ}</published>"
            f"<updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated><author><name>UBND</name></author>"
            f"<category term='tin'/><summary>{summary}</summary>"
            f"<content type='html'>{escape(html)}</content></entry>\n"
        )
    return (
        f"<item><title>{text.title}</title><link>{link}</link>"
        f"<guid isPermaLink='false'>t{feed}-{entry}</guid><category>tin</category>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>{summary}</description>"
        f"<content:encoded><![CDATA[{html}]]></content:encoded></item>\n"
    )


def feed(number: int, shape: Shape, *, more: int = 0) -> bytes:
    """Write one feed. ``more`` new entries push as many old ones off its end."""
    atom = number % 10 >= 7
    newest = NEWEST - timedelta(minutes=7 * (number % 61))
    rows = "".join(
        _row(number, entry, at=newest + (entry - shape.entries + 1) * _APART / 2, atom=atom)
        for entry in reversed(range(more, shape.entries + more))
    )
    home, language = f"https://t{number}.example/", _language(number)
    (built, _), (built_rss, _) = _BUILT
    if atom:
        whole = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xml:lang="{language}"><title>Town {number}</title><id>tag:t{number}</id>'
            f"<link href='{home}'/><updated>{built}</updated>\n{rows}</feed>\n"
        )
    else:
        whole = (
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Town {number}</title><link>{home}</link><description>News</description>"
            f"<language>{language}</language><lastBuildDate>{built_rss}</lastBuildDate>\n"
            f"{rows}</channel></rss>\n"
        )
    return whole.encode()


def restamped(body: bytes) -> bytes:
    """Return the feed as its server makes it an hour later, no entry changed."""
    head, tail = body[:1000], body[1000:]
    for before, after in _BUILT:
        head = head.replace(before.encode(), after.encode())
    return head + tail
