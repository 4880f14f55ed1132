from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.towns import Hub, Town, town
from tests.postgres import server

#: what is always run on both databases: whatever reads and writes one and starts no long-lived
#: processes to kill them. With FEEDHUB_TEST_DATABASE=postgresql all the rest runs there as well
_ON_BOTH = frozenset(
    {
        "test_collect_and_publish",
        "test_demo_stories",
        "test_desk",
        "test_digest_mail",
        "test_digest_runs",
        "test_mail_faults",
        "test_mail_returns",
        "test_publish_archives",
        "test_publish_corrections",
        "test_publish_digests",
        "test_publish_pings",
        "test_pushed_sources",
        "test_service_websub",
        "test_sources",
        "test_statistics",
        "test_subscribers_command",
        "test_watched_sources",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases on which the tests of a module run."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "database" in metafunc.fixturenames and not any("database" in mark.args for mark in marks):
        chosen = os.environ.get("FEEDHUB_TEST_DATABASE")
        module = metafunc.module.__name__.rpartition(".")[2]
        if chosen:
            metafunc.parametrize("database", [chosen], indirect=True)
        elif module in _ON_BOTH:
            metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty database; none for the hub's own choice, SQLite in its data folder.

    Hubs that a test configures by ``Hub`` or ``stocked.configured`` are there.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    made = server().database()
    monkeypatch.setenv("FEEDHUB_TEST_URL", made)
    yield made
    server().drop(made)


@pytest.fixture
def hub(tmp_path: Path, database: str) -> Hub:
    """A hub in an empty folder."""
    return Hub(tmp_path, database)


@pytest.fixture
def towns() -> Iterator[Town]:
    """A web server that plays towns."""
    with town() as running:
        yield running
