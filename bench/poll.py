"""What polling costs: the whole of ``feedhub collect --all`` beside those who do part of its work.

An origin of its own serves written feeds from 20 loopback ports (``polling/``). Everybody polls
every feed once in each mode, as a whole process: ``cold`` (nothing stored yet), ``304`` (nothing
changed, validators honoured), ``changed`` (one feed in twenty has two new entries), ``same`` (the
same bytes again, no validators), ``restamped`` (only the feeds' build dates moved). After each poll
it is checked that the origin was asked for every feed once and that every entry is stored.

Yardsticks, each where it can be had: the plain loop httpx + feedparser + sqlite3, PyPI's ``reader``
(in a virtual environment made for it), Debian's ``sfeed``. None of them looks for reprints.
Printed: wall and CPU seconds, peak memory of the largest process in MiB, wall beside the others'.
Seconds differ from machine to machine and with its other work; the ratios of one run count.

    poll.py                             2,000 feeds of 30 entries, some six minutes
    poll.py --feeds 400                 a quick look
    poll.py --feeds 20000 --entries 3 --modes cold,304 --pollers feedhub,reader
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

from polling.feeds import Shape
from polling.origin import CHANGED_EVERY, NEW_ENTRIES
from polling.pollers import FeedHub, Naive, Poller, Reader, Sfeed

HERE = Path(__file__).parent
SOURCES = HERE.parent / "src"
PORTS = 20
MODES = ("cold", "304", "changed", "same", "restamped")
#: may be polled again and again with the same effect
REPEATABLE = ("304", "same")
POLLERS = {poller.name: poller for poller in (FeedHub, Naive, Reader, Sfeed)}


class Cost(NamedTuple):
    """What one poll cost: seconds, seconds of processor time, MiB."""

    wall: float
    cpu: float
    peak: float


class Origin:
    """The running origin."""

    def __init__(self, ports: list[int], shape: Shape) -> None:
        self._control = f"http://127.0.0.1:{ports[0]}/control/"
        self.shape = shape
        self.urls = [
            f"http://127.0.0.1:{ports[number % PORTS]}/feed/{number}.xml"
            for number in range(shape.feeds)
        ]
        self.changed = False

    def turn(self, mode: str) -> None:
        """Let it answer in another way."""
        self._say("304" if mode == "cold" else mode)
        self.changed |= mode == "changed"

    def seen(self) -> dict[int, list[int]]:
        """Return the statuses given since the last question, by feed."""
        seen: dict[int, list[int]] = {}
        for number, status, times in json.loads(self._say("seen")):
            seen.setdefault(number, []).extend([status] * times)
        return seen

    def _say(self, word: str) -> bytes:
        with urlopen(self._control + word) as answer:
            body: bytes = answer.read()
        return body

    def entries(self, number: int) -> int:
        """Return how many entries whoever polled all along must have stored of a feed."""
        new = self.changed and number % CHANGED_EVERY == 7
        return self.shape.entries + (NEW_ENTRIES if new else 0)


@contextlib.contextmanager
def origin(shape: Shape) -> Iterator[Origin]:
    """Run an origin."""
    command = [sys.executable, "-m", "polling.origin", str(shape.feeds), str(shape.entries)]
    paths = {"PYTHONPATH": f"{HERE}{os.pathsep}{SOURCES}"}
    with subprocess.Popen(
        [*command, str(PORTS)], stdout=subprocess.PIPE, text=True, env={**os.environ, **paths}
    ) as process:
        try:
            assert process.stdout is not None
            yield Origin(json.loads(process.stdout.readline()), shape)
        finally:
            process.terminate()


def run(poller: Poller) -> tuple[Cost, str]:
    """Let somebody poll; return the cost, and what is wrong."""
    result, output = poller.folder / "cost", poller.folder / "output"
    launch = [sys.executable, "-I", "-S", str(HERE / "polling" / "launch.py"), str(result)]
    with output.open("wb") as file:
        subprocess.run(
            [*launch, *poller.command()],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=poller.environment(),
            cwd=poller.folder,
            check=True,
        )
    *cost, code = (float(word) for word in result.read_text(encoding="ascii").split())
    if code:
        tail = output.read_text(encoding="utf-8", errors="replace")[-300:]
        return Cost(*cost), f"it ended with code {code:.0f}: {tail}"
    return Cost(*cost), ""


def verify(poller: Poller, served: Origin, mode: str) -> str:
    """Say what is wrong with a poll that has just ended, "" if nothing is."""
    seen, stored = served.seen(), poller.stored()
    for number in range(served.shape.feeds):
        changed = mode == "changed" and number % CHANGED_EVERY == 7
        status = 304 if mode in {"304", "changed"} and not changed else 200
        if seen.get(number) != [status]:
            return f"feed {number} was answered {seen.get(number)} and not [{status}]"
        if stored[number] != served.entries(number):
            return f"feed {number}: {stored[number]} of {served.entries(number)} entries stored"
    return ""


def poll(poller: Poller, served: Origin, mode: str, rounds: int) -> tuple[Cost, str]:
    """Poll in one mode; return the median cost, and what is wrong."""
    costs, wrong = [], ""
    for _ in range(rounds if mode in REPEATABLE else 1):
        served.seen()
        cost, failed = run(poller)
        costs.append(cost)
        wrong = wrong or failed or verify(poller, served, mode)
    return Cost(*(median(column) for column in zip(*costs, strict=True))), wrong


def beside(costs: dict[str, Cost]) -> str:
    """Return the hub's wall time in shares of the others'."""
    hub = costs.pop("feedhub", None)
    if hub is None:
        return ""
    return ", ".join(f"{hub.wall / cost.wall:.3f} x {name}" for name, cost in costs.items())


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--entries", type=int, default=30, help="in each feed")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--pollers", default=",".join(POLLERS))
    parser.add_argument("--rounds", type=int, default=1, help=f"of {', '.join(REPEATABLE)}")
    parser.add_argument(
        "--whole", action="store_true", help="let the slow ones poll in every mode too"
    )
    parser.add_argument("--folder", type=Path, help="work here and keep what was made")
    return parser.parse_args()


def main() -> int:
    """Poll, check, print."""
    chosen = options()
    modes = [mode for mode in MODES if mode in chosen.modes.split(",")]
    compileall.compile_dir(SOURCES, quiet=2)
    good = True
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(origin(Shape(chosen.feeds, chosen.entries)))
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pollers = []
        for name in chosen.pollers.split(","):
            poller = POLLERS[name](folder.resolve(), served.urls)
            missing = poller.missing()
            if missing:
                print(f"{name} is left out: {missing}")
            else:
                pollers.append(poller)
        print(f"{chosen.feeds:,} feeds of {chosen.entries} entries")
        for mode in modes:
            served.turn(mode)
            costs: dict[str, Cost] = {}
            for poller in pollers:
                if poller.modes and mode not in poller.modes and not chosen.whole:
                    continue
                cost, wrong = poll(poller, served, mode, chosen.rounds)
                costs[poller.name] = cost
                good = good and not wrong
                print(
                    f"{mode:>9} {poller.name:8} {cost.wall:7.2f} s wall {cost.cpu:7.2f} s CPU "
                    f"{cost.peak:5.0f} MiB  {f'WRONG: {wrong}' if wrong else poller.remark()}",
                    flush=True,
                )
            if shares := beside(costs):
                print(f"{mode:>9} feedhub = {shares} (wall)", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
