"""robots.txt: asked once a day, obeyed for pages, for feeds by choice."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Town

from feedhub.errors import BadStatus, FetchError, Refused, Unreachable
from feedhub.fetch.client import Fetcher, Request

CLOSED = b"User-agent: *\nDisallow: /tin/\nAllow: /tin/mo/\n"


class MovableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def polite(make_fetcher: MakeFetcher, clock: MovableClock) -> Fetcher:
    return make_fetcher(robots="pages", clock=clock)


def body(fetcher: Fetcher, url: str, kind: str = "page") -> bytes:
    return fetcher.submit(Request(url=url, kind=kind)).result(20).body


def failure(fetcher: Fetcher, url: str, kind: str = "page") -> FetchError:
    error = fetcher.submit(Request(url=url, kind=kind)).exception(20)
    assert isinstance(error, FetchError), error
    return error


@pytest.fixture
def site(town: Town) -> Town:
    for path in ("/tin/1", "/tin/mo/1", "/khac"):
        town.answers(path, body=b"x")
    return town


def test_a_page_the_site_closes_is_not_read(site: Town, polite: Fetcher) -> None:
    site.answers("/robots.txt", body=CLOSED)
    error = failure(polite, site.url("/tin/1"))
    assert isinstance(error, Refused)
    assert "robots.txt of 127.0.0.1 asks us not to read /tin/1" in str(error)
    assert body(polite, site.url("/tin/mo/1")) == body(polite, site.url("/khac")) == b"x"
    assert site.targets() == ["/robots.txt", "/tin/mo/1", "/khac"]


def test_rules_for_us_by_name_count_more_than_rules_for_all(site: Town, polite: Fetcher) -> None:
    site.answers(
        "/robots.txt", body=b"User-agent: *\nDisallow:\n\nUser-agent: feedhub\nDisallow: /"
    )
    assert isinstance(failure(polite, site.url("/khac")), Refused)


@pytest.mark.parametrize(
    ("choice", "kind", "asks"),
    [
        ("pages", "page", True),
        ("pages", "listing", True),
        ("pages", "feed", False),
        ("pages", "probe", False),
        ("all", "feed", True),
        ("all", "page", True),
        ("none", "page", False),
    ],
)
def test_the_operator_chooses_for_what_it_is_asked(
    site: Town, make_fetcher: MakeFetcher, choice: str, kind: str, asks: bool
) -> None:
    site.answers("/robots.txt", body=CLOSED)
    future = make_fetcher(robots=choice).submit(Request(url=site.url("/tin/1"), kind=kind))
    if asks:
        assert isinstance(future.exception(20), Refused)
    else:
        assert future.result(20).body == b"x"
    assert ("/robots.txt" in site.targets()) == asks


def test_it_is_asked_once_a_day(site: Town, polite: Fetcher, clock: MovableClock) -> None:
    site.answers("/robots.txt", body=CLOSED)
    for hours in (0, 1, 12, 23):
        clock.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(hours=hours)
        body(polite, site.url("/khac"))
    assert site.targets().count("/robots.txt") == 1
    clock.moment += timedelta(hours=2)
    body(polite, site.url("/khac"))
    assert site.targets().count("/robots.txt") == 2


def test_it_is_asked_once_for_many_pages_at_once(site: Town, polite: Fetcher) -> None:
    site.behaves("/robots.txt", site.plain(200, CLOSED, after=0.2))
    wishes = [Request(url=site.url("/khac"), kind="page", accept=f"{n}") for n in range(10)]
    futures = [polite.submit(wish) for wish in wishes]
    assert all(future.result(20).body == b"x" for future in futures)
    assert site.targets().count("/robots.txt") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_one_allows_everything(site: Town, polite: Fetcher, status: int) -> None:
    site.answers("/robots.txt", status)
    assert body(polite, site.url("/tin/1")) == b"x"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_broken_server_is_left_alone(
    site: Town, polite: Fetcher, clock: MovableClock, status: int
) -> None:
    site.behaves("/robots.txt", site.plain(status), site.plain(200, CLOSED))
    for _ in range(2):
        error = failure(polite, site.url("/khac"))
        assert isinstance(error, Refused)
        assert "robots.txt of 127.0.0.1 cannot be read" in str(error)
    assert site.targets() == ["/robots.txt"]
    clock.moment += timedelta(minutes=61)
    assert body(polite, site.url("/khac")) == b"x"


def test_rules_once_known_outlive_a_broken_server(
    site: Town, polite: Fetcher, clock: MovableClock
) -> None:
    site.behaves("/robots.txt", site.plain(200, CLOSED), site.plain(500))
    body(polite, site.url("/khac"))
    clock.moment += timedelta(hours=25)
    assert body(polite, site.url("/khac")) == b"x"
    assert "asks us not to read" in str(failure(polite, site.url("/tin/1")))


def test_a_server_that_says_too_often_is_asked_neither_way(site: Town, polite: Fetcher) -> None:
    site.answers("/robots.txt", 429, headers={"Retry-After": "100"})
    error = failure(polite, site.url("/khac"))
    assert isinstance(error, BadStatus)
    assert error.status == 429
    failure(polite, site.url("/khac"))
    assert site.targets() == ["/robots.txt"]


def test_where_there_is_no_server_that_is_what_is_told(polite: Fetcher, town: Town) -> None:
    town.behaves("/robots.txt", town.raw(b"", close=True))
    assert isinstance(failure(polite, town.url("/khac")), Unreachable)


def test_a_server_that_hangs_is_waited_for_once(town: Town, make_fetcher: MakeFetcher) -> None:
    town.behaves("/robots.txt", town.hang)
    polite = make_fetcher(robots="pages", timeout=0.5)
    wishes = [Request(url=town.url("/x"), kind="page", accept=f"{n}") for n in range(20)]
    futures = [polite.submit(wish) for wish in wishes]
    started = time.monotonic()
    assert all(isinstance(future.exception(20), Unreachable) for future in futures)
    assert time.monotonic() - started < 5
    assert town.targets() == ["/robots.txt"]


def test_its_redirects_are_followed(site: Town, polite: Fetcher) -> None:
    site.answers("/robots.txt", 301, headers={"Location": "/rules"})
    site.answers("/rules", body=CLOSED)
    assert isinstance(failure(polite, site.url("/tin/1")), Refused)


@pytest.mark.parametrize("location", ["/robots.txt", "file:///etc/passwd", "http://10.0.0.1/"])
def test_a_redirect_of_it_that_leads_nowhere_allows_everything(
    site: Town, polite: Fetcher, location: str
) -> None:
    site.answers("/robots.txt", 302, headers={"Location": location})
    if "10.0.0.1" in location:
        assert isinstance(failure(polite, site.url("/tin/1")), Refused)
    else:
        assert body(polite, site.url("/tin/1")) == b"x"


def test_each_hop_of_a_page_asks_its_own_site(town: Town, polite: Fetcher) -> None:
    with Town() as other:
        town.answers("/go", 302, headers={"Location": other.url("/tin/1")})
        other.answers("/robots.txt", body=CLOSED)
        assert isinstance(failure(polite, town.url("/go")), Refused)
        assert other.targets() == ["/robots.txt"]


@pytest.mark.parametrize(
    "rules",
    [
        b"",
        b"\xff\xfe\x00garbage \x00\x01\n" * 100,
        b"<html><body>404</body></html>",
        b"User-agent: *\nDisallow: " + b"/*a" * 5000 + b"\n",
        b"Disallow: /\n" * 20_000,
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /tin/\r\n",
    ],
    ids=["empty", "garbage", "a page", "stars", "no agent", "with a mark"],
)
def test_a_strange_file_harms_nobody(site: Town, polite: Fetcher, rules: bytes) -> None:
    site.answers("/robots.txt", body=rules)
    started = time.monotonic()
    assert body(polite, site.url("/khac")) == b"x"
    assert time.monotonic() - started < 3


def test_more_than_half_a_megabyte_is_not_read(site: Town, polite: Fetcher) -> None:
    rules = b"User-agent: *\n" + b"Disallow: /nirgends\n" * 26_000 + b"Disallow: /khac\n"
    site.answers("/robots.txt", body=rules)
    assert body(polite, site.url("/khac")) == b"x"


def test_a_crawl_delay_slows_us_down(site: Town, make_fetcher: MakeFetcher) -> None:
    site.answers("/robots.txt", body=b"User-agent: *\nCrawl-delay: 0.3\n")
    polite = make_fetcher(robots="pages")
    started = time.monotonic()
    for path in ("/khac", "/tin/1", "/tin/mo/1"):
        body(polite, site.url(path))
    assert time.monotonic() - started > 0.6
