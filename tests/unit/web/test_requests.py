"""The laws of reading what strangers send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.web.callers import caller_of, is_from_this_machine
from feedhub.web.conditions import Verdict, http_date, judge, ranges_of, wants_range
from feedhub.web.limits import RateLimit
from feedhub.web.negotiation import coding_for
from feedhub.web.paths import BadTarget, location_of, path_of

TAG = '"abc-br01"'
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "if-range",
            "range",
        ]
    ),
    st.one_of(
        st.text(max_size=60), st.sampled_from([TAG, f"W/{TAG}", "*", f'"x",{TAG}', "bytes=0-1"])
    ),
)


@given(headers=HEADERS)
def test_any_conditions_get_a_verdict(headers: dict[str, str]) -> None:
    assert judge(headers, etag=TAG, modified=1_000_000_000) in Verdict
    assert wants_range(headers, etag=TAG, modified=1_000_000_000) in {True, False}


@given(value=st.text(max_size=200))
def test_any_date_is_one_or_none(value: str) -> None:
    assert http_date(value) is None or isinstance(http_date(value), int)


@given(value=st.text(alphabet="bytes=0123456789-, x", max_size=60), size=st.integers(0, 40))
def test_every_range_lies_within_the_file(value: str, size: int) -> None:
    found = ranges_of(value, size)
    if found:
        assert all(0 <= first <= last < size for first, last in found)
        assert len(found) == 1 or sum(b - a + 1 for a, b in found) <= size


@given(accept=st.text(alphabet="brgzip,;q=01.5* identy", max_size=60), packable=st.booleans())
def test_a_coding_is_one_the_client_did_not_refuse(accept: str, packable: bool) -> None:
    coding = coding_for(accept, packable=packable)
    assert coding in {"br", "gzip", "identity", None}


@given(accept=st.text(max_size=300))
def test_any_accept_encoding_may_come(accept: str) -> None:
    assert coding_for(accept, packable=True) in {"br", "gzip", "identity", None}


@given(target=st.one_of(st.binary(max_size=60), st.text(alphabet="/.%2eEfF5cC\\ab", max_size=40)))
def test_no_target_leads_out_of_the_folder(target: bytes | str) -> None:
    raw = target.encode("latin-1", "replace") if isinstance(target, str) else target
    try:
        path = path_of(raw)
    except BadTarget:
        return
    assert path.startswith("/")
    assert not path.startswith("//")
    names = path.split("/")[1:]
    assert all(names[:-1])
    assert not any(name in {".", ".."} or "\\" in name or "\x00" in name for name in names)


@given(path=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs"))))
def test_a_location_leads_back_to_the_same_path(path: str) -> None:
    clean = "/" + path.replace("\\", "").replace("/", "").lstrip(".")
    where = location_of(clean, b"")
    assert where.isascii()
    assert not where.startswith("//")
    assert path_of(where.encode("ascii")) == clean


@pytest.mark.parametrize(
    ("peer", "headers", "caller"),
    [
        ("192.0.2.1", {}, "192.0.2.1"),
        ("192.0.2.1", {"x-forwarded-for": "198.51.100.1"}, "192.0.2.1"),
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.1"}, "198.51.100.1"),
        ("127.0.0.1", {"x-forwarded-for": "1.2.3.4, 198.51.100.1"}, "198.51.100.1"),
        ("::1", {"x-forwarded-for": "2001:db8::1"}, "2001:db8::1"),
        ("::ffff:127.0.0.1", {"x-forwarded-for": "198.51.100.1"}, "198.51.100.1"),
        ("127.0.0.1", {"x-forwarded-for": "nonsense"}, "127.0.0.1"),
        ("127.0.0.1", {"x-forwarded-for": ""}, "127.0.0.1"),
        ("", {}, ""),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    peer: str, headers: dict[str, str], caller: str
) -> None:
    assert caller_of((peer, 1) if peer else None, headers) == caller


@pytest.mark.parametrize(
    ("peer", "headers", "own"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}, True),
        ("127.0.0.1", {"host": "localhost"}, True),
        ("::1", {"host": "[::1]:8000"}, True),
        ("::1", {"host": "[::1]"}, True),
        ("127.0.0.1", {"host": "hub.example"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 x"}, False),
        ("192.0.2.1", {"host": "localhost"}, False),
        ("", {"host": "localhost"}, False),
    ],
)
def test_who_is_on_this_machine(peer: str, headers: dict[str, str], own: bool) -> None:
    assert is_from_this_machine((peer, 1) if peer else None, headers) is own


def test_a_rate_limit_lets_bursts_pass_and_then_a_steady_few() -> None:
    now = 0.0
    limit = RateLimit(lambda: now, burst=3, per_second=2.0, callers=2)
    assert [limit.take("a") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert limit.take("a") == pytest.approx(0.5)
    assert limit.take("b") == 0.0
    now = 0.5
    assert limit.take("a") == 0.0
    assert limit.take("a") > 0
    for caller in "cdefgh":
        assert limit.take(caller) == 0.0
    assert len(limit._buckets) == 2
