"""Takes the pictures of docs/screenshots from the demo hub: ``make screenshots``.

Needs a Chromium. The demo's clock is set to one morning, so pictures change only with the pages.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright
from tests.browser.ground import chromium, running_demo

FOLDER = Path(__file__).parent / "screenshots"
_Scheme = Literal["light", "dark"]
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
)


def main() -> None:
    """Write every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, kind, scheme, width, height in PICTURES:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(site.url(kind))
            if name == "history":
                page.locator("#history").scroll_into_view_if_needed()
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
