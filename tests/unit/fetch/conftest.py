"""A town to ask and a fetcher that may ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.unit.fetch.town import Town

from feedhub.clock import SystemClock
from feedhub.fetch.client import Fetcher, FetchSettings

MakeFetcher = Callable[..., Fetcher]


@pytest.fixture
def town() -> Iterator[Town]:
    """A server on loopback."""
    with Town() as town:
        yield town


@pytest.fixture
def make_fetcher() -> Iterator[MakeFetcher]:
    """Make fetchers that may ask loopback, without a gap; they are closed after the test."""
    with ExitStack() as stack:

        def make(clock: Any = None, lookup: Any = None, ledger: Any = None, **kw: Any) -> Fetcher:
            settings = {
                "allow_private": ("127.0.0.0/8",),
                "per_host_gap": 0.0,
                "per_host": 20,
                "timeout": 10.0,
                "robots": "none",
                **kw,
            }
            extra = {"lookup": lookup} if lookup else {}
            return stack.enter_context(
                Fetcher(FetchSettings(**settings), clock or SystemClock(), ledger=ledger, **extra)
            )

        yield make


@pytest.fixture
def fetcher(make_fetcher: MakeFetcher) -> Fetcher:
    """The usual fetcher of these tests."""
    return make_fetcher()
