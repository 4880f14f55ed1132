"""Pages: every kind in every language, from the same values always the same bytes."""

from __future__ import annotations

from lxml import html
from tests.unit.render.site import site, town_pages


def test_every_page_has_its_language_and_one_heading_of_the_first_rank() -> None:
    files = site(town_pages())
    pages = {path: body for path, body in files.items() if path.endswith(".html")}
    assert len(pages) > 40
    for path, body in pages.items():
        page = html.fromstring(body)
        assert page.get("lang") == ("en" if path.startswith("en/") else "vi"), path
        assert len(page.xpath("//h1")) == 1, path


def test_the_site_is_the_same_twice() -> None:
    assert site(town_pages()) == site(town_pages())
