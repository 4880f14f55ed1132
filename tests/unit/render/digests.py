"""Digests of the small invented town, for the tests of pages and letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.unit.render.samples import HUB, NOON, SOURCES, stored, story, town_cards

from feedhub.edit.cards import source_card, story_card
from feedhub.edit.corrections import corrections
from feedhub.model.addresses import digest_path
from feedhub.model.digest import (
    Digest,
    DigestEdition,
    DigestIndex,
    DigestIndexRow,
    DigestRun,
    DigestSection,
    DigestStanding,
    DigestStory,
    Position,
    Rhythm,
    RunState,
)
from feedhub.model.edition import Label, StoryCard
from feedhub.model.mail import Links

DAILY = Digest(
    id="daily",
    title="",
    channel="all",
    rhythm=Rhythm(every="day", at="07:00", on="mon", timezone=HUB.timezone),
)
WEEKLY = replace(
    DAILY, id="weekly", title="Tin tuần sông Mây", rhythm=replace(DAILY.rhythm, every="week")
)
DAY = date(2026, 11, 21)
POSTAL = "Ủy ban nhân dân phường Sông Mây\n1 đường Bờ Sông, phường Sông Mây"
LINKS = Links(
    unsubscribe="https://songmay.example/unsubscribe?t=abc.def",
    one_click="https://songmay.example/unsubscribe?t=abc.def",
    change="https://songmay.example/change?t=ghi&x=1",
    confirm="https://songmay.example/confirm?t=jkl",
)


def edition(**changes: object) -> DigestEdition:
    """A digest with a story of every kind: reprinted, late, withdrawn, foreign, corrected."""
    cards = town_cards()
    river, market = Label(id="thi-tran", name="Thị trấn Sông Mây"), Label(id="cho", name="Chợ Cũ")
    values: dict[str, object] = {
        "hub": HUB,
        "digest": DAILY,
        "day": DAY,
        "since": NOON - timedelta(hours=5),
        "until": NOON + timedelta(hours=19),
        "sections": (
            DigestSection(
                label=river, stories=tuple(DigestStory(card=card) for card in cards[1::-1])
            ),
            DigestSection(
                label=market,
                stories=(DigestStory(card=cards[4], late=True), DigestStory(card=cards[3])),
            ),
            DigestSection(label=None, stories=(DigestStory(card=cards[6]),)),
        ),
        "corrections": corrections(cards[2:4]),
        "path": digest_path(DAILY.id, DAY),
    }
    return DigestEdition(**{**values, **changes})  # type: ignore[arg-type]


def digest_run(state: RunState = RunState.READY, days_ago: int = 0) -> DigestRun:
    """A run of the daily digest."""
    due = NOON + timedelta(hours=19) - timedelta(days=days_ago)
    begin = Position(announced=1, at=due - timedelta(days=1))
    return DigestRun(
        id=f"run-{days_ago}",
        digest_id=DAILY.id,
        due_at=due,
        after=begin,
        upto=Position(announced=6, at=due),
        made_at=due,
        official=True,
        state=state,
        stories=5 if state is RunState.READY else 0,
        day=DAY - timedelta(days=days_ago),
    )


def digest_standings() -> tuple[DigestStanding, ...]:
    """A digest that came, one that had nothing new, one that never came."""
    came, empty = digest_run(), digest_run(RunState.EMPTY)
    soon = NOON + timedelta(hours=43)
    return (
        DigestStanding(digest=DAILY, last=came, last_ready=came, next_due=soon),
        DigestStanding(digest=WEEKLY, last=empty, last_ready=digest_run(days_ago=7)),
        DigestStanding(digest=replace(DAILY, id="new", title="Tin mới lập")),
    )


def digest_index() -> DigestIndex:
    """The list of two digests, one of them without a run."""
    rows = (digest_run(), digest_run(days_ago=1))
    return DigestIndex(
        digests=(DAILY, WEEKLY),
        rows=tuple(
            DigestIndexRow(
                digest=DAILY,
                day=run.day,
                path=digest_path(DAILY.id, run.day),
                stories=run.stories,
                first_title="Khai trương <b>cầu gỗ</b> mới",
            )
            for run in rows
        ),
        next_due=((DAILY.id, NOON + timedelta(hours=43)),),
    )


def long_edition(stories: int, sections: int = 3) -> DigestEdition:
    """A digest of many stories with long Vietnamese titles and summaries, reprinted each."""
    cards = [_long_card(number) for number in range(1, stories + 1)]
    parts = tuple(
        DigestSection(
            label=Label(id=f"phuong-{index}", name=f"Phường thứ {index} bên dòng sông Mây"),
            stories=tuple(DigestStory(card=card) for card in cards[index::sections]),
        )
        for index in range(sections)
    )
    return edition(sections=parts, corrections=())


def _long_card(number: int) -> StoryCard:
    title = f"Thông báo số {number} về việc điều chỉnh lịch tưới vườn hoa dọc bờ sông Mây " * 2
    text = f"Vườn hoa số {number} được tưới vào sáng thứ Bảy, bà con mang theo bình nước nhỏ. " * 3
    first = stored(number, title=title.strip(), summary=text, text=text)
    again = stored(1000 + number, "cau-go", story_id=f"s{number}", title=title.strip())
    cards = {source_id: source_card(source) for source_id, source in SOURCES.items()}
    return story_card(story(number, first, again), cards)
