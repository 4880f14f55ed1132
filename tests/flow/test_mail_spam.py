"""What Debian's SpamAssassin makes of our mail, by its own rules alone (no network)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flow.mailed import DAWN, SEVEN, MailHub
from tests.postoffice import PostOffice, Received, post_office

from feedhub.deliver.signing import make_key
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.subscribing import People
from feedhub.flow.mailing.writing import letter_writer
from feedhub.model.signup import WantedDigest, Wish
from feedhub.model.subscriber import Consent

_STATUS = re.compile(
    r"^X-Spam-Status: \w+, score=(-?[\d.]+).*?tests=([A-Z0-9_,\s]*)", re.MULTILINE | re.DOTALL
)
#: in two pieces, so that no filter takes this file for it
_GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*" + b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with post_office() as running:
        yield running


def _score(one: Received, home: Path) -> tuple[float, str]:
    """Return the score of a message as its reader's server gets it, and the rules that counted."""
    arrived = (
        f"Return-Path: <{one.sender}>\r\n"
        "Received: from mail.hub.example (mail.hub.example [1.1.1.1])\r\n"
        f"\tby mx.one.example with ESMTPS id 1 for <{one.recipient}>;\r\n"
        "\tTue, 06 Jan 2026 00:00:05 +0000\r\n"
    ).encode() + one.data
    done = subprocess.run(
        ["spamassassin", "-L", "-t", "-x", "--siteconfigpath=/etc/spamassassin"],
        input=arrived,
        capture_output=True,
        check=True,
        timeout=100,
        env={**os.environ, "HOME": str(home)},
    )
    found = _STATUS.search(done.stdout.decode("utf-8", "replace"))
    assert found is not None, done.stdout[:3000]
    return float(found[1]), " ".join(found[2].split())


@pytest.mark.timeout(200)
def test_digests_and_letters_do_not_look_like_spam(office: PostOffice, tmp_path: Path) -> None:
    if shutil.which("spamassassin") is None:
        if os.environ.get("FEEDHUB_TESTS_COMPLETE") == "1":
            pytest.fail("needs Debian's spamassassin")
        pytest.skip("needs Debian's spamassassin")
    make_key(tmp_path / "dkim.pem")
    hub = MailHub(
        tmp_path,
        f'smtp = "smtp://127.0.0.1:{office.port}"\ndkim_key_file = "dkim.pem"\n'
        'postal_address = "1 Lê Lợi, Huế"\n',
    )
    hub.subscribe("an@one.example", "binh@one.example")
    with hub.store.writing() as tx:
        binh = tx.subscribers.get("binh")
        assert binh is not None
        tx.subscribers.save(replace(binh, language="en"))
    hub.news(*range(7000, 7030))
    keys = hub_keys(hub.store)
    people = People(hub.settings, hub.store, DAWN, letter_writer(hub.settings, keys, DAWN))
    consent = Consent(at=DAWN, how="form", where="", words="yes")
    for address in ("an@one.example", "chi@one.example"):  # one is known, one is not
        wish = Wish(
            address=address,
            language="vi",
            timezone="Asia/Ho_Chi_Minh",
            digests=(WantedDigest(digest_id="daily"),),
        )
        people.sign_up(wish, consent)
    assert hub.digest(SEVEN).sent == 4
    hub.close()
    # the pattern that every installation must find, so that its silence means something
    known = replace(office.received[0], data=b"Subject: x\r\n\r\n" + _GTUBE)
    assert _score(known, tmp_path)[0] > 100
    for one in office.received:
        score, rules = _score(one, tmp_path)
        assert score < 1, rules
