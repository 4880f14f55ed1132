"""One pull of one source, from the request to the last row written."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from feedhub import __version__
from feedhub.errors import (
    FetchError,
    Gone,
    ListingChanged,
    SourceError,
    Unreachable,
)
from feedhub.fetch.client import Fetched, Request
from feedhub.flow.collecting.ending import Ending
from feedhub.flow.collecting.past import Learnt, pack, unpack
from feedhub.flow.collecting.remembering import MOVE_PROOFS, answered, failed
from feedhub.flow.collecting.rhythm import after_failure, after_success
from feedhub.flow.collecting.watching import (
    judge_same,
    news_for_operators,
    told_words,
)
from feedhub.flow.parts import CollectParts
from feedhub.model.document import Document, NotModified, Validators
from feedhub.model.pull import Outcome, PullRecord, Reconciliation, SourceState
from feedhub.model.push import Push
from feedhub.model.source import Source, SourceKind
from feedhub.model.trouble import PullFacts
from feedhub.parse.stamps import without_stamps

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
        self.body_hash = ""

    def request(self) -> Request:
        """Return what the pull asks for first."""
        full = (
            self.anew
            or self.state.full_fetch_at is None
            or not timedelta(0) <= self.now - self.state.full_fetch_at < _FULL_FETCH_EVERY
        )
        moved = self.state.moved_to if self.state.moved_proofs >= MOVE_PROOFS else ""
        return self.request_for(
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
            return self.failure(error)
        if self.has_changed(answer):
            return None
        learnt = unpack(self.state, self.source)
        return None if learnt is None else self.unchanged(answer, learnt)

    def has_changed(self, answer: Fetched) -> bool:
        """Tell whether the answer is to be read; its validators and hash are remembered anyway."""
        if isinstance(answer, NotModified):
            self.body_hash = self.state.body_hash
            return False
        if not self.body_hash:
            listing = self.source.kind is SourceKind.LISTING
            self.body_hash = _digest(answer.body if listing else without_stamps(answer.body))
        return self.anew or self.body_hash != self.state.body_hash

    def request_for(self, url: str, *, validators: Validators | None = None) -> Request:
        return Request(
            url=url,
            validators=validators or Validators(),
            kind="listing" if self.source.kind is SourceKind.LISTING else "feed",
            ca_file=self.source.ca_file,
            verify_tls=self.source.verify_tls,
        )

    def due(self, state: SourceState, answer: Fetched, news: tuple[datetime, ...]) -> SourceState:
        at, reason = self._due(state, answer, news)
        return replace(state, next_due_at=at, due_reason=reason)

    def _due(
        self, state: SourceState, answer: Fetched, news: tuple[datetime, ...]
    ) -> tuple[datetime, str]:
        return after_success(
            self.parts.settings.collect,
            self.source,
            state,
            answer=answer,
            news=news,
            push=self.push,
            now=self.now,
        )

    def record(self, outcome: Outcome, answer: Fetched, counts: Reconciliation) -> PullRecord:
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

    def ending(
        self, record: PullRecord, state: SourceState, facts: PullFacts | None = None
    ) -> Ending:
        told = news_for_operators(self.state, state, accepted=self.accept)
        return Ending(record=record, state=state, facts=facts, told=told)

    def later(self, state: SourceState, error: SourceError) -> SourceState:
        collect = self.parts.settings.collect
        at, reason = after_failure(collect, self.source, state, error=error, now=self.now)
        return replace(state, next_due_at=at, due_reason=reason)

    def unchanged(self, answer: Fetched, learnt: Learnt) -> Ending:
        troubles = judge_same(self.state, learnt.normal, self.now)
        due, reason = self._due(self.state, answer, learnt.news)
        state = answered(
            self.state,
            answer,
            self.body_hash,
            self.now,
            shape=self.shape,
            message=told_words(troubles, self.state.damage),
            troubles=troubles,
            learnt=self.state.learnt or pack(learnt),
            next_due_at=due,
            due_reason=reason,
        )
        return self.ending(self.record(Outcome.UNCHANGED, answer, Reconciliation()), state)

    def failure(self, error: SourceError) -> Ending:
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
        return self.ending(record, self.later(state, error))
