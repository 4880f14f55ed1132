"""What people ask for in the form of the desk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedhub.edit.wishes import Offer, choices_page, read_wish, usual_wish
from feedhub.model.digest import Digest, Rhythm
from feedhub.model.edition import Label
from feedhub.model.signup import WantedDigest, Wish, WishTrouble

ZONE = "Asia/Ho_Chi_Minh"
DAILY = Digest(
    id="daily",
    title="",
    channel="all",
    rhythm=Rhythm(every="day", at="07:00", on="mon", timezone=ZONE),
)
WEEKLY = Digest(
    id="weekly",
    title="",
    channel="all",
    rhythm=Rhythm(every="week", at="08:30", on="sat", timezone=ZONE),
)
OFFER = Offer(
    digests=(DAILY, WEEKLY),
    places={
        "dong-ngu": Label(id="dong-ngu", name="Đông Ngự"),
        "ba-dinh": Label(id="ba-dinh", name="Ba Đình"),
        "e": Label(id="e", name="Ê"),
    },
    topics={"y-te": Label(id="y-te", name="Y tế")},
    zones=(ZONE, "Europe/Berlin", "UTC"),
    languages=("vi", "en"),
)
USUAL = usual_wish(OFFER, language="vi", timezone=ZONE)


def test_before_anybody_chose_the_first_digest_is_offered_at_its_own_time() -> None:
    page = choices_page(OFFER, USUAL)
    assert [(one.digest.id, one.chosen, one.at, one.on) for one in page.digests] == [
        ("daily", True, "07:00", "mon"),
        ("weekly", False, "08:30", "sat"),
    ]
    assert [one.label.name for one in page.places] == ["Ba Đình", "Đông Ngự", "Ê"]
    assert not any(one.chosen for one in (*page.places, *page.topics))


def test_a_digest_s_own_time_is_no_choice_and_moves_with_it() -> None:
    fields = {
        "address": ["an@town.example"],
        "digest": ["daily", "weekly"],
        "at-daily": ["07:00"],
        "at-weekly": ["18:30"],
        "on-daily": ["fri"],
        "on-weekly": ["sat"],
    }
    wish, troubles = read_wish(fields, OFFER, USUAL, with_address=True)
    assert troubles == ()
    assert wish.digests == (
        WantedDigest(digest_id="daily"),
        WantedDigest(digest_id="weekly", at="18:30"),
    )


def test_all_labels_are_as_good_as_none() -> None:
    for wanted, kept in (
        (["dong-ngu", "ba-dinh", "e"], ()),
        (["e", "dong-ngu", "e", "nowhere"], ("dong-ngu", "e")),
        ([], ()),
    ):
        fields = {"digest": ["daily"], "place": wanted}
        assert read_wish(fields, OFFER, USUAL, with_address=False)[0].places == kept


def test_what_is_wrong_is_told_and_kept() -> None:
    fields = {"address": ["  an@town "], "zone": ["Mars/Base"], "place": ["e"]}
    wish, troubles = read_wish(fields, OFFER, USUAL, with_address=True)
    assert troubles == (
        WishTrouble.BAD_ADDRESS,
        WishTrouble.NO_DIGEST,
        WishTrouble.NO_SUCH_CHOICE,
    )
    page = choices_page(OFFER, wish, troubles=troubles)
    assert (page.address, page.timezone) == ("  an@town ", "Mars/Base")
    assert [one.chosen for one in page.places] == [False, False, True]
    assert read_wish({"address": [" "]}, OFFER, USUAL, with_address=True)[1] == (
        WishTrouble.NO_ADDRESS,
        WishTrouble.NO_DIGEST,
    )


def test_a_known_address_is_masked() -> None:
    wish = Wish(address="an@town.example", language="vi", timezone=ZONE, digests=())
    assert choices_page(OFFER, wish, token="t").address == "a…@town.example"


@given(
    st.dictionaries(
        st.sampled_from(
            ["address", "digest", "at-daily", "on-weekly", "zone", "language", "place"]
        ),
        st.lists(
            st.text(max_size=30) | st.sampled_from(["daily", "weekly", "07:00", "sun"]), max_size=4
        ),
    )
)
def test_any_form_gives_a_wish_that_is_offered_or_a_trouble(fields: dict[str, list[str]]) -> None:
    wish, troubles = read_wish(fields, OFFER, USUAL, with_address=True)
    assert {one.digest_id for one in wish.digests} <= {"daily", "weekly"}
    assert set(wish.places) <= set(OFFER.places)
    if not troubles:
        assert wish.digests
        assert wish.timezone in OFFER.zones
        assert wish.language in OFFER.languages
        assert all(one.at == "" or len(one.at) == 5 for one in wish.digests)
