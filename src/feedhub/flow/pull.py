"""One pull of one source, from the request to the last row written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from feedhub import __version__
from feedhub.dedupe.identity import lookup_keys, match_entries
from feedhub.errors import BadStatus, FetchError, Gone, ListingChanged, SourceError
from feedhub.extract.habits import SourceHabits
from feedhub.fetch.client import Request
from feedhub.flow.articles import page_wanted, pages_pending, read_pages
from feedhub.flow.findings import Change, Findings
from feedhub.flow.keeping import keep_pull
from feedhub.flow.missing import ask_after_missing
from feedhub.flow.parts import CollectParts
from feedhub.flow.reading import read_source, with_date_order
from feedhub.flow.rhythm import after_failure, after_success
from feedhub.model.decision import Matched
from feedhub.model.document import Document, NotModified, Validators
from feedhub.model.pull import Outcome, PullRecord, SourceState
from feedhub.model.source import DateOrder, Source, SourceKind
from feedhub.text.dates import order_of

__all__ = ["pull_source"]

#: a full fetch at least this often, in case a server's 304 lies
_FULL_FETCH_EVERY = timedelta(days=1)

#: pulls in a row that must end at the same new address before the subscription moves there
_MOVE_PROOFS = 3

#: rows from which "all new at once" is taken for a changed page and not for news
_SUSPICIOUS_ROWS = 5


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
        self.shape = _digest(repr((__version__, source)).encode())
        #: read the document even if it has not changed
        self.anew = accept or state.pages_pending or state.shape != self.shape

    def run(self) -> PullRecord:
        """Pull once; every expected trouble becomes the pull's record."""
        started = self.parts.clock.monotonic()
        try:
            record, state = self._succeed()
        except SourceError as error:
            record, state = self._fail(error)
            with self.parts.store.writing() as tx:
                tx.sources.save(state)
                tx.sources.add_pull(record)
        spent = int((self.parts.clock.monotonic() - started) * 1000)
        return replace(record, milliseconds=record.milliseconds or spent)

    def _request(self, url: str, *, validators: Validators | None = None) -> Request:
        return Request(
            url=url,
            validators=validators or Validators(),
            kind="page" if self.source.kind is SourceKind.LISTING else "feed",
            ca_file=self.source.ca_file,
            verify_tls=self.source.verify_tls,
        )

    def _fetch(self) -> Document | NotModified:
        full = (
            self.anew
            or self.state.full_fetch_at is None
            or self.now - self.state.full_fetch_at >= _FULL_FETCH_EVERY
        )
        moved = self.state.moved_to if self.state.moved_proofs >= _MOVE_PROOFS else ""
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
        body_hash = self.state.body_hash
        unchanged = isinstance(answer, NotModified)
        if isinstance(answer, Document):
            body_hash = _digest(answer.body)
            unchanged = body_hash == self.state.body_hash and not self.anew
        if unchanged or isinstance(answer, NotModified):
            return self._unchanged(answer, body_hash)
        order = self._date_order()
        reading = read_source(
            answer, with_date_order(self.source, order), self.now, next_page=self._next_page
        )
        order = order or order_of(entry.published.evidence for entry in reading.entries)
        habits = SourceHabits(chrome=frozenset(self.state.chrome), date_order=order)
        findings = Findings(document=answer, reading=reading, habits=habits)
        self._recognise(findings)
        read_pages(self.parts, self.source, findings, self.now)
        ask_after_missing(self.parts, self.source, findings)
        counts = findings.counts()
        record = PullRecord(
            source_id=self.source.id,
            at=self.now,
            outcome=Outcome.OK,
            status=answer.status,
            bytes=answer.wire_bytes,
            milliseconds=answer.elapsed_ms,
            counts=counts,
        )
        changed = bool(counts.new or counts.revised or counts.withdrawn)
        state = replace(
            self._answered(answer, body_hash),
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
        )
        state = after_success(self.parts, self.source, state, answer=answer, now=self.now)
        keep_pull(
            self.parts,
            self.source,
            record,
            state,
            findings,
            first_pull=not self.state.first_pull_done,
        )
        return record, state

    def _date_order(self) -> DateOrder | None:
        """Return the order of the source's dates: by its rule, else as learnt."""
        rule = self.source.listing
        if rule is not None and rule.date_order is not None:
            return rule.date_order
        return DateOrder(self.state.date_order) if self.state.date_order else None

    def _answered(self, answer: Document | NotModified, body_hash: str) -> SourceState:
        """Return the state after any good answer."""
        moved = answer.moved_to or ""
        proofs = self.state.moved_proofs
        if moved:
            proofs = proofs + 1 if moved == self.state.moved_to else 1
        elif proofs < _MOVE_PROOFS:
            proofs = 0
        full = isinstance(answer, Document)
        return replace(
            self.state,
            validators=answer.validators,
            body_hash=body_hash,
            shape=self.shape,
            moved_to=moved or (self.state.moved_to if proofs else ""),
            moved_proofs=proofs,
            pulled_at=self.now,
            succeeded_at=self.now,
            full_fetch_at=self.now if full else self.state.full_fetch_at,
            failing_since=None,
            failures=0,
            message="",
        )

    def _unchanged(
        self, answer: Document | NotModified, body_hash: str
    ) -> tuple[PullRecord, SourceState]:
        status = answer.status if isinstance(answer, Document) else 304
        record = PullRecord(
            source_id=self.source.id,
            at=self.now,
            outcome=Outcome.UNCHANGED,
            status=status,
            bytes=answer.wire_bytes if isinstance(answer, Document) else 0,
            milliseconds=answer.elapsed_ms,
        )
        state = after_success(
            self.parts,
            self.source,
            self._answered(answer, body_hash),
            answer=answer,
            now=self.now,
        )
        with self.parts.store.writing() as tx:
            tx.sources.save(state)
            tx.sources.add_pull(record)
        return record, state

    def _recognise(self, findings: Findings) -> None:
        entries = findings.reading.entries
        with self.parts.store.reading() as tx:
            known = tx.entries.known(self.source.id, lookup_keys(entries))
            listed = tx.entries.listed(self.source.id)
        matched = match_entries(entries, known)
        met = [match for match in matched if match.duplicate_of is None]
        findings.repeated = len(matched) - len(met)
        recognised = {match.known.id for match in met if match.known}
        self._refuse_redesign(met, recognised)
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

    def _refuse_redesign(self, met: list[Matched], recognised: set[str]) -> None:
        """Take a listing whose rows are all new at once for a changed page, not for news."""
        if (
            self.source.kind is SourceKind.LISTING
            and self.state.first_pull_done
            and not self.accept
            and len(met) >= _SUSPICIOUS_ROWS
            and not recognised
        ):
            raise ListingChanged(
                f"all {len(met)} rows are new at once, so the page was probably redesigned; "
                f'look at it, then run "feedhub collect {self.source.id} --accept" '
                "if these rows are right"
            )

    def _fail(self, error: SourceError) -> tuple[PullRecord, SourceState]:
        gone = isinstance(error, Gone)
        held = isinstance(error, ListingChanged)
        outcome = Outcome.GONE if gone else Outcome.HELD if held else Outcome.FAILED
        status = error.status if isinstance(error, FetchError) and error.status else 0
        record = PullRecord(
            source_id=self.source.id,
            at=self.now,
            outcome=outcome,
            status=status,
            message=str(error),
        )
        state = replace(
            self.state,
            pulled_at=self.now,
            failing_since=self.state.failing_since or self.now,
            failures=self.state.failures + 1,
            gone=gone,
            message=str(error),
        )
        return record, after_failure(self.parts, self.source, state, error=error, now=self.now)


def pull_source(
    parts: CollectParts, source: Source, state: SourceState, *, accept: bool = False
) -> PullRecord:
    """Pull a source once and write down everything that came of it.

    ``accept`` takes a listing as it is even when all its rows are new. Expected trouble is in the
    record returned; anything else is a bug and is raised.
    """
    return _Pull(parts, source, state, accept=accept).run()
