"""The synchronous face of the collector: requests in, futures out.

Inside, one event loop in a thread of its own holds hundreds of requests at once; outside, nobody
needs to know.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from feedhub.clock import Clock
from feedhub.errors import Unreachable
from feedhub.fetch.fleet import SharedDoors
from feedhub.fetch.guard import NameLookup, system_lookup
from feedhub.fetch.request import Exchange, FetchSettings, Request
from feedhub.fetch.visit import Visitor
from feedhub.model.document import Document, NotModified

__all__ = ["Exchange", "FetchSettings", "Fetched", "Fetcher", "Request", "SharedDoors"]

Fetched = Document | NotModified


class Fetcher:
    """Fetches documents politely and within limits.

    ``submit`` may be called from any thread. ``ledger`` is told of every request that went out,
    from the fetcher's own thread. ``lookup`` replaces the machine's name resolver. ``shared`` keeps
    the limits of hosts for a fleet of processes; it is closed with the fetcher.

    Raises ``ConfigError`` when made with an entry of ``allow_private`` that cannot be read.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        *,
        ledger: Callable[[Exchange], None] | None = None,
        lookup: NameLookup = system_lookup,
        shared: SharedDoors | None = None,
    ) -> None:
        self._settings = settings
        self._shared = shared
        self._clock = clock
        self._ledger = ledger
        self._lookup = lookup
        self._tasks: dict[asyncio.Task[None], list[Future[Fetched]]] = {}
        self._waiting: dict[Request, list[Future[Fetched]]] = {}
        self._gate = threading.Lock()
        self._asked: list[tuple[Request, Future[Fetched]]] = []
        self._closed = False
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="fetch", daemon=True
        )
        self._thread.start()
        self._loop, self._closing = started.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def submit(self, request: Request) -> Future[Fetched]:
        """Ask for a document; the future holds it, or a ``FetchError``.

        Equal GET requests that are under way at the same time go out once. Raises ``RuntimeError``
        after ``close``.
        """
        future: Future[Fetched] = Future()
        with self._gate:
            if self._closed:
                raise RuntimeError("the fetcher is closed")
            self._asked.append((request, future))
            if len(self._asked) == 1:  # waking the loop is a system call: once for many
                self._loop.call_soon_threadsafe(self._admit_all)
        return future

    @property
    def closed(self) -> bool:
        """Tell whether ``close`` was called."""
        return self._closed

    def close(self) -> None:
        """Break off what is in flight (its futures are cancelled) and end the thread."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    async def _serve(
        self, started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]
    ) -> None:
        closing = asyncio.Event()
        try:
            visitor = Visitor(
                self._settings,
                self._clock,
                lookup=self._lookup,
                ledger=self._ledger,
                shared=self._shared,
            )
        except Exception as error:  # noqa: BLE001 - raised in the thread that makes the fetcher
            started.set_exception(error)
            return
        self._visitor = visitor
        started.set_result((asyncio.get_running_loop(), closing))
        await closing.wait()
        left = dict(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for futures in left.values():
            for future in futures:
                future.cancel()
        await visitor.close()

    def _admit_all(self) -> None:
        with self._gate:
            asked, self._asked = self._asked, []
        for request, future in asked:
            self._admit(request, future)

    def _admit(self, request: Request, future: Future[Fetched]) -> None:
        if self._closing.is_set():
            future.cancel()
        elif request in self._waiting and request.method == "GET":
            self._waiting[request].append(future)
        else:
            futures = [future]
            if request.method == "GET":
                self._waiting[request] = futures
            task = self._loop.create_task(self._answer(request, futures))
            self._tasks[task] = futures
            task.add_done_callback(self._tasks.pop)

    async def _answer(self, request: Request, futures: list[Future[Fetched]]) -> None:
        """Run one visit and hand its end, whatever it is, to all who wait for it."""
        result: Fetched | Exception
        try:
            result = await self._visitor.visit(request)
        except Exception as error:  # noqa: BLE001 - it is raised where the future is read
            result = error
        except asyncio.CancelledError:
            if self._closing.is_set():
                raise
            # a library broke off what nobody asked it to: whoever waits must hear of it
            result = Unreachable(f"asking for {request.url[:200]} was broken off")
        self._waiting.pop(request, None)
        for future in futures:
            if not future.set_running_or_notify_cancel():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
