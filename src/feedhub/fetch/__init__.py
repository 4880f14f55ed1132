"""Requests become documents, politely and within limits.

A door: it touches the network and knows no other room. Only this room imports aiohttp and httpx.
"""

import os
import sys
from importlib import import_module


def _load_libraries() -> None:
    """Load aiohttp and httpx without what they bring along unasked: 65 ms of a short command.

    aiohttp reads the machine's authorities twice as it is imported, for TLS contexts that are never
    used here: a request over https brings its own (``trust.py``). With an empty file in their place
    an https request without one would trust nobody. httpx imports its command line tool and with
    it rich, pygments and click where these are installed; None in ``sys.modules`` tells Python that
    the tool is not.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # documented behaviour
    authorities = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = os.devnull
    try:
        import_module("aiohttp")
        import_module("httpx")
    finally:
        del os.environ["SSL_CERT_FILE"]
        if authorities is not None:
            os.environ["SSL_CERT_FILE"] = authorities


_load_libraries()
