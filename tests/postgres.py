"""A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket, ended by its pid.

One per process of xdist, started when the first test asks for it; each test has a database to
itself. Nothing is synced to disk, for nothing of it has to last.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

#: where Debian puts what is no command for users, the newest version first
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_SECONDS = 30

_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "listen_addresses": "",
    "jit": "off",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, or skip (fail in CI) where there is none."""
    found = shutil.which("postgres")
    places = [Path(found).parent] if found else _PLACES
    for place in places:
        if (place / "initdb").is_file():
            return place
    words = 'needs PostgreSQL\'s server (Debian: apt-get install "postgresql")'
    if os.environ.get("FEEDHUB_TESTS_COMPLETE") == "1":
        pytest.fail(words)
    pytest.skip(words)


def _account() -> dict[str, Any]:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise AssertionError("there is no account besides root to run PostgreSQL")


_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Let the kernel end this process when its parent was killed (prctl(2))."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Server:
    """A running server; ``database`` makes databases, ``end`` ends it and removes its folder."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="feedhub-pg-"))
        self._pid = os.getpid()
        self._made = 0
        account = _account()
        if account:
            os.chown(self.folder, account["user"], account["group"])
        data = self.folder / "data"
        subprocess.run(
            [
                programs / "initdb",
                *("-D", data, "-U", "feedhub", "-A", "trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=_SECONDS,
            **account,
        )
        options = [part for key, value in _QUICK.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call into the kernel, no lock
                **account,
            )
        atexit.register(self.end)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _SECONDS
        while True:
            try:
                psycopg.connect(self._link("postgres")).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return

    def _link(self, database: str) -> str:
        return f"postgresql://feedhub@/{database}?host={self.folder}"

    def run(self, *statements: sql.Composed) -> None:
        """Run statements on the server's own database."""
        with psycopg.connect(self._link("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def database(self, *, encoding: str = "UTF8") -> str:
        """Make an empty database and return its URL."""
        self._made += 1
        name = f"hub{self._made}"
        made = "CREATE DATABASE {} ENCODING {} LOCALE 'C' TEMPLATE template0"
        self.run(sql.SQL(made).format(sql.Identifier(name), sql.Literal(encoding)))
        return self._link(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def end(self) -> None:
        """End the server, by its pid and only in the process that started it."""
        if os.getpid() != self._pid or not self.folder.is_dir():
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def server() -> Server:
    """Return this process's server, started at the first call; skip where there is none."""
    return Server(_programs())
