from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.towns import Hub, Town, town
from tests.postgres import server

#: what is always run on both databases; with FEEDHUB_TEST_DATABASE=postgresql all of it runs there
_ON_BOTH = frozenset({"test_collect_and_publish"})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases on which the tests of a module run."""
    marked = any(
        "database" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "database" in metafunc.fixturenames and not marked:
        chosen = os.environ.get("FEEDHUB_TEST_DATABASE")
        both = metafunc.module.__name__.rpartition(".")[2] in _ON_BOTH
        databases = [chosen] if chosen else ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("database", databases, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database; none for the hub's own choice, SQLite in its data folder."""
    if request.param == "sqlite":
        yield ""
        return
    made = server().database()
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
