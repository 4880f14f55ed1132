"""What a portal shows at one moment: articles with days filled, dates and addresses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from feedhub.demo.portals import PORTALS, Portal
from feedhub.demo.timeline import TIMELINE, Change, Happening
from feedhub.demo.written import Written, days_filled, text_of, written

__all__ = ["Showing", "Shown", "showing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article as readers see it; dates are in the portal's own time zone.

    ``address`` and ``picture`` stand under the portal's prefix, without it.
    """

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    section: str
    byline: str
    credit: str
    caption: str
    published: datetime
    changed: datetime
    number: int
    guid: str
    address: str
    picture: str

    @property
    def summary(self) -> str:
        """The first paragraph: what a listing or a short feed shows."""
        return self.paragraphs[0]


@dataclass(frozen=True, slots=True)
class Showing:
    """A portal at one moment, newest article first; ``changed`` is when it last changed."""

    portal: Portal
    articles: tuple[Shown, ...]
    withdrawn: tuple[Shown, ...]
    changed: datetime


@lru_cache(maxsize=256)
def showing(portal_id: str, started: datetime, rows: int) -> Showing:
    """Return what the portal shows after the first ``rows`` rows of the timeline."""
    portal = PORTALS[portal_id]
    past = [row for row in TIMELINE[:rows] if row.article.startswith(f"{portal_id}/")]
    appeared = {row.article for row in past if row.change is Change.APPEARS}
    taken_back = {row.article for row in past if row.change is Change.WITHDRAWN}
    everything = sorted(written(portal_id), key=lambda text: published(portal, text, started))
    here: list[Shown] = []
    gone: list[Shown] = []
    for rank, text in enumerate(everything):
        name = f"{portal_id}/{text.slug}"
        if text.age is None and name not in appeared:
            continue
        changes = [row for row in past if row.article == name and row.old]
        shown = _shown(portal, text, portal.first_number + 7 * rank, started, changes)
        (gone if name in taken_back else here).append(shown)
    here.reverse()
    last_row = [_moment(started, row.after, portal) for row in past]
    changed = max(last_row + [shown.changed for shown in here])
    return Showing(portal, tuple(here), tuple(gone), changed)


def published(portal: Portal, text: Written, started: datetime) -> datetime:
    """Return when an article came out, in the portal's time zone and to the minute."""
    local = started.astimezone(ZoneInfo(portal.timezone)).replace(second=0, microsecond=0)
    if text.age is None:
        return _moment(started, _after(f"{portal.id}/{text.slug}"), portal)
    if text.age.at is None:
        midnight = local.replace(hour=0, minute=0)
        if local - timedelta(hours=text.age.hours) >= midnight:
            return local - timedelta(hours=text.age.hours)
        # Started soon after midnight: squeeze the day's news into the day, in the same order.
        squeezed = midnight + (local - midnight) * (24 - text.age.hours) / 24
        return squeezed.replace(second=0, microsecond=0)
    then = local - timedelta(days=text.age.days)
    return then.replace(hour=text.age.at.hour, minute=text.age.at.minute)


def _after(name: str) -> timedelta:
    return next(
        row.after for row in TIMELINE if row.article == name and row.change is Change.APPEARS
    )


def _moment(started: datetime, after: timedelta, portal: Portal) -> datetime:
    return (started + after).astimezone(ZoneInfo(portal.timezone)).replace(microsecond=0)


def _shown(
    portal: Portal, text: Written, number: int, started: datetime, changes: list[Happening]
) -> Shown:
    moment = published(portal, text, started)
    title, paragraphs = _text_of(portal, text, started, changes)
    name = f"{portal.id}/{text.slug}"
    guid = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    address = portal.address.format(slug=text.slug, number=number, guid=guid, section=text.section)
    folder = f"UploadFiles/TinTuc/{moment.year}/{moment.month}/{moment.day}"
    return Shown(
        slug=text.slug,
        title=title,
        paragraphs=paragraphs,
        section=text.section,
        byline=text.byline,
        credit=text.credit,
        caption=days_filled(text.caption, moment.date()),
        published=moment,
        changed=max([moment, *(_moment(started, row.after, portal) for row in changes)]),
        number=number,
        guid=guid,
        address=address,
        picture=f"{folder}/{text.slug}.png" if text.caption else "",
    )


def _text_of(
    portal: Portal, text: Written, started: datetime, changes: list[Happening]
) -> tuple[str, tuple[str, ...]]:
    """Return title and paragraphs; a reprint takes the days of the text it reprints."""
    day = published(portal, text, started).date()

    def filled(line: str) -> str:
        for row in changes:
            line = line.replace(row.old, row.new)
        return days_filled(line, day)

    title = filled(text.title)
    paragraphs = tuple(filled(line) for line in text.paragraphs)
    if text.reprint_of:
        origin_id = text.reprint_of.partition("/")[0]
        origin = text_of(text.reprint_of)
        first_title, first = _text_of(PORTALS[origin_id], origin, started, [])
        title = title or first_title
        paragraphs += first[: text.keep or None]
    return title, paragraphs
