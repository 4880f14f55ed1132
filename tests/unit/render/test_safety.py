"""The last wash: addresses and titles that no source's garbage may break."""

from __future__ import annotations

import pytest

from feedhub.render.safety import title_text, uri


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://chợ.example/tin?a=1|2", "https://xn--ch-3bt.example/tin?a=1%7C2"),
        ("https://x.example/{a}^`b`", "https://x.example/%7Ba%7D%5E%60b%60"),
        ("https://x.example/?q=%7C", "https://x.example/?q=%7C"),
        ("javascript:alert(1)", ""),
    ],
)
def test_an_address_is_a_uri_or_nothing(address: str, written: str) -> None:
    assert uri(address) == written
    assert uri(written) == written


def test_a_title_of_invisible_characters_is_none() -> None:
    assert title_text(" \u200b\ufeff\u00ad", instead="Chợ Cũ") == "Chợ Cũ"
