"""What a reader of a slow telephone pays for a full front page."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser
from tests.browser.ground import MORNING, MovingClock, free_port, open_hub, served
from tests.flow.towns import town

from feedhub.demo import PORTALS
from feedhub.demo.showing import showing

STORIES = 100
#: a new source announces its ten newest entries, not its whole past
SOURCES = 10
LIMIT = 60 * 1024


def test_a_full_front_page_fits_in_sixty_kibibytes(browser: Browser, tmp_path: Path) -> None:
    words = [
        word
        for portal in PORTALS
        for shown in showing(portal, MORNING, 0).articles
        for paragraph in shown.paragraphs
        for word in paragraph.split()
    ]

    def some(count: int, of: int) -> str:
        """Words in an order of chance: packs worse than any real text."""
        return " ".join(Random(of).choices(words, k=count))

    with town() as running:
        for town_number in range(SOURCES):
            running.feed(
                f"/{town_number}/rss",
                *(
                    {
                        "title": some(13, n),
                        "link": running.url(f"/{n}"),
                        "guid": running.url(f"/{n}"),
                        "date": format_datetime(MORNING - timedelta(minutes=n)),
                        "text": f"{some(24, n + 1000)}. {some(120, n + 2000)}.",
                    }
                    for n in range(town_number, STORIES, SOURCES)
                ),
            )
        bind = f"127.0.0.1:{free_port()}"
        config = tmp_path / "feedhub.toml"
        config.write_text(
            f'[hub]\ntitle = "Nguyệt Giang hôm nay"\nbase_url = "http://{bind}/"\n'
            f'[serve]\nbind = "{bind}"\n[collect]\nallow_private = ["{running.address}"]\n'
            '[[channels]]\nid = "all"\ntitle = "Tất cả tin"\n'
            + "".join(
                f'[[sources]]\nid = "town{n}"\nname = "Phường Thạch Vân {n}"\n'
                f'place = "Thạch Vân {n}"\nurl = "{running.url(f"/{n}/rss")}"\n'
                for n in range(SOURCES)
            ),
            encoding="utf-8",
        )
        with open_hub(config, MovingClock()) as app:
            app.collect(everything=True)
            with served(app) as base:
                received, shown = visit(browser, base)
    assert shown == STORIES
    assert len(received) >= 2, "the style sheet was not counted"
    assert sum(received) <= LIMIT, received


def visit(browser: Browser, address: str) -> tuple[list[float], int]:
    """Return the bytes of each answer on the wire, heads included, and the stories shown."""
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    received: list[float] = []
    wire.on("Network.loadingFinished", lambda one: received.append(one["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    shown = page.locator("main article, main .river li").count()
    context.close()
    return received, shown
