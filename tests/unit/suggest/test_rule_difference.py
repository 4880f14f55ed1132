"""Before and after a new rule."""

from __future__ import annotations

from feedhub.suggest.difference import Known, difference
from feedhub.text.rows import Row
from feedhub.text.stretches import Stretch

HERE = Stretch(0, 0, 1, 0, 1)


def row(url: str, title: str) -> Row:
    return Row(stretch=HERE, link=url, url=url, title=title)


def known(link: str, title: str) -> Known:
    return Known(link=link, title=title)


def test_entries_are_kept_moved_lost_or_new() -> None:
    before = [
        known("http://xa.example.vn/?tc=1&gd=4", "Họp dân"),
        known("https://xa.example.vn/?tc=2", "Khai mạc lễ hội tại Thuỷ Phù"),
        known("https://xa.example.vn/?tc=3", "Tin đã gỡ"),
    ]
    after = [
        row("https://www.xa.example.vn/?gd=9&tc=1", "Họp dân"),
        row("https://xa.example.vn/tin/le-hoi-2.html", "Khai mạc lễ hội tại Thủy Phù"),
        row("https://xa.example.vn/tin/moi-4.html", "Tin mới"),
    ]
    result = difference(before, after, identity=("tc",))
    assert result.kept == (before[0],)
    assert result.moved == ((before[1], after[1]),)
    assert result.lost == (before[2],)
    assert result.new == (after[2],)


def test_a_title_that_two_new_rows_share_moves_nothing() -> None:
    before = [known("https://xa.example.vn/1", "Thông báo")]
    after = [
        row("https://xa.example.vn/a", "Thông báo"),
        row("https://xa.example.vn/b", "Thông báo"),
    ]
    result = difference(before, after)
    assert result.lost == tuple(before)
    assert result.new == tuple(after)
