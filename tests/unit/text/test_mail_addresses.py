"""Mail addresses as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.text.addresses import fingerprint, mail_address, masked


@pytest.mark.parametrize(
    ("typed", "address", "domain"),
    [
        ("an@town.example", "an@town.example", "town.example"),
        ("  An.Nguyen+tin@Town.EXAMPLE ", "An.Nguyen+tin@town.example", "town.example"),
        ("an@xã.example", "an@xn--x-yfa.example", "xn--x-yfa.example"),
        ("o'brien_1@mail.town.example", "o'brien_1@mail.town.example", "mail.town.example"),
        ("an@hub.test", "an@hub.test", "hub.test"),
    ],
)
def test_addresses_are_read(typed: str, address: str, domain: str) -> None:
    found = mail_address(typed)
    assert (found.address, found.domain) == (address, domain)
    assert mail_address(found.address) == found, "reading it again changes nothing"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "there is no address"),
        ("   ", "there is no address"),
        ("an.town.example", "has an @"),
        ("an@town", "has no dot"),
        ("an@@town.example", "@"),
        ("an nguyen@town.example", "SPACE"),
        ("An <an@town.example>", "display name"),
        ('"an nguyen"@town.example', "Quoting"),
        ("an@[127.0.0.1]", "bracketed"),
        ("ân@town.example", "â"),
        ("an@town.example\r\nBcc: all@town.example", "invalid characters"),
        ("an@town..example", "two periods"),
        (".an@town.example", "start with a period"),
        ("a" * 65 + "@town.example", "too long"),
        ("an@" + "b" * 300 + ".example", "at most 254"),
    ],
)
def test_what_is_no_address_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        mail_address(typed)
    assert str(refused.value)


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_one_line_or_is_refused(typed: str) -> None:
    try:
        found = mail_address(typed)
    except ValueError:
        return
    assert found.address.isascii()
    assert found.address.isprintable()
    assert " " not in found.address


def test_a_fingerprint_tells_people_apart_and_nothing_else() -> None:
    known = fingerprint("secret", "An@town.example")
    assert known == fingerprint("secret", "an@TOWN.example")
    assert known != fingerprint("secret", "anh@town.example")
    assert known != fingerprint("another", "An@town.example")
    assert len(known) == 64


def test_a_masked_address_is_known_to_its_owner_only() -> None:
    assert masked("an.nguyen@town.example") == "a…@town.example"
    assert masked("") == ""
