"""Signals as something to wait for."""

from __future__ import annotations

import select
import signal
import socket

__all__ = ["Alarm"]


class Alarm:
    """Waits for signals, and hears them at once whichever thread the kernel hands them to.

    A thread that waits for a lock or an event is not woken by a signal that another thread got,
    and what a handler may do to a lock its own thread holds ends in a deadlock. So Python writes
    the number of each signal into a socket, and this waits for the socket.
    """

    def __init__(self) -> None:
        self._heard, self._told = socket.socketpair()
        for end in (self._heard, self._told):
            end.setblocking(False)

    def listen(self, *numbers: signal.Signals) -> None:
        """Take these signals from now on. Call from the main thread."""
        for number in numbers:
            signal.signal(number, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)

    def ring(self) -> None:
        """Wake the waiting thread without a signal."""
        self._told.send(b"\0")

    def wait(self, seconds: float) -> frozenset[signal.Signals]:
        """Return the signals that came, after so many seconds at most."""
        if not select.select([self._heard], [], [], seconds)[0]:
            return frozenset()
        known = {int(number) for number in signal.Signals}
        return frozenset(signal.Signals(one) for one in self._heard.recv(4096) if one in known)
