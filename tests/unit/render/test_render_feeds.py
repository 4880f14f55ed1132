"""Feeds: the same entries in all formats, and nothing of feedgen's faults."""

from __future__ import annotations

import json

import feedparser
from tests.unit.render.samples import ALL, CARDS, HUB, stored, story, town

from feedhub.edit.cards import story_card
from feedhub.edit.channels import channel_edition
from feedhub.model.edition import Edition
from feedhub.render.feeds import render_atom, render_json, render_rss


def edition() -> Edition:
    cards = [story_card(story, CARDS) for story in town()]
    return channel_edition(HUB, ALL, cards, "feeds/all")


def test_the_three_formats_hold_the_same_entries_in_the_same_order() -> None:
    atom = feedparser.parse(render_atom(edition()))
    rss = feedparser.parse(render_rss(edition()))
    items = json.loads(render_json(edition()))["items"]
    assert not atom.bozo
    assert not rss.bozo
    tag = "tag:songmay.example,2026:story/"
    expected = [tag + story_id for story_id in ("s7", "s6", "s5", "s3", "s2", "s1")]
    assert [entry.id for entry in atom.entries] == expected
    assert [entry.id for entry in rss.entries] == expected
    assert [item["id"] for item in items] == expected
    assert [entry.link for entry in atom.entries] == [item["url"] for item in items]
    assert [entry.link for entry in rss.entries] == [item["url"] for item in items]


def test_a_reprinted_story_names_its_other_sources() -> None:
    atom = feedparser.parse(render_atom(edition()))
    entry = next(entry for entry in atom.entries if entry.id.endswith("/s2"))
    assert "Nguồn khác" in entry.content[0].value
    assert 'href="https://www.caugo.example/tin?id=12&amp;trang=1"' in entry.content[0].value


def test_rendering_twice_gives_the_same_bytes() -> None:
    for render in (render_atom, render_rss, render_json):
        assert render(edition()) == render(edition())


def test_an_author_is_a_name_and_not_a_mail_address() -> None:
    authors = ("mau@thitran.example (Trần Văn Mẫu)", "x@y.example")
    card = story_card(story(1, stored(1, authors=authors)), CARDS)
    feed = feedparser.parse(render_atom(channel_edition(HUB, ALL, [card], "feeds/all")))
    assert [author.name for author in feed.entries[0].authors] == ["Trần Văn Mẫu"]
