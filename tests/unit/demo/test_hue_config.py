"""config/ for Huế: whole, and nothing guessed is switched on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CONFIG = Path(__file__).resolve().parents[3] / "config"
#: hosts that were seen in public data, or whose pattern was
SEEN = {
    "hue.gov.vn", "thuathienhue.gov.vn", "huengaynay.vn", "svhttdl.hue.gov.vn", "moc.gov.vn",
    "congbao.chinhphu.vn", "tingia.gov.vn", "vietnamtourism.gov.vn", "vov.gov.vn",
    "vinhlong.gov.vn",
}  # fmt: skip
FAMILY = {"quangan", "vinhha", "phunhuan", "huongthuy", "snnptnt", "stp", "syt", "stttt", "sdl"}


def sources() -> list[dict[str, Any]]:
    return [
        source
        for path in sorted((CONFIG / "sources").glob("*.toml"))
        for source in tomllib.loads(path.read_text("utf-8"))["sources"]
    ]


def test_every_source_says_where_and_how_it_speaks() -> None:
    every = sources()
    assert len({source["id"] for source in every}) == len(every) >= 55
    for source in every:
        assert source["place"]
        assert source["topics"]
        assert (source["language"], source["timezone"]) == ("vi", "Asia/Ho_Chi_Minh")
        assert source["kind"] in {"feed", "listing"}
        assert ("listing" in source) is (source["kind"] == "listing")


def test_only_hosts_that_were_seen_are_asked() -> None:
    asked = {
        urlsplit(source["url"]).hostname for source in sources() if source.get("enabled", True)
    }
    assert asked == SEEN | {f"{unit}.thuathienhue.gov.vn" for unit in FAMILY}


def test_all_forty_wards_and_communes_are_there() -> None:
    units = tomllib.loads((CONFIG / "sources" / "wards.toml").read_text("utf-8"))["sources"]
    assert sum(source["id"].startswith("phuong-") for source in units) == 21
    assert sum(source["id"].startswith("xa-") for source in units) == 19
    assert all(source["enabled"] is False for source in units)


def test_channels_choose_by_topics_that_sources_have() -> None:
    known = {topic for source in sources() for topic in source["topics"]}
    channels = tomllib.loads((CONFIG / "feedhub.toml").read_text("utf-8"))["channels"]
    assert {topic for channel in channels for topic in channel.get("topics", [])} <= known
    assert channels[0]["id"] == "all"
