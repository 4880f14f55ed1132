"""Work that is handed around among processes by Procrastinate, in PostgreSQL.

Its tables stand in a schema of their own, named after its version: they hold nothing that a backup
must have, and a new version begins with an empty queue beside the old one.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import psycopg
from procrastinate import App, PsycopgConnector, exceptions, jobs
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

__all__ = ["Queue"]

#: seconds between two tries to reach the database, and between two looks for lost jobs
_PAUSE = 2.0
_SWEEP = 20.0
#: seconds without a sign of life after which a worker's jobs are lost, and between two signs
_STALLED, _SIGN = 30.0, 10.0
#: seconds that jobs are given to end when the process does
_GRACE = 20.0

#: the advisory lock under which the tables are made: "fhqueue" in ASCII
_MAKING = 0x66687175657565

_log = logging.getLogger(__name__)


def _schema() -> str:
    version = importlib.metadata.version("procrastinate")
    return f"feedhub_queue_{version.replace('.', '_')}"


class Queue:
    """Runs tasks out of the queue, each in a thread, and rings for them.

    ``tasks`` are those this process takes part in: by name, what is done about a subject. ``lanes``
    name the tasks that share a number of threads; so long pulls never hold up a publishing.
    """

    def __init__(
        self,
        url: str,
        tasks: Mapping[str, Callable[[str], None]],
        lanes: Mapping[int, tuple[str, ...]],
    ) -> None:
        self._url = url
        self._lanes = {
            places: [name for name in names if name in tasks] for places, names in lanes.items()
        }
        options = conninfo_to_dict(url).get("options", "")
        conninfo = make_conninfo(url, options=f"{options} -c search_path={_schema()}".strip())
        self._app = App(
            connector=PsycopgConnector(conninfo=conninfo, min_size=2, max_size=8, timeout=30)
        )
        self._threads = ThreadPoolExecutor(sum(self._lanes) or 1, thread_name_prefix="task")
        for name, act in tasks.items():
            self._app.task(name=name, queue=name)(self._performing(act))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._open = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="queue")

    def _performing(
        self, act: Callable[[str], None]
    ) -> Callable[[str], Coroutine[None, None, None]]:
        async def perform(subject: str) -> None:
            await asyncio.get_running_loop().run_in_executor(self._threads, act, subject)

        return perform

    def start(self) -> None:
        """Begin to take work."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more work and wait until what was taken has ended."""
        if self._loop is not None and self._ending is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        self._threads.shutdown()

    def ring(self, task: str, subject: str = "") -> Future[None] | None:
        """Ask for a task, unless it waits in the queue already; None while there is no queue."""
        if self._loop is None or not self._open:
            return None
        return asyncio.run_coroutine_threadsafe(self._defer(task, subject), self._loop)

    async def _defer(self, task: str, subject: str) -> None:
        wish = self._app.configure_task(
            task, queue=task, queueing_lock=f"{task} {subject}", allow_unknown=True
        )
        try:
            await wish.defer_async(subject=subject)
        except exceptions.AlreadyEnqueued:
            pass
        except exceptions.ConnectorException as error:
            _log.warning("the queue did not take %s: %s", task, error.__cause__ or error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        while not self._ending.is_set():
            try:
                await self._make_tables()
                async with self._app.open_async():
                    self._open = True
                    await self._work(self._ending)
            except (exceptions.ConnectorException, psycopg.Error, OSError) as error:
                _log.error("the queue cannot be reached, it is tried again: %s", error)
            finally:
                self._open = False
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _PAUSE)

    async def _make_tables(self) -> None:
        """Make the queue's tables where they are not there; one process at a time does."""
        schema = _schema()
        # one transaction: committed at the end of the block, whole or not at all
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MAKING,))
            table = f"{schema}.procrastinate_jobs"
            known = await connection.execute("SELECT to_regclass(%s)", (table,))
            if (await known.fetchone()) == (None,):
                named = sql.Identifier(schema)
                await connection.execute(sql.SQL("CREATE SCHEMA {}").format(named))
                await connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(named))
                await connection.execute(SchemaManager.get_schema())

    async def _work(self, ending: asyncio.Event) -> None:
        running = [asyncio.create_task(self._sweep()), asyncio.create_task(ending.wait())]
        for places, names in self._lanes.items():
            if names:
                worker = self._app.run_worker_async(
                    queues=names,
                    concurrency=places,
                    install_signal_handlers=False,
                    delete_jobs=jobs.DeleteJobCondition.ALWAYS,
                    shutdown_graceful_timeout=_GRACE,
                    update_heartbeat_interval=_SIGN,
                    stalled_worker_timeout=_STALLED,
                )
                running.append(asyncio.create_task(worker))
        try:
            # a worker ends by itself when the database does not answer it
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in running:
                one.cancel()
            ended = await asyncio.gather(*running, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def _sweep(self) -> None:
        """Forget the jobs of workers that died: who is due is rung again, by the hub's own rows."""
        while True:
            lost = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED)
            for job in lost:
                with suppress(exceptions.ConnectorException):  # another process was quicker
                    await self._app.job_manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
            await asyncio.sleep(_SWEEP)
