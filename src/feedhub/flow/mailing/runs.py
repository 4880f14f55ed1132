"""Makes digest runs that are due and queues a message for every subscriber.

A run is a row before anything is rendered. Its window is fixed with it, and what each person is to
be told is fixed when the message is queued, in the same transaction that moves the person's
position on: a killed hub has either done both or neither. What no run has covered yet is covered by
the next one, however long the hub was down.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.config.settings import Settings
from feedhub.deliver.message import domain_of
from feedhub.edit.windows import day_of, last_due, next_due, own_rhythm, worth_sending
from feedhub.flow.mailing.choosing import Window, Windows
from feedhub.flow.mailing.writing import sender_of
from feedhub.flow.parts import mint_id
from feedhub.flow.publishing.cards import Cards
from feedhub.model.digest import Digest, DigestRun, Position, RunState
from feedhub.model.mail import Delivery, DeliveryKind, DeliveryState
from feedhub.model.subscriber import Subscriber, Subscription
from feedhub.store.store import Store, Transaction

__all__ = ["Made", "RunMaker"]

#: subscriptions taken up in one transaction
_BATCH = 200
#: how long a person is not told the same story again by another subscription
_MEMORY = timedelta(days=35)
#: a cut-off further ahead than its period and this was reckoned from a wrong clock
_TOO_FAR = timedelta(days=1)
_PERIOD = {"day": timedelta(days=1), "week": timedelta(days=7)}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a look at the digests brought: runs with a page of their own, and messages queued."""

    pages: int = 0
    queued: int = 0


