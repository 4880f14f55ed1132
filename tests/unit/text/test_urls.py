from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from feedhub.text import urls
from feedhub.text.urls import _absolute, _folded, _link_key, _quoted, absolute, is_web_url, link_key

BASE = "https://phuong.example.vn/tin-tuc/xem.aspx?id=1"
SURROGATES = "surrogateescape"

hosts = st.sampled_from(["example.vn", "www.example.vn", "tỉnh.example.vn", "10.0.0.1", "[::1]"])
texts = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/?#\\"), max_size=12
)
names = st.text(alphabet="abcdtcxyz", min_size=1, max_size=4)
queries = st.lists(st.tuples(names, texts.map(lambda text: text.replace("&", ""))), max_size=5)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    path = "/".join(draw(st.lists(texts, max_size=4)))
    query = "&".join(f"{name}={value}" for name, value in draw(queries))
    return f"http://{draw(hosts)}/{path}" + (f"?{query}" if query else "")


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a", "https://phuong.example.vn/a"),
        ("b.aspx", "https://phuong.example.vn/tin-tuc/b.aspx"),
        ("?tc=5", "https://phuong.example.vn/tin-tuc/xem.aspx?tc=5"),
        ("../x y/ệ", "https://phuong.example.vn/x%20y/%E1%BB%87"),
        ("..\\tin\\a.html", "https://phuong.example.vn/tin/a.html"),
        ("//HOST.example:443/x", "https://host.example/x"),
        (" https://a.example/\n b ", "https://a.example/%20b"),
        ("http://a.example:80", "http://a.example/"),
        ("http://a.example/100%/x", "http://a.example/100%25/x"),
        ("http://a.example/x/../../y/.", "http://a.example/y/"),
        ("http://a.example/x/%2e%2E/y/.%2e/z", "http://a.example/z"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://a.example\\@b.example/", "http://a.example/@b.example/"),
    ],
)
def test_addresses_become_absolute_as_in_a_browser(href: str, expected: str) -> None:
    assert absolute(href, BASE) == expected


@pytest.mark.parametrize(
    "href",
    [
        "", "   ", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
        "data:text/html,x", "vbscript:x", "mailto:a@example.vn", "tel:123", "ftp://a.example/",
        "file:///etc/passwd", "http://user:secret@a.example/", "http://user@a.example/", "http://",
        "http://a b.example/", "http://a.example:99999/", "http://[::1", "http:///x",
        "http://a..example/", "https://" + "a" * 5000, "http://<script>/", "blob:https://a.example/1",
    ],
)  # fmt: skip
def test_unusable_addresses_are_empty(href: str) -> None:
    assert absolute(href, BASE) == ""


@pytest.mark.parametrize("base", ["", "not a base", "http://[", "mailto:x@y"])
def test_a_relative_address_needs_a_base(base: str) -> None:
    assert absolute("x.html", base) == ""
    assert absolute("https://a.example/x", base) == "https://a.example/x"


def test_web_urls() -> None:
    assert is_web_url("https://a.example/?q=ệ")
    assert not is_web_url("/a")
    assert not is_web_url("urn:uuid:1234")


@settings(deadline=None)
@given(addresses() | st.text(max_size=40), addresses() | st.text(max_size=10))
def test_making_absolute_twice_changes_nothing(href: str, base: str) -> None:
    once = absolute(href, base)
    assert absolute(once, base) == once
    assert once == "" or once.isascii()


#: what joining, parsing and encoding treat differently, beside what they leave alone
pieces = st.sampled_from([
    "a", "tin", "x.aspx", "1", "/", "/", "//", "?", "?a=1", "&b=2", "#", "#b", ".", "..", "a.",
    ".a", "%2e", "%2E%2e", "%20", "%", "%zz", ";", "a;b", ":", "a:", "@", "\\", "=", "+", "~", "-",
    "_", "!$'()*,", "[", "|", "<", "ệ", " ", "\n", "http:", "//h.example", "https://h.example/",
])  # fmt: skip
relatives = st.lists(pieces, max_size=6).map("".join)
bases = st.builds(
    str.__add__,
    st.sampled_from([
        "https://h.example", "http://H.example:8080/a/b/c.aspx?x=1#f", "https://h.example/a//b/;p",
        "http://bücher.example:80/x/", "", "mailto:a@b", "/a", "https://u@h.example/", "http://[::1]/",
        "https://h.example/" + "a" * 4060,
    ]),
    st.just("") | relatives,
)  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(relatives, bases)
@example("/a;", BASE)
@example("?", BASE)
@example("a//b", BASE)
@example("%2e", BASE)
def test_plain_relative_addresses_are_read_by_the_same_rule(href: str, base: str) -> None:
    assume(not href.startswith(("http:", "https:")))
    assert absolute(href, base) == _absolute(href, base)


