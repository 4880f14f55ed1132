"""Whom a secure connection trusts."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from tests.unit.fetch.conftest import CERTIFICATES, MakeFetcher, server_context
from tests.unit.fetch.town import Town

from feedhub.errors import FetchError, Refused, Unreachable
from feedhub.fetch.client import Fetcher, Request


def failure(fetcher: Fetcher, url: str, **wish: object) -> FetchError:
    error = fetcher.submit(Request(url=url, **wish)).exception(20)
    assert isinstance(error, FetchError), error
    return error


def portal(town: Town, name: str = "portal.test") -> str:
    return f"https://{name}:{town.port}/feed"


@pytest.fixture
def named(make_fetcher: MakeFetcher) -> Fetcher:
    """A fetcher for which every name is on loopback."""
    return make_fetcher(lookup=everywhere_is_here)


def everywhere_is_here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_an_authority_of_one_s_own_is_trusted_where_it_is_named(
    secure_town: Town, named: Fetcher, authority: str
) -> None:
    secure_town.answers("/feed", body=b"x")
    wish = Request(url=portal(secure_town), ca_file=authority)
    assert named.submit(wish).result(20).body == b"x"


def test_and_only_there(secure_town: Town, named: Fetcher, authority: str) -> None:
    secure_town.answers("/feed", body=b"x")
    named.submit(Request(url=portal(secure_town), ca_file=authority)).result(20)
    error = failure(named, portal(secure_town))
    assert isinstance(error, Unreachable)
    assert "an authority this hub does not know" in str(error)
    assert len(secure_town.seen) == 1


def test_verification_can_be_given_up_for_one_source(secure_town: Town, named: Fetcher) -> None:
    secure_town.answers("/feed", body=b"x")
    wish = Request(url=portal(secure_town), verify_tls=False)
    assert named.submit(wish).result(20).body == b"x"


@pytest.mark.parametrize(
    ("certificate", "name", "words"),
    [
        ("expired", "portal.test", "has expired"),
        ("good", "other.test", "made out to another name"),
        ("self-signed", "portal.test", "signed by itself"),
    ],
)
def test_a_bad_certificate_is_told_in_its_own_words(
    named: Fetcher, authority: str, certificate: str, name: str, words: str
) -> None:
    with Town(tls=server_context(certificate)) as town:
        error = failure(named, portal(town, name), ca_file=authority)
        assert isinstance(error, Unreachable)
        assert words in str(error)
        assert name in str(error)
        assert not town.seen


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS on port"),
        (b"", "broke the connection off"),
    ],
)
def test_a_server_that_answers_no_tls_is_told_as_such(
    named: Fetcher, answer: bytes, words: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def reply() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        error = failure(named, f"https://portal.test:{server.getsockname()[1]}/")
        thread.join()
    assert isinstance(error, Unreachable)
    assert words in str(error)


def test_a_tls_version_nobody_should_speak_is_refused(named: Fetcher, authority: str) -> None:
    context = server_context("good")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Town(tls=context) as town:
        error = failure(named, portal(town), ca_file=authority)
    assert isinstance(error, Unreachable)


@pytest.mark.parametrize("file", ["no/such/file.pem", str(CERTIFICATES / "make.sh")])
def test_a_file_of_authorities_that_cannot_be_used_is_named(
    secure_town: Town, named: Fetcher, file: str
) -> None:
    error = failure(named, portal(secure_town), ca_file=file)
    assert isinstance(error, Refused)
    assert Path(file).name in str(error)
