"""What happens while one watches: a table, read from the top.

Everything not named here is there from the start. ``after`` is minutes and seconds since then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

__all__ = ["TIMELINE", "Change", "Happening", "happened"]


class Change(StrEnum):
    """What can happen to an article."""

    APPEARS = "appears"
    CORRECTED = "corrected"  # a fact changes: worth a note to readers
    POLISHED = "polished"  # a slip of the pen: worth nothing
    WITHDRAWN = "withdrawn"  # 410, and gone from the feed


@dataclass(frozen=True, slots=True)
class Happening:
    """One row. ``old`` and ``new`` are what a correction replaces in title and text."""

    after: timedelta
    change: Change
    article: str
    old: str = ""
    new: str = ""


def _row(clock: str, change: Change, article: str, old: str = "", new: str = "") -> Happening:
    minutes, _, seconds = clock.partition(":")
    after = timedelta(minutes=int(minutes), seconds=int(seconds))
    return Happening(after, change, article, old, new)


_APPEARS = Change.APPEARS

TIMELINE: tuple[Happening, ...] = (
    _row("0:20", _APPEARS, "nguyet-giang/cau-nguyet-kieu-thong-xe"),
    _row(
        "0:40",
        Change.CORRECTED,
        "nguyet-giang/tam-ngung-cap-nuoc-tuyen-ong-d600",
        "từ 21 giờ {w+2} ngày {d+2} đến 4 giờ sáng hôm sau",
        "từ 22 giờ {w+3} ngày {d+3} đến 5 giờ sáng hôm sau",
    ),
    _row("1:00", _APPEARS, "thach-van/cau-nguyet-kieu-thong-xe"),
    _row("1:30", Change.WITHDRAWN, "nguyet-giang/thong-bao-tuyen-dung-vien-chuc"),
    _row("2:00", _APPEARS, "marram-bay/harbour-wall-survey"),
    _row("2:30", Change.POLISHED, "english/night-market-hours", "aproximately", "approximately"),
    _row("3:00", _APPEARS, "hai-ngan/ap-thap-nhiet-doi"),
    _row("5:00", _APPEARS, "bao-nguyet-giang/cau-nguyet-kieu-nhin-tu-hai-bo"),
    _row("8:00", _APPEARS, "y-te/diem-tiem-cuoi-tuan"),
    _row("11:00", _APPEARS, "dong-ngu/diem-tiem-cuoi-tuan"),
    _row("15:00", _APPEARS, "da-tram/duong-len-ban-khe-tre"),
    _row("19:00", _APPEARS, "english/nguyet-kieu-bridge-open"),
    _row("24:00", _APPEARS, "van-hoa/dem-nhac-ben-song"),
    _row("29:00", _APPEARS, "bach-lieu/tuyen-pho-di-bo"),
    _row("34:00", _APPEARS, "con-mai/hop-tac-xa-chieu-coi"),
    _row("40:00", _APPEARS, "thach-van/dem-nhac-ben-song"),
    _row("46:00", _APPEARS, "marram-bay/library-late-opening"),
    _row("53:00", _APPEARS, "hai-ngan/tau-ve-ben-an-toan"),
    _row("60:00", _APPEARS, "nguyet-giang/ket-qua-ngay-dau-cau-moi"),
)


def happened(elapsed: timedelta) -> int:
    """Return how many rows of the timeline have come to pass."""
    return sum(row.after <= elapsed for row in TIMELINE)