hosts_of_keys = st.sampled_from(["h.example", "www.h.example", "www.vn", "www.www.vn", "h.vn:80"])
absolutes = st.builds(
    "{}://{}/{}".format, st.sampled_from(["http", "https"]), hosts_of_keys, relatives
)


@settings(deadline=None, max_examples=500)
@given(absolutes | addresses(), st.sampled_from([(), ("a",), ("TC", "b")]))
@example("http://h.example/index.php?a=1&utm_x=2", ("a",))
@example("http://h.example//a//", ())
def test_keys_of_plain_addresses_are_made_by_the_same_rule(url: str, identity: list[str]) -> None:
    quick = link_key(url, identity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "_PLAIN_KEY", re.compile("(?!)"))
        assert _link_key.__wrapped__(url, tuple(identity)) == quick


@settings(deadline=None)
@given(st.text() | relatives)
def test_parts_of_a_query_are_decoded_and_encoded_as_a_form_is(text: str) -> None:
    assert _folded(text) == unicodedata.normalize("NFC", unquote_plus(text, errors=SURROGATES))
    folded = _folded(text)
    encoded = quote(folded.encode("utf-8", SURROGATES), safe="!'()*,:@/~$;")
    assert _quoted([(folded, folded)]) == [(encoded, encoded)]


@settings(deadline=None)
@given(addresses() | st.text(max_size=40))
def test_link_key_is_idempotent(url: str) -> None:
    key = link_key(url)
    assert link_key(key) == key


@settings(deadline=None)
@given(addresses(), st.lists(names, max_size=3))
def test_link_key_with_identity_is_idempotent(url: str, identity: list[str]) -> None:
    key = link_key(url, identity)
    assert link_key(key, identity) == key


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.integers(0, 99)), min_size=1, max_size=5), st.randoms())
def test_the_order_of_parameters_says_nothing(pairs: list[tuple[str, int]], random: object) -> None:
    shuffled = sorted(pairs, key=lambda pair: (pair[1] * 37 % 11, pair[0]), reverse=True)
    one, other = (
        "https://a.example/x?" + "&".join(f"{name}={value}" for name, value in order)
        for order in (pairs, shuffled)
    )
    assert link_key(one) == link_key(other)


@settings(deadline=None)
@given(addresses())
def test_scheme_and_www_say_nothing(url: str) -> None:
    flipped = url.replace("http://", "https://", 1)
    flipped = flipped.replace("//www.", "//", 1) if "//www." in flipped else flipped
    assert link_key(url) == link_key(flipped)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/?gd=4&cn=121&tc=9", "https://www.a.example/?tc=9&cn=121&gd=4"),
        ("http://a.example/x?id=1&utm_source=q&fbclid=z&zarsrc=30", "http://a.example/x?id=1"),
        ("http://a.example/x;jsessionid=ABC?id=1", "http://a.example/x?id=1"),
        ("http://a.example/(S(abcdefghij0123456789))/x.aspx", "http://a.example/x.aspx"),
        ("http://a.example/x?a=1&amp;b=2", "http://a.example/x?b=2&a=1"),
        ("http://a.example/tua%CC%80n", "http://a.example/t%c3%b9an".replace("%c3%b9a", "u%c3%a0")),
        ("http://a.example:8080/x/", "https://a.example:8080//x"),
        ("http://a.example/x?id=1&PHPSESSID=1234&hits=77", "http://a.example/x?id=1"),
        ("http://a.example/x?sid=" + "0af9" * 8, "http://a.example/x"),
        ("http://a.example/x#top", "http://a.example/x"),
        ("http://a.example/x/..;jsessionid=1", "http://a.example/"),
        ("http://A.EXAMPLE/%7Euser", "http://a.example/~user"),
    ],
)
def test_addresses_of_one_page(one: str, other: str) -> None:
    assert link_key(one) == link_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/?tc=1", "http://a.example/?tc=2"),
        ("http://a.example/?tc=1", "http://b.example/?tc=1"),
        ("http://a.example/X", "http://a.example/x"),
        ("http://a.example/x?sid=12", "http://a.example/x?sid=13"),
        ("http://a.example/#!/tin/1", "http://a.example/#!/tin/2"),
        ("http://a.example/a%2Fb", "http://a.example/a/b"),
        ("http://a.example:8080/", "http://a.example/"),
    ],
)
def test_addresses_of_different_pages(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)


def test_identity_parameters_alone_count() -> None:
    keys = {
        link_key(url, ["tc"])
        for url in (
            "http://xa.example.vn/?gd=4&cn=121&tc=23820",
            "https://www.xa.example.vn/Default.aspx?TC=23820&cn=5&trang=10",
        )
    }
    assert keys == {"xa.example.vn?tc=23820"}
    assert link_key("http://xa.example.vn/?gd=4&cn=1", ["tc"]) == "xa.example.vn?cn=1&gd=4"


@pytest.mark.parametrize(
    "url", ["", "urn:uuid:aa", "mailto:a@example.vn", "http://", "tag:x,2020:y"]
)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert link_key(url) == ""
