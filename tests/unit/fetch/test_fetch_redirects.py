"""Where redirects lead, and where they may not."""

from __future__ import annotations

import pytest
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Town

from feedhub.errors import BadStatus, FetchError, Refused
from feedhub.fetch.client import Fetcher, Request
from feedhub.model.document import Document, NotModified, Validators


def fetch(fetcher: Fetcher, url: str) -> Document:
    answer = fetcher.submit(Request(url=url)).result(20)
    assert isinstance(answer, Document)
    return answer


def failure(fetcher: Fetcher, url: str) -> FetchError:
    error = fetcher.submit(Request(url=url)).exception(20)
    assert isinstance(error, FetchError)
    return error


@pytest.mark.parametrize(
    ("steps", "moved"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
    ],
)
def test_only_a_chain_of_permanent_redirects_moves_a_source(
    town: Town, fetcher: Fetcher, steps: list[int], moved: bool
) -> None:
    for number, status in enumerate(steps):
        town.answers(f"/{number}", status, headers={"Location": f"/{number + 1}"})
    last = town.url(f"/{len(steps)}")
    town.answers(f"/{len(steps)}", body=b"x")
    document = fetch(fetcher, town.url("/0"))
    assert document.requested_url == town.url("/0")
    assert document.url == last
    assert document.moved_to == (last if moved else None)


def test_a_304_behind_a_permanent_redirect_tells_the_move_too(town: Town, fetcher: Fetcher) -> None:
    town.answers("/old", 301, headers={"Location": "/new"})
    town.answers("/new", 304)
    wish = Request(url=town.url("/old"), validators=Validators(etag='"x"'))
    answer = fetcher.submit(wish).result(20)
    assert isinstance(answer, NotModified)
    assert answer.moved_to == town.url("/new")
    assert town.seen[1].header("if-none-match") == '"x"'


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/thông-báo", "/th%C3%B4ng-b%C3%A1o"),
        ("/a b", "/a%20b"),
        ("?page=2", "/start?page=2"),
        ("next", "/next"),
        ("/x#part", "/x"),
        ("  /x  ", "/x"),
        ("/a/../b", "/b"),
    ],
)
def test_follows_locations_as_servers_write_them(
    town: Town, fetcher: Fetcher, location: str, target: str
) -> None:
    raw = location.encode().decode("latin-1")
    town.answers("/start", 302, headers={"Location": raw})
    town.answers(target, body=b"x")
    assert fetch(fetcher, town.url("/start")).body == b"x"


def test_a_circle_is_told_with_its_chain(town: Town, fetcher: Fetcher) -> None:
    town.answers("/a", 302, headers={"Location": "/b"})
    town.answers("/b", 302, headers={"Location": "/a"})
    error = failure(fetcher, town.url("/a"))
    assert isinstance(error, BadStatus)
    assert f"{town.url('/a')} → {town.url('/b')} → {town.url('/a')}" in str(error)
    assert len(town.seen) == 2


def test_five_redirects_are_followed_and_the_sixth_is_not(town: Town, fetcher: Fetcher) -> None:
    for number in range(10):
        town.answers(f"/{number}", 301, headers={"Location": f"/{number + 1}"})
    town.answers("/10", body=b"x")
    assert fetch(fetcher, town.url("/5")).body == b"x"
    town.seen.clear()
    error = failure(fetcher, town.url("/4"))
    assert isinstance(error, BadStatus)
    assert "more than 5 redirects" in str(error)
    assert f"{town.url('/4')} → {town.url('/5')} → " in str(error)
    assert len(town.seen) == 6


def test_a_redirect_to_nowhere_is_an_error(town: Town, fetcher: Fetcher) -> None:
    town.answers("/a", 302)
    assert "without saying where" in str(failure(fetcher, town.url("/a")))


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "gopher://127.0.0.1/",
        "ftp://portal.test/feed",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1\\@portal.test/",
        "http://127.0.0.1:22/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://0x0a000001/",
        "//10.0.0.1/",
    ],
)
def test_a_redirect_to_a_forbidden_place_is_refused(
    town: Town, fetcher: Fetcher, location: str
) -> None:
    town.answers("/a", 302, headers={"Location": location})
    assert isinstance(failure(fetcher, town.url("/a")), Refused)
    assert len(town.seen) == 1


def test_a_redirect_may_not_lead_from_https_to_http(
    secure_town: Town, town: Town, make_fetcher: MakeFetcher, authority: str
) -> None:
    secure_town.answers("/a", 301, headers={"Location": town.url("/b")})
    fetcher = make_fetcher()
    wish = Request(url=secure_town.url("/a"), ca_file=authority)
    error = fetcher.submit(wish).exception(20)
    assert isinstance(error, Refused)
    assert "from https to plain http" in str(error)
    assert not town.seen


def test_a_redirect_may_lead_from_http_to_https(
    secure_town: Town, town: Town, make_fetcher: MakeFetcher, authority: str
) -> None:
    town.answers("/a", 301, headers={"Location": secure_town.url("/b")})
    secure_town.answers("/b", body=b"x")
    wish = Request(url=town.url("/a"), ca_file=authority)
    answer = make_fetcher().submit(wish).result(20)
    assert answer.moved_to == secure_town.url("/b")
    assert answer.url == secure_town.url("/b")
