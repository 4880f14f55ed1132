"""The daemon of one machine: a bell that rings the flows, and signals that end it.

The bell knows nothing; what is due stands in the database. A flow that is rung twice, or killed in
the middle, does no harm.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import datetime, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler

from feedhub.app import App
from feedhub.clock import SystemClock
from feedhub.config.settings import Settings
from feedhub.errors import ConfigError, DataFolderHeldError, FeedHubError
from feedhub.service.alarm import Alarm
from feedhub.service.steps import ClockWatch

__all__ = ["LocalService", "keep_ringing"]

#: seconds between two looks at what is due
_TICK = 1

#: seconds between two looks at whether the bell still rings
_LOOK = 5

#: seconds until a publishing that failed is tried again
_RETRY = 5.0

_log = logging.getLogger(__name__)


def keep_ringing(bell: Job, now: datetime) -> None:
    """Set a bell right whose next stroke lies too far ahead, because the clock was set back.

    The scheduler goes by the wall clock and would be silent until the old time is reached again.
    """
    if bell.next_run_time is not None and bell.next_run_time - now > timedelta(seconds=2 * _TICK):
        bell.modify(next_run_time=now)


class LocalService:
    """Collects what is due and publishes what changed, until told to stop.

    ``reload`` reads the config anew or raises ``ConfigError``.
    """

    def __init__(self, app: App, reload: Callable[[], Settings]) -> None:
        self.app = app
        self._reload = reload
        self._stop = threading.Event()
        self._alarm = Alarm()
        #: something may wait to be published; not tried again too soon after it failed
        self._owed = True
        self._publish_after = 0.0
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Serve until TERM or INT; HUP reloads the config. Call from the main thread.

        What is in flight when the end comes is broken off; nothing of it was written, so the next
        start asks again. Raises what a flow raised if that was a bug.
        """
        self._alarm.listen(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        # a long step makes the bell miss some strokes; that is how it is meant
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(timezone="UTC")
        bells = [
            scheduler.add_job(
                self._ring,
                "interval",
                [step],
                seconds=_TICK,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
            for step in (self._collect_and_publish, self._mail)
        ]
        self.app.register()
        self._do("publish", self._publish, at_start=True)
        self.app.reckon_mail_anew()
        scheduler.start()
        watch = ClockWatch(self.app.clock)
        try:
            while not self._stop.is_set():
                heard = self._alarm.wait(_LOOK)
                step = watch.step()
                if step:
                    way = "forward" if step > timedelta() else "back"
                    _log.warning("the clock was set %s by %s", way, abs(step))
                for bell in bells:
                    keep_ringing(bell, SystemClock().now())
                if heard & {signal.SIGTERM, signal.SIGINT}:
                    break
                if signal.SIGHUP in heard:
                    self._change_config()
        finally:
            self._stop.set()
            self.app.break_off()
            scheduler.shutdown(wait=True)
            self.app.close()
        if self._failure is not None:
            raise self._failure

    def _change_config(self) -> None:
        try:
            fresh = self._reload()
        except ConfigError as error:
            words = f"the config was not reloaded, the old one goes on: {error}"
            self.app.alarms.tell("config", words)
            _log.error("%s", words)
            return
        self.app.alarms.over("config")
        self.app.change(fresh)
        self._do("collect", self.app.register)
        self._owed, self._publish_after = True, 0.0
        _log.warning("the config was reloaded")

    def _collect_and_publish(self) -> None:
        self._do("collect", self._collect)
        if self._owed and self.app.clock.monotonic() >= self._publish_after:
            self._do("publish", self._publish)
        self._do("ping", self.app.ping)

    def _mail(self) -> None:
        self._do("mail", self._send)

    def _send(self) -> None:
        if self.app.mail_due() and self.app.mail(self._stop.is_set).made.pages:
            self._owed = True

    def _ring(self, step: Callable[[], None]) -> None:
        if self._stop.is_set():
            return
        try:
            step()
        except CancelledError:
            if not self._stop.is_set():
                raise
        except BaseException as error:
            _log.exception("a bug ended the service")
            self._failure = error
            self._stop.set()
            self._alarm.ring()
            raise

    def _collect(self) -> None:
        if self.app.due():
            self.app.collect()
            self._owed = True

    def _publish(self) -> None:
        self._owed = False  # before, for more may come while this goes on
        try:
            self.app.publish()
        except FeedHubError as error:
            self._owed = True
            # a broken template waits for a person, and trying means rendering everything
            wait = 6 * _RETRY if isinstance(error, ConfigError) else _RETRY
            self._publish_after = self.app.clock.monotonic() + wait
            raise

    def _do(self, about: str, act: Callable[[], None], *, at_start: bool = False) -> None:
        """Do a part of the work; what may pass (a full disk, a held lock) is told once.

        The next stroke tries again from the same state. At the start a mistake of the operator's
        ends the service.
        """
        try:
            act()
        except FeedHubError as error:
            if at_start and isinstance(error, ConfigError | DataFolderHeldError):
                raise
            if self.app.alarms.tell(about, str(error)):
                _log.error("%s", error)
        else:
            if self.app.alarms.over(about):
                _log.warning("%s works again", about)
