"""The pages of digests: one for each, and the list of all. Bytes of UTF-8 HTML, as all pages."""

from __future__ import annotations

from datetime import date

from feedhub.model import addresses as at
from feedhub.model.digest import DigestEdition, DigestIndex
from feedhub.render.digest_words import digest_count, digest_period, digest_title, fair_shares
from feedhub.render.language import language
from feedhub.render.pages import Pages

__all__ = ["render_digest", "render_digests"]

#: sections and stories from which on a page begins with a list of its sections
_LONG_SECTIONS, _LONG_STORIES = 3, 10
#: stories on one page; a hub with more has them by day
_MOST_STORIES = 1000
#: where the sections of a digest lead, by what they are made of
_SECTION_PATHS = {
    "place": at.place_path,
    "topic": at.topic_path,
    "source": at.source_path,
}


def render_digest(
    pages: Pages,
    edition: DigestEdition,
    code: str,
    *,
    earlier: date | None = None,
    later: date | None = None,
) -> bytes:
    """``/digests/<id>/<YYYY-MM-DD>/``: one digest; ``earlier`` and ``later`` are its neighbours.

    A section has the anchor ``section-<n>``, counted from 1, to which letters link.
    """
    words = language(code)
    name = digest_title(edition.digest, words)
    shares = fair_shares([len(section.stories) for section in edition.sections], _MOST_STORIES)
    return pages.page(
        "digest.html",
        code,
        path=edition.path,
        title=f"{name}, {words.short_day(edition.day)}",
        room="digests",
        page=edition,
        sections=[
            (number, section, section.stories[:kept], len(section.stories) - kept)
            for number, (section, kept) in enumerate(zip(edition.sections, shares, strict=True), 1)
            if section.stories
        ],
        name=name,
        counted=digest_count(edition, words),
        period=digest_period(edition, words, pages.hub.timezone),
        section_path=_SECTION_PATHS[edition.digest.sections],
        is_long=len(edition.sections) >= _LONG_SECTIONS and edition.total >= _LONG_STORIES,
        earlier=(at.digest_path(edition.digest.id, earlier), earlier) if earlier else None,
        later=(at.digest_path(edition.digest.id, later), later) if later else None,
    )


def render_digests(pages: Pages, index: DigestIndex, code: str) -> bytes:
    """``/digests/``: all digests with their newest runs, when the next is due, how to get them."""
    return pages.page(
        "digests.html",
        code,
        path=at.DIGESTS,
        title=language(code).gettext("Digests"),
        room="digests",
        index=index,
        due=dict(index.next_due),
        rows={
            digest.id: [row for row in index.rows if row.digest.id == digest.id]
            for digest in index.digests
        },
    )
