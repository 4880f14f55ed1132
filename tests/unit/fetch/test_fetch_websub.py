"""WebSub as a subscriber: found, asked, verified, delivered, renewed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.fetch.websub import (
    Delivery,
    answer_hub,
    ask_hub,
    check_delivery,
    find_hub,
    is_pushing,
    needs_asking,
    new_push,
    note_delivered,
    note_missed,
)
from feedhub.model.document import Document
from feedhub.model.push import Push

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HUB = "https://hub.test/"
TOPIC = "https://portal.test/feed"


@pytest.fixture
def push() -> Push:
    return new_push("hue", HUB, TOPIC)


@pytest.fixture
def asked(push: Push) -> Push:
    return ask_hub(push, "https://hub.example/websub/x", NOW)[1]


@pytest.fixture
def granted(asked: Push) -> Push:
    return answer_hub(asked, question(), NOW)[1]


def document(*links: str) -> Document:
    headers = tuple(("link", link) for link in links)
    return Document(requested_url=TOPIC, url=TOPIC, body=b"", fetched_at=NOW, headers=headers)


def question(**changes: str) -> dict[str, str]:
    usual = {"mode": "subscribe", "topic": TOPIC, "challenge": "abc", "lease_seconds": "864000"}
    return {f"hub.{name}": value for name, value in {**usual, **changes}.items()}


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([f'<{HUB}>; rel="hub"', f'<{TOPIC}>; rel="self"'], (HUB, TOPIC)),
        (
            [f'<{HUB}>; rel="hub", <https://portal.test/f2>; rel=self'],
            (HUB, "https://portal.test/f2"),
        ),
        ([f'<{HUB}>; title="a, b"; rel="preload HUB"'], (HUB, TOPIC)),
        (["</hub>; rel=hub"], ("https://portal.test/hub", TOPIC)),
        ([f"<{HUB}>; rel=next"], None),
        (["<ftp://hub.test/>; rel=hub"], None),
        (["<javascript:alert(1)>; rel=hub"], None),
        (["garbage; rel=hub", "<>; rel=hub"], None),
        ([], None),
    ],
)
def test_finds_the_hub_in_link_headers(links: list[str], found: tuple[str, str] | None) -> None:
    assert find_hub(document(*links)) == found


def test_finds_the_hub_a_feed_names_and_headers_count_more() -> None:
    assert find_hub(document(), hub=HUB, self_url=TOPIC) == (HUB, TOPIC)
    links = document("<https://other.test/>; rel=hub")
    assert find_hub(links, hub=HUB) == ("https://other.test/", TOPIC)


@given(st.text(max_size=300))
def test_any_link_header_can_be_read(value: str) -> None:
    find_hub(document(value, f"<{value}>; rel=hub", "<" * 300 + value))


def test_asks_with_a_secret_of_its_own(push: Push) -> None:
    request, asked = ask_hub(push, "https://hub.example/websub/x", NOW)
    form = parse_qs(request.content.decode())
    assert (request.url, request.method, request.kind) == (HUB, "POST", "call")
    assert form["hub.callback"] == ["https://hub.example/websub/x"]
    assert form["hub.mode"] == ["subscribe"]
    assert form["hub.topic"] == [TOPIC]
    assert form["hub.secret"] == [push.secret]
    assert 32 <= len(push.secret) < 200
    assert asked.asked_at == NOW
    assert new_push("hue", HUB, TOPIC).token != push.token


def test_tells_no_secret_over_plain_http() -> None:
    plain = new_push("hue", "http://hub.test/", TOPIC)
    request, _ = ask_hub(plain, "https://hub.example/websub/x", NOW)
    assert plain.secret == ""
    assert b"secret" not in request.content


def test_leaves_when_told_to(granted: Push) -> None:
    request, leaving = ask_hub(granted, "https://hub.example/websub/x", NOW, leave=True)
    assert parse_qs(request.content.decode())["hub.mode"] == ["unsubscribe"]
    assert answer_hub(leaving, question(), NOW) == (None, leaving)
    answer, left = answer_hub(leaving, question(mode="unsubscribe"), NOW)
    assert answer == "abc"
    assert left.granted_until is None


def test_confirms_what_it_asked_for(asked: Push) -> None:
    answer, granted = answer_hub(asked, question(lease_seconds="3600"), NOW)
    assert answer == "abc"
    assert granted.granted_until == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": "https://portal.test/other"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"challenge": ""},
    ],
)
def test_a_false_verification_is_refused(asked: Push, changes: dict[str, str]) -> None:
    assert answer_hub(asked, question(**changes), NOW) == (None, asked)


def test_a_verification_nobody_asked_for_is_refused(push: Push, granted: Push) -> None:
    assert answer_hub(push, question(), NOW) == (None, push)
    assert answer_hub(granted, question(), NOW) == (None, granted)


def test_a_verification_that_comes_days_later_is_refused(asked: Push) -> None:
    late = NOW + timedelta(days=2)
    assert answer_hub(asked, question(), late) == (None, asked)


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [("", 10), ("soon", 10), ("-5", 10), ("99999999999999", 30), ("86400", 1)],
)
def test_a_lease_is_believed_within_reason(asked: Push, seconds: str, lease: int) -> None:
    _, granted = answer_hub(asked, question(lease_seconds=seconds), NOW)
    assert granted.granted_until == NOW + timedelta(days=lease)


def test_a_denial_is_noted_with_its_reason(granted: Push) -> None:
    answer, denied = answer_hub(granted, question(mode="denied", reason="no such topic"), NOW)
    assert answer == ""
    assert denied.granted_until is None
    assert denied.refusal == "no such topic"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_delivery_is_as_good_as_a_pull(granted: Push, method: str) -> None:
    body = "<rss>nước</rss>".encode()
    digest = hmac.new(granted.secret.encode(), body, getattr(hashlib, method)).hexdigest()
    assert check_delivery(granted, body, f"{method}={digest}") is Delivery.CONTENT
    assert check_delivery(granted, body, f" {method.upper()}={digest.upper()} ") is Delivery.CONTENT
    assert check_delivery(granted, body + b" ", f"{method}={digest}") is Delivery.FORGED
    other = replace(granted, secret="other")
    assert check_delivery(other, body, f"{method}={digest}") is Delivery.FORGED


@given(st.none() | st.text() | st.sampled_from(["sha256=", "md5=" + "0" * 32, "sha1=" + "é" * 40]))
def test_what_is_not_signed_is_forged(signature: str | None) -> None:
    assert check_delivery(new_push("x", HUB, TOPIC), b"x", signature) is Delivery.FORGED


def test_without_a_secret_a_delivery_is_only_a_ping() -> None:
    plain = new_push("hue", "http://hub.test/", TOPIC)
    assert check_delivery(plain, b"<rss/>", None) is Delivery.PING


def test_a_lease_is_renewed_before_it_ends(push: Push, asked: Push, granted: Push) -> None:
    assert needs_asking(push, NOW)
    assert not needs_asking(asked, NOW + timedelta(hours=1))
    assert needs_asking(asked, NOW + timedelta(hours=7))
    assert not needs_asking(granted, NOW + timedelta(days=8))
    assert needs_asking(granted, NOW + timedelta(days=9, hours=1))


def test_pulls_become_rare_while_the_hub_delivers_and_return_when_it_does_not(
    granted: Push,
) -> None:
    assert not is_pushing(granted, NOW)
    delivering = note_delivered(granted, NOW)
    assert is_pushing(delivering, NOW)
    assert not is_pushing(delivering, NOW + timedelta(days=11))
    missed = note_missed(delivering, NOW)
    assert not is_pushing(missed, NOW)
    assert is_pushing(note_delivered(missed, NOW), NOW)
