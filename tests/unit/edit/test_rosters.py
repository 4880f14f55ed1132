"""Lists of subscribers as files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.edit.test_wishes import OFFER, USUAL, ZONE

from feedhub.edit.rosters import RosterRow, read_roster, wanted_digest, write_roster
from feedhub.model.signup import WantedDigest
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def read(text: str) -> tuple[tuple[RosterRow, ...], tuple[str, ...]]:
    return read_roster(text, OFFER, USUAL, NOW, ZONE)


def test_a_clerk_s_list_is_read() -> None:
    rows, wrong = read(
        "\ufeffWhen;Address;how;words;digests;places;timezone\r\n"
        "01/03/2026;An@Town.example;phiếu giấy;Tôi đồng ý;weekly sun 18:30;Đông Ngự;\r\n"
        ";;;;;;\r\n"
        '2026-03-02T08:00:00Z;ba@town.example;"gọi\nđiện";ok;"daily; weekly";"e; ba-dinh";UTC\r\n'
    )
    assert wrong == ()
    first, second = rows
    assert (first.line, second.line) == (2, 4)
    assert first.wish.address == "An@town.example"
    assert first.consent == Consent(
        at=datetime(2026, 2, 28, 17, 0, tzinfo=UTC),
        how="import",
        where="phiếu giấy",
        words="Tôi đồng ý",
    )
    assert first.wish.digests == (WantedDigest(digest_id="weekly", at="18:30", on="sun"),)
    assert (first.wish.places, first.wish.timezone) == (("dong-ngu",), ZONE)
    assert [one.digest_id for one in second.wish.digests] == ["daily", "weekly"]
    assert (second.wish.places, second.wish.timezone) == (("ba-dinh", "e"), "UTC")


def test_everything_that_is_wrong_is_told_with_its_line() -> None:
    rows, wrong = read(
        "address,when,how,words,digests,places\n"
        "an@town.example,,,I want,,\n"
        '"b@town.example",2026-03-01,"two\nlines",ok,,\n'
        "c@town,2026-03-01,form,ok,,\n"
        "B@town.example,2026-03-01,form,ok,,\n"
        "d@town.example,2027-03-01,form,ok,,\n"
        "e@town.example,yesterday,form,ok,,\n"
        "f@town.example,2026-03-01,form,ok,hourly,\n"
        "g@town.example,2026-03-01,form,ok,daily sun,\n"
        "h@town.example,2026-03-01,form,ok,,Nowhere\n"
    )
    assert [row.wish.address for row in rows] == ["b@town.example"]
    assert [line.partition(":")[0] for line in wrong] == [
        f"line {number}" for number in (2, 5, 6, 7, 8, 9, 10, 11)
    ]
    assert "when, how must not be empty" in wrong[0]
    assert "no dot" in wrong[1]
    assert "stands in line 3 already" in wrong[2]
    assert "future" in wrong[3]
    assert "is no day" in wrong[4]
    assert 'no digest "hourly"; there are daily, weekly' in wrong[5]
    assert 'no place "Nowhere"' in wrong[7]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "address, when, how, words are missing"),
        ("address\nan@town.example\n", "when, how, words are missing"),
        ("address,when,how,words,colour\n", 'column "colour"'),
        ('address,when,how,words\n"an@town.example', "line 2: this is no CSV"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(text: str, words: str) -> None:
    rows, wrong = read(text)
    assert rows == ()
    assert any(words in line for line in wrong), wrong


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for beginning in ("", "address,when,how,words\n"):
        rows, wrong = read(beginning + text)
        assert all(line.startswith("line ") for line in wrong)
        assert all(row.consent.words and row.consent.where for row in rows)


times = st.sampled_from(["", "18:30"])
people = st.builds(
    lambda words, where, how, at, on, places: (
        Subscriber(
            id="p1",
            address="=an@town.example",
            state=SubscriberState.ACTIVE,
            language="en",
            timezone="UTC",
            created_at=NOW,
            consent=Consent(at=NOW, how=how, where=where, words=words),
            confirmed_at=NOW,
        ),
        (
            Subscription(subscriber_id="p1", digest_id="daily", at=at, places=places),
            Subscription(subscriber_id="p1", digest_id="weekly", at=at, on=on, places=places),
        ),
    ),
    words=st.text("=+@-'\",;\n aế", min_size=1).map(str.strip).filter(bool),
    where=st.text("=+@-'\",; 1.", max_size=9).map(str.strip),
    how=st.sampled_from(["form", "import", "command"]),
    at=times,
    on=st.sampled_from(["", "sun"]),
    places=st.sampled_from([(), ("dong-ngu",), ("ba-dinh", "e")]),
)


@given(people)
def test_what_is_written_is_read_again(
    one: tuple[Subscriber, tuple[Subscription, ...]],
) -> None:
    person, wanted = one
    text = write_roster([one])
    (row,), wrong = read(text)
    assert wrong == ()
    assert row.wish.address == person.address
    assert row.consent == person.consent
    assert row.active
    assert [(found.digest_id, found.at, found.on) for found in row.wish.digests] == [
        (asked.digest_id, asked.at, asked.on) for asked in wanted
    ]
    assert row.wish.places == wanted[0].places
    cells = text.splitlines()[1].split(",")
    assert not cells[0].startswith("="), "a spreadsheet would run it"


def test_whoever_was_not_written_to_is_marked_so() -> None:
    header = "address,when,how,words,state\n"
    (row,), _ = read(header + "an@town.example,2026-03-01,form,ok,pending\n")
    assert not row.active


def test_a_digest_is_named_with_its_time() -> None:
    assert wanted_digest(" weekly  18:30 sun", OFFER) == WantedDigest(
        digest_id="weekly", at="18:30", on="sun"
    )
    for wrong in ("weekly 24:00", "daily mon", "hourly", "daily noon"):
        with pytest.raises(ValueError, match=r"there is no|is no time"):
            wanted_digest(wrong, OFFER)
