"""The store's promises, kept on every database it supports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedhub.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store.open(f"sqlite:///{tmp_path}/feedhub.sqlite3")
    yield opened
    opened.close()
