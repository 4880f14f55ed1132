"""A hub on SQLite in an empty folder, and servers that play towns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.towns import Hub, Town, town


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub in an empty folder."""
    return Hub(tmp_path)


@pytest.fixture
def towns() -> Iterator[Town]:
    """A web server that plays towns."""
    with town() as running:
        yield running
