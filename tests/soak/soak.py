"""An hour of fast life: ``make soak`` (SOAK_SECONDS, SOAK_SEED).

The real service runs on a clock that goes 3,600 times as fast, over towns and a mail server that
fail at random; it is killed, stopped, told to end and to reload at random, and commands run beside
it. Then everything heals, and what must hold of a hub whatever happened is checked.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tests.flow.towns import Hub, environment  # noqa: E402 - found by the path set above
from tests.golden.conformance import faults  # noqa: E402
from tests.postoffice import CUT, PostOffice, post_office  # noqa: E402
from tests.soak.origin import Origin, guid_of  # noqa: E402

from feedhub.clock import SystemClock  # noqa: E402

__all__ = ["Report", "soak"]

SPEED = 3600
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOWNS = 12
PEOPLE = [f"nguoi{number}@one.example" for number in range(3)]

#: the real command on a clock that began with the soak and goes fast
_FAST = """
import runpy, sys, time
from datetime import datetime, timedelta
import feedhub.clock as clock
began, speed = {began!r}, {speed}
class Fast(clock.SystemClock):
    def __init__(self, start):
        pass
    def now(self):
        passed = timedelta(seconds=(time.time() - began) * speed)
        return datetime.fromisoformat({start!r}) + passed
clock.ShiftedClock = Fast
sys.argv = ["feedhub", "-c", "feedhub.toml", "--now", "2026-03-02", *sys.argv[1:]]
runpy.run_module("feedhub", run_name="__main__")
"""


@dataclass
class Report:
    """What happened, and what does not hold."""

    seconds: float = 0.0
    did: Counter[str] = field(default_factory=Counter)
    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def holds(self, words: str, *, yes: bool) -> None:
        """Note a law that does not hold."""
        if not yes:
            self.broken.append(words)

    def __str__(self) -> str:
        lines = [f"{name}: {value}" for name, value in self.figures.items()]
        lines.append("what was done to it: " + ", ".join(f"{n} {c}" for n, c in self.did.items()))
        return "\n".join(lines + [f"BROKEN: {words}" for words in self.broken])


class Life:
    """A hub that lives fast."""

    def __init__(self, folder: Path, office: PostOffice, seed: int) -> None:
        self.hub = Hub(folder)
        self.office = office
        self.chance = random.Random(seed)
        self.report = Report()
        self.began = SystemClock().now()
        self.origin = Origin(TOWNS, START, self.now, seed)
        self.service: subprocess.Popen[bytes] | None = None
        self.memory: list[list[int]] = []
        self.configure()
        for person in PEOPLE:
            self.command("subscribers", "add", person, "--confirmed", "for the soak")

    def now(self) -> datetime:
        """Return the fast moment."""
        return START + SPEED * (SystemClock().now() - self.began)

    def configure(self) -> None:
        """Write the config."""
        sources = "".join(
            f'[[sources]]\nid = "t{town}"\nname = "Thị trấn {town}"\nevery = "1h"\nbackfill = 5\n'
            f'url = "http://{self.origin.address}/{town}"\n'
            for town in range(TOWNS)
        )
        self.hub.configure(
            sources,
            private=self.origin.address,
            more='timeout = "5s"\n[serve]\nbind = "127.0.0.1:0"\n[mail]\n'
            f'sender = "Tin <tin@hub.example>"\nsmtp = "smtp://127.0.0.1:{self.office.port}"\n'
            '[[digests]]\nid = "daily"\n',
        )

    def _command_line(self, *arguments: str) -> list[str]:
        code = _FAST.format(began=self.began.timestamp(), speed=SPEED, start=START.isoformat())
        return [sys.executable, "-c", code, *arguments]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._command_line(*arguments),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environment(),
            cwd=self.hub.folder,
        )

    def start(self) -> None:
        """Start the service."""
        with (self.hub.folder / "log").open("ab") as log:
            self.service = subprocess.Popen(
                self._command_line("run"),
                stdout=log,
                stderr=log,
                env=environment(),
                cwd=self.hub.folder,
            )
        self.memory.append([])

    def end(self, how: signal.Signals) -> None:
        """End the service and wait for it; one that was asked to end must do so with 0."""
        service = self.service
        assert service is not None
        fine = {0} if self.hears(how) else {0, -how}
        service.send_signal(how)
        try:
            code: int | None = service.wait(60)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait(10)
            code = None
        self.report.holds(
            f"told to end, it left with {code}", yes=how is signal.SIGKILL or code in fine
        )
        self.service = None

    def hears(self, number: signal.Signals) -> bool:
        """Tell whether the service is far enough to take a signal in hand."""
        assert self.service is not None
        status = Path(f"/proc/{self.service.pid}/status").read_text(encoding="ascii")
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        return bool(caught >> (number - 1) & 1)

    def watch(self, seconds: float) -> None:
        """Let it live so long, noting its memory; a service that ended by itself is a fault."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.5)
            if self.service is None:
                continue
            if self.service.poll() is not None:
                self.report.broken.append(f"the service ended by itself: {self.service.returncode}")
                self.start()
            with suppress(OSError, IndexError):
                status = Path(f"/proc/{self.service.pid}/statm").read_text().split()
                self.memory[-1].append(int(status[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20)

    def misfortune(self) -> None:
        """Do something to the running hub."""
        kind = self.chance.choices(
            ("kill", "end", "stop", "reload", "backup", "publish", "collect"),
            (8, 3, 3, 2, 1, 2, 2),
        )[0]
        self.report.did[kind] += 1
        assert self.service is not None
        match kind:
            case "kill":
                self.end(signal.SIGKILL)
                self.start()
            case "end":
                self.end(signal.SIGTERM)
                self.start()
            case "stop":
                self.service.send_signal(signal.SIGSTOP)
                time.sleep(self.chance.uniform(0.5, 3))
                self.service.send_signal(signal.SIGCONT)
            case "reload":
                if self.hears(signal.SIGHUP):  # before that, HUP ends a program
                    self.service.send_signal(signal.SIGHUP)
            case "backup":
                target = self.hub.folder / "copy.sqlite3"
                target.unlink(missing_ok=True)
                done = self.command("db", "backup", str(target))
                self.report.holds(f"backup: {done.stderr}", yes=done.returncode == 0)
            case "publish":
                done = self.command("publish", "--full")
                self.report.holds(f"publish: {done.stderr}", yes=done.returncode == 0)
            case _:
                done = self.command("collect")
                self.report.holds(f"collect: {done.stderr}", yes=done.returncode in {0, 1})

    def misfortunes_of_mail(self) -> None:
        """Let the mail server refuse and cut at random."""
        chance = random.Random(self.chance.random())
        self.office.scripts["RCPT"] = lambda _to, _n: (
            "451 4.2.0 later" if chance.random() < 0.2 else None
        )
        self.office.scripts["CONTENT"] = lambda _to, _n: CUT if chance.random() < 0.1 else None


def soak(seconds: float, seed: int, folder: Path) -> Report:
    """Live for so many seconds, heal, and check what must hold."""
    with ExitStack() as stack:
        life = Life(folder, stack.enter_context(post_office()), seed)
        stack.callback(life.origin.close)
        try:
            life.start()
            life.watch(min(10.0, seconds / 4))
            life.origin.bad = True
            life.misfortunes_of_mail()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                life.watch(life.chance.uniform(1, 7))
                life.misfortune()
            life.origin.bad = False
            life.office.scripts.clear()
            life.watch(max(15.0, seconds / 10))
            life.end(signal.SIGTERM)
        finally:
            if life.service is not None:
                life.service.kill()
                life.service.wait(10)
        life.report.seconds = seconds
        listed = [life.origin.listed(town) for town in range(TOWNS)]
        for arguments in (("collect", "--all", "--accept"), ("publish",)):
            done = life.command(*arguments)
            life.report.holds(f"{arguments}: {done.stdout[-500:]}", yes=done.returncode == 0)
        _check_database(life, listed)
        _check_published(life)
        _check_letters(life)
        _check_process(life)
        return life.report


def _check_database(life: Life, listed: list[range]) -> None:
    """``listed`` are the entries that each town listed before it was asked for the last time."""
    report = life.report
    with closing(sqlite3.connect(life.hub.folder / "var" / "feedhub.sqlite3")) as database:
        report.holds(
            "the database is damaged",
            yes=database.execute("PRAGMA integrity_check").fetchone() == ("ok",),
        )
        report.holds(
            "rows point to nothing", yes=not database.execute("PRAGMA foreign_key_check").fetchall()
        )
        wrong = database.execute(
            "SELECT source_id, at, seen FROM pulls WHERE outcome != 'failed'"
            " AND seen != new + revised + known + duplicate + rejected + pending"
        ).fetchall()
        report.holds(f"pulls whose rows do not add up: {wrong[:3]}", yes=not wrong)
        pulls = dict(database.execute("SELECT outcome, count(*) FROM pulls GROUP BY outcome"))
        entries = 0
        for town in range(TOWNS):
            guids = [
                guid
                for (guid,) in database.execute(
                    "SELECT guid FROM entries WHERE source_id = ?", (f"t{town}",)
                )
            ]
            entries += len(guids)
            report.holds(f"t{town} has an entry twice", yes=len(guids) == len(set(guids)))
            wanted = {guid_of(town, number) for number in listed[town]}
            report.holds(
                f"t{town} lacks {sorted(wanted - set(guids))[:3]}", yes=wanted <= set(guids)
            )
    report.figures |= {
        "lived": f"{report.seconds:.0f} s as {(life.now() - START).days} days",
        "pulls": pulls,
        "requests": dict(life.origin.requests),
        "entries": entries,
    }


def _check_published(life: Life) -> None:
    report, feeds, pages = life.report, 0, 0
    for path, (_, data) in life.hub.files().items():
        kind = path.rpartition(".")[2]
        if kind in {"atom", "rss", "json"}:
            feeds += 1
            found = faults(data, kind)
            report.holds(f"{path}: {found[:2]}", yes=not found)
        elif kind == "html":
            pages += 1
            report.holds(f"{path} is torn", yes=data.rstrip().endswith(b"</html>"))
    strays = list((life.hub.public / ".feedhub" / "new").iterdir())
    report.holds(f"strays: {strays[:3]}", yes=not strays)
    newest = json.loads((life.hub.public / "feeds/all.json").read_bytes())["items"]
    report.holds("the feed of everything is empty", yes=bool(newest))
    report.figures |= {"published": f"{feeds} feeds, {pages} pages"}


def _check_letters(life: Life) -> None:
    report = life.report
    arrived = Counter((one.recipient, one.message_id) for one in life.office.received)
    doubles = sum(count - 1 for count in arrived.values())
    with closing(sqlite3.connect(life.hub.folder / "var" / "feedhub.sqlite3")) as database:
        states = dict(database.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
        rows = database.execute(
            "SELECT subscriber_id, story_ids, doubtful FROM deliveries"
        ).fetchall()
    doubtful = sum(row[2] for row in rows)
    report.holds(f"{doubles} letters twice, {doubtful} known of", yes=doubles <= doubtful)
    told: Counter[tuple[str, str]] = Counter()
    for person, stories, _ in rows:
        told.update((person, story) for story in json.loads(stories))
    twice = [key for key, count in told.items() if count > 1]
    report.holds(f"stories told twice: {twice[:3]}", yes=not twice)
    report.figures |= {"letters": f"{len(arrived)} arrived, {doubles} twice", "outbox": states}


def _check_process(life: Life) -> None:
    report = life.report
    log = (life.hub.folder / "log").read_text(encoding="utf-8", errors="replace")
    for sign in ("Traceback", "database is locked", "a bug ended"):
        at = log.find(sign)
        report.holds(f"in the log: {log[max(0, at - 200) : at + 900]}", yes=at < 0)
    runs = [run for run in life.memory if len(run) >= 20]
    report.figures["memory at most"] = f"{max((max(run) for run in runs), default=0)} MB"
    if runs:
        longest = max(runs, key=len)
        third = len(longest) // 3
        before = statistics.median(longest[third : 2 * third])
        after = statistics.median(longest[2 * third :])
        report.figures["memory of the longest run"] = f"{before:.0f} MB, later {after:.0f} MB"
        report.holds(f"memory grew from {before} to {after} MB", yes=after < 1.25 * before + 20)


def main() -> int:
    """Soak, print the report; 1 if anything does not hold."""
    seconds = float(os.environ.get("SOAK_SECONDS", "3600"))
    seed = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
    with tempfile.TemporaryDirectory(prefix="feedhub-soak-") as folder:
        report = soak(seconds, seed, Path(folder))
        if report.broken:
            kept = PROJECT / "var" / "soak.log"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes((Path(folder) / "log").read_bytes())
    sys.stdout.write(f"soak (seed {seed})\n{report}\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
