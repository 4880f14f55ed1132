"""One pull of one source, from the request to the last row written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedhub.dedupe.identity import lookup_keys, match_entries
from feedhub.errors import BadStatus, FetchError, Gone, ListingChanged, SourceError
from feedhub.fetch.client import Request
from feedhub.flow.articles import ARTICLE_TRIES, PAGES_PER_PULL, read_articles
from feedhub.flow.keeping import Change, keep_pull
from feedhub.flow.parts import CollectParts
from feedhub.flow.reading import Reading, read_source
from feedhub.flow.rhythm import after_failure, after_success
from feedhub.model.decision import KnownEntry, Matched
from feedhub.model.document import Document, NotModified, Validators
from feedhub.model.pull import Outcome, PullRecord, Reconciliation, SourceState
from feedhub.model.source import Source, SourceKind

__all__ = ["pull_source"]

#: a full fetch at least this often, in case a server's 304 lies
_FULL_FETCH_EVERY = timedelta(days=1)

#: pulls in a row that must end at the same new address before the subscription moves there
_MOVE_PROOFS = 3

#: rows from which "all new at once" is taken for a changed page and not for news
_SUSPICIOUS_ROWS = 5


@dataclass(slots=True, kw_only=True)
class _Findings:
    """What one pull has found so far."""

    document: Document
    reading: Reading
    repeated: int = 0
    fresh: list[Matched] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    back: list[KnownEntry] = field(default_factory=list)
    gone: list[KnownEntry] = field(default_factory=list)
    aged: list[KnownEntry] = field(default_factory=list)
    rekeyed: list[Matched] = field(default_factory=list)


class _Pull:
    def __init__(
        self, parts: CollectParts, source: Source, state: SourceState, *, accept: bool
    ) -> None:
        self.parts = parts
        self.source = source
        self.state = state
        self.accept = accept
        self.now: datetime = parts.clock.now()

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
            self.accept
            or self.state.pages_pending
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
            body_hash = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
            same = body_hash == self.state.body_hash
            unchanged = same and not self.accept and not self.state.pages_pending
        if unchanged or isinstance(answer, NotModified):
            return self._unchanged(answer, body_hash)
        reading = read_source(answer, self.source, self.now, next_page=self._next_page)
        findings = _Findings(document=answer, reading=reading)
        self._recognise(findings)
        self._read_pages(findings)
        self._ask_after_missing(findings)
        counts = self._counts(findings)
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
            pages_pending=self._pages_pending(findings),
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
            fresh=findings.fresh,
            changes=findings.changes,
            relisted=findings.back,
            rekeyed=findings.rekeyed,
            withdrawn=findings.gone,
            aged=[known.id for known in findings.aged],
            first_pull=not self.state.first_pull_done,
        )
        return record, state

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

    def _recognise(self, findings: _Findings) -> None:
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
            if match.changed or self._page_wanted(match.known):
                findings.changes.append(Change(match=match, known=match.known))
                continue
            if not match.known.listed or match.known.withdrawn:
                findings.back.append(match.known)
            if any(known.get(key) is not match.known for key in match.keys):
                findings.rekeyed.append(match)
        self._sort_missing(findings, [known for known in listed if known.id not in recognised])

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

    def _page_wanted(self, known: KnownEntry) -> bool:
        return (
            self.source.article.full_text
            and not known.article_read
            and known.article_tries < ARTICLE_TRIES
        )

    def _sort_missing(self, findings: _Findings, missing: list[KnownEntry]) -> None:
        """Tell entries that vanished from the middle from those that slid off the end.

        An entry newer than the oldest one still listed should be there; one older than all has
        aged out, as the last rows of every page do.
        """
        still = [entry.published.at for entry in findings.reading.entries]
        if not still:
            return
        oldest = min(still)
        for known in missing:
            inside = known.published.at > oldest and known.link
            (findings.gone if inside else findings.aged).append(known)

    def _read_pages(self, findings: _Findings) -> None:
        if not self.source.article.full_text:
            return
        wanted = [match for match in findings.fresh if match.entry.link]
        wanted += [change.match for change in findings.changes if change.match.entry.link]
        wanted = wanted[:PAGES_PER_PULL]
        pages = read_articles(self.parts, self.source, [match.entry for match in wanted], self.now)
        read = {
            match.entry.position: page for match, page in zip(wanted, pages, strict=True) if page
        }
        tried = {match.entry.position for match in wanted}
        findings.fresh = [
            replace(
                match,
                entry=read.get(match.entry.position, match.entry),
                article_read=match.entry.position in read,
                article_tries=int(match.entry.position in tried),
            )
            for match in findings.fresh
        ]
        for change in findings.changes:
            position = change.match.entry.position
            if position in tried:
                change.article_tried = True
            if page := read.get(position):
                change.match = replace(change.match, entry=page, article_read=True)

    def _pages_pending(self, findings: _Findings) -> bool:
        """Tell whether pages are still to be read, so that the next pull must look again."""
        if not self.source.article.full_text:
            return False
        fresh = any(not match.article_read for match in findings.fresh if match.entry.link)
        return fresh or any(
            not change.match.article_read
            and self._page_wanted(change.known)
            and change.known.article_tries + change.article_tried < ARTICLE_TRIES
            for change in findings.changes
        )

    def _ask_after_missing(self, findings: _Findings) -> None:
        """Ask once, politely, for the page of each vanished entry: gone, or merely unlisted?"""
        if len(findings.gone) > _SUSPICIOUS_ROWS:
            # that many at once is a shorter listing, not that many withdrawals
            findings.aged += findings.gone
            findings.gone = []
            return
        confirmed = []
        for known in findings.gone:
            try:
                self.parts.ask(replace(self._request(known.link), kind="probe"))
            except (Gone, BadStatus) as error:
                if error.status in {404, 410}:
                    confirmed.append(known)
                    continue
            except FetchError:
                continue  # no answer is no proof; it stays listed and is asked after next time
            findings.aged.append(known)
        findings.gone = confirmed

    def _counts(self, findings: _Findings) -> Reconciliation:
        reading, fresh = findings.reading, len(findings.fresh)
        revised = sum(change.match.changed for change in findings.changes)
        return Reconciliation(
            seen=reading.seen,
            new=fresh,
            revised=revised,
            known=len(reading.entries) - fresh - revised - findings.repeated,
            duplicate=findings.repeated,
            rejected=len(reading.rejected),
            withdrawn=len(findings.gone),
            reasons=reading.rejected[:20],
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
