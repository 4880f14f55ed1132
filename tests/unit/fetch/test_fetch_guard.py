"""The address guard: what may never be asked, in every spelling."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import cycle

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.fetch.conftest import MakeFetcher
from tests.unit.fetch.town import Town

from feedhub.clock import SystemClock
from feedhub.errors import ConfigError, FetchError, Refused
from feedhub.fetch.address import parse_address
from feedhub.fetch.client import Fetcher, FetchSettings, Request
from feedhub.fetch.guard import AddressGuard, is_public

PRIVATE_4 = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "203.113.128.1"]
PRIVATE_6 = [
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "2001:2::1",
    "5f00::1",
    "64:ff9b:1::a00:1",
    "4000::1",
]


@pytest.mark.parametrize("address", PRIVATE_4 + PRIVATE_6)
def test_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [*PUBLIC, "2606:4700::1111", "2001:4860:4860::8888"])
def test_is_of_the_public_internet(address: str) -> None:
    assert is_public(ip_address(address))


def hidings(four: IPv4Address) -> list[IPv6Address]:
    """Return every way to hide an IPv4 address in an IPv6 one."""
    value = int(four)
    teredo = IPv6Address("2001:0:808:808::")  # a public server
    return [
        IPv6Address(int(IPv6Address("::ffff:0:0")) | value),
        IPv6Address(value),
        IPv6Address(int(IPv6Address("2002::")) | value << 80),
        IPv6Address(int(IPv6Address("64:ff9b::")) | value),
        IPv6Address(int(teredo) | (value ^ 0xFFFFFFFF)),
        IPv6Address(int(IPv6Address("2606:4700::")) | 0x5EFE << 32 | value),
        IPv6Address(int(IPv6Address("2606:4700::")) | 0x02005EFE << 32 | value),
    ]


@given(st.ip_addresses(v=4))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("8.8.8.8"))
def test_a_hidden_address_counts_as_what_it_hides(four: IPv4Address) -> None:
    for six in hidings(four):
        assert is_public(six) == is_public(four)


@given(st.ip_addresses())
def test_never_more_generous_than_the_standard_library(
    address: IPv4Address | IPv6Address,
) -> None:
    if is_public(address):
        assert not address.is_multicast
        assert not address.is_loopback
        assert not address.is_link_local
        if address.version == 4:
            assert address.is_global


def spellings(four: IPv4Address) -> list[str]:
    """Return the ways a C library and a browser let an IPv4 address be written."""
    value = int(four)
    a, b, c, d = four.packed
    return [
        str(value),
        hex(value),
        hex(value).upper().replace("0X", "0x"),
        f"0{value:o}",
        f"{a}.{b}.{c << 8 | d}",
        f"{a}.{b << 16 | c << 8 | d}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{a}.{b:#x}.0{c:o}.{d}",
        f"{a}.{b}.{c}.{d}.",
        "".join(chr(0xFF10 + int(char)) if char.isdigit() else char for char in str(four)),
        f"{a}。{b}。{c}。{d}",
    ]


@given(st.ip_addresses(v=4))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("0.0.0.0"))
def test_every_spelling_is_the_same_address(four: IPv4Address) -> None:
    for spelling in spellings(four):
        assert parse_address(f"http://{spelling}/").ip == four, spelling


NUMBERS = "256.1.1.1 1.2.3.4.5 0x100000000 4294967296 09.1.1.1 1..2.3 1.2.3.999 ::1"
NAMES = "[::1 [::1%25eth0] [fe80::1%eth0] [1.2.3.4] a%2eb -a.test . a..b *.test a,b"
ODDITIES = ["", "a b", "x" * 64 + ".test", "xn--\u0301", "a\u00ad\u2028b", "é\ud800"]
NO_HOSTS = [*NUMBERS.split(), *NAMES.split(), *ODDITIES]


@pytest.mark.parametrize("host", NO_HOSTS, ids=ascii)
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        parse_address(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://portal.test/",
        "gopher://portal.test/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "HTTP:portal.test",
        "//portal.test/",
        "portal.test/feed",
        "/feed",
        "",
        "http://user@portal.test/",
        "http://user:pass@portal.test/",
        "http://portal.test\\@10.0.0.1/",
        "http://10.0.0.1\\portal.test/",
        "http:\\\\portal.test/",
        "http://portal.test/a\x00b",
        "http://portal.test/a\nb",
        "http://portal.test/a\rb",
        "http://por\ttal.test/",
        "http://portal.test/\x7f",
        "http://portal.test/\x85",
        "http://portal.test:22/",
        "http://portal.test:25/",
        "http://portal.test:6667/",
        "http://portal.test:0/",
        "http://portal.test:99999/",
        "http://portal.test:-1/",
        "http://portal.test:http/",
        "http://portal.test/" + "a" * 8000,
        "http://[::ffff:127.0.0.1",
        "http://\u2100portal.test/",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        parse_address(url)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("HTTP://Portal.TEST", "http://portal.test/"),
        ("http://portal.test:80/a", "http://portal.test/a"),
        ("https://portal.test:443", "https://portal.test/"),
        ("http://portal.test:81/", "http://portal.test:81/"),
        ("http://portal.test./", "http://portal.test/"),
        ("http://huế.test/tin-tức?q=à", "http://xn--hu-07s.test/tin-t%E1%BB%A9c?q=%C3%A0"),
        ("http://[2606:4700:0::1]:8080/", "http://[2606:4700::1]:8080/"),
        ("http://portal.test/a b?c d#e", "http://portal.test/a%20b?c%20d"),
        ("http://portal.test/a/./b/../c", "http://portal.test/a/c"),
        ("  http://portal.test/ \n", "http://portal.test/"),
        ("http://under_score.portal.test/", "http://under_score.portal.test/"),
        ("http://portal.test?a=1", "http://portal.test/?a=1"),
        ("http://portal.test/%zz%", "http://portal.test/%zz%"),
    ],
)
def test_reads_an_address(url: str, read: str) -> None:
    assert parse_address(url).url == read


@given(st.text(max_size=100))
@example("0x7f000001")
@example("127.1\\@8.8.8.8")
def test_every_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://portal.test/{text}", f"https://x?{text}"):
        try:
            address = parse_address(url)
        except Refused:
            continue
        assert address.url.isascii()
        assert parse_address(address.url) == address


@given(st.text(st.sampled_from("0123456789abcdefx.:[]@/\\%oO①。 "), max_size=24))
def test_no_spelling_of_a_private_address_gets_past(text: str) -> None:
    """What a C library would connect to privately, the guard refuses."""
    guard_refuses = False
    try:
        address = parse_address(f"http://{text}/")
        if address.ip is not None:
            AddressGuard(()).check(address)
    except Refused:
        guard_refuses = True
    host = text.partition("/")[0].rpartition("@")[2].partition(":")[0]
    try:
        meant = IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return
    if host and host == host.strip() and not is_public(meant):
        assert guard_refuses


def refusal(fetcher: Fetcher, url: str) -> FetchError:
    error = fetcher.submit(Request(url=url)).exception(20)
    assert isinstance(error, Refused), error
    return error


@pytest.fixture
def strict(make_fetcher: MakeFetcher) -> Fetcher:
    """A fetcher that may ask nothing private."""
    return make_fetcher(allow_private=())


INSIDE_4 = "127.0.0.1 2130706433 0x7f.1 017700000001 127.1 0 127.0.0.0x1 ①②⑦.⓪.⓪.① localhost"
INSIDE_6 = "[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::]"
INSIDE = [*INSIDE_4.split(), *INSIDE_6.split(), "169.254.169.254", "100.64.0.1", "localhost."]


@pytest.mark.parametrize("host", INSIDE, ids=ascii)
def test_a_private_address_is_refused_in_every_spelling(
    town: Town, strict: Fetcher, host: str
) -> None:
    error = refusal(strict, f"http://{host}:{town.port}/")
    assert "not an address of the public internet" in str(error)
    assert "collect.allow_private" in str(error)
    assert not town.seen


@pytest.mark.parametrize(
    "answer", [PRIVATE_4[4], "10.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%1"]
)
def test_a_name_that_leads_inside_is_refused(make_fetcher: MakeFetcher, answer: str) -> None:
    def lookup(host: str, port: int) -> list[str]:
        return [answer]

    error = refusal(make_fetcher(allow_private=(), lookup=lookup), "http://portal.test/")
    assert f"portal.test ({ip_address(answer)})" in str(error)


def test_one_private_answer_among_public_ones_is_enough(make_fetcher: MakeFetcher) -> None:
    def lookup(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "2606:4700::1111", "10.0.0.1"]

    refusal(make_fetcher(allow_private=(), lookup=lookup), "http://portal.test/")


def test_a_name_that_changes_its_answer_after_the_check_gains_nothing(
    town: Town, make_fetcher: MakeFetcher
) -> None:
    """DNS rebinding: whatever the name says later, the checked answer is connected to."""
    answers = cycle([["127.0.0.2"], ["127.0.0.1"]])

    def lookup(host: str, port: int) -> list[str]:
        return next(answers)

    fetcher = make_fetcher(allow_private=("127.0.0.2",), lookup=lookup)
    url = f"http://portal.test:{town.port}/"
    for _ in range(3):  # nobody listens at 127.0.0.2; 127.0.0.1 must never be reached
        assert fetcher.submit(Request(url=url)).exception(20) is not None
    assert not town.seen


def test_the_socket_itself_is_looked_at_last() -> None:
    guard = AddressGuard(())
    inside = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    with pytest.raises(PermissionError):
        guard.open_socket(inside)
    outside = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80))
    guard.open_socket(outside).close()


@pytest.mark.parametrize(
    "rule",
    ["127.0.0.1:{port}", "127.0.0.1", "127.0.0.0/8", "127.0.0.0/8:{port}"],
)
def test_what_is_listed_may_be_asked(town: Town, make_fetcher: MakeFetcher, rule: str) -> None:
    town.answers("/feed", body=b"x")
    fetcher = make_fetcher(allow_private=(rule.format(port=town.port),))
    assert fetcher.submit(Request(url=town.url("/feed"))).result(20).body == b"x"


@pytest.mark.parametrize("rule", ["portal.test", "Portal.Test:{port}", "portal.test.:{port}"])
def test_a_name_may_be_listed(town: Town, make_fetcher: MakeFetcher, rule: str) -> None:
    def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    town.answers("/feed", body=b"x")
    fetcher = make_fetcher(allow_private=(rule.format(port=town.port),), lookup=lookup)
    url = f"http://portal.test:{town.port}/feed"
    assert fetcher.submit(Request(url=url)).result(20).body == b"x"
    refusal(fetcher, f"http://other.test:{town.port}/feed")
    refusal(fetcher, town.url("/feed"))


@pytest.mark.parametrize("rule", ["127.0.0.1:1", "10.0.0.0/8", "portal.test", "[::1]", "::1"])
def test_what_is_listed_opens_nothing_else(
    town: Town, make_fetcher: MakeFetcher, rule: str
) -> None:
    refusal(make_fetcher(allow_private=(rule,)), town.url("/feed"))


def test_a_port_is_listed_for_itself_alone(make_fetcher: MakeFetcher) -> None:
    with Town() as listed, Town() as other:
        listed.answers("/go", 302, headers={"Location": other.url("/feed")})
        fetcher = make_fetcher(allow_private=(listed.site,))
        refusal(fetcher, listed.url("/go"))
        assert not other.seen


@pytest.mark.parametrize("rule", ["", "10.0.0.0/99", "portal.test:http", "portal.test:0", "1.2.3"])
def test_a_listing_that_cannot_be_read_is_a_mistake_of_the_config(rule: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Fetcher(FetchSettings(allow_private=(rule,)), SystemClock())
    assert caught.value.key == "collect.allow_private"


def test_no_proxy_of_the_environment_is_used(
    town: Town, make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    town.answers("/feed", body=b"x")
    assert make_fetcher().submit(Request(url=town.url("/feed"))).result(20).body == b"x"


@given(st.text(alphabet="aZ09/.%?=&:@_-~,4fF", max_size=30))
def test_a_plain_target_goes_out_as_httpx_would_send_it(rest: str) -> None:
    try:
        there = parse_address("http://town.example/" + rest)
    except Refused:
        return
    assert there.target == httpx.URL("http://host" + there.target).raw_path.decode()


@given(
    st.sampled_from(
        ["an.example", "10.0.0.1", "1.2.3", "0x7f.1", "a..b", "-a.example", "a.example."]
    ),
    st.sampled_from(["", ":80", ":8080", ":22", ":65536", ":99999", ":0", ":080"]),
    st.text(alphabet="a./?=&%2F#;~@ \\[", max_size=12),
)
@example("an.example", "", "/tin/rss?c=1&d=%2F")
@example("127.0.0.1", ":33221", "/feed/1.xml")
@example("an.example", "", "/x?")
def test_the_short_way_through_an_address_ends_where_the_long_way_does(
    host: str, port: str, rest: str
) -> None:
    def read(scheme: str) -> object:
        try:
            return parse_address(f"{scheme}://{host}{port}{rest}")
        except Refused as refusal:
            return str(refusal).lower()

    # capital letters are not plain and go the long way
    assert read("http") == read("HTTP")
    assert read("https") == read("HTTPS")
