"""Guessing the rule of a listing page: once, to be frozen and confirmed by a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from feedhub.model.document import Document
from feedhub.model.entry import RawEntry
from feedhub.model.source import ListingRule
from feedhub.suggest.confidence import MINIMUM, confidence_of
from feedhub.suggest.freeze import rule_of
from feedhub.suggest.groups import groups_of
from feedhub.suggest.paging import next_page_rule
from feedhub.suggest.selectors import Selectors
from feedhub.suggest.survey import Survey, survey_of
from feedhub.suggest.weights import Group
from feedhub.text.rows import Row, misfit, raw_entries, read_rows

__all__ = ["Candidate", "Suggestion", "suggest_rule"]


#: fewer rows than this are no list
FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible rule with what it reads: for a person to choose from."""

    rule: ListingRule
    score: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a listing page seems to list.

    ``confidence`` is 0 to 1. When it is too low the guess is ``abstained``: ``rule`` is None and
    ``entries`` is empty, but ``candidates`` still holds the best three for a person to look at.
    ``reason`` says in a sentence why.
    """

    rule: ListingRule | None
    confidence: float
    abstained: bool
    entries: tuple[RawEntry, ...]
    rows: tuple[Row, ...]
    candidates: tuple[Candidate, ...]
    reason: str = ""


def suggest_rule(
    document: Document,
    *,
    language: str = "",
    today: date,
    site_links: frozenset[str] = frozenset(),
    alternatives: int = 3,
) -> Suggestion:
    """Guess how a listing page is to be read.

    ``site_links`` are addresses that other pages of the site link to as well: menus and boxes,
    which are left aside. Nothing a page holds makes this raise.
    """
    survey = survey_of(document, language=language, today=today, known=site_links)
    chosen: list[Group] = []
    for group in groups_of(survey):
        if not any(_overlap(survey, group, each) for each in chosen):
            chosen.append(group)
        if len(chosen) == max(1, alternatives):
            break
    selectors = Selectors(survey.page)
    pages = next_page_rule(survey, selectors)
    candidates: list[Candidate] = []
    problems: list[str] = []
    for group in chosen:
        rule = replace(rule_of(survey, group, selectors), pages=pages)
        read = read_rows(survey.page, rule, language=survey.language, today=today)
        problems.append(misfit(rule, read))
        candidates.append(Candidate(rule=rule, score=group.score, rows=read.rows))
    if not candidates:
        return Suggestion(
            rule=None,
            confidence=0.0,
            abstained=True,
            entries=(),
            rows=(),
            candidates=(),
            reason="the page has no repeated links",
        )
    confidence, reason = confidence_of(survey, chosen[0])
    if len(candidates[0].rows) < FEWEST_ROWS:
        confidence, reason = min(confidence, MINIMUM / 2), "the page has no list of several entries"
    elif problems[0]:
        confidence, reason = min(confidence, MINIMUM / 2), problems[0]
    abstained = confidence < MINIMUM
    best = candidates[0]
    rows = () if abstained else best.rows
    return Suggestion(
        rule=None if abstained else best.rule,
        confidence=confidence,
        abstained=abstained,
        entries=raw_entries(survey.page, rows),
        rows=rows,
        candidates=tuple(candidates),
        reason=reason,
    )


def _overlap(survey: Survey, one: Group, other: Group) -> bool:
    """Tell whether two groups stand in the same part of the page for the most part."""
    last = survey.page.last
    ours = (one.rows[0], last[one.rows[-1]])
    theirs = (other.rows[0], last[other.rows[-1]])
    shared = min(ours[1], theirs[1]) - max(ours[0], theirs[0])
    return shared > 0.5 * min(ours[1] - ours[0], theirs[1] - theirs[0])
