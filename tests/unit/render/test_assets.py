from __future__ import annotations

from pathlib import Path

from feedhub.render.assets import fingerprint


def test_the_fingerprint_follows_what_shapes_the_pages(tmp_path: Path) -> None:
    without = fingerprint(None)
    assert fingerprint(tmp_path) == without
    (tmp_path / "theme.css").write_text(":root { --accent: #060 }")
    coloured = fingerprint(tmp_path)
    (tmp_path / "front.html").write_text("{% extends 'base.html' %}")
    templated = fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("not a template")
    assert len({without, coloured, templated}) == 3
    assert fingerprint(tmp_path) == templated
