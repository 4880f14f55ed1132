"""Addresses of one network count as one caller."""

from __future__ import annotations

import pytest

from feedhub.web.desk import network_of


@pytest.mark.parametrize(
    ("caller", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1::/48"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_the_network_of_a_caller(caller: str, network: str) -> None:
    assert network_of(caller) == network
