"""How faults are brought about: kills at a chosen point, small disks, folders nobody may write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.flow.towns import Hub, environment

__all__ = ["entry", "killed_at", "mounted", "numbers", "run_with", "writable"]

#: the real command with one function of it replaced: at its n-th call the process kills itself
_KILLING = """
import importlib, os, runpy, signal, sys
module, _, path = sys.argv[1].partition(":")
calls = int(sys.argv[2])
*owners, name = path.split(".")
owner = importlib.import_module(module)
for one in owners:
    owner = getattr(owner, one)
real = getattr(owner, name)
def killing(*args, **kwargs):
    global calls
    calls -= 1
    if calls <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(owner, name, killing)
sys.argv = ["feedhub", *sys.argv[3:]]
runpy.run_module("feedhub", run_name="__main__")
"""


def killed_at(point: str, hub: Hub, *arguments: str, call: int = 1) -> None:
    """Run the command; it is killed (SIGKILL) when it calls ``module:path`` for the n-th time."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLING, point, str(call), "-c", str(hub.config), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(),
        cwd=hub.folder,
    )
    assert done.returncode == -9, done.stdout + done.stderr


def run_with(code: str, hub: Hub, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command after some lines of Python that change the machine under it."""
    start = 'import runpy, sys\nsys.argv[0] = "feedhub"\n'
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f'{code}\n{start}runpy.run_module("feedhub", run_name="__main__")',
            "-c",
            str(hub.config),
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env=environment(),
        cwd=hub.folder,
    )


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Give a folder a small disk of its own (tmpfs) while the block runs; needs root."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here (needs root): {done.stderr.strip()}")
    try:
        yield folder
    finally:
        # lazily: a process that was just killed may hold it a moment longer
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def writable(folder: Path, *, yes: bool) -> Iterator[None]:
    """Let a mounted folder be read only while the block runs, as a disk with a fault is."""
    _remount(folder, "rw" if yes else "ro")
    try:
        yield
    finally:
        _remount(folder, "ro" if yes else "rw")


def _remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Fill a folder's disk up to so many bytes; return the file to delete."""
    stone = folder / "stone"
    free = os.statvfs(folder)
    left = free.f_bavail * free.f_frsize - leave
    with stone.open("wb", buffering=0) as out:
        while left > 0:
            try:
                left -= out.write(b"x" * min(left, 65536))
            except OSError:
                break
    return stone


def entry(number: int, text: str = "") -> dict[str, str]:
    """Return a feed's entry with words of its own."""
    return {
        "title": f"Bản tin số {number} của thị trấn",
        "guid": f"urn:town:{number}",
        "link": f"https://town.example/{number}",
        "text": text
        or f"Nội dung riêng của bản tin {number}: " + " ".join(f"x{number}y{k}" for k in range(30)),
    }


def numbers(hub: Hub, channel: str = "all") -> list[int]:
    """Return the numbers of the entries a published feed tells of, in order."""
    return sorted(int(story["title"].split()[3]) for story in hub.stories(channel))
