"""A thousand subscribers, and a sender that is killed fifty times."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.flow.mailed import MINUTE, SEVEN, MailHub
from tests.flow.towns import environment
from tests.postoffice import post_office

_PEOPLE = 1000
_KILLS = 50
_PROJECT = Path(__file__).resolve().parents[2]


class Starter:
    """Runs ``feedhub digest run`` in processes that can be killed."""

    def __init__(self, hub: MailHub) -> None:
        self.config = str(hub.config)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_PROJECT,
            env=environment(),
        )

    def start(self, at: datetime) -> int:
        """Start the command as if at a moment, and as much later as has passed by now."""
        assert self.process.stdin is not None
        now = at + timedelta(seconds=time.monotonic() - self.began)
        arguments = ["-c", self.config, "--now", now.isoformat(), "digest", "run"]
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        return self._number()

    def end(self) -> int:
        """Wait for the command's end; return its status as the system tells it."""
        return self._number()

    def _number(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@contextmanager
def starter(hub: MailHub) -> Iterator[Starter]:
    made = Starter(hub)
    try:
        yield made
    finally:
        made.process.communicate()


@pytest.mark.timeout(400)
def test_every_subscriber_has_the_digest_and_doubles_are_counted(tmp_path: Path) -> None:
    chance = random.Random(50)
    with post_office() as office:
        hub = MailHub(tmp_path, f'smtp = "smtp://127.0.0.1:{office.port}"')
        hub.subscribe(*(f"p{number:04}@d{number % 40}.example" for number in range(_PEOPLE)))
        hub.news(1, 2, 3)
        killed = 0
        with starter(hub) as commands:
            for _ in range(_KILLS):
                before = len(office.received)
                pid = commands.start(SEVEN)
                # from the very start now and then, mostly while messages are leaving
                wanted = before + 1 if chance.random() < 0.9 else before
                _until(lambda wanted=wanted: len(office.received) >= wanted)
                time.sleep(chance.random() * 0.15)
                os.kill(pid, signal.SIGKILL)
                killed += os.WIFSIGNALED(commands.end())
            assert killed == _KILLS
            commands.start(SEVEN)
            assert os.WIFEXITED(commands.end())
            doubtful = hub.outbox().get("doubtful", 0)
            # what was in doubt is sent once more, a quarter of an hour later
            commands.start(SEVEN + 20 * MINUTE)
            assert os.waitstatus_to_exitcode(commands.end()) == 0
        times = Counter(office.ids())
        doubled = sum(count - 1 for count in times.values())
        recipients = {one.recipient for one in office.received}
        outbox = hub.outbox()
        hub.close()
    assert len(recipients) == len(times) == _PEOPLE
    assert outbox.get("sent") == _PEOPLE
    assert max(times.values()) <= 2
    assert doubled <= doubtful <= killed
    assert outbox.get("doubtful", 0) == doubtful


def _until(happens: object) -> None:
    assert callable(happens)
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.002)
