"""Tell what is unusual about a source, in words, once per kind and once when it is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub.model.trouble import Notice, PullFacts, Trouble, TroubleKind
from feedhub.watch.normal import FIELDS, Normal

__all__ = ["judge", "judge_unchanged", "notices"]

#: Fewer pulls or weeks than this make no normal.
_FEWEST_PULLS = 3
_FEWEST_WEEKS = 3.0
_FEWEST_DAYS_WITH_NEWS = 4
#: A silence this unlikely is worth a word. For a source with news on every working day of twelve
#: weeks that is two silent working days; for one with news twice a week, about three weeks.
#: Steady sources are wrongly called late once in two or three years (tests/unit/watch).
_UNLIKELY = 0.002
#: A document this much shorter than usual is not a quiet day (research: a drop of over 80 %).
_SHRUNKEN = 0.2
#: Lists shorter than this vary too much to speak of shrinking or of all rows being new.
_SHORT_LIST = 5
#: So many times what was to be expected is a flood, but only from so many entries on.
_FLOOD_TIMES = 3
_FLOOD_LEAST = 15
#: A field was always there, and is there no more.
_USUALLY_FILLED = 0.8
_HARDLY_FILLED = 0.2


def judge(normal: Normal, pull: PullFacts, now: datetime) -> tuple[Trouble, ...]:
    """Say what is unusual about the latest good pull of a source.

    Returns nothing while too little is known of it; above all the first pull is exempt.
    """
    if normal.pulls < _FEWEST_PULLS:
        return ()
    found = [
        _too_few(normal, pull),
        _redesigned(normal, pull),
        _too_many(normal, pull),
        _undated(normal, pull),
        _silence(normal, now) if not pull.new else None,
    ]
    return tuple(trouble for trouble in found if trouble is not None)


def judge_unchanged(
    normal: Normal, before: Sequence[Trouble], now: datetime
) -> tuple[Trouble, ...]:
    """Say what is unusual after a pull that found nothing changed (304, or the same bytes).

    ``before`` are the troubles after the pull before: what a document lacked it still lacks, and
    only time has passed.
    """
    late = _silence(normal, now) if normal.pulls >= _FEWEST_PULLS else None
    over = {TroubleKind.LATE, TroubleKind.FAILING}
    kept = (trouble for trouble in before if trouble.kind not in over)
    return (*kept, late) if late is not None else tuple(kept)


def notices(before: Collection[TroubleKind], troubles: Sequence[Trouble]) -> tuple[Notice, ...]:
    """Say what an operator has not been told yet: new kinds of trouble, and those that are over.

    ``before`` are the kinds that were told and not yet called over.
    """
    kinds = {trouble.kind for trouble in troubles}
    fresh = [
        Notice(kind=trouble.kind, words=trouble.words)
        for trouble in troubles
        if trouble.kind not in before
    ]
    over = [
        Notice(kind=kind, words=_OVER[kind], over=True)
        for kind in (TroubleKind if before else ())
        if kind in before and kind not in kinds
    ]
    return (*fresh, *over)


_OVER = {
    TroubleKind.LATE: "it has news again",
    TroubleKind.EMPTY: "it lists entries again",
    TroubleKind.SHRUNKEN: "it is as long as usual again",
    TroubleKind.FLOODING: "it brings no more news than usual again",
    TroubleKind.UNDATED: "its entries carry dates again",
    TroubleKind.REDESIGNED: "it looks as usual again",
    TroubleKind.FAILING: "it can be read again",
    TroubleKind.NETWORK: "the network works again",
    TroubleKind.HUB: "the hub does its work again",
}


def _silence(normal: Normal, now: datetime) -> Trouble | None:
    """Say that a source is late, weighing the days it usually has news on.

    Only whole days of silence count, in the source's own time zone, so a quiet weekend of a
    town hall is no news and a quiet working week is.
    """
    if (
        normal.last_news is None
        or normal.weeks < _FEWEST_WEEKS
        or normal.days_with_news < _FEWEST_DAYS_WITH_NEWS
    ):
        return None
    today = now.astimezone(ZoneInfo(normal.timezone)).date()
    chance = 1.0
    day: date = normal.last_news + timedelta(days=1)
    while day < today and chance >= _UNLIKELY:
        chance *= 1 - normal.active_days[day.weekday()]
        day += timedelta(days=1)
    if chance >= _UNLIKELY:
        return None
    days = (today - normal.last_news).days
    per_week = sum(normal.active_days)
    usually = (
        f"{per_week:.0f} days a week" if per_week >= 1.5 else f"{per_week * 4:.0f} days a month"
    )
    return Trouble(
        kind=TroubleKind.LATE,
        words=f"nothing new for {days} days, where there is usually news on {usually}",
    )


def _too_few(normal: Normal, pull: PullFacts) -> Trouble | None:
    if not pull.listed and normal.rows >= 1:
        return Trouble(
            kind=TroubleKind.EMPTY,
            words=f"0 of the usual {normal.rows:.0f} entries; what was there before is kept",
            hold=True,
        )
    if (
        normal.rows >= _SHORT_LIST
        and pull.listed < normal.rows * _SHRUNKEN
        and pull.listed < normal.fewest_rows
    ):
        return Trouble(
            kind=TroubleKind.SHRUNKEN,
            words=f"only {pull.listed} of the usual {normal.rows:.0f} entries",
            hold=True,
        )
    return None


def _expected_new(normal: Normal, pull: PullFacts) -> float:
    """Return how much news the time since the pull before would usually bring."""
    if normal.last_pull is None:
        return 0.0
    return normal.per_week * max((pull.at - normal.last_pull) / timedelta(weeks=1), 0.0)


def _too_many(normal: Normal, pull: PullFacts) -> Trouble | None:
    expected = max(float(normal.most_new), _expected_new(normal, pull))
    if pull.new < _FLOOD_LEAST or pull.new <= _FLOOD_TIMES * max(expected, 1.0):
        return None
    return Trouble(
        kind=TroubleKind.FLOODING,
        words=f"{pull.new} new entries at once, where it is usually at most {normal.most_new}",
        hold=True,
    )


def _undated(normal: Normal, pull: PullFacts) -> Trouble | None:
    usual = dict(normal.fill).get("dated", 0.0)
    if not pull.listed or usual < _USUALLY_FILLED or pull.dated > pull.listed * _HARDLY_FILLED:
        return None
    return Trouble(
        kind=TroubleKind.UNDATED,
        words=f"{pull.listed - pull.dated} of {pull.listed} entries carry no date, "
        f"where nearly all of them usually do",
        hold=True,
    )


def _redesigned(normal: Normal, pull: PullFacts) -> Trouble | None:
    """Tell a changed page: all rows unknown at once, fields gone, or rows that are no entries."""
    if not pull.listed:
        return None
    signs = []
    if pull.new >= pull.listed - pull.rejected >= _SHORT_LIST and pull.new > 2 * max(
        float(normal.most_new), _expected_new(normal, pull)
    ):
        signs.append(f"all {pull.new} entries are new at once")
    lost = [
        words
        for name, words in FIELDS.items()
        if dict(normal.fill).get(name, 0.0) >= _USUALLY_FILLED
        and getattr(pull, name) <= pull.listed * _HARDLY_FILLED
    ]
    if len(lost) >= 2:
        signs.append(f"no entry has {' or '.join(lost)} any more")
    rejected = pull.rejected / pull.listed
    if rejected >= 0.5 and normal.rejected < 0.1:
        signs.append(f"{pull.rejected} of {pull.listed} rows are no entries")
    if not signs:
        return None
    return Trouble(
        kind=TroubleKind.REDESIGNED,
        words=f"the source seems to have been redesigned: {'; '.join(signs)}",
        hold=True,
    )
