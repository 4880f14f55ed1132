"""One process of a fleet: any number of them, on several machines, over one PostgreSQL.

Procrastinate hands the work around. It is a bell, not the truth: what is due, who asks which host
and who lives stands in the hub's own rows, and each task looks there before it does anything. A job
that is lost is rung again; one that comes twice finds nothing to do.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial

from feedhub.app import App
from feedhub.config.settings import Settings
from feedhub.errors import ConfigError, DataFolderHeldError, FeedHubError, TakenForDeadError
from feedhub.service.alarm import Alarm
from feedhub.service.queue import Queue
from feedhub.service.tasks import FleetTasks

__all__ = ["WorkerService"]

#: seconds between two looks at what is due
_TICK = 1.0
#: seconds after which something is rung again that is still due
_AGAIN = {"pull": 5.0, "publish": 2.0, "mail": 2.0, "ping": 5.0, "upkeep": 60.0}
#: seconds of pulls that are looked at together, to tell a dead network from dead sources
_ROUND = 10.0

#: tasks that run beside the pulls, in places of their own
_BESIDE = ("publish", "mail", "ping", "upkeep")

_log = logging.getLogger(__name__)


class WorkerService:
    """Takes part in the work of a fleet until told to stop.

    ``reload`` reads the config anew or raises ``ConfigError``.
    """

    def __init__(self, app: App, reload: Callable[[], Settings]) -> None:
        self.app = app
        self._reload = reload
        self._stop = threading.Event()
        self._alarm = Alarm()
        self._failure: BaseException | None = None
        self._rung: dict[tuple[str, str], float] = {}
        self._round = app.clock.monotonic()
        self._owed = True

    def run(self) -> None:
        """Serve until TERM or INT; HUP reloads the config. Call from the main thread.

        What is in flight when the end comes is broken off, and others take it over at once. Raises
        what a task raised if that was a bug.
        """
        self._alarm.listen(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        self.app.register()
        with suppress(DataFolderHeldError):  # who is mailing has done so
            self.app.reckon_mail_anew(patience=0)
        try:
            with self.app.member(self._fail):
                queue = self._start()
                try:
                    queue = self._watch(queue)
                finally:
                    self._stop.set()
                    self.app.break_off()
                    queue.stop()
        except TakenForDeadError:
            if self._failure is None:
                raise
        finally:
            self.app.close()
        if self._failure is not None:
            raise self._failure

    def _watch(self, queue: Queue) -> Queue:
        while not self._stop.is_set():
            heard = self._alarm.wait(_TICK)
            if heard & {signal.SIGTERM, signal.SIGINT}:
                break
            if signal.SIGHUP in heard:
                queue = self._change_config(queue)
            self._do("look", partial(self._tick, queue), "")
        return queue

    def _start(self) -> Queue:
        work = self._work = FleetTasks(self.app)
        tasks: dict[str, Callable[[str], None]] = {
            "pull": work.pull,
            "publish": lambda _: work.publish(),
            "mail": lambda _: work.mail(self._stop.is_set),
            "ping": lambda _: work.ping(),
            "upkeep": lambda _: work.upkeep(),
        }
        does = {*self.app.settings.service.does, "ping", "upkeep"}
        queue = Queue(
            self.app.settings.database_url,
            {name: partial(self._do, name, act) for name, act in tasks.items() if name in does},
            {self.app.settings.collect.in_flight: ("pull",), len(_BESIDE): _BESIDE},
        )
        queue.start()
        return queue

    def _do(self, about: str, act: Callable[[str], None], subject: str) -> None:
        """Do one task; what may pass is told once, and the same state is met by the next one."""
        if self._stop.is_set():
            return
        try:
            act(subject)
        except CancelledError:
            if not self._stop.is_set():
                _log.warning("a pull was broken off, it is made again")
        except DataFolderHeldError:
            pass  # another process is at it
        except TakenForDeadError as error:
            self._fail(error)
        except FeedHubError as error:
            if self.app.alarms.tell(about, str(error)):
                _log.error("%s", error)
        except BaseException as error:
            _log.exception("a bug ended the service")
            self._fail(error)
            raise
        else:
            if self.app.alarms.over(about):
                _log.warning("%s works again", about)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._stop.set()
        self._alarm.ring()

    def _tick(self, queue: Queue, _subject: str) -> None:
        now = self.app.clock.monotonic()
        if now - self._round >= _ROUND:
            self._round = now
            self._work.end_round()
        if self._owed:  # the config, the theme or the version may be another one
            self._owed = not self._ring(queue, "publish")
        wanted = self._work.look()
        if wanted is None:
            return
        for host in wanted.hosts:
            self._ring(queue, "pull", host)
        if wanted.publish:
            self._ring(queue, "publish")
        if wanted.mail:
            self._ring(queue, "mail")
        if wanted.ping:
            self._ring(queue, "ping")
        self._ring(queue, "upkeep")

    def _ring(self, queue: Queue, task: str, subject: str = "") -> bool:
        """Ring for a task, unless that was done a moment ago; False while there is no queue."""
        now = self.app.clock.monotonic()
        if now < self._rung.get((task, subject), now):
            return True
        if queue.ring(task, subject) is None:
            return False
        self._rung[task, subject] = now + _AGAIN[task]
        return True

    def _change_config(self, queue: Queue) -> Queue:
        """Go on under a new config once the running tasks have ended."""
        try:
            fresh = self._reload()
        except ConfigError as error:
            return self._keep_config(queue, str(error))
        old = self.app.settings
        if (fresh.service, fresh.database_url) != (old.service, old.database_url):
            return self._keep_config(queue, "another database or service needs a restart")
        self.app.alarms.over("config")
        queue.stop()
        self.app.change(fresh)
        self.app.register()
        self._rung.clear()
        self._owed = True
        queue = self._start()
        _log.warning("the config was reloaded")
        return queue

    def _keep_config(self, queue: Queue, why: str) -> Queue:
        words = f"the config was not reloaded, the old one goes on: {why}"
        self.app.alarms.tell("config", words)
        _log.error("%s", words)
        return queue
