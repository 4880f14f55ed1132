"""A town to ask and a fetcher that may ask it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
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

        def make(
            clock: Any = None, lookup: Any = None, ledger: Any = None, shared: Any = None, **kw: Any
        ) -> Fetcher:
            settings = {
                "allow_private": ("127.0.0.0/8",),
                "per_host_gap": 0.0,
                "per_host": 20,
                "timeout": 10.0,
                "robots": "none",
                **kw,
            }
            extra = {"lookup": lookup} if lookup else {}
            extra |= {"shared": shared} if shared else {}
            return stack.enter_context(
                Fetcher(FetchSettings(**settings), clock or SystemClock(), ledger=ledger, **extra)
            )

        yield make


@pytest.fixture
def fetcher(make_fetcher: MakeFetcher) -> Fetcher:
    """The usual fetcher of these tests."""
    return make_fetcher()


CERTIFICATES = Path(__file__).parent / "certificates"


def server_context(name: str) -> ssl.SSLContext:
    """Return the TLS side of a town server with one of the test certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


@pytest.fixture
def authority() -> str:
    """The authority that signed the test certificates."""
    return str(CERTIFICATES / "authority.pem")


@pytest.fixture
def secure_town() -> Iterator[Town]:
    """A server on loopback with a certificate for portal.test and 127.0.0.1."""
    with Town(tls=server_context("good")) as town:
        yield town
