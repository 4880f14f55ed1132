"""Takes the pictures of docs/screenshots from the demo hub: ``make screenshots``.

Needs a Chromium. The demo's clock is set to one morning, so pictures change only with the pages.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright
from tests.browser.desk import desk_pages, later
from tests.browser.ground import chromium, running_demo

FOLDER = Path(__file__).parent / "screenshots"
_Scheme = Literal["light", "dark"]
#: stands for the daily digest by mail
LETTER = "letter"
#: stands for the form where people sign up
SUBSCRIBE = "subscribe"
#: name, type of page, scheme, width and height in CSS pixels
PICTURES: tuple[tuple[str, str, _Scheme, int, int], ...] = (
    ("front", "front", "light", 1280, 1000),
    ("front-dark", "front", "dark", 1280, 1000),
    ("front-phone", "front", "light", 390, 844),
    ("story", "story", "light", 1280, 1000),
    ("history", "story with history", "light", 1280, 1000),
    ("calendar", "calendar", "light", 1280, 640),
    ("status", "status", "light", 1280, 800),
    ("search", "search results", "light", 1280, 900),
    ("digest", "digest", "light", 1280, 900),
    ("digests", "digests", "light", 1280, 700),
    ("subscribe", SUBSCRIBE, "light", 1280, 1340),
    ("statistics", "statistics", "light", 1280, 900),
    ("withdrawn", "withdrawn story", "dark", 1280, 800),
    ("topic", "topic", "light", 390, 844),
    ("missing", "missing page", "light", 1280, 520),
    ("sign-up", "sign up", "light", 1280, 1240),
    ("sign-up-phone", "sign up in English", "dark", 390, 844),
    ("mail", LETTER, "light", 600, 1100),
    ("mail-dark", LETTER, "dark", 600, 1100),
    ("mail-phone", LETTER, "light", 360, 780),
    ("mail-phone-dark", LETTER, "dark", 360, 780),
)


def main() -> None:
    """Write every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        with later(site) as app:
            site.pages.update(desk_pages(app))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, kind, scheme, width, height in PICTURES:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            special = {LETTER: site.letter.as_uri(), SUBSCRIBE: site.base + SUBSCRIBE}
            page.goto(special.get(kind) or site.url(kind))
            if name == "history":
                page.locator("#history").scroll_into_view_if_needed()
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        page = browser.new_page(viewport={"width": 794, "height": 1000})
        page.emulate_media(media="print")
        page.goto(site.url("story"))
        page.screenshot(path=FOLDER / "print.png")
        browser.close()


if __name__ == "__main__":
    main()
