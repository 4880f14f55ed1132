"""The front page and a story in both languages, and the lists for machines, byte for byte.

The style sheet's checksum in a page's head is left out, or every change of a colour would show.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.unit.render.samples import HUB, NOON, SOURCES
from tests.unit.render.site import town_cards, town_pages

from feedhub.edit.pages import front_page
from feedhub.model import addresses as at
from feedhub.render.opml import OpmlFeed, render_opml
from feedhub.render.sitemap import SitemapPage, render_robots, render_sitemap

FILES = Path(__file__).parent / "pages"
_CHECKSUM = re.compile(rb"site\.[0-9a-f]{12}\.css")


def files() -> dict[str, bytes]:
    """The published bytes by the name of their golden file."""
    pages, cards = town_pages(), town_cards()
    made = {
        "sitemap.xml": render_sitemap(
            HUB, [SitemapPage(path=at.FRONT), SitemapPage(path=at.ARCHIVE, changed=NOON)]
        ),
        "robots.txt": render_robots(HUB),
        "opml.xml": render_opml(
            HUB,
            [
                OpmlFeed(title=one.name, url=one.url, group=one.place, language=one.language)
                for one in SOURCES.values()
            ],
        ),
    }
    for code in pages.languages:
        front = pages.front(front_page(cards, HUB.timezone), code)
        made[f"front.{code}.html"] = front
        made[f"story.{code}.html"] = pages.story(cards[2], code)
    return {name: _CHECKSUM.sub(b"site.css", body) for name, body in made.items()}


@pytest.mark.parametrize("name", sorted(files()))
def test_page_is_as_agreed(name: str) -> None:
    file = FILES / name
    if os.environ.get("FEEDHUB_GOLDEN") == "rewrite":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(files()[name])
    assert files()[name] == file.read_bytes()
