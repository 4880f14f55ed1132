"""Every kind of page of the small invented town, by address."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.unit.render.digests import DAILY, DAY, digest_index, digest_standings, edition
from tests.unit.render.samples import CARDS, HUB, NOON, town_cards

from feedhub.edit.corrections import corrections
from feedhub.edit.pages import calendar, day_page, front_page, label_page, local_day, source_page
from feedhub.model import addresses as at
from feedhub.model.page import (
    CorrectionsPage,
    FeedLink,
    LabelCount,
    PullsPage,
    Reconciliation,
    SearchHit,
    SearchPage,
    SourceHealth,
    SourceStanding,
    StatisticsPage,
    StatusPage,
)
from feedhub.model.pull import Outcome, PullRecord
from feedhub.model.pull import Reconciliation as Sums
from feedhub.render.digest_pages import render_digest, render_digests
from feedhub.render.pages import Pages, page_path

FEEDS = (
    FeedLink(title="Mọi tin", path="feeds/all", description="Tất cả tin của các nguồn", home=""),
    FeedLink(title="Giao thông", path="feeds/giao-thong"),
)


def standings() -> tuple[SourceStanding, ...]:
    """A source in every state of health."""
    soon, long_ago = NOON + timedelta(hours=9), NOON - timedelta(days=3)
    states = (
        (SourceHealth.FRESH, ""),
        (SourceHealth.LATE, "Thường đăng tin mỗi ngày, nay đã ba ngày không có tin."),
        (SourceHealth.FAILING, "Máy chủ trả lời 503 (tạm ngừng phục vụ)."),
        (SourceHealth.NEW, ""),
    )
    return tuple(
        SourceStanding(
            source=card,
            health=health,
            last_success=None if health is SourceHealth.NEW else NOON,
            since=long_ago if health in {SourceHealth.LATE, SourceHealth.FAILING} else None,
            next_try=soon,
            message=message,
            entries=1234,
        )
        for card, (health, message) in zip(CARDS.values(), states, strict=True)
    )


def pulls() -> tuple[PullRecord, ...]:
    """A pull that ended in each way."""
    counts = Sums(seen=40, new=2, revised=1, known=37)
    return tuple(
        PullRecord(
            source_id="thi-tran",
            at=NOON - timedelta(hours=number),
            outcome=outcome,
            status=status,
            bytes=size,
            milliseconds=120,
            counts=counts if size else Sums(),
            message=message,
        )
        for number, (outcome, status, size, message) in enumerate(
            (
                (Outcome.OK, 200, 43_210, ""),
                (Outcome.UNCHANGED, 304, 0, ""),
                (Outcome.HELD, 200, 999, "Chỉ còn 2 trong 40 tin thường có <ul>."),
                (Outcome.FAILED, 0, 0, "Máy chủ không trả lời trong 30 giây."),
                (Outcome.GONE, 410, 0, "Địa chỉ này đã ngừng hẳn."),
            )
        )
    )


def site(pages: Pages) -> dict[str, bytes]:
    """Return every kind of page in every language, and the files they need."""
    files = dict(pages.assets())
    cards = town_cards()
    zone = HUB.timezone
    days = Counter(local_day(card, zone) for card in cards)
    day = max(days)
    known = standings()
    counts = Counter(label for card in cards for label in card.topics)
    topic = next(iter(counts))
    place = cards[0].places[0]
    reconciliation = Reconciliation(
        listed=140, published=120, duplicate=15, rejected=5, reasons=(("không có tiêu đề", 5),)
    )
    found = SearchPage(
        query="vuon hoa",
        hits=(
            SearchHit(
                story=cards[0],
                title=(("Lịch tưới ", False), ("vườn hoa", True)),
                passage=(("Một ", False), ("vườn hoa", True), (" nhỏ <b>", False)),
            ),
        ),
        total=21,
        pages=2,
        asked=True,
        sources=tuple(CARDS.values()),
        places=(place,),
    )
    for code in pages.languages:
        made = {
            at.FRONT: pages.front(front_page(cards, zone), code),
            at.day_path(day): pages.day(day_page(day, cards, sorted(days)), code),
            at.ARCHIVE: pages.calendar(calendar(days), code),
            at.SOURCES: pages.sources(known, code),
            at.source_path("thi-tran"): pages.source(
                source_page(known[0], cards, reconciliation=reconciliation, per_day=days), code
            ),
            at.TOPICS: pages.topics(
                [LabelCount(label=label, stories=n) for label, n in counts.items()], code
            ),
            at.PLACES: pages.places([LabelCount(label=place, stories=3)], code),
            at.topic_path(topic.id): pages.topic(label_page(topic, cards, CARDS.values()), code),
            at.place_path(place.id): pages.place(label_page(place, cards), code),
            at.FEEDS: pages.feed_list([("Channels", FEEDS), ("Sources", ())], code),
            at.STATUS: pages.status(
                StatusPage(standings=known, as_of=NOON, digests=digest_standings()), code
            ),
            at.STATUS_PULLS: pages.pulls(PullsPage(source=known[2].source, pulls=pulls()), code),
            at.STATISTICS: pages.statistics(
                StatisticsPage(
                    visits=((day, 1200), (day + timedelta(days=1), 3)),
                    visitors=410,
                    subscribers=((FEEDS[0], 58),),
                    entries=((CARDS["cau-go"], 12),),
                ),
                code,
            ),
            at.CORRECTIONS: pages.corrections(
                CorrectionsPage(corrections=corrections(cards)), code
            ),
            at.SEARCH: pages.search(found, code, feed_path="search/feed", query="q=vuon+hoa"),
            at.DIGESTS: render_digests(pages, digest_index(), code),
            at.digest_path(DAILY.id, DAY): render_digest(
                pages, edition(made_late=True, left_out=7), code, earlier=DAY - timedelta(days=1)
            ),
            "404/": pages.error(404, code),
            "merged/": pages.merged(cards[0], "s99", code),
        }
        made |= {at.story_path(card.id): pages.story(card, code) for card in cards}
        files |= {page_path(path, code) + "index.html": body for path, body in made.items()}
    return files


def town_pages() -> Pages:
    """The pages of the town's hub."""
    return Pages(HUB, feeds=FEEDS)
