"""Feeds byte for byte; ``make golden`` rewrites the files, whose difference is then read."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.golden.conformance import faults
from tests.unit.render.samples import ALL, CARDS, HUB, NOON
from tests.unit.render.site import town_cards

from feedhub.edit.archives import archive_edition, open_edition, seal
from feedhub.edit.channels import channel_edition
from feedhub.edit.corrections import corrections_edition
from feedhub.edit.notices import notices_edition
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition
from feedhub.model.trouble import KeptNotice, Notice, TroubleKind
from feedhub.render.feeds import RENDERERS

FILES = Path(__file__).parent / "feeds"
FEW = Channel(id="few", title="Vài tin", limit=4, content="summary")


def notices() -> list[KeptNotice]:
    """A trouble of a source, its end, and one of no source."""
    told = (
        ("thi-tran", TroubleKind.EMPTY, "0 of the usual 10 entries", False),
        ("", TroubleKind.NETWORK, "none of 3 sources could be reached", False),
        ("thi-tran", TroubleKind.EMPTY, "10 entries <again>", True),
        ("gone-since", TroubleKind.FAILING, "410", False),
    )
    return [
        KeptNotice(
            number=number,
            source_id=source,
            at=NOON + timedelta(minutes=number),
            notice=Notice(kind=kind, words=words, over=over),
        )
        for number, (source, kind, words, over) in enumerate(told, 1)
    ]


def editions() -> dict[str, Edition]:
    """Feeds in every state: full, summary, with a hub, empty, open, sealed, corrections."""
    cards = town_cards()
    seals = seal(FEW, cards)
    with_hub = Hub(
        title=HUB.title,
        base_url=HUB.base_url,
        tag_base=HUB.tag_base,
        websub_hub="https://push.example/",
        description="",
    )
    return {
        "all": channel_edition(HUB, ALL, cards, "feeds/all"),
        "hub": channel_edition(with_hub, ALL, cards[:2], "feeds/hub", home="topics/doi-song/"),
        "empty": channel_edition(HUB, Channel(id="empty", title="Trống"), (), "feeds/empty"),
        "few": open_edition(HUB, FEW, cards, "feeds/few", seals),
        "few-archive-1": archive_edition(
            HUB, FEW, cards, "feeds/few", seals[0], newest=seals[-1].number
        ),
        "few-archive-2": archive_edition(
            HUB, FEW, cards, "feeds/few", seals[-1], newest=seals[-1].number
        ),
        "corrections": corrections_edition(
            HUB, Channel(id="corrections", title="Đính chính"), cards, "feeds/corrections"
        ),
        "status": notices_edition(HUB, notices(), CARDS),
    }


CASES = [(name, suffix) for name in editions() for suffix in RENDERERS]


@pytest.mark.parametrize(("name", "suffix"), CASES)
def test_feed_is_as_agreed(name: str, suffix: str) -> None:
    body = RENDERERS[suffix](editions()[name])
    file = FILES / f"{name}.{suffix}"
    if os.environ.get("FEEDHUB_GOLDEN") == "rewrite":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(body)
    assert body == file.read_bytes()


@pytest.mark.parametrize(("name", "suffix"), CASES)
def test_feed_breaks_no_rule(name: str, suffix: str) -> None:
    assert faults((FILES / f"{name}.{suffix}").read_bytes(), suffix) == []
