"""Reads risky documents in a child process that can be killed.

The parsers bound their own work, and most documents are small and plain; those are read right
here. What is large or looks made to hurt is read by a worker with limits on processor time,
memory and time on the wall, so that whatever a parser overlooks costs one document. Where many
documents wait to be read, workers of a second kind read the others too, one processor each.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import multiprocessing
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from feedhub.errors import SourceError

__all__ = ["Confinement", "is_risky", "read_anywhere", "read_aside", "read_confined"]

P = ParamSpec("P")
R = TypeVar("R")

#: bytes from which a document is read by a worker
_LARGE = 256 * 1024
#: tags left open, and signs of attributes, beyond those of any page met in real life
_MOST_OPEN = 5_000
_MOST_ATTRIBUTES = 20_000
#: seconds of processor time and of time on the wall for one document, bytes of address space
_CPU = 15
_WALL = 25.0
_MEMORY = 1024 * 1024 * 1024
_WORKERS = 2


def is_risky(body: bytes) -> bool:
    """Tell whether a document is large, or has the marks of one made to hurt a parser."""
    tags = body.count(b"<")
    return (
        len(body) > _LARGE
        or b"<!ENTITY" in body
        or tags - 2 * body.count(b"</") > _MOST_OPEN
        or body.count(b"=") > _MOST_ATTRIBUTES
    )


def _load(module: str) -> None:
    """Load a module, so that the first call is as quick as the others. Runs in the child."""
    importlib.import_module(module)


def _limit(kind: int, most: int) -> None:
    """Limit this process, as far as it is not limited further already (``ulimit``)."""
    _, hard = resource.getrlimit(kind)
    # RLIM_INFINITY is -1 to Python
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _work(calls: Connection, cpu: int, memory: int) -> None:
    """Answer calls until the other end is closed. Runs in the child."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when it ends
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    while True:
        try:
            function, args, kwargs = calls.recv()
        except (EOFError, OSError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + cpu + 1)
        try:
            answer = (True, function(*args, **kwargs))
        except MemoryError:
            return  # nothing can be relied on now; a new worker takes over
        except SourceError as error:
            answer = (False, error)
        except Exception:  # noqa: BLE001 - a bug, raised again where the call was made
            answer = (False, RuntimeError(traceback.format_exc()))
        try:
            calls.send(answer)
        except OSError:
            return  # whoever asked is gone


#: what a child runs: nothing of the command that started it, which multiprocessing would load again
_CHILD = (
    "import sys; from multiprocessing.connection import Connection;"
    f" from {__name__} import _work;"
    " descriptor, cpu, memory = map(int, sys.argv[1:]);"
    " _work(Connection(descriptor), cpu, memory)"
)


class _Worker:
    """A child process that reads one document after another."""

    def __init__(self, cpu: int, memory: int, wall: float) -> None:
        self._calls, theirs = multiprocessing.Pipe()
        # the kernel's own watch over what hangs; a timer would be one more thread for every call
        longest = struct.pack("@ll", int(wall), int(wall % 1 * 1_000_000))
        with theirs, socket.socket(fileno=os.dup(self._calls.fileno())) as ours:
            for way in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
                ours.setsockopt(socket.SOL_SOCKET, way, longest)
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-c", _CHILD, str(theirs.fileno()), str(cpu), str(memory)],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                process_group=0,  # what a terminal or a supervisor tells the hub is not for it
            )

    @property
    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def call(self, call: tuple[Any, ...]) -> tuple[bool, Any]:
        """Return what came of a call; raise ``EOFError`` if the worker died of it or hangs."""
        try:
            self._calls.send(call)
            answer: tuple[bool, Any] = self._calls.recv()
        except OSError as error:
            raise EOFError from error
        return answer

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self._calls.close()
        self._process.kill()
        self._process.wait()


