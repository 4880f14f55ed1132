"""One pull of one source, from the request to the last row written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from feedhub import __version__
from feedhub.dedupe.identity import lookup_keys, match_entries
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
from feedhub.fetch.client import Request
from feedhub.flow.articles import page_wanted, pages_pending, read_pages
from feedhub.flow.findings import Change, Findings
from feedhub.flow.keeping import Ending, keep_ending, keep_pull
from feedhub.flow.missing import ask_after_missing
from feedhub.flow.parts import CollectParts
from feedhub.flow.pushing import keep_subscribed, note_offer
from feedhub.flow.reading import read_source, with_date_order
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
from feedhub.model.source import DateOrder, Source, SourceKind
from feedhub.model.trouble import PullFacts, Trouble
from feedhub.text.dates import order_of

__all__ = ["pull_source"]

#: a full fetch at least this often, in case a server's 304 lies
_FULL_FETCH_EVERY = timedelta(days=1)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class _Pull:
    """A pull under way. ``shape`` is a fingerprint of the version and of how the source is read."""

    def __init__(
        self, parts: CollectParts, source: Source, state: SourceState, *, accept: bool
    ) -> None:
        self.parts = parts
        self.source = source
        self.state = state
        self.accept = accept
        self.now: datetime = parts.clock.now()
        self.started = parts.clock.monotonic()
        self.shape = _digest(repr((__version__, source)).encode())
        #: read the document even if it has not changed
        self.anew = accept or state.pages_pending or state.shape != self.shape
        #: what was usual before says nothing any more
        self.restarts = accept or (bool(state.shape) and state.shape != self.shape)

    def run(self) -> PullRecord:
        """Pull once; every expected trouble becomes the pull's record."""
        try:
            record, _ = self._succeed()
        except SourceError as error:
            record, _ = self._fail(error)
        keep_subscribed(self.parts, self.source.id)
        return record

    def _request(self, url: str, *, validators: Validators | None = None) -> Request:
        return Request(
            url=url,
            validators=validators or Validators(),
            kind="listing" if self.source.kind is SourceKind.LISTING else "feed",
            ca_file=self.source.ca_file,
            verify_tls=self.source.verify_tls,
        )

    def _fetch(self) -> Document | NotModified:
        full = (
            self.anew
            or self.state.full_fetch_at is None
            or not timedelta(0) <= self.now - self.state.full_fetch_at < _FULL_FETCH_EVERY
        )
        moved = self.state.moved_to if self.state.moved_proofs >= MOVE_PROOFS else ""
        request = self._request(
            moved or self.source.url, validators=None if full else self.state.validators
        )
        return self.parts.ask(request)

    def _next_page(self, url: str) -> Document:
        answer = self.parts.ask(self._request(url))
        if isinstance(answer, NotModified):
            raise BadStatus(f"{url} answered 304 to a request without validators", status=304)
        return answer

    def _succeed(self) -> tuple[PullRecord, SourceState]:
        answer = self._fetch()
        if isinstance(answer, NotModified):
            return self._unchanged(answer, self.state.body_hash)
        body_hash = _digest(answer.body)
        if body_hash == self.state.body_hash and not self.anew:
            return self._unchanged(answer, body_hash)
        order = self._date_order()
        reading = read_source(
            answer, with_date_order(self.source, order), self.now, next_page=self._next_page
        )
        order = order or order_of(entry.published.evidence for entry in reading.entries)
        habits = SourceHabits(chrome=frozenset(self.state.chrome), date_order=order)
        findings = Findings(document=answer, reading=reading, habits=habits)
        self._recognise(findings)
        facts = facts_of_pull(findings, self.now)
        troubles = () if self.accept else self._judge(findings, facts)
        if any(trouble.hold for trouble in troubles):
            return self._hold(findings, troubles)
        read_pages(self.parts, self.source, findings, self.now)
        ask_after_missing(self.parts, self.source, findings)
        counts = findings.counts()
        damage = damage_words(reading.parsed)
        record = replace(self._record(Outcome.OK, answer, counts), message=damage)
        changed = bool(counts.new or counts.revised or counts.withdrawn)
        state = replace(
            answered(self.state, answer, body_hash, self.now),
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
            changed_at=self.now if changed else self.state.changed_at,
            message=told_words(troubles, damage),
            damage=damage,
            troubles=troubles,
            normal_since=self.now if self.restarts else self.state.normal_since,
        )
        note_offer(
            self.parts,
            self.source.id,
            answer,
            reading.parsed,
            new=counts.new,
            pulled_before=self.state.pulled_at,
        )
        state = after_success(self.parts, self.source, state, answer=answer, now=self.now)
        keep_pull(
            self.parts,
            self.source,
            self._ending(record, state, facts),
            findings,
            first_pull=not self.state.first_pull_done,
        )
        return record, state

    def _judge(self, findings: Findings, facts: PullFacts) -> tuple[Trouble, ...]:
        state = replace(self.state, normal_since=self.now) if self.restarts else self.state
        return judge_pull(self.parts, self.source, state, findings, facts)

    def _record(
        self, outcome: Outcome, answer: Document | NotModified, counts: Reconciliation
    ) -> PullRecord:
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

    def _keep_ending(self, ending: Ending) -> tuple[PullRecord, SourceState]:
        with self.parts.store.writing() as tx:
            keep_ending(tx, ending)
        return ending.record, ending.state

    def _hold(
        self, findings: Findings, troubles: tuple[Trouble, ...]
    ) -> tuple[PullRecord, SourceState]:
        """Take nothing of a suspicious document; what was taken before stays."""
        state = held(self.state, self.source, troubles, self.now)
        counts = findings.counts()
        counts = replace(
            counts, new=0, revised=0, pending=counts.pending + counts.new + counts.revised
        )
        record = self._record(Outcome.HELD, findings.document, counts)
        record = replace(record, message=state.message)
        error = ParseError(state.message)
        state = after_failure(self.parts, self.source, state, error=error, now=self.now)
        return self._keep_ending(self._ending(record, state))

    def _date_order(self) -> DateOrder | None:
        """Return the order of the source's dates: by its rule, else as learnt."""
        rule = self.source.listing
        if rule is not None and rule.date_order is not None:
            return rule.date_order
        return DateOrder(self.state.date_order) if self.state.date_order else None

    def _unchanged(
        self, answer: Document | NotModified, body_hash: str
    ) -> tuple[PullRecord, SourceState]:
        record = self._record(Outcome.UNCHANGED, answer, Reconciliation())
        troubles = judge_same(self.parts, self.source, self.state, self.now)
        state = replace(
            answered(self.state, answer, body_hash, self.now),
            shape=self.shape,
            message=told_words(troubles, self.state.damage),
            troubles=troubles,
        )
        state = after_success(self.parts, self.source, state, answer=answer, now=self.now)
        return self._keep_ending(self._ending(record, state))

    def _recognise(self, findings: Findings) -> None:
        entries = findings.reading.entries
        with self.parts.store.reading() as tx:
            known = tx.entries.known(self.source.id, lookup_keys(entries))
            listed = tx.entries.listed(self.source.id)
        matched = match_entries(entries, known)
        met = [match for match in matched if match.duplicate_of is None]
        findings.repeated = len(matched) - len(met)
        recognised = {match.known.id for match in met if match.known}
        findings.fresh = [match for match in met if match.known is None]
        for match in met:
            if match.known is None:
                continue
            if match.changed or page_wanted(self.source, match.known):
                findings.changes.append(Change(match=match, known=match.known))
                continue
            if not match.known.listed or match.known.withdrawn:
                findings.back.append(match.known)
            if any(known.get(key) is not match.known for key in match.keys):
                findings.rekeyed.append(match)
        findings.missing = [known for known in listed if known.id not in recognised]

    def _fail(self, error: SourceError) -> tuple[PullRecord, SourceState]:
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
        state = after_failure(self.parts, self.source, state, error=error, now=self.now)
        return self._keep_ending(self._ending(record, state))


def pull_source(
    parts: CollectParts, source: Source, state: SourceState, *, accept: bool = False
) -> PullRecord:
    """Pull a source once and write down everything that came of it.

    ``accept`` takes a document as it is, however unusual it is for its source. Expected trouble
    is in the record returned; anything else is a bug and is raised.
    """
    return _Pull(parts, source, state, accept=accept).run()
