from __future__ import annotations

import os
from pathlib import Path

from feedhub.web.snapshots import Snapshots

NOW = 2_000_000_000.0


def snapshots(root: Path, limit: int) -> Snapshots:
    return Snapshots(root, lambda: NOW, limit=limit)


def test_memory_is_bounded_and_the_unused_go_first(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.txt").write_bytes(b"%d" % number * 10_000)
    kept = snapshots(tmp_path, 100_000)
    first = kept.get("/0.txt")
    assert first is not None
    for number in range(1, 20):
        assert kept.get(f"/{number}.txt") is not None
        assert kept.get("/0.txt") is first  # asked for all the time, so it stays
        assert kept.used <= 100_000
    assert kept.get("/1.txt") is not None


def test_packed_content_counts_too(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(os.urandom(30_000))
    (tmp_path / "b.html").write_bytes(os.urandom(30_000))
    kept = snapshots(tmp_path, 100_000)
    one, two = kept.get("/a.html"), kept.get("/b.html")
    assert one is not None
    assert two is not None
    before = kept.used
    two.variant("gzip")
    kept.account(two)
    assert kept.used > before + 29_000
    two.variant("br")
    kept.account(two)
    assert kept.used <= 100_000
    assert kept.get("/a.html") is not one  # it had to go


def test_a_file_larger_than_the_memory_is_served_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(50_000))
    kept = snapshots(tmp_path, 10_000)
    found = kept.get("/a.bin")
    assert found is not None
    assert len(found.body) == 50_000
    assert kept.used == 0


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    full = tmp_path / "a.txt"
    full.write_bytes(b"one")
    kept = snapshots(tmp_path, 100_000)
    first = kept.get("/a.txt")
    assert kept.get("/a.txt") is first
    beside = tmp_path / "new"
    beside.write_bytes(b"two")
    stamp = full.stat().st_mtime_ns
    os.utime(beside, ns=(stamp, stamp))  # the same size and time: only the inode tells
    beside.replace(full)
    second = kept.get("/a.txt")
    assert second is not None
    assert second.body == b"two"
    full.unlink()
    assert kept.get("/a.txt") is None
    assert kept.used == 0


def test_tags_differ_by_content_and_coding_and_need_no_packing(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"a" * 5000)
    (tmp_path / "b.html").write_bytes(b"b" * 5000)
    kept = snapshots(tmp_path, 1 << 20)
    tags = set()
    for name in ("/a.html", "/b.html"):
        found = kept.get(name)
        assert found is not None
        tags |= {found.etag(coding) for coding in ("identity", "gzip", "br")}
        assert not found.ready("br")
        assert found.variant("br").etag == found.etag("br")
    assert len(tags) == 6
