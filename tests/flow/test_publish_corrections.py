"""The corrections' feeds are found where people look for them."""

from __future__ import annotations

from pathlib import Path

from tests.flow.stocked import START, add, configured, opened

from feedhub.deliver.files import PublishedFolder
from feedhub.flow.publishing.publish import publish


def test_corrections_stand_below_feeds_and_beside_their_page(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    store = opened(settings)
    add(store, [1])
    publish(settings, store, PublishedFolder(settings.publish_dir), START)
    root = settings.publish_dir
    for suffix in ("atom", "rss", "json"):
        beside = (root / f"corrections.{suffix}").read_bytes()
        assert beside == (root / f"feeds/corrections.{suffix}").read_bytes()
    assert (root / "corrections/index.html").is_file()
    listed = (root / "feeds/index.html").read_text(encoding="utf-8")
    assert "feeds/corrections.atom" in listed
    assert "statistics/" in listed
    store.close()
