"""What is done with a document that is to be read: parsed, judged, recognised, kept.

Loaded when the first document of a process changes; most pulls never come here.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

from feedhub.errors import BadStatus, ParseError, SourceError
from feedhub.fetch.client import Fetched
from feedhub.flow.collecting.articles import pages_pending, read_pages
from feedhub.flow.collecting.ending import Ending, keep_endings
from feedhub.flow.collecting.findings import Findings
from feedhub.flow.collecting.keeping import keep_pull
from feedhub.flow.collecting.missing import ask_after_missing
from feedhub.flow.collecting.past import Past, learnt_from, pack, read_past
from feedhub.flow.collecting.pull import Pull
from feedhub.flow.collecting.pushing import keep_subscribed, note_offer
from feedhub.flow.collecting.reading import read_source, with_date_order
from feedhub.flow.collecting.recognising import recognise
from feedhub.flow.collecting.remembering import answered, held
from feedhub.flow.collecting.watching import damage_words, facts_of_pull, judge_pull, told_words
from feedhub.model.document import Document, NotModified
from feedhub.model.habits import SourceHabits
from feedhub.model.pull import Outcome, PullRecord
from feedhub.model.source import DateOrder
from feedhub.model.trouble import PullFacts, Trouble
from feedhub.text.dates import order_of

__all__ = ["take"]


def take(pull: Pull, asked: Future[Fetched]) -> PullRecord:
    """Read the answer of a pull and write down all that comes of it; needs a desk.

    Expected trouble is in the record returned; anything else is a bug and is raised.
    """
    try:
        record = _take(pull, asked.result())
    except SourceError as error:
        record = _keep(pull, pull.failure(error))
    if pull.push is not None or record.outcome is Outcome.OK:
        keep_subscribed(pull.parts, pull.source.id)
    return record


def _take(pull: Pull, answer: Fetched) -> PullRecord:
    source, now = pull.source, pull.now
    changed = pull.has_changed(answer)
    past = _past(pull)
    if not changed or isinstance(answer, NotModified):
        return _keep(pull, pull.unchanged(answer, learnt_from(past, source, now)))

    def next_page(url: str) -> Document:
        page = pull.parts.ask(pull.request_for(url))
        if isinstance(page, NotModified):
            raise BadStatus(f"{url} answered 304 to a request without validators", status=304)
        return page

    order = _date_order(pull)
    reading = read_source(
        answer,
        with_date_order(source, order),
        now,
        next_page=next_page,
        desks=pull.parts.desks,
        known_until=past.newest,
    )
    order = order or order_of(entry.published.evidence for entry in reading.entries)
    habits = SourceHabits(chrome=frozenset(pull.state.chrome), date_order=order)
    findings = Findings(document=answer, reading=reading, habits=habits)
    recognise(pull.parts, source, findings, first_pull=not pull.state.first_pull_done)
    facts = facts_of_pull(findings, now)
    troubles: tuple[Trouble, ...] = ()
    if not pull.accept:
        troubles = judge_pull(source, pull.state, findings, facts, past.normal(source, now))
    if any(trouble.hold for trouble in troubles):
        return _hold(pull, findings, troubles)
    read_pages(pull.parts, source, findings, now)
    ask_after_missing(pull.parts, source, findings)
    pull.push = note_offer(
        pull.parts,
        source.id,
        answer,
        reading.parsed,
        new=len(findings.fresh),
        pulled_before=pull.state.pulled_at,
    )
    ending = _good_ending(pull, findings, troubles, facts, past)
    keep_pull(pull.parts, source, ending, findings, first_pull=not pull.state.first_pull_done)
    return ending.record


def _past(pull: Pull) -> Past:
    if not pull.state.first_pull_done:
        return Past()
    since = pull.now if pull.restarts else pull.state.normal_since
    return read_past(pull.parts, pull.source, since, pull.now)


def _good_ending(
    pull: Pull,
    findings: Findings,
    troubles: tuple[Trouble, ...],
    facts: PullFacts,
    past: Past,
) -> Ending:
    source, now, parsed = pull.source, pull.now, findings.reading.parsed
    answer, counts = findings.document, findings.counts()
    damage = damage_words(parsed)
    record = replace(pull.record(Outcome.OK, answer, counts), message=damage)
    past_now = past.after(facts, (match.entry for match in findings.fresh), now)
    state = answered(
        pull.state,
        answer,
        pull.body_hash,
        now,
        shape=pull.shape,
        title=parsed.title,
        homepage=source.homepage or parsed.link,
        first_pull_done=True,
        pages_pending=pages_pending(source, findings),
        date_order=str(findings.habits.date_order or ""),
        chrome=tuple(sorted(findings.habits.chrome)),
        ttl_minutes=parsed.every_minutes,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        changed_at=now if counts.changed else pull.state.changed_at,
        message=told_words(troubles, damage),
        damage=damage,
        troubles=troubles,
        normal_since=now if pull.restarts else pull.state.normal_since,
        learnt=pack(learnt_from(past_now, source, now)),
    )
    return pull.ending(record, pull.due(state, answer, past.rhythm(now)), facts)


def _keep(pull: Pull, ending: Ending) -> PullRecord:
    with pull.parts.store.writing() as tx:
        keep_endings(tx, [ending])
    return ending.record


def _hold(pull: Pull, findings: Findings, troubles: tuple[Trouble, ...]) -> PullRecord:
    """Take nothing of a suspicious document; what was taken before stays."""
    state = held(pull.state, pull.source, troubles, pull.now)
    counts = findings.counts()
    counts = replace(counts, new=0, revised=0, pending=counts.pending + counts.new + counts.revised)
    record = pull.record(Outcome.HELD, findings.document, counts)
    record = replace(record, message=state.message)
    state = pull.later(state, ParseError(state.message))
    return _keep(pull, pull.ending(record, state))


def _date_order(pull: Pull) -> DateOrder | None:
    """Return the order of the source's dates: by its rule, else as learnt."""
    rule = pull.source.listing
    if rule is not None and rule.date_order is not None:
        return rule.date_order
    return DateOrder(pull.state.date_order) if pull.state.date_order else None
