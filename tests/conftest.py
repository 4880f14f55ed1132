"""What every test stands on: no network but loopback, and the folders of shared samples."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# a deadline per example measures the machine's other work, not the code
hypothesis.settings.register_profile("feedhub", deadline=None)
hypothesis.settings.load_profile("feedhub")

PROJECT = Path(__file__).resolve().parent.parent


#: tests that share something costly, such as a running hub: one process of xdist runs them all
_TOGETHER = ("tests/browser/", "tests/flow/test_webmasters.py", "tests/faults/test_03_sources.py")


class _SomeTogether(LoadScopeScheduling):
    """Hands out test by test, but those of ``_TOGETHER`` as one.

    ``xdist_group`` would say the same, but xdist 3.8 writes it where pytest 9.2 no longer looks.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in _TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Choose how xdist spreads the tests over its processes."""
    if config.getvalue("dist") != "loadgroup":
        return None
    return _SomeTogether(config, log)


def shared_folder(name: str) -> Path:
    """Return a folder of ``shared/`` beside the project, or skip the test that needs it."""
    base = Path(os.environ.get("FEEDHUB_SHARED", PROJECT.parent / "shared"))
    folder = base / name
    if not folder.is_dir():
        pytest.skip(f"needs the shared folder {name} beside the project")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real feeds and pages, with INDEX.jsonl."""
    return shared_folder("samples")


@pytest.fixture(scope="session")
def quality() -> Path:
    """The folder of labelled pages and texts, with score.py."""
    return shared_folder("quality")


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    real_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])
            try:
                inside = ipaddress.ip_address(host).is_loopback
            except ValueError:
                inside = host == "localhost"
            if not inside:
                raise AssertionError(f"a test tried to reach {host}")
        real_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