class RunMaker:
    """Makes the runs of one moment. ``cards`` may be shared with other work of that moment."""

    def __init__(self, settings: Settings, store: Store, now: datetime, cards: Cards) -> None:
        self.settings = settings
        self.store = store
        self.now = now
        self._digests = {digest.id: digest for digest in settings.digests}
        self._windows = Windows(settings, cards, now)

    def make(self) -> Made:
        """Make every run that is due and queue its messages; call it as often as you like."""
        with self.store.reading() as tx:
            due = tx.digests.due()
            earliest = tx.subscribers.next_due()
            behind = any(self._behind(tx, name) for name in due)
        pages = 0
        if behind:
            self._take_back_clock()
        for digest in self._digests.values():
            if digest.id not in due or due[digest.id] <= self.now or behind:
                pages += self._own_run(digest)
        queued = 0
        if earliest is not None and earliest <= self.now:
            queued = self._all_subscriptions()
        return Made(pages=pages, queued=queued)

    def draft(
        self, tx: Transaction, digest: Digest, person: Subscriber, wanted: Subscription | None
    ) -> tuple[DigestRun, Delivery | None]:
        """Return the run and the message that a cut-off at this moment would bring; store nothing.

        ``wanted`` is the person's subscription, None for a reader of the whole digest.
        """
        start = tx.subscribers.position(wanted) if wanted else tx.digests.position(digest.id)
        upto = Position(announced=tx.digests.newest_announced(), at=self.now)
        if start is None:  # never scheduled: as if it had begun one period ago
            start = Position(announced=0, at=self.now - _PERIOD[digest.rhythm.every])
        run = self._run(digest, self.now, start, upto)
        window = Window(
            digest=digest,
            after=run.after,
            upto=upto,
            places=wanted.places if wanted else (),
            topics=wanted.topics if wanted else (),
        )
        return replace(run, official=True), self._delivery(tx, run, person, window)

    def reschedule(self) -> None:
        """Reckon all cut-offs anew, for the rules of a zone may have changed since.

        A cut-off is the first one after the last window's end.
        """
        with self.store.writing() as tx:
            for digest in self._digests.values():
                position = tx.digests.position(digest.id)
                if position is not None:
                    due = next_due(digest.rhythm, position.at)
                    tx.digests.schedule(digest.id, due, position)
        after = ("", "")
        while True:
            with self.store.writing() as tx:
                part = tx.subscribers.scheduled(after=after, limit=_BATCH)
                tx.subscribers.reschedule(self._reckoned(tx, part))
            if len(part) < _BATCH:
                return
            after = (part[-1][0].subscriber_id, part[-1][0].digest_id)

    def _reckoned(
        self, tx: Transaction, part: Sequence[tuple[Subscription, str]]
    ) -> Iterable[Subscription]:
        for wanted, timezone in part:
            digest = self._digests.get(wanted.digest_id)
            position = tx.subscribers.position(wanted)
            if digest is None or position is None:
                continue
            due = next_due(own_rhythm(digest, wanted, timezone), position.at)
            if due != wanted.next_due_at:
                yield replace(wanted, next_due_at=due)

    def _behind(self, tx: Transaction, digest_id: str) -> bool:
        """Whether the clock was set back since a digest's last run."""
        position = tx.digests.position(digest_id)
        return position is not None and position.at > self.now

    def _take_back_clock(self) -> None:
        """Let no position lie in the future: corrections made from now on are told, too."""
        _log.warning("the clock was set back; digests go on from where they were")
        with self.store.writing() as tx:
            tx.digests.not_after(self.now)
            tx.subscribers.not_after(self.now)

    def _own_run(self, digest: Digest) -> int:
        """Make a digest's own run if it is due; return 1 if it has a page."""
        with self.store.writing() as tx:
            position = tx.digests.position(digest.id)
            newest = Position(announced=tx.digests.newest_announced(), at=self.now)
            if position is None:
                tx.digests.schedule(digest.id, next_due(digest.rhythm, self.now), newest)
                return 0
            due = tx.digests.due()[digest.id]
            following = next_due(digest.rhythm, self.now)
            if due > self.now:
                if due > following + _PERIOD[digest.rhythm.every] + _TOO_FAR:
                    tx.digests.schedule(digest.id, following, position)
                return 0
            due = last_due(digest.rhythm, self.now)
            run = tx.digests.run_at(digest.id, due)
            if run is not None and run.official:
                tx.digests.schedule(digest.id, following, position)
                return 0
            upto = run.upto if run else newest
            window = Window(digest=digest, after=position, upto=upto)
            choice = self._windows.choice(tx, window)
            changed = self._windows.changed(tx, window)
            state = RunState.READY if choice.stories or changed else RunState.EMPTY
            if run is None:
                run = self._run(digest, due, position, upto)
                run = replace(run, official=True, state=state, stories=len(choice.stories))
                tx.digests.add_run(run)
            else:
                tx.digests.make_official(run.id, position, state, len(choice.stories))
            tx.digests.advance(digest.id, upto, following)
        return int(state is RunState.READY)

    def _run(self, digest: Digest, due: datetime, after: Position, upto: Position) -> DigestRun:
        return DigestRun(
            id=mint_id(),
            digest_id=digest.id,
            due_at=due,
            after=after,
            upto=upto,
            made_at=self.now,
            official=False,
            state=RunState.READY,
            stories=0,
            day=day_of(digest.rhythm, due),
        )

    def _all_subscriptions(self) -> int:
        queued = 0
        while True:
            with self.store.writing() as tx:
                due = tx.subscribers.due(self.now, _BATCH)
                for wanted, person in due:
                    queued += self._take_up(tx, wanted, person)
            if len(due) < _BATCH:
                return queued

    def _take_up(self, tx: Transaction, wanted: Subscription, person: Subscriber) -> int:
        """Queue what a subscription is due and move it on; return how many messages."""
        digest = self._digests.get(wanted.digest_id)
        position = tx.subscribers.position(wanted)
        if digest is None or position is None:
            # the digest was taken out of the config; it comes back with the next confirmation
            tx.subscribers.reschedule([replace(wanted, next_due_at=None)])
            return 0
        rhythm = own_rhythm(digest, wanted, person.timezone)
        following = next_due(rhythm, self.now)
        due = last_due(rhythm, self.now)
        if not worth_sending(rhythm, due, self.now):
            tx.subscribers.reschedule([replace(wanted, next_due_at=following)])
            return 0
        run = tx.digests.run_at(digest.id, due)
        if run is None:
            upto = Position(announced=tx.digests.newest_announced(), at=self.now)
            run = self._run(digest, due, position, upto)
            tx.digests.add_run(run)
        window = Window(
            digest=digest,
            after=position,
            upto=run.upto,
            places=wanted.places,
            topics=wanted.topics,
        )
        delivery = self._delivery(tx, run, person, window)
        if delivery is not None and not tx.deliveries.queue([delivery]):
            # this cut-off was mailed before, by another clock; what is new waits for the next
            tx.subscribers.reschedule([replace(wanted, next_due_at=following)])
            return 0
        tx.subscribers.advance(wanted, max(position, run.upto), following)
        return int(delivery is not None)

    def _delivery(
        self, tx: Transaction, run: DigestRun, person: Subscriber, window: Window
    ) -> Delivery | None:
        told: frozenset[str] = frozenset()
        if len(tx.subscribers.subscriptions([person.id])) > 1:
            told = tx.deliveries.told(person.id, self.now - _MEMORY)
        choice = self._windows.choice(tx, window, told)
        if not choice.stories and not self._windows.changed(tx, window):
            return None
        return Delivery(
            id=mint_id(),
            kind=DeliveryKind.DIGEST,
            state=DeliveryState.QUEUED,
            message_id=f"{run.id}.{person.id}@{domain_of(sender_of(self.settings))}",
            queued_at=self.now,
            run_id=run.id,
            subscriber_id=person.id,
            domain=person.address.rpartition("@")[2],
            story_ids=tuple(card.id for card in choice.stories),
            changed_after=window.after.at,
            changed_upto=run.upto.at,
            left_out=choice.left_out,
            next_try_at=self.now,
        )
