"""Is a pull unusual for its source? Asks the watch, and puts its answer into words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from feedhub.model.entry import ParsedFeed
from feedhub.model.pull import SourceState
from feedhub.model.source import Source, SourceKind
from feedhub.model.trouble import Notice, PullFacts, Trouble, TroubleKind
from feedhub.watch.judge import judge, judge_unchanged, notices
from feedhub.watch.normal import Normal, facts_of

if TYPE_CHECKING:
    from feedhub.flow.collecting.findings import Findings

__all__ = [
    "damage_words",
    "facts_of_pull",
    "failing",
    "held_words",
    "judge_pull",
    "judge_same",
    "news_for_operators",
    "told_words",
]

#: rows from which "all new at once" is taken for a changed page and not for news
_SUSPICIOUS_ROWS = 5
#: failures in a row that are told: one or two pass by themselves
_TOLD_FAILURES = 3


def facts_of_pull(findings: Findings, now: datetime) -> PullFacts:
    """Count what a pull's document looks like, before any page behind it was read."""
    reading = findings.reading
    return facts_of(
        reading.entries,
        at=now,
        listed=reading.seen,
        new=len(findings.fresh),
        rejected=len(reading.rejected),
        size=len(findings.document.body),
    )


def judge_pull(
    source: Source, state: SourceState, findings: Findings, facts: PullFacts, normal: Normal
) -> tuple[Trouble, ...]:
    """Say what is unusual about a document that was just read.

    A listing whose rows are all new at once is suspicious however little is known of it, for
    menus and boxes look like rows when a page was redesigned.
    """
    troubles = judge(normal, facts, facts.at)
    found = len(findings.reading.entries) - findings.repeated
    redesigned = any(one.kind is TroubleKind.REDESIGNED for one in troubles)
    if (
        source.kind is SourceKind.LISTING
        and state.first_pull_done
        and found >= _SUSPICIOUS_ROWS
        and len(findings.fresh) == found
        and not redesigned
    ):
        words = f"all {found} rows are new at once, so the page was probably redesigned"
        troubles += (Trouble(kind=TroubleKind.REDESIGNED, words=words, hold=True),)
    return troubles


def judge_same(state: SourceState, normal: Normal, now: datetime) -> tuple[Trouble, ...]:
    """Say what is unusual after a pull that found the last taken document unchanged.

    What was held back was never taken: if the document is the one before it, that is over.
    """
    before = [one for one in state.troubles if not one.hold]
    return judge_unchanged(normal, before, now)


def failing(state: SourceState) -> tuple[Trouble, ...]:
    """Return a source's troubles after a failure: those it had, and the failing if it lasts."""
    others = tuple(one for one in state.troubles if one.kind is not TroubleKind.FAILING)
    if state.failures < _TOLD_FAILURES and not state.gone:
        return others
    return (*others, Trouble(kind=TroubleKind.FAILING, words=state.message))


def told_words(troubles: Sequence[Trouble], damage: str = "") -> str:
    """Put troubles, and what could not be read as text, into one line."""
    return "; ".join(filter(None, [*(trouble.words for trouble in troubles), damage]))


def damage_words(parsed: ParsedFeed) -> str:
    """Say how much of a document fitted no letter of its encoding; "" where all of it did."""
    if not parsed.damaged:
        return ""
    count = f"{parsed.damaged:,} character" + ("s" if parsed.damaged > 1 else "")
    return f"{count} could not be read as {parsed.encoding}: the source's own text is damaged there"


def held_words(source: Source, troubles: Sequence[Trouble]) -> str:
    """Say why a batch is held back and what to do."""
    return (
        f"held back: {told_words(troubles)}; look at it, then run "
        f'"feedhub collect {source.id} --accept" if this is right'
    )


def news_for_operators(
    before: SourceState, after: SourceState, *, accepted: bool
) -> tuple[Notice, ...]:
    """Return what is to be told after a pull; the kinds in ``before`` were told already."""
    told = {trouble.kind for trouble in before.troubles}
    found = notices(told, after.troubles)
    if not accepted:
        return found
    words = "somebody looked at it and accepted it as it is"
    return tuple(
        Notice(kind=one.kind, words=words, over=True) if one.over else one for one in found
    )
