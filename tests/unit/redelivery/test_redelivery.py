"""When a message is tried again, and how fast the hub goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.model.mail import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    Handed,
    Handing,
    Refusal,
)
from feedhub.redelivery import Pace, after_handing, after_loss

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

LEASED = Delivery(
    id="d1",
    kind=DeliveryKind.DIGEST,
    state=DeliveryState.LEASED,
    message_id="r1.s1@town.example",
    queued_at=NOW,
    lease_until=NOW + 10 * MINUTE,
)
SENT = Handed(handing=Handing.SENT, code=250)
GREYLISTED = Handed(
    handing=Handing.DEFERRED, refusal=Refusal.RECIPIENT, code=450, words="come back later"
)
UNKNOWN = Handed(handing=Handing.UNKNOWN, words="no answer")


def test_what_was_sent_ends() -> None:
    done = after_handing(LEASED, SENT, NOW)
    assert (done.state, done.ended_at, done.next_try_at, done.lease_until, done.tries) == (
        DeliveryState.SENT, NOW, None, None, 1,
    )  # fmt: skip


def test_what_is_refused_for_our_sake_is_tried_again_until_it_is_stale() -> None:
    unwanted = Handed(handing=Handing.FAILED, refusal=Refusal.POLICY, code=550, status="5.7.1")
    again = after_handing(LEASED, unwanted, NOW)
    assert (again.state, again.next_try_at) == (DeliveryState.DEFERRED, NOW + 5 * MINUTE)
    assert after_handing(LEASED, unwanted, NOW + 48 * HOUR).state is DeliveryState.FAILED


def test_what_is_refused_for_good_ends_with_the_servers_words() -> None:
    no = Handed(
        handing=Handing.FAILED,
        refusal=Refusal.RECIPIENT,
        code=550,
        status="5.1.1",
        words="no such user",
    )
    done = after_handing(LEASED, no, NOW)
    assert (done.state, done.ended_at) == (DeliveryState.FAILED, NOW)
    assert done.answer == "550 5.1.1 no such user"


def test_the_ledger_keeps_what_was_said_without_anybodys_address() -> None:
    said = "5.1.1 <Lan.Tran+x@far.example>: no such user (thuý@far.example)"
    no = Handed(handing=Handing.FAILED, code=550, status="5.1.1", words=said)
    answer = after_handing(LEASED, no, NOW).answer
    assert answer == "550 5.1.1 <…@far.example>: no such user (…@far.example)"
    long = replace(no, words="a@" * 5000)
    assert len(after_handing(LEASED, long, NOW).answer) <= 500


def test_a_deferred_message_is_tried_after_5_15_60_and_240_minutes_for_two_days() -> None:
    delivery, now, waits = LEASED, NOW, []
    while True:
        delivery = after_handing(delivery, GREYLISTED, now)
        if delivery.state is not DeliveryState.DEFERRED:
            break
        assert delivery.next_try_at is not None
        waits.append((delivery.next_try_at - now) // MINUTE)
        now = delivery.next_try_at
        delivery = replace(delivery, state=DeliveryState.LEASED)
    assert waits[:5] == [5, 15, 60, 240, 240]
    assert delivery.state is DeliveryState.FAILED
    assert now - NOW == 48 * HOUR  # the last try is made when the two days end
    assert delivery.tries == len(waits) + 1


@pytest.mark.parametrize("refusal", [Refusal.RELAY, Refusal.LOGIN])
def test_our_own_trouble_is_nobodys_try(refusal: Refusal) -> None:
    ours = Handed(handing=Handing.DEFERRED, refusal=refusal, words="the relay is down")
    delivery, now = LEASED, NOW
    while now - NOW < 6 * 24 * HOUR:
        delivery = after_handing(delivery, ours, now)
        assert (delivery.state, delivery.tries) == (DeliveryState.DEFERRED, 0)
        assert delivery.next_try_at is not None
        assert 5 * MINUTE <= delivery.next_try_at - now <= HOUR
        now = delivery.next_try_at
    # a person's own two days count from the queue, so what waited for the relay goes out at once
    assert after_handing(delivery, SENT, now).state is DeliveryState.SENT


def test_what_is_called_off_before_it_leaves_is_nobodys_try() -> None:
    called_off = Handed(handing=Handing.DEFERRED, words="called off")
    after = after_handing(LEASED, called_off, NOW)
    assert (after.state, after.tries) == (DeliveryState.DEFERRED, 0)
    assert after.next_try_at == NOW + 5 * MINUTE


def test_a_message_in_doubt_is_sent_once_more_and_no_third_time() -> None:
    first = after_handing(LEASED, UNKNOWN, NOW)
    assert (first.state, first.doubtful, first.next_try_at, first.ended_at) == (
        DeliveryState.UNKNOWN, 1, NOW + 15 * MINUTE, None,
    )  # fmt: skip
    assert first.message_id == LEASED.message_id
    second = after_handing(first, UNKNOWN, NOW + HOUR)
    assert (second.state, second.doubtful, second.next_try_at, second.ended_at) == (
        DeliveryState.UNKNOWN, 2, None, NOW + HOUR,
    )  # fmt: skip


def test_a_message_in_doubt_may_be_held_for_a_look() -> None:
    for held in (
        after_handing(LEASED, UNKNOWN, NOW, on_unknown="hold"),
        after_loss(replace(LEASED, state=DeliveryState.DATA_STARTED), NOW, on_unknown="hold"),
    ):
        assert (held.state, held.next_try_at, held.doubtful) == (DeliveryState.UNKNOWN, None, 1)


def test_a_lost_lease_waits_again_and_a_lost_hand_over_is_in_doubt() -> None:
    again = after_loss(LEASED, NOW)
    assert (again.state, again.next_try_at, again.lease_until) == (
        DeliveryState.QUEUED, NOW, None,
    )  # fmt: skip
    doubt = after_loss(replace(LEASED, state=DeliveryState.DATA_STARTED, tries=1), NOW)
    assert (doubt.state, doubt.doubtful, doubt.tries) == (DeliveryState.UNKNOWN, 1, 1)
    assert doubt.lease_until is None
    assert after_loss(replace(LEASED, state=DeliveryState.SENT), NOW).state is DeliveryState.SENT


@given(
    state=st.sampled_from(DeliveryState),
    handing=st.sampled_from(Handing),
    refusal=st.sampled_from([None, *Refusal]),
    age=st.timedeltas(timedelta(0), timedelta(days=30)),
    tries=st.integers(0, 50),
    doubtful=st.integers(0, 3),
    on_unknown=st.sampled_from(["retry", "hold"]),
)
def test_every_message_is_tried_again_or_ended_never_both_and_never_neither(
    *,
    state: DeliveryState,
    handing: Handing,
    refusal: Refusal | None,
    age: timedelta,
    tries: int,
    doubtful: int,
    on_unknown: object,
) -> None:
    before = replace(LEASED, state=state, tries=tries, doubtful=doubtful)
    now = NOW + age
    how = "hold" if on_unknown == "hold" else "retry"
    after = after_handing(before, Handed(handing=handing, refusal=refusal), now, on_unknown=how)
    assert (after.next_try_at is None) == (after.ended_at is not None)
    assert after.next_try_at is None or after.next_try_at > now
    assert after.lease_until is None
    assert (after.id, after.message_id) == (before.id, before.message_id)


# --- pace ----------------------------------------------------------------------------------------


@given(
    rate=st.integers(1, 100),
    per_domain=st.integers(1, 100),
    domains=st.lists(st.sampled_from("abc"), min_size=2, max_size=60),
)
def test_no_minute_sees_more_messages_than_the_rates_allow(
    rate: int, per_domain: int, domains: list[str]
) -> None:
    pace = Pace(rate=f"{rate}/m", per_domain=f"{per_domain}/m")
    now, log = NOW, []
    for domain in domains:
        now = pace.wait(domain, now)
        pace.sent(domain, now)
        log.append((now, domain))
    for start, _ in log:
        within = [domain for at, domain in log if start <= at < start + MINUTE]
        assert len(within) <= rate + 1
        assert all(within.count(domain) <= per_domain + 1 for domain in "abc")


def test_without_a_rate_nothing_waits() -> None:
    pace = Pace()
    for _ in range(3):
        assert pace.wait("a.example", NOW) == NOW
        pace.sent("a.example", NOW)


def test_a_domain_that_asks_for_less_is_left_alone_twice_as_long_each_time() -> None:
    pace, now, waits = Pace(), NOW, []
    slow = Handed(handing=Handing.DEFERRED, refusal=Refusal.DOMAIN, code=421)
    for _ in range(9):
        pace.told("a.example", slow, now)
        waits.append((pace.wait("a.example", now) - now) // MINUTE)
        assert pace.wait("b.example", now) == now
        now = pace.wait("a.example", now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    pace.told("a.example", SENT, now)
    pace.told("a.example", slow, now)
    assert pace.wait("a.example", now) == now + MINUTE


def test_ten_refusals_by_policy_in_a_row_stop_everything() -> None:
    policy = Handed(handing=Handing.FAILED, refusal=Refusal.POLICY, code=550, status="5.7.1")
    gone = Handed(handing=Handing.FAILED, refusal=Refusal.RECIPIENT, code=550)
    pace = Pace()
    for between in (SENT, gone):
        for _ in range(9):
            pace.told("a.example", policy, NOW)
        pace.told("a.example", between, NOW)
    assert pace.halted_until is None
    for _ in range(10):
        pace.told("b.example", policy, NOW)
    assert (pace.halted_until, pace.halted_by) == (NOW + HOUR, Refusal.POLICY)
    assert pace.wait("c.example", NOW) == NOW + HOUR
    assert "refused as unwanted" in pace.halted_because


def test_a_login_that_fails_stops_everything_and_a_relay_is_given_time() -> None:
    pace = Pace()
    login = Handed(handing=Handing.DEFERRED, refusal=Refusal.LOGIN, words="wrong password")
    pace.told("a.example", login, NOW)
    assert pace.wait("b.example", NOW) == NOW + 15 * MINUTE
    assert "wrong password" in pace.halted_because

    pace, now, waits = Pace(), NOW, []
    relay = Handed(handing=Handing.DEFERRED, refusal=Refusal.RELAY, words="shutting down")
    for _ in range(8):
        pace.told("a.example", relay, now)
        waits.append((pace.wait("b.example", now) - now).total_seconds())
        now = pace.wait("b.example", now)
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]
    pace.told("a.example", SENT, now)
    pace.told("a.example", relay, now)
    assert pace.wait("b.example", now) == now + timedelta(seconds=15)


def test_what_stops_everything_is_told_once_and_so_is_its_end() -> None:
    pace = Pace()
    relay = Handed(handing=Handing.DEFERRED, refusal=Refusal.RELAY, words="no space")
    login = Handed(handing=Handing.DEFERRED, refusal=Refusal.LOGIN, words="wrong password")
    heard = []
    for handed in (SENT, relay, relay, GREYLISTED, SENT, relay, login, login, SENT, SENT):
        pace.told("a.example", handed, NOW)
        heard.append(pace.news())
    assert [words.partition(":")[2].rpartition(": ")[2] for words in heard] == [
        "", "no space", "", "", "", "no space", "wrong password", "", "", "",
    ]  # fmt: skip
    assert [number for number, words in enumerate(heard) if words == "messages go out again"] == [
        3, 8,
    ]  # fmt: skip
