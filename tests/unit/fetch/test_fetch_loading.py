"""What loading the room brings along, seen from a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_LOOK = """
import os, sys
import feedhub.fetch.client
from aiohttp import connector
print(os.environ.get("SSL_CERT_FILE"))
print(connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509_ca"])
print(connector._SSL_CONTEXT_VERIFIED.verify_mode.name)
print(bool({"rich", "pygments", "click"} & set(sys.modules)))
"""


@pytest.mark.parametrize("named", [None, "/etc/ssl/certs/ca-certificates.crt"])
def test_nothing_is_loaded_unasked_and_the_environment_stays(named: str | None) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "SSL_CERT_FILE"}
    if named is not None:
        environment["SSL_CERT_FILE"] = named
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], env=environment, capture_output=True, text=True, check=True
    )
    # a context that trusts nobody and checks all the same: a request without its own would fail
    assert done.stdout.split() == [str(named), "0", "CERT_REQUIRED", "False"]