class Confinement:
    """Up to ``workers`` child processes, started when first needed and kept for the next.

    ``cpu`` and ``wall`` are seconds for one call, ``memory`` is bytes of address space.
    """

    def __init__(
        self,
        *,
        workers: int = _WORKERS,
        cpu: int = _CPU,
        wall: float = _WALL,
        memory: int = _MEMORY,
    ) -> None:
        self._limits = (cpu, memory, wall)
        self._places = threading.Semaphore(workers)
        self._idle: list[_Worker] = []
        self._gate = threading.Lock()
        self._started = False

    def start(self, module: str) -> None:
        """Start a worker in the background, unless that was done; it loads a module meanwhile."""
        with self._gate:
            if self._started:
                return
            self._started = True
        threading.Thread(target=self._start, args=[module], name="worker", daemon=True).start()

    def _start(self, module: str) -> None:
        with contextlib.suppress(SourceError):
            self.call(SourceError, _load, module)

    def call(
        self,
        trouble: type[SourceError],
        function: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Call a function of a module in a worker and return what it returns.

        Its ``SourceError`` is raised here; where the worker does not survive the call, ``trouble``
        is. Anything else is a bug and raised as ``RuntimeError`` with its trace.
        """
        with self._places:
            result: R = self._call(trouble, (function, args, kwargs))
        return result

    def offer(
        self,
        trouble: type[SourceError],
        function: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Do as ``call`` where a worker is there and has nothing to do; else call it here."""
        if not (self._idle and self._places.acquire(blocking=False)):
            return function(*args, **kwargs)
        try:
            result: R = self._call(trouble, (function, args, kwargs))
        finally:
            self._places.release()
        return result

    def _call(self, trouble: type[SourceError], call: tuple[Any, ...]) -> Any:
        """Call a worker; the place for it is held."""
        try:
            worker = self._free() or _Worker(*self._limits)
        except OSError as error:  # the machine has no processes or file handles left
            raise trouble(
                f"no process can be started to read the document: {error.strerror or error}"
            ) from error
        try:
            good, answer = worker.call(call)
        except EOFError as error:
            worker.end()
            raise trouble(
                "reading the document took too much time or memory and was given up"
            ) from error
        except BaseException:
            worker.end()
            raise
        self._idle.append(worker)
        if not good:
            raise answer
        return answer

    def _free(self) -> _Worker | None:
        """Take an idle worker, if there is one; that some died is no document's fault."""
        while True:
            try:
                worker = self._idle.pop()  # asked for before, another thread could have it by now
            except IndexError:
                return None
            if worker.alive:
                return worker
            worker.end()

    def close(self) -> None:
        """End all idle workers."""
        while worker := self._free():
            worker.end()


#: the workers of this process, which end with it: those for risky documents, and those that help
#: with the rest, which have the processors that this process leaves them
_CONFINEMENT = Confinement()
_HELPERS = Confinement(workers=max(1, len(os.sched_getaffinity(0)) - 1))
atexit.register(_CONFINEMENT.close)
atexit.register(_HELPERS.close)


def read_confined(
    trouble: type[SourceError],
    body: bytes,
    function: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a reader of ``body``: here if the body is small and plain, else in a worker."""
    if is_risky(body):
        return _CONFINEMENT.call(trouble, function, *args, **kwargs)
    return function(*args, **kwargs)


def read_aside(
    trouble: type[SourceError],
    body: bytes,
    function: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a reader of any ``body`` in a worker, so that this process has time for other work."""
    workers = _CONFINEMENT if is_risky(body) else _HELPERS
    return workers.call(trouble, function, *args, **kwargs)


def read_anywhere(
    trouble: type[SourceError],
    body: bytes,
    function: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Do as ``read_confined``, but leave also a plain ``body`` to a worker that has time for it.

    The first call starts one for the next.
    """
    if is_risky(body):
        return _CONFINEMENT.call(trouble, function, *args, **kwargs)
    _HELPERS.start(function.__module__)
    return _HELPERS.offer(trouble, function, *args, **kwargs)
