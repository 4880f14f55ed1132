"""Every digest with news has a page that follows its stories; a publishing renders no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.flow.stocked import add, configured, opened, told

from feedhub.deliver.files import PublishedFolder
from feedhub.flow.mailing.runs import RunMaker
from feedhub.flow.publishing.cards import Cards
from feedhub.flow.publishing.live import LiveSite, status_page
from feedhub.flow.publishing.publish import Published, publish
from feedhub.model.entry import Revision

#: 06:00 in Hanoi, an hour before the daily digest
_DAWN = datetime(2026, 1, 5, 6, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


class Town:
    """A hub that is published whenever its digests were looked at."""

    def __init__(self, folder: Path) -> None:
        self.settings = configured(folder)
        self.store = opened(self.settings)

    def look(self, now: datetime) -> Published:
        """Make the runs that are due, then publish."""
        RunMaker(self.settings, self.store, now, Cards({})).make()
        return self.publish(now)

    def publish(self, now: datetime, *, full: bool = False) -> Published:
        """Bring the published folder up to date."""
        folder = PublishedFolder(self.settings.publish_dir)
        return publish(self.settings, self.store, folder, now, full=full)

    def page(self, path: str) -> str:
        """Return a published file; "" if there is none."""
        file = self.settings.publish_dir / path
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def correct(self, number: int, title: str, now: datetime) -> None:
        """Let the source correct an entry."""
        entry = told(number)
        before = Revision(
            title=entry.title,
            text=entry.text,
            content="",
            replaced_at=now,
            significant=True,
            changes=("số 1 → số 2",),
        )
        with self.store.writing() as tx:
            tx.entries.revise(
                f"e{number}",
                replace(entry, title=title),
                source_hash="",
                earlier=before,
                revised_at=now,
                article_read=False,
            )
            tx.stories.touch([f"s{number}"], now)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A hub with a daily digest of two stories, published after it."""
    made = Town(tmp_path)
    made.look(_DAWN)
    add(made.store, [1, 2])
    made.look(_DAWN + _HOUR)
    yield made
    made.store.close()


def test_a_run_with_news_has_a_page_in_every_language(town: Town) -> None:
    page = town.page("digests/daily/2026-01-05/index.html")
    assert "Thông báo số 1" in page
    assert "Thông báo số 2" in page
    assert "Bản tin hằng ngày" in page
    assert "Daily digest" in town.page("en/digests/daily/2026-01-05/index.html")
    index = town.page("digests/index.html")
    assert "/digests/daily/2026-01-05/" in index
    assert "07:00 06/01/2026" in index, "the next one is named"
    assert "/digests/daily/2026-01-05/" in town.page("sitemap-digests.xml")
    assert "sitemap-digests.xml" in town.page("sitemap.xml")
    assert "/digests/daily/2026-01-05/" in town.page("status/index.html")


def test_a_day_without_news_has_no_page_and_the_status_says_so(town: Town) -> None:
    town.look(_DAWN + _DAY + _HOUR)
    assert not town.page("digests/daily/2026-01-06/index.html")
    said = "6 tháng 1, 2026 không có bản tin: từ"
    assert said in town.page("status/index.html")
    live = status_page(LiveSite(), town.settings, town.store, _DAWN + _DAY + _HOUR, "vi")
    assert said in live.decode()
    assert "07:00 07/01/2026" in live.decode()


def test_neighbours_link_to_each_other(town: Town) -> None:
    add(town.store, [3])
    town.look(_DAWN + 2 * _DAY + _HOUR)
    assert 'href="/digests/daily/2026-01-07/"' in town.page("digests/daily/2026-01-05/index.html")
    assert 'href="/digests/daily/2026-01-05/"' in town.page("digests/daily/2026-01-07/index.html")


def test_a_page_follows_its_stories_and_keeps_its_window(town: Town) -> None:
    later = _DAWN + timedelta(hours=5)
    town.correct(1, "Thông báo số 1, đã đính chính", later)
    add(town.store, [3])
    town.publish(later)
    page = town.page("digests/daily/2026-01-05/index.html")
    assert "Thông báo số 1, đã đính chính" in page
    assert "Thông báo số 3" not in page
    assert "đã đính chính" not in town.page("digests/daily/2026-01-06/index.html")
    town.look(_DAWN + _DAY + _HOUR)
    page = town.page("digests/daily/2026-01-06/index.html")
    assert "Đính chính từ bản tin trước" in page
    assert "Thông báo số 1, đã đính chính" in page


def test_what_did_not_change_is_not_rendered_again(town: Town) -> None:
    quiet = town.publish(_DAWN + 2 * _HOUR)
    assert (quiet.written, quiet.removed) == (0, 0)
    add(town.store, [3])
    town.look(_DAWN + _DAY + _HOUR)
    first = town.settings.publish_dir / "digests/daily/2026-01-05/index.html"
    stamp = first.stat().st_mtime_ns
    add(town.store, [4])
    town.look(_DAWN + 2 * _DAY + _HOUR)
    assert first.stat().st_mtime_ns == stamp


def test_a_full_publishing_gives_the_same_pages(town: Town) -> None:
    town.correct(1, "Thông báo số 1, đã đính chính", _DAWN + timedelta(hours=5))
    add(town.store, [3])
    town.look(_DAWN + _DAY + _HOUR)
    assert town.publish(_DAWN + _DAY + 2 * _HOUR, full=True).written == 0
    for lost in town.settings.publish_dir.glob("**/digests/**/index.html"):
        lost.unlink()
    town.publish(_DAWN + _DAY + 2 * _HOUR, full=True)
    assert "đã đính chính" in town.page("digests/daily/2026-01-05/index.html")
    assert "Thông báo số 3" in town.page("digests/daily/2026-01-06/index.html")
