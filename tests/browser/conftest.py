"""One hub and one browser for all tests here; tests/conftest.py keeps them in one process.

Playwright's loop lives in the thread that started it, where no other asyncio loop could then run:
so the browser ends with each module, while the hub stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.desk import desk_pages, later
from tests.browser.ground import Site, chromium, running_demo


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo hub, collected twice and published, with a reader at its desk."""
    with running_demo(tmp_path_factory.mktemp("browser")) as running:
        with later(running) as app:
            desk = desk_pages(app)
        yield replace(running, pages=running.pages | desk)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page as most tests want it: with scripts off."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(5_000)
    yield context.new_page()
    context.close()
