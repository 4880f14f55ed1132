"""A real server on a free loopback port, asked over raw sockets: nothing is made pretty."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator

import pytest
from tests.flow.serving.ground import FILES, PAGE, Site, StillLife

from feedhub.clock import SystemClock
from feedhub.deliver import PublishedFolder
from feedhub.web import Audience, Look, WebServer, build_site


@pytest.fixture(scope="session")
def audience() -> Audience:
    return Audience()


@pytest.fixture(scope="session", params=["strict lane", "quick lane"])
def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    audience: Audience,
) -> Iterator[Site]:
    base = tmp_path_factory.mktemp("serving")
    root = base / "public"
    with PublishedFolder(root) as folder:
        for path, content in FILES.items():
            folder.write(path, content)
        folder.remove("stories/gone/index.html")
        folder.remove("feeds/gone.atom")
    (base / "secret.txt").write_bytes(b"secret")
    (root / ".hidden").write_bytes(b"secret")
    (root / "leak.txt").symlink_to(base / "secret.txt")
    (root / "leakdir").symlink_to(base)
    (root / "packed.html").write_bytes(PAGE)
    (root / "packed.html.gz").write_bytes(gzip.compress(PAGE))
    os.mkfifo(root / "pipe.txt")
    look = Look(base_url="https://hub.example/", websub_hub="https://push.example/")
    app = build_site(
        root,
        StillLife(),
        clock=SystemClock(),
        look=look,
        gone=folder.was_removed,
        audience=audience,
    )
    server = WebServer(app)
    address = server.start("127.0.0.1:0")
    yield Site(address, root, quick=request.param == "quick lane")
    assert server.stop(10.0)


@pytest.fixture(scope="session")
def python_path() -> str:
    """What a child process needs to import the project."""
    return os.pathsep.join(filter(None, sys.path))
