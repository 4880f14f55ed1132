"""How long a feed of 30 full articles takes from bytes to entries. One line of figures.

The feed is written here: RSS 2.0, Vietnamese, about 100 KB, well-formed; read as a plain feed and,
for comparison, through feedparser within our limits; once more with a bare ampersand and an HTML
entity, as real ones have. feedparser alone, with its defaults, stands beside.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from unittest.mock import patch

import feedparser

from feedhub.model.document import Document
from feedhub.model.source import Source
from feedhub.normalise.entry import normalise_entry
from feedhub.parse import feed as feed_module
from feedhub.parse.feed import parse_feed

ROUNDS = 20
NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://phuong.example.vn/rss"
SOURCE = Source(id="phuong", name="Phường", url=URL)
SAYINGS = (
    "phường thông báo lịch cắt điện nước sạch hội nghị tổ dân phố vệ sinh môi trường đường phố "
    "chuyển đổi số hồ sơ trực tuyến tiêm chủng học sinh lễ hội chợ quê mùa mưa an toàn"
)
WORDS = SAYINGS.split()


def text(words: int, chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize()


def row(number: int, chance: random.Random) -> str:
    body = "".join(
        f"<p>{text(60, chance)} <a href='/?tc={place}'>{text(3, chance)}</a>.</p>"
        for place in range(6)
    )
    return (
        f"<item><title>{text(12, chance)}</title>"
        f"<link>https://phuong.example.vn/?gd=4&amp;cn=1&amp;tc={number}</link>"
        f'<guid isPermaLink="false">{number}</guid><category>Y tế</category>'
        f"<pubDate>Thu, 05 Feb 2026 07:{number:02d}:00 +0700</pubDate>"
        f"<description>{text(40, chance)}.</description>"
        f"<content:encoded><![CDATA[{body}<img src='/a.jpg'>]]></content:encoded></item>"
    )


def feed(title: str) -> bytes:
    chance = random.Random(1)
    rows = "".join(row(number, chance) for number in range(30))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{title}</title>{rows}</channel></rss>"
    ).encode()


def milliseconds(act: Callable[[], object]) -> float:
    act()
    start = process_time()
    for _ in range(ROUNDS):
        act()
    return (process_time() - start) * 1000 / ROUNDS


def main() -> None:
    clean, faulty = (
        Document(requested_url=URL, url=URL, body=feed(title), fetched_at=NOW)
        for title in ("Tin", "Tin & b&agrave;i")
    )
    raw = parse_feed(clean, SOURCE).entries
    alone = milliseconds(
        lambda: feedparser.parse(
            io.BytesIO(clean.body), response_headers={"content-type": "application/xml"}
        )
    )
    with patch.object(feed_module, "read_plain", return_value=None):
        long_way = milliseconds(lambda: parse_feed(clean, SOURCE))
    print(
        f"feed of 30 entries, {len(clean.body) // 1000} KB, ms of processor time: "
        f"parse {milliseconds(lambda: parse_feed(clean, SOURCE)):.1f}, "
        f"through feedparser {long_way:.1f}, "
        f"parse with faults {milliseconds(lambda: parse_feed(faulty, SOURCE)):.1f}, "
        f"normalise {milliseconds(lambda: [normalise_entry(e, SOURCE, NOW) for e in raw]):.1f}, "
        f"feedparser alone with its defaults {alone:.1f}"
    )


if __name__ == "__main__":
    main()
