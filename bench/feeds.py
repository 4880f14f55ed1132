"""How long feeds take: first rendering, rendering again, one entry changed. One line of figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from feedhub.edit.cards import source_card, story_card
from feedhub.edit.channels import channel_edition
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition, StoryCard
from feedhub.model.entry import Dating, Entry, Precision, StoredEntry
from feedhub.model.source import Source
from feedhub.model.story import Story
from feedhub.render.feeds import RENDERERS

ENTRIES = 1_000
START = datetime(2026, 1, 1, tzinfo=UTC)
PARAGRAPH = "<p>Ủy ban nhân dân phường thông báo lịch tưới vườn hoa trong tháng tới.</p>"
SOURCES = {"a": source_card(Source(id="a", name="Phường Cầu Gỗ", url="https://a.example/rss"))}
HUB = Hub(title="Tin", base_url="https://hub.example/", tag_base="tag:hub.example,2026:")


def card(number: int) -> StoryCard:
    """A story of one entry with about 3 KB of HTML."""
    at = START + timedelta(minutes=number)
    entry = Entry(
        source_id="a",
        guid=str(number),
        link=f"https://a.example/{number}",
        link_key="",
        title=f"Thông báo số {number}",
        published=Dating(at=at, precision=Precision.MINUTE),
        content=PARAGRAPH * 30,
        text="Ủy ban nhân dân phường thông báo.",
    )
    name = f"s{number}"
    stored = StoredEntry(id=f"e{number}", story_id=name, entry=entry, first_seen=at, last_seen=at)
    story = Story(
        id=name,
        sequence=number,
        created_at=at,
        changed_at=at,
        lead_id=stored.id,
        entries=(stored,),
        announced_at=at,
    )
    return story_card(story, SOURCES)


def milliseconds(render: Callable[[Edition], bytes], edition: Edition) -> float:
    start = perf_counter()
    render(edition)
    return (perf_counter() - start) * 1000


def main() -> None:
    cards = [card(number) for number in range(ENTRIES)]
    channel = Channel(id="all", title="Mọi tin", limit=ENTRIES)
    edition = channel_edition(HUB, channel, cards, "feeds/all")
    corrected = replace(cards[0], title="Đã sửa", updated=START + timedelta(days=300))
    after = channel_edition(HUB, channel, [corrected, *cards[1:]], "feeds/all")
    figures = []
    for suffix, render in RENDERERS.items():
        rounds = [milliseconds(render, given) for given in (edition, edition, after)]
        figures.append(f"{suffix} {'/'.join(f'{one:.0f}' for one in rounds)}")
    print(f"feeds of {ENTRIES} entries, ms first/again/one changed: {', '.join(figures)}")


if __name__ == "__main__":
    main()
