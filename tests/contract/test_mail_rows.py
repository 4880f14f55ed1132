"""Subscribers and the outbox, on every database."""

from __future__ import annotations

import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedhub.errors import StoreError
from feedhub.model.digest import DigestRun, Position, RunState
from feedhub.model.mail import Delivery, DeliveryKind, DeliveryState
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.store import Store, Transaction

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE = Position(announced=3, at=NOW)

AN = Subscriber(
    id="an",
    address="An@town.example",
    state=SubscriberState.ACTIVE,
    language="vi",
    timezone="Asia/Ho_Chi_Minh",
    created_at=NOW,
    consent=Consent(at=NOW, how="form", where="192.0.2.1", words="Tôi đồng ý"),
    confirmed_at=NOW,
)
DAILY = Subscription(subscriber_id="an", digest_id="daily", at="18:00", next_due_at=NOW + HOUR)


def message(number: int, *, run_id: str | None = None) -> Delivery:
    return Delivery(
        id=f"d{number}",
        kind=DeliveryKind.DIGEST,
        state=DeliveryState.QUEUED,
        message_id=f"d{number}@town.example",
        queued_at=NOW,
        run_id=run_id,
        subscriber_id="an",
        body=b"message",
        next_try_at=NOW,
    )


def keep(tx: Transaction) -> None:
    tx.subscribers.add(AN, "f" * 64)
    tx.subscribers.subscribe(DAILY, HERE)


def test_somebody_is_known_by_the_fingerprint_also_after_erasure(store: Store) -> None:
    with store.writing() as tx:
        keep(tx)
    with store.reading() as tx:
        assert tx.subscribers.by_fingerprint("f" * 64) == AN
        assert tx.subscribers.by_fingerprint("e" * 64) is None
        assert tx.subscribers.counts() == {"active": 1}
    ended = replace(AN, state=SubscriberState.ENDED, ended_at=NOW, ended_because="complained")
    with store.writing() as tx:
        tx.subscribers.save(ended)
        assert tx.subscribers.ended_before(NOW) == ()
        assert tx.subscribers.ended_before(NOW + HOUR) == (ended,)
        tx.subscribers.erase("an")
        assert tx.subscribers.ended_before(NOW + HOUR) == ()
        erased = tx.subscribers.by_fingerprint("f" * 64)
    assert erased is not None
    assert (erased.address, erased.consent.words, erased.ended_because) == ("", "", "complained")


def test_a_changed_subscription_keeps_its_place_in_the_news(store: Store) -> None:
    with store.writing() as tx:
        keep(tx)
        changed = replace(DAILY, at="", places=("hue",), next_due_at=NOW + 2 * HOUR)
        tx.subscribers.subscribe(changed, Position(announced=9, at=NOW + HOUR))
        assert tx.subscribers.subscriptions(["an"]) == (changed,)
        assert tx.subscribers.position(changed) == HERE
        assert tx.subscribers.due(NOW + HOUR, 9) == ()
        assert tx.subscribers.due(NOW + 2 * HOUR, 9) == ((changed, AN),)
        tx.subscribers.unsubscribe("an", [])
        assert tx.subscribers.subscriptions(["an"]) == (changed,)
        tx.subscribers.unsubscribe("an", ["daily"])
        assert tx.subscribers.subscriptions(["an"]) == ()


def test_a_letter_is_noted_once_it_was_asked_for(store: Store) -> None:
    with store.writing() as tx:
        keep(tx)
        assert tx.subscribers.asked_at("an") is None
        tx.subscribers.asked("an", NOW)
        tx.subscribers.save(replace(AN, language="en"))
        assert tx.subscribers.asked_at("an") == NOW


def test_who_queued_a_message_is_told_whether_it_is_new(store: Store) -> None:
    run = DigestRun(
        id="r1",
        digest_id="daily",
        due_at=NOW,
        after=HERE,
        upto=HERE,
        made_at=NOW,
        official=False,
        state=RunState.READY,
        stories=0,
        day=NOW.date(),
    )
    with store.writing() as tx:
        keep(tx)
        tx.digests.add_run(run)
        assert tx.deliveries.queue([]) == 0
        assert tx.deliveries.queue([message(1, run_id="r1"), message(2)]) == 2
        assert tx.deliveries.queue([message(3, run_id="r1")]) == 0
        # letters belong to no run, and there may be several
        assert tx.deliveries.queue([message(4)]) == 1


def test_what_waits_for_somebody_who_left_is_dropped(store: Store) -> None:
    with store.writing() as tx:
        keep(tx)
        tx.deliveries.queue([message(1), message(2), message(3)])
        (leased,) = tx.deliveries.claim(NOW, NOW + HOUR, 1)
        assert tx.deliveries.drop("an", NOW, "gone") == 2
        assert tx.deliveries.start_data(leased.id, NOW + HOUR, b"message")
        refused = replace(message(4), answer="550 5.1.1 <An@town.example> unknown")
        tx.deliveries.queue([refused, replace(message(5), answer="421 later")])
        tx.deliveries.forget_person("an")
        answers = [tx.deliveries.get(f"d{number}") for number in (1, 4, 5)]
        bodies = [tx.deliveries.get(f"d{number}") for number in (1, 2, 3)]
    assert [one.body for one in bodies if one is not None] == [None] * 3
    assert [one.answer for one in answers if one is not None] == ["", "", "421 later"]


def test_the_digest_before_and_what_was_tried_last(store: Store) -> None:
    states = [
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.UNKNOWN,
        DeliveryState.DEFERRED,
    ]
    messages = [
        replace(
            message(number),
            state=state,
            queued_at=NOW + number * HOUR,
            next_try_at=NOW if state is DeliveryState.DEFERRED else None,
        )
        for number, state in enumerate(states)
    ]
    letter = replace(
        message(9), kind=DeliveryKind.CHANGE, state=DeliveryState.SENT, queued_at=NOW + 2 * HOUR
    )
    with store.writing() as tx:
        keep(tx)
        tx.deliveries.queue([*messages, letter])
    with store.reading() as tx:
        assert tx.deliveries.digest_before(messages[0]) is None
        found = [tx.deliveries.digest_before(one) for one in messages[1:]]
        assert [one.id if one else "" for one in found] == ["d0", "d1", "d1"]
        assert [one.id for one in tx.deliveries.newest_tried(3)] == ["d3", "d9", "d1"]
        assert all(one.body is None for one in tx.deliveries.newest_tried(3))
        assert tx.deliveries.undecided() == 1


def test_an_error_names_nobody(store: Store) -> None:
    with store.writing() as tx:
        keep(tx)
    with pytest.raises(StoreError) as refused, store.writing() as tx:
        tx.subscribers.add(replace(AN, id="other"), "f" * 64)
    told = "".join(traceback.format_exception(refused.value))
    assert "INSERT INTO subscribers" in told
    for secret in (AN.address, AN.consent.where, AN.consent.words):
        assert secret not in told
