"""A hub whose stories were put into the store directly, as collecting would have left them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.postgres import server

from feedhub.config.load import load_settings
from feedhub.config.settings import Settings
from feedhub.model.decision import IdentityKey
from feedhub.model.entry import Dating, Entry, Precision
from feedhub.store.entries import NewEntry
from feedhub.store.store import Store
from feedhub.store.stories import NewStory

START = datetime(2026, 1, 1, tzinfo=UTC)


#: the first folder whose hub went into a database
_first: dict[str, Path] = {}


def _database(folder: Path) -> str:
    """Return where a test's hub is, by its folder: each hub of one test has its own database."""
    given = os.environ.get("FEEDHUB_TEST_URL", "")
    if given and _first.setdefault(given, folder) != folder:
        return server().database()
    return given


def configured(folder: Path, more: str = "") -> Settings:
    """Return the settings of a hub with one source."""
    file = folder / "feedhub.toml"
    file.write_text(
        '[hub]\ntitle = "Thử"\nbase_url = "https://hub.example/"\n'
        f'database_url = "{_database(folder)}"\n'
        '[[sources]]\nid = "a"\nname = "Phường A"\nurl = "https://a.example/rss"\n'
        f'place = "Phường A"\ntopics = ["y tế"]\n{more}',
        encoding="utf-8",
    )
    return load_settings(file)


def opened(settings: Settings) -> Store:
    """Open the hub's store."""
    store = Store.open(settings.database_url)
    with store.writing() as tx:
        tx.sources.register(settings.sources, START)
    return store


def told(number: int) -> Entry:
    """Return what the source says in one of its entries."""
    return Entry(
        source_id="a",
        guid=str(number),
        link=f"https://a.example/{number}",
        link_key=f"a.example/{number}",
        title=f"Thông báo số {number}",
        published=Dating(at=START + timedelta(minutes=number), precision=Precision.MINUTE),
        text=f"Lịch tưới hoa số {number}.",
        language="vi",
    )


def add(store: Store, numbers: Sequence[int]) -> None:
    """Put news of one entry each into the store: story ``s<number>``, entry ``e<number>``."""
    now = START + timedelta(minutes=numbers[-1])
    entries = {number: told(number) for number in numbers}
    with store.writing() as tx:
        tx.stories.insert(
            [
                NewStory(
                    id=f"s{number}",
                    lead_id=f"e{number}",
                    published_at=entry.published.at,
                    day=entry.published.at.date().isoformat(),
                    announced=True,
                )
                for number, entry in entries.items()
            ],
            now,
        )
        tx.entries.insert(
            [
                NewEntry(
                    id=f"e{number}",
                    story_id=f"s{number}",
                    entry=entry,
                    keys=(IdentityKey("guid", str(number)),),
                    source_hash="",
                )
                for number, entry in entries.items()
            ],
            now,
        )
