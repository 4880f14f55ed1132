"""One pull of one source, from the request to the last row written."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from feedhub import __version__
from feedhub.errors import (
    BadStatus,
    FetchError,
    Gone,
    ListingChanged,
    ParseError,
    SourceError,
    Unreachable,
)
from feedhub.extract.habits import SourceHabits
from feedhub.fetch.client import Fetched, Request
from feedhub.flow.articles import pages_pending, read_pages
from feedhub.flow.findings import Findings
from feedhub.flow.keeping import Ending, keep_endings, keep_pull
from feedhub.flow.missing import ask_after_missing
from feedhub.flow.parts import CollectParts
from feedhub.flow.past import Learnt, Past, learnt_from, pack, read_past, unpack
from feedhub.flow.pushing import keep_subscribed, note_offer
from feedhub.flow.reading import read_source, with_date_order
from feedhub.flow.recognising import recognise
from feedhub.flow.remembering import MOVE_PROOFS, answered, failed, held
from feedhub.flow.rhythm import after_failure, after_success
from feedhub.flow.watching import (
    damage_words,
    facts_of_pull,
    judge_pull,
    judge_same,
    news_for_operators,
    told_words,
)
from feedhub.model.document import Document, NotModified, Validators
from feedhub.model.pull import Outcome, PullRecord, Reconciliation, SourceState
from feedhub.model.push import Push
from feedhub.model.source import DateOrder, Source, SourceKind
from feedhub.model.trouble import PullFacts, Trouble
from feedhub.parse.stamps import without_stamps
from feedhub.text.dates import order_of

__all__ = ["Pull"]

#: a full fetch at least this often, in case a server's 304 lies
_FULL_FETCH_EVERY = timedelta(days=1)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Pull:
    """A pull under way: asked for with ``request``, then ended by ``quiet`` or else by ``take``.

    ``push`` is what was agreed with the source's WebSub hub. ``accept`` takes a document as it is,
    however unusual it is for its source.
    """

    def __init__(
        self,
        parts: CollectParts,
        source: Source,
        state: SourceState,
        *,
        push: Push | None = None,
        accept: bool = False,
    ) -> None:
        self.parts = parts
        self.source = source
        self.state = state
        self.push = push
        self.accept = accept
        self.now: datetime = parts.clock.now()
        self.started = parts.clock.monotonic()
        #: a fingerprint of the version and of how the source is read
        self.shape = _digest(repr((__version__, source)).encode())
        #: read the document even if it has not changed
        self.anew = accept or state.pages_pending or state.shape != self.shape
        #: what was usual before says nothing any more
        self.restarts = accept or (bool(state.shape) and state.shape != self.shape)
        self._body_hash = ""

    def request(self) -> Request:
        """Return what the pull asks for first."""
        full = (
            self.anew
            or self.state.full_fetch_at is None
            or not timedelta(0) <= self.now - self.state.full_fetch_at < _FULL_FETCH_EVERY
        )
        moved = self.state.moved_to if self.state.moved_proofs >= MOVE_PROOFS else ""
        return self._request(
            moved or self.source.url, validators=None if full else self.state.validators
        )

    def quiet(self, asked: Future[Fetched]) -> Ending | None:
        """Return how the pull ended where that takes no look into the database.

        That is where it failed, or where nothing changed and the past is remembered; None
        elsewhere. Nothing is written. ``asked`` is done. Raises ``CancelledError`` when the hub is
        shutting down.
        """
        if self.push is not None:
            return None  # its hub may have to be asked for a new lease
        try:
            answer = asked.result()
        except SourceError as error:
            return self._failure(error)
        if self._has_changed(answer):
            return None
        learnt = unpack(self.state, self.source)
        return None if learnt is None else self._unchanged(answer, learnt)

    def take(self, asked: Future[Fetched]) -> PullRecord:
        """Read the answer and write down all that comes of it; needs a desk.

        Expected trouble is in the record returned; anything else is a bug and is raised.
        """
        try:
            record = self._take(asked.result())
        except SourceError as error:
            record = self._keep(self._failure(error))
        if self.push is not None or record.outcome is Outcome.OK:
            keep_subscribed(self.parts, self.source.id)
        return record

    def _has_changed(self, answer: Fetched) -> bool:
        """Tell whether the answer is to be read; its validators and hash are remembered anyway."""
        if isinstance(answer, NotModified):
            self._body_hash = self.state.body_hash
            return False
        if not self._body_hash:
            listing = self.source.kind is SourceKind.LISTING
            self._body_hash = _digest(answer.body if listing else without_stamps(answer.body))
        return self.anew or self._body_hash != self.state.body_hash

    def _request(self, url: str, *, validators: Validators | None = None) -> Request:
        return Request(
            url=url,
            validators=validators or Validators(),
            kind="listing" if self.source.kind is SourceKind.LISTING else "feed",
            ca_file=self.source.ca_file,
            verify_tls=self.source.verify_tls,
        )

    def _next_page(self, url: str) -> Document:
        answer = self.parts.ask(self._request(url))
        if isinstance(answer, NotModified):
            raise BadStatus(f"{url} answered 304 to a request without validators", status=304)
        return answer

    def _past(self) -> Past:
        if not self.state.first_pull_done:
            return Past()
        since = self.now if self.restarts else self.state.normal_since
        return read_past(self.parts, self.source, since, self.now)

    def _take(self, answer: Fetched) -> PullRecord:
        changed = self._has_changed(answer)
        past = self._past()
        if not changed or isinstance(answer, NotModified):
            return self._keep(self._unchanged(answer, learnt_from(past, self.source, self.now)))
        order = self._date_order()
        reading = read_source(
            answer, with_date_order(self.source, order), self.now, next_page=self._next_page
        )
        order = order or order_of(entry.published.evidence for entry in reading.entries)
        habits = SourceHabits(chrome=frozenset(self.state.chrome), date_order=order)
        findings = Findings(document=answer, reading=reading, habits=habits)
        recognise(self.parts, self.source, findings)
        facts = facts_of_pull(findings, self.now)
        troubles = () if self.accept else self._judge(findings, facts, past)
        if any(trouble.hold for trouble in troubles):
            return self._hold(findings, troubles)
        read_pages(self.parts, self.source, findings, self.now)
        ask_after_missing(self.parts, self.source, findings)
        counts = findings.counts()
        damage = damage_words(reading.parsed)
        record = replace(self._record(Outcome.OK, answer, counts), message=damage)
        past_now = past.after(facts, (match.entry for match in findings.fresh), self.now)
        state = replace(
            answered(self.state, answer, self._body_hash, self.now),
            shape=self.shape,
            title=reading.parsed.title,
            homepage=self.source.homepage or reading.parsed.link,
            first_pull_done=True,
            pages_pending=pages_pending(self.source, findings),
            date_order=str(findings.habits.date_order or ""),
            chrome=tuple(sorted(findings.habits.chrome)),
            ttl_minutes=reading.parsed.every_minutes,
            skip_hours=reading.parsed.skip_hours,
            skip_days=reading.parsed.skip_days,
            changed_at=self.now if counts.changed else self.state.changed_at,
            message=told_words(troubles, damage),
            damage=damage,
            troubles=troubles,
            normal_since=self.now if self.restarts else self.state.normal_since,
            learnt=pack(learnt_from(past_now, self.source, self.now)),
        )
        self.push = note_offer(
            self.parts,
            self.source.id,
            answer,
            reading.parsed,
            new=counts.new,
            pulled_before=self.state.pulled_at,
        )
        state = self._due(state, answer, past.rhythm(self.now))
        keep_pull(
            self.parts,
            self.source,
            self._ending(record, state, facts),
            findings,
            first_pull=not self.state.first_pull_done,
        )
        return record

    def _judge(self, findings: Findings, facts: PullFacts, past: Past) -> tuple[Trouble, ...]:
        return judge_pull(
            self.source, self.state, findings, facts, past.normal(self.source, self.now)
        )

    def _due(self, state: SourceState, answer: Fetched, news: tuple[datetime, ...]) -> SourceState:
        return after_success(
            self.parts.settings.collect,
            self.source,
            state,
            answer=answer,
            news=news,
            push=self.push,
            now=self.now,
        )

    def _record(self, outcome: Outcome, answer: Fetched, counts: Reconciliation) -> PullRecord:
        document = answer if isinstance(answer, Document) else None
        return PullRecord(
            source_id=self.source.id,
            at=self.now,
            outcome=outcome,
            status=document.status if document else 304,
            bytes=document.wire_bytes if document else 0,
            milliseconds=answer.elapsed_ms,
            counts=counts,
        )

    def _ending(
        self, record: PullRecord, state: SourceState, facts: PullFacts | None = None
    ) -> Ending:
        told = news_for_operators(self.state, state, accepted=self.accept)
        return Ending(record=record, state=state, facts=facts, told=told)

    def _keep(self, ending: Ending) -> PullRecord:
        with self.parts.store.writing() as tx:
            keep_endings(tx, [ending])
        return ending.record

    def _hold(self, findings: Findings, troubles: tuple[Trouble, ...]) -> PullRecord:
        """Take nothing of a suspicious document; what was taken before stays."""
        state = held(self.state, self.source, troubles, self.now)
        counts = findings.counts()
        counts = replace(
            counts, new=0, revised=0, pending=counts.pending + counts.new + counts.revised
        )
        record = self._record(Outcome.HELD, findings.document, counts)
        record = replace(record, message=state.message)
        error = ParseError(state.message)
        state = self._later(state, error)
        return self._keep(self._ending(record, state))

    def _later(self, state: SourceState, error: SourceError) -> SourceState:
        collect = self.parts.settings.collect
        return after_failure(collect, self.source, state, error=error, now=self.now)

    def _date_order(self) -> DateOrder | None:
        """Return the order of the source's dates: by its rule, else as learnt."""
        rule = self.source.listing
        if rule is not None and rule.date_order is not None:
            return rule.date_order
        return DateOrder(self.state.date_order) if self.state.date_order else None

    def _unchanged(self, answer: Fetched, learnt: Learnt) -> Ending:
        troubles = judge_same(self.state, learnt.normal, self.now)
        state = replace(
            answered(self.state, answer, self._body_hash, self.now),
            shape=self.shape,
            message=told_words(troubles, self.state.damage),
            troubles=troubles,
            learnt=self.state.learnt or pack(learnt),
        )
        state = self._due(state, answer, learnt.news)
        return self._ending(self._record(Outcome.UNCHANGED, answer, Reconciliation()), state)

    def _failure(self, error: SourceError) -> Ending:
        if isinstance(error, Gone):
            outcome = Outcome.GONE
        elif isinstance(error, ListingChanged):
            outcome = Outcome.HELD
        else:
            outcome = Outcome.FAILED
        record = PullRecord(
            source_id=self.source.id,
            at=self.now,
            outcome=outcome,
            status=error.status or 0 if isinstance(error, FetchError) else 0,
            milliseconds=int((self.parts.clock.monotonic() - self.started) * 1000),
            message=str(error),
            silent=isinstance(error, Unreachable),
        )
        state = failed(self.state, error, self.now)
        return self._ending(record, self._later(state, error))
