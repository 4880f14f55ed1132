"""Stories of a small invented town, for the tests of edit and render."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedhub.edit.cards import source_card, story_card, story_link
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import StoryCard
from feedhub.model.entry import Dating, Enclosure, Entry, Precision, Revision, StoredEntry
from feedhub.model.source import Source
from feedhub.model.story import Story

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # noon in Vietnam

HUB = Hub(
    title="Tin phường sông Mây",
    base_url="https://songmay.example/",
    tag_base="tag:songmay.example,2026:",
    description="Tin từ các cổng thông tin của thị trấn sông Mây",
)
ALL = Channel(id="all", title="Mọi tin")

SOURCES = {
    source.id: source
    for source in (
        Source(
            id="thi-tran",
            name="Cổng thông tin thị trấn Sông Mây",
            url="https://thitran.example/rss",
            place="Thị trấn Sông Mây",
            topics=("Chính quyền",),
        ),
        Source(
            id="cau-go",
            name="Phường Cầu Gỗ",
            url="https://www.caugo.example/tin",
            place="Phường Cầu Gỗ",
            topics=("Đời sống", "Giao thông"),
        ),
        Source(
            id="cho-cu",
            name="Báo Chợ Cũ",
            url="https://chocu.example/feed.xml",
            place="Phường Chợ Cũ",
            topics=("Đời sống",),
            weight=2.0,
        ),
        Source(
            id="visitors", name="Visit Song May", url="https://visit.example/atom", language="en"
        ),
    )
}
CARDS = {source_id: source_card(source) for source_id, source in SOURCES.items()}


def stored(number: int, source_id: str = "thi-tran", **changes: object) -> StoredEntry:
    """An entry that has been met; ``changes`` go to the entry or to its stored form."""
    at = NOON + timedelta(minutes=7 * number)
    values: dict[str, object] = {
        "source_id": source_id,
        "guid": f"guid-{number}",
        "link": f"https://thitran.example/tin/{number}",
        "link_key": f"thitran.example/tin/{number}",
        "title": f"Thông báo số {number} về lịch tưới vườn hoa",
        "published": Dating(at=at, precision=Precision.MINUTE),
        "text": f"Vườn hoa số {number} được tưới vào sáng thứ Bảy. Bà con mang theo bình nước nhỏ.",
        "content": f"<p>Vườn hoa số {number} được tưới vào sáng thứ Bảy.</p>",
        "authors": ("Trần Văn Mẫu",),
        "categories": ("Thông báo",),
        "language": "en" if source_id == "visitors" else "vi",
    }
    frame: dict[str, object] = {
        "id": f"e{number}",
        "story_id": f"s{number}",
        "first_seen": at + timedelta(minutes=3),
        "last_seen": at + timedelta(hours=2),
    }
    for key, value in changes.items():
        (frame if key in _FRAME else values)[key] = value
    return StoredEntry(entry=Entry(**values), **frame)  # type: ignore[arg-type]


_FRAME = {"id", "story_id", "first_seen", "last_seen", "revised_at", "withdrawn_at", "revisions"}


def story(number: int, *entries: StoredEntry, **changes: object) -> Story:
    """A story of the given entries (one of its own when none is given), the first leading."""
    entries = entries or (stored(number),)
    created = min(entry.first_seen for entry in entries)
    values: dict[str, object] = {
        "id": f"s{number}",
        "sequence": number,
        "created_at": created,
        "changed_at": created,
        "lead_id": entries[0].id,
        "entries": entries,
        "announced_at": created,
    }
    return Story(**{**values, **changes})  # type: ignore[arg-type]


def town() -> tuple[Story, ...]:
    """A story of each kind: reprinted, corrected, withdrawn, imprecise, with files, foreign."""
    plain = story(1)
    reprinted = story(
        2,
        stored(2, title="Khai trương cầu gỗ mới qua sông Mây"),
        stored(
            12,
            "cau-go",
            story_id="s2",
            title="Cầu gỗ mới đã thông",
            link="https://www.caugo.example/tin?id=12&trang=1",
        ),
        stored(13, "cho-cu", story_id="s2", link="https://chocu.example/tin/cầu gỗ"),
    )
    revised_at = NOON + timedelta(hours=6)
    corrected = story(
        3,
        stored(
            3,
            "cho-cu",
            title="Chợ hoa mở cửa từ 6 giờ ngày 15 tháng 3",
            text="Chợ hoa mở cửa từ 6 giờ ngày 15 tháng 3. Vé vào cửa miễn phí.",
            revised_at=revised_at,
            revisions=(
                Revision(
                    title="Chợ hoa mở cửa từ 6 giờ ngày 12 tháng 3",
                    text="Chợ hoa mở cửa từ 6 giờ ngày 12 tháng 3. Vé vào cửa miễn phí.",
                    content="",
                    replaced_at=revised_at,
                    significant=True,
                    changes=("ngày 12 tháng 3 → ngày 15 tháng 3",),
                ),
            ),
        ),
    )
    withdrawn = story(4, stored(4, withdrawn_at=NOON + timedelta(hours=8)))
    imprecise = story(
        5,
        stored(
            5,
            "cau-go",
            title="Lịch cắt điện <b>tuần tới</b> &amp; cách báo sự cố",
            # a day-only date of the day on which it was first seen is dated by that moment
            published=Dating(at=NOON + timedelta(minutes=38), precision=Precision.DAY),
            content="",
            summary="Điện lực hẹn bà con <giờ> nào & đến đâu.",
        ),
    )
    files = story(
        6,
        stored(
            6,
            image="https://thitran.example/ảnh/vườn hoa.jpg",
            enclosures=(
                Enclosure(url="https://thitran.example/a.pdf", type="application/pdf", length=2048),
                Enclosure(url="https://thitran.example/b.mp3"),
            ),
        ),
    )
    foreign = story(
        7,
        stored(
            7,
            "visitors",
            title="Boat rides on the Cloud River start again",
            text="Boats leave every hour. Tickets are sold at the old market.",
            content="<p>Boats leave every hour.</p>",
        ),
    )
    return (plain, reprinted, corrected, withdrawn, imprecise, files, foreign)


def town_cards() -> tuple[StoryCard, ...]:
    """The town's stories, the first related to the second."""
    cards = tuple(story_card(story, CARDS) for story in town())
    first = story_card(town()[0], CARDS, related=[story_link(cards[1]), story_link(cards[6])])
    return (first, *cards[1:])
