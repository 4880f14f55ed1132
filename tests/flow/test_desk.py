"""The desk over the real server: signing up, confirming, changing, leaving."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.flow.desk import DAY, HOUR, START, DeskHub, desk_hub

from feedhub.flow.mailing.personal import renew_keys
from feedhub.flow.mailing.subscribing import end_subscriber, forget_people
from feedhub.model.digest import Position
from feedhub.model.mail import Delivery, DeliveryKind, DeliveryState
from feedhub.model.subscriber import SubscriberState

AN = "An.Nguyen@town.example"
#: the one click in the other form that RFC 8058, 3.2, allows
PARTS = b"""--x\r
Content-Disposition: form-data; name="List-Unsubscribe"\r
\r
One-Click\r
--x--\r
"""


@pytest.fixture
def hub(tmp_path: Path, database: str) -> Iterator[DeskHub]:
    with desk_hub(tmp_path, database) as running:
        yield running


def test_signing_up_sends_one_letter_and_nothing_else_before_it_is_confirmed(
    hub: DeskHub,
) -> None:
    told = hub.sign_up(f" {AN} ", **{"at-daily": "18:00", "place": "thach-van"})
    assert told.status == 200
    assert AN in told.text
    person = hub.person(AN)
    assert person.state is SubscriberState.PENDING
    assert hub.wants(AN)["daily"].next_due_at is None
    assert (person.consent.how, person.consent.where) == ("form", hub.caller)
    assert "Tin Nguyệt Giang" in person.consent.words
    (letter,) = hub.letters()
    assert (letter.kind, letter.to) == (DeliveryKind.CONFIRM, AN)
    link = letter.link("confirm")
    for method in ("GET", "HEAD", "GET"):
        assert hub.ask(method, link).status == 200
    assert hub.person(AN).state is SubscriberState.PENDING, "a GET changes nothing"
    shown = hub.ask("GET", link)
    assert "A…@town.example" in shown.text
    assert AN not in shown.text
    assert "lúc 18:00" in shown.text
    assert "Thạch Vân" in shown.text
    hub.clock.moment += 47 * HOUR
    done = hub.ask("POST", "/confirm", {"token": link.partition("=")[2]})
    assert done.heading == "Tin sẽ được gửi đến bạn"
    person = hub.person(AN)
    assert (person.state, person.confirmed_at) == (SubscriberState.ACTIVE, hub.clock.moment)
    wanted = hub.wants(AN)["daily"]
    assert (wanted.at, wanted.places, wanted.topics) == ("18:00", ("thach-van",), ())
    # 09:00 in Vietnam when it was confirmed
    assert wanted.next_due_at == START + 2 * DAY + 8 * HOUR
    with hub.app.store.reading() as tx:
        position = tx.subscribers.position(wanted)
    assert position == Position(announced=0, at=hub.clock.moment)
    assert hub.letters() == []


def test_english_pages_write_english_letters(hub: DeskHub) -> None:
    form = hub.ask("GET", "/en/subscribe")
    assert form.heading == "Get the news by e-mail"
    fields = {"address": AN, "digest": ["daily", "weekly"], "on-weekly": "fri", "language": "en"}
    assert hub.ask("POST", "/en/subscribe", fields).status == 200
    (letter,) = hub.letters()
    assert "confirm" in letter.subject
    link = letter.link("confirm")
    assert link.startswith("/en/confirm?")
    assert "Weekly digest, Friday at 07:00" in hub.ask("GET", link).text
    hub.ask("POST", "/en/confirm", {"token": link.partition("=")[2]})
    assert hub.wants(AN)["weekly"].next_due_at == START + 4 * DAY - 3 * HOUR


def test_known_and_unknown_addresses_get_the_same_answer(hub: DeskHub) -> None:
    hub.joined(AN)
    hub.clock.moment += 2 * HOUR
    hub.sign_up("pending@town.example")
    answers = {}
    for address in (AN, "pending@town.example", "nobody@town.example"):
        began = time.monotonic()
        told = hub.sign_up(address)
        assert time.monotonic() - began >= 0.4
        kept = {name: value for name, value in told.headers.items() if name != "content-length"}
        answers[address] = (told.status, told.text.replace(address, "ADDRESS"), kept)
    assert len({repr(one) for one in answers.values()}) == 1
    kinds = {letter.to: letter.kind for letter in hub.letters()}
    assert kinds == {
        AN: DeliveryKind.CHANGE,
        "pending@town.example": DeliveryKind.CONFIRM,
        "nobody@town.example": DeliveryKind.CONFIRM,
    }


def test_a_stranger_changes_nothing_of_what_was_confirmed(hub: DeskHub) -> None:
    hub.joined(AN, **{"at-daily": "18:00"})
    before = (hub.person(AN), hub.wants(AN))
    hub.clock.moment += 2 * HOUR
    hub.sign_up(AN.upper(), **{"at-daily": "03:00", "language": "en", "place": "dong-ngu"})
    assert (hub.person(AN), hub.wants(AN)) == before
    (letter,) = hub.letters()
    assert (letter.kind, letter.to) == (DeliveryKind.CHANGE, AN)
    assert "lúc 18:00" not in letter.text
    assert "18:00" in hub.ask("GET", letter.link("change")).text


def test_an_address_gets_one_letter_an_hour(hub: DeskHub) -> None:
    sent = []
    for minutes in (0, 1, 30, 59, 60, 119, 121):
        hub.clock.moment = START + timedelta(minutes=minutes)
        hub.sign_up(AN)
        sent.append(len(hub.letters()))
    assert sent == [1, 0, 0, 0, 1, 0, 1]
    hub.clock.moment = START - DAY
    hub.sign_up(AN)
    assert len(hub.letters()) == 1, "a clock set back does not silence an address"


def test_whoever_called_our_mail_spam_is_not_written_to(hub: DeskHub) -> None:
    hub.joined(AN)
    with hub.app.store.writing() as tx:
        end_subscriber(tx, hub.person(AN), "complained", hub.clock.moment)
    forget_people(hub.app.store, START + 60 * DAY)
    hub.clock.moment = START + 61 * DAY
    strange = hub.sign_up("nobody@town.example").text
    assert hub.sign_up(AN).text == strange.replace("nobody@town.example", AN)
    assert [letter.to for letter in hub.letters()] == ["nobody@town.example"]
    assert hub.person(AN).address == ""


def queue_digest(hub: DeskHub, number: int) -> None:
    with hub.app.store.writing() as tx:
        tx.deliveries.queue(
            [
                Delivery(
                    id=f"d{number}",
                    kind=DeliveryKind.DIGEST,
                    state=DeliveryState.QUEUED,
                    message_id=f"d{number}@town.example",
                    queued_at=hub.clock.moment,
                    subscriber_id=hub.person(AN).id,
                    next_try_at=hub.clock.moment,
                )
            ]
        )


def leave_link(hub: DeskHub) -> str:
    return hub.people().links(hub.person(AN)).one_click.partition("town.example")[2]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"List-Unsubscribe=One-Click"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            PARTS,
        ),
        ({"Sec-Fetch-Site": "cross-site"}, b""),
    ],
)
def test_one_click_ends_everything_at_once(
    hub: DeskHub, headers: dict[str, str], body: bytes
) -> None:
    hub.joined(AN, digest=["daily", "weekly"])
    queue_digest(hub, 1)
    link = leave_link(hub)
    for method in ("GET", "HEAD"):
        shown = hub.ask(method, link)
        assert shown.status == 200
    assert hub.person(AN).state is SubscriberState.ACTIVE, "scanners follow links"
    for _ in range(2):
        done = hub.ask("POST", link, headers=headers, body=body)
        assert done.status == 200
        assert done.heading == "Bạn sẽ không nhận thư của chúng tôi nữa"
        assert "set-cookie" not in done.headers
        person = hub.person(AN)
        assert (person.state, person.ended_because) == (SubscriberState.ENDED, "unsubscribed")
    assert hub.wants(AN) == {}
    assert hub.letters() == [], "what waited is dropped"


def test_who_left_may_sign_up_again_but_an_old_link_brings_nobody_back(hub: DeskHub) -> None:
    token = hub.joined(AN)
    change = hub.people().links(hub.person(AN)).change.partition("town.example")[2]
    hub.ask("POST", leave_link(hub))
    assert hub.ask("POST", "/confirm", {"token": token}).heading.startswith("Địa chỉ này không")
    assert hub.ask("GET", change).heading.startswith("Địa chỉ này không")
    assert hub.ask("POST", change, {"digest": "daily"}).heading.startswith("Địa chỉ này không")
    assert hub.person(AN).state is SubscriberState.ENDED
    hub.clock.moment += 2 * HOUR
    hub.joined(AN)
    assert hub.person(AN).ended_because == ""


def test_choices_are_changed_by_the_signed_link(hub: DeskHub) -> None:
    hub.joined(AN, topic="y-te")
    change = hub.people().links(hub.person(AN)).change.partition("town.example")[2]
    form = hub.ask("GET", change)
    assert 'value="y-te" checked' in form.text
    assert leave_link(hub) in form.text
    assert AN not in form.text
    with hub.app.store.writing() as tx:
        there = Position(announced=7, at=START + HOUR)
        tx.subscribers.advance(hub.wants(AN)["daily"], there, START + HOUR)
    hub.clock.moment += 3 * HOUR
    fields = {
        "token": change.partition("=")[2],
        "digest": ["daily", "weekly"],
        "at-daily": "07:00",
        "at-weekly": "20:30",
        "on-weekly": "sun",
        "zone": "Europe/Berlin",
        "language": "en",
        "place": ["dong-ngu", "nowhere"],
    }
    saved = hub.ask("POST", "/change", fields)
    assert saved.status == 200
    assert "Đã lưu" in saved.text
    wanted = hub.wants(AN)
    assert (wanted["daily"].at, wanted["daily"].places) == ("", ("dong-ngu",))
    assert (wanted["weekly"].at, wanted["weekly"].on) == ("20:30", "sun")
    assert wanted["daily"].next_due_at == START + DAY + 3 * HOUR  # seven in Berlin
    person = hub.person(AN)
    assert (person.timezone, person.language) == ("Europe/Berlin", "en")
    with hub.app.store.reading() as tx:
        assert tx.subscribers.position(wanted["daily"]) == there, "no news is lost by a change"
        assert tx.subscribers.position(wanted["weekly"]) == Position(
            announced=0, at=hub.clock.moment
        )
    nothing = hub.ask("POST", "/change", {"token": fields["token"]})
    assert nothing.status == 422
    assert hub.wants(AN) == wanted


def test_a_form_with_errors_keeps_what_was_typed(hub: DeskHub) -> None:
    told = hub.sign_up("an@@town", digest=[], place="dong-ngu", zone="Asia/Tokyo")
    assert told.status == 422
    assert "<title>Lỗi: " in told.text
    assert 'href="#address"' in told.text
    assert 'href="#digests"' in told.text
    assert 'value="an@@town"' in told.text
    assert 'value="dong-ngu" checked' in told.text
    assert 'value="Asia/Tokyo" selected' in told.text
    for field, value in (("zone", "Mars/Base"), ("at-daily", "25:00"), ("language", "xx")):
        wrong = hub.sign_up(AN, **{field: value})
        assert wrong.status == 422, field
        assert 'href="#zone"' in wrong.text
    assert hub.sign_up("<script>'\"@x").text.count("<script") == 0
    assert hub.letters() == []


def test_a_paused_address_is_taken_up_by_its_owner_only(hub: DeskHub) -> None:
    hub.joined(AN, **{"at-daily": "18:00"})
    with hub.app.store.writing() as tx:
        paused = replace(hub.person(AN), state=SubscriberState.PAUSED, bounces=3)
        tx.subscribers.save(paused)
    hub.clock.moment += 2 * HOUR
    hub.sign_up(AN, **{"at-daily": "03:00"})
    assert hub.wants(AN)["daily"].at == "18:00"
    (letter,) = hub.letters()
    assert letter.kind is DeliveryKind.CONFIRM
    hub.clock.moment += 2 * HOUR
    change = hub.people().links(paused).change.partition("town.example")[2]
    told = hub.ask("POST", change, {"digest": "daily", "at-daily": "19:00"})
    assert told.heading == "Hãy mở hộp thư của bạn"
    (again,) = hub.letters()
    hub.ask("POST", "/confirm", {"token": again.link("confirm").partition("=")[2]})
    person = hub.person(AN)
    assert (person.state, person.bounces) == (SubscriberState.ACTIVE, 0)
    assert hub.wants(AN)["daily"].at == "19:00"


def test_links_that_are_too_old_damaged_or_for_something_else(hub: DeskHub) -> None:
    hub.sign_up(AN)
    (letter,) = hub.letters()
    link = letter.link("confirm")
    token = link.partition("=")[2]
    for page in ("change", "unsubscribe"):
        assert hub.ask("GET", f"/{page}?token={token}").status == 404
        assert hub.ask("POST", f"/{page}?token={token}").status == 404
    for damaged in (token[:-1], token + "x", "", "%00", "x" * 500):
        assert hub.ask("POST", f"/confirm?token={damaged}").status == 404
    assert hub.ask("GET", "/confirm").status == 404
    hub.clock.moment += 48 * HOUR
    for method in ("GET", "POST"):
        old = hub.ask(method, link)
        assert (old.status, old.heading) == (410, "Liên kết này đã quá hạn")
    assert hub.person(AN).state is SubscriberState.PENDING


def test_links_signed_before_a_leak_are_worthless_after_it(hub: DeskHub) -> None:
    token = hub.joined(AN)
    leave = leave_link(hub)
    renew_keys(hub.app.store)
    for path in (leave, f"/confirm?token={token}"):
        assert hub.ask("POST", path).status == 404
    assert hub.person(AN).state is SubscriberState.ACTIVE, "addresses are known as before"
    assert leave_link(hub) != leave
    assert hub.ask("POST", leave_link(hub)).status == 200
    assert hub.person(AN).state is SubscriberState.ENDED


def test_a_place_leads_to_the_form_with_the_place_chosen(hub: DeskHub) -> None:
    form = hub.ask("GET", "/en/subscribe?place=dong-ngu&topic=nothing&digest=x&at-daily=99")
    assert form.status == 200
    assert 'value="dong-ngu" checked' in form.text
    assert 'value="y-te" checked' not in form.text
    assert 'value="daily" checked' in form.text
    assert "wrong-words" not in form.text


def test_the_pages_tell_nobody_of_their_tokens(
    hub: DeskHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = hub.joined(AN)
    for page, status in (("confirm", 200), ("change", 404), ("unsubscribe", 404)):
        answer = hub.ask("GET", f"/{page}?token={token}", headers={"Host": "evil.example"})
        assert answer.status == status
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]
        assert "evil" not in answer.text
        assert "<script" not in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text
    assert token not in caplog.text
    assert AN not in caplog.text


def test_too_many_sign_ups_of_one_network_are_refused_in_words(hub: DeskHub) -> None:
    hub.caller = "198.51.100.1"
    seen = []
    for number in range(12):
        hub.caller = f"198.51.100.{number}"
        told = hub.ask("POST", "/en/subscribe", {"address": ""})
        seen.append(told.status)
        if told.status == 429:
            assert "too many requests" in told.text
            assert 0 < int(told.headers["retry-after"]) <= 60
    assert seen == [422] * 10 + [429] * 2
    hub.caller = "198.51.101.1"
    assert hub.ask("POST", "/subscribe", {"address": ""}).status == 422
    hub.caller = "198.51.100.9"
    assert hub.ask("GET", "/subscribe").status == 200


def test_what_is_no_form_is_refused(hub: DeskHub) -> None:
    assert hub.ask("PUT", "/subscribe").status == 405
    assert hub.ask("OPTIONS", "/subscribe").status == 204
    assert hub.ask("GET", "/subscribe/x").status == 404
    assert hub.ask("GET", "/en/subscribe/").status == 404
    json = {"Content-Type": "application/json"}
    assert hub.ask("POST", "/subscribe", headers=json, body=b"{}").status == 400
    assert hub.ask("POST", "/subscribe", {"place": ["x"] * 1001}).status == 400
    assert hub.ask("POST", "/subscribe", {"address": "x" * 70_000}).status == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert hub.ask("POST", "/subscribe", headers=form, body=b"address=\xff%ff").status == 400
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 422)):
        elsewhere = {"Sec-Fetch-Site": site}
        answer = hub.ask("POST", "/subscribe", {"address": ""}, headers=elsewhere)
        assert answer.status == status


def test_addresses_are_erased_in_time(hub: DeskHub) -> None:
    store = hub.app.store
    hub.joined(AN)
    hub.sign_up("never@town.example")
    assert len(hub.letters()) == 1
    queue_digest(hub, 2)
    hub.ask("POST", leave_link(hub))
    assert forget_people(store, START + 9 * DAY) == 0
    assert forget_people(store, START + 9 * DAY + HOUR) == 1
    assert hub.person("never@town.example").address == ""
    assert hub.person("never@town.example").ended_because == "unconfirmed"
    assert hub.person(AN).address == AN
    assert forget_people(store, START + 28 * DAY) == 0
    assert forget_people(store, START + 28 * DAY + HOUR) == 1
    person = hub.person(AN)
    assert (person.address, person.consent.words, person.consent.where) == ("", "", "")
    assert person.confirmed_at == START
    hub.clock.moment = START + 40 * DAY
    hub.joined(AN)
    assert hub.person(AN).address == AN
