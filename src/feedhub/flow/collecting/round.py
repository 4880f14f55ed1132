"""One round of pulls, side by side.

Every source is asked without waiting for another; answers are dealt with as they come. Most find
nothing changed: those are quick and are written down many at a time, since a synced transaction for
each would cost more than all the rest. The others are read and stored one transaction each, by a
few threads. What a killed process had not written down is simply asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from queue import Empty, SimpleQueue

from feedhub.fetch.client import Fetched
from feedhub.flow.collecting.ending import Ending, keep_endings
from feedhub.flow.collecting.pull import Pull
from feedhub.flow.parts import CollectParts
from feedhub.model.pull import PullRecord

__all__ = ["run_round"]

#: quiet endings written at once, and seconds they wait for others at most
_TOGETHER = 250
_PATIENCE = 0.25

_Step = tuple[Pull, Future[Fetched] | None, Future[PullRecord] | None]

#: of glibc's malloc.h: how many heaps there may be
_M_ARENA_MAX = -8


class _Round:
    def __init__(self, parts: CollectParts, finished: Callable[[PullRecord], None]) -> None:
        self._parts = parts
        self._finished = finished
        self._steps: SimpleQueue[_Step] = SimpleQueue()
        self._quiet: list[Ending] = []
        self._quiet_since = 0.0
        self._open = 0
        self._ended = False

    def run(self, pulls: Iterable[Pull], at_once: int) -> None:
        waiting = iter(pulls)
        with ThreadPoolExecutor(at_once, thread_name_prefix="pull") as threads:
            try:
                self._ask(islice(waiting, at_once))
                while self._open:
                    for step in self._arrived():
                        self._deal_with(step, threads)
                    self._ask(islice(waiting, at_once - self._open))
                self._flush()
            except BaseException as error:
                self._ended = True
                if isinstance(error, KeyboardInterrupt):
                    self._parts.fetcher.close()  # who reads waits for no more pages
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def _ask(self, pulls: Iterator[Pull]) -> None:
        for pull in pulls:
            future = self._parts.submit(pull.request())
            self._open += 1
            future.add_done_callback(partial(self._answered, pull))

    def _answered(self, pull: Pull, asked: Future[Fetched]) -> None:
        self._steps.put((pull, asked, None))

    def _arrived(self) -> list[_Step]:
        """Wait for something to deal with; return all there is, so that threads take long turns."""
        try:
            found = [self._steps.get(timeout=_PATIENCE if self._quiet else None)]
        except Empty:
            self._flush()
            return []
        while not self._steps.empty():
            found.append(self._steps.get())
        return found

    def _deal_with(self, step: _Step, threads: ThreadPoolExecutor) -> None:
        """Deal with one answer, or one pull that was read."""
        pull, asked, taken = step
        if taken is not None:
            self._open -= 1
            self._finished(taken.result())
        elif asked is not None:
            ending = pull.quiet(asked)
            if ending is None:
                _share_heaps()
                reading = threads.submit(self._take, pull, asked)
                reading.add_done_callback(lambda done: self._steps.put((pull, None, done)))
            else:
                self._open -= 1
                self._put_by(ending)

    def _take(self, pull: Pull, asked: Future[Fetched]) -> PullRecord:
        from feedhub.flow.collecting.taking import (
            take,  # most pulls do not need all that reading takes
        )

        with self._parts.desks.seat():
            # a hundred may have waited for a desk meanwhile: whoever ends the hub waits for none
            if self._ended or self._parts.fetcher.closed:
                raise CancelledError
            return take(pull, asked)

    def _put_by(self, ending: Ending) -> None:
        now = self._parts.clock.monotonic()
        if not self._quiet:
            self._quiet_since = now
        self._quiet.append(ending)
        if len(self._quiet) >= _TOGETHER or now - self._quiet_since >= _PATIENCE:
            self._flush()

    def _flush(self) -> None:
        if not self._quiet:
            return
        with self._parts.store.writing() as tx:
            keep_endings(tx, self._quiet)
        for ending in self._quiet:
            self._finished(ending.record)
        self._quiet.clear()


@cache
def _share_heaps() -> None:
    """Let all threads share two heaps; by default each has its own, and 30 MB more are held."""
    import ctypes

    with suppress(OSError, AttributeError):  # a C library other than glibc has no such choice
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def run_round(
    parts: CollectParts,
    pulls: Iterable[Pull],
    *,
    at_once: int,
    finished: Callable[[PullRecord], None],
) -> None:
    """Run pulls, ``at_once`` of them side by side; tell ``finished`` of each that is written down.

    What is no expected trouble is raised, and ends the round.
    """
    _Round(parts, finished).run(pulls, at_once)
