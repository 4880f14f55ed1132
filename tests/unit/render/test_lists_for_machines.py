"""OPML, sitemap and robots.txt."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.unit.render import garbage
from tests.unit.render.samples import HUB, NOON

from feedhub.render.opml import OpmlFeed, render_opml
from feedhub.render.sitemap import (
    SitemapPage,
    render_robots,
    render_sitemap,
    render_sitemap_index,
)

S = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_opml_lists_the_feeds_in_groups_and_in_order() -> None:
    feeds = [
        OpmlFeed(title="Báo B", url="https://b.example/feed", group="Báo", language="vi"),
        OpmlFeed(title="Cổng C", url="https://c.example/tin", kind="link"),
        OpmlFeed(title="Báo A", url="https://a.example/rss", home="https://a.example", group="Báo"),
        OpmlFeed(title="bad", url="javascript:x"),
    ]
    root = etree.fromstring(render_opml(HUB, feeds, "Nguồn tin"))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Nguồn tin"
    assert root.find("head/dateModified") is None  # nobody knows when the config was changed
    outlines = root.findall(".//outline[@type]")
    assert [outline.get("text") for outline in outlines] == ["Cổng C", "Báo A", "Báo B"]
    assert outlines[0].get("url") == "https://c.example/tin"
    assert outlines[1].get("xmlUrl") == "https://a.example/rss"
    assert outlines[1].get("htmlUrl") == "https://a.example/"
    assert outlines[2].get("language") == "vi"
    assert [group.get("text") for group in root.findall("body/outline[outline]")] == ["Báo"]


@given(
    st.lists(
        st.builds(
            OpmlFeed,
            title=garbage.words,
            url=garbage.addresses,
            home=garbage.addresses,
            group=garbage.words,
            description=garbage.words,
            language=garbage.languages,
        ),
        max_size=5,
    )
)
def test_opml_of_garbage_is_whole_and_every_outline_has_its_text(feeds: list[OpmlFeed]) -> None:
    root = etree.fromstring(render_opml(HUB, feeds))
    for outline in root.iter("outline"):
        assert (outline.get("text") or "").strip()
        if outline.get("type"):
            assert (outline.get("xmlUrl") or "").startswith("http")


def test_a_sitemap_names_each_page_in_each_language() -> None:
    root = etree.fromstring(
        render_sitemap(HUB, [SitemapPage(path=""), SitemapPage(path="stories/s1/", changed=NOON)])
    )
    assert root.xpath("//s:loc/text()", namespaces=S) == [
        "https://songmay.example/",
        "https://songmay.example/en/",
        "https://songmay.example/stories/s1/",
        "https://songmay.example/en/stories/s1/",
    ]
    assert root.xpath("//s:lastmod/text()", namespaces=S) == ["2026-11-20T05:00:00Z"] * 2
    assert len(root.xpath("//x:link[@hreflang='vi']", namespaces=S)) == 4


def test_an_index_names_its_sitemaps() -> None:
    root = etree.fromstring(render_sitemap_index(HUB, ["sitemap-1.xml", "sitemap-2.xml"]))
    assert root.xpath("//s:loc/text()", namespaces=S)[1] == "https://songmay.example/sitemap-2.xml"


def test_robots_may_read_everything_but_searches() -> None:
    rules = RobotFileParser()
    rules.parse(render_robots(HUB).decode().splitlines())
    assert rules.can_fetch("AnyBot", "https://songmay.example/stories/s1/")
    assert not rules.can_fetch("AnyBot", "https://songmay.example/search/?q=x")
    assert not rules.can_fetch("AnyBot", "https://songmay.example/en/search/?q=x")
    assert rules.site_maps() == ["https://songmay.example/sitemap.xml"]
