"""A demo hub in its own folder, collected twice, published and served, for a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedhub.app import App
from feedhub.clock import Clock, ShiftedClock
from feedhub.config.load import load_settings
from feedhub.web.audience import Audience
from feedhub.web.demo import portals_app
from feedhub.web.desk import desk_apps
from feedhub.web.hub import HubPages
from feedhub.web.server import WebServer
from feedhub.web.site import build_site

PROJECT = Path(__file__).resolve().parents[2]
DEMO_CONFIG = PROJECT / "config" / "demo"
#: what the demo's portals change within this time: news, a correction, a withdrawal
WHILE = timedelta(minutes=45)

#: when its daily digest is due, by the demo's own clocks
DIGEST_AT = "10:30"

#: ten o'clock in the demo's city
MORNING = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def missing(what: str, package: str) -> None:
    """Skip, naming the package that would help; fail where nothing may be skipped (CI)."""
    told = f"needs {what}: install {package}"
    if os.environ.get("FEEDHUB_TESTS_COMPLETE"):
        pytest.fail(told)
    pytest.skip(told)


def chromium() -> str:
    """Return the path of a browser of this machine, or skip."""
    for name in (os.environ.get("CHROME_PATH", ""), *_BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    missing("a browser", "Debian's package chromium")
    raise AssertionError("unreachable")


def node_tool(path: str) -> Path:
    """Return a file of ``node_modules``, or skip."""
    if shutil.which("node") is None:
        missing("Node.js", "Debian's packages nodejs and npm")
    found = PROJECT / "node_modules" / path
    if not found.exists():
        missing(path, 'the page checkers with "npm ci --ignore-scripts" (make test does so)')
    return found


class MovingClock(ShiftedClock):
    """A clock that starts in the morning of one day, whenever the test runs, and can be set on."""

    def __init__(self) -> None:
        super().__init__(MORNING)
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + self.ahead


@dataclass(frozen=True)
class Site:
    """A running hub: its address, its folder, and the page of every type by name."""

    base: str
    folder: Path
    pages: dict[str, str]

    @property
    def public(self) -> Path:
        """The published folder."""
        return self.folder / "config" / "var" / "public"

    @property
    def letter(self) -> Path:
        """The daily digest as it was mailed: its HTML part."""
        return self.folder / "letter.html"

    def url(self, name: str) -> str:
        """Return the full address of a type of page."""
        return self.base + self.pages[name]


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def demo_config(folder: Path, hub: int, portals: int) -> Path:
    """Write the demo's own config into ``folder``, with other ports."""
    shutil.copytree(DEMO_CONFIG, folder, ignore=shutil.ignore_patterns("var"))
    for path in folder.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{hub}")
        path.write_text(text.replace("127.0.0.1:8001", f"127.0.0.1:{portals}"), encoding="utf-8")
    main = folder / "feedhub.toml"
    with main.open("a", encoding="utf-8") as file:
        # one that is due between the two collections, and one that is not
        file.write(f'\n[[digests]]\nid = "daily"\nat = "{DIGEST_AT}"\n')
        file.write('\n[[digests]]\nid = "weekly"\nevery = "week"\n')
    return main


@contextmanager
def open_hub(config: Path, clock: Clock) -> Iterator[App]:
    """Open the hub of a config, with a database in its newest shape."""
    app = App(load_settings(config), clock)
    try:
        app.migrate()
        app.register()
        yield app
    finally:
        app.close()


@contextmanager
def served(app: App) -> Iterator[str]:
    """Publish a hub and serve it at its base URL."""
    app.publish()
    audience = Audience()
    pages = HubPages(app, audience)
    site = build_site(
        app.settings.publish_dir,
        pages,
        clock=app.clock,
        audience=audience,
        further=desk_apps(pages, app.clock),
    )
    web = WebServer(site)
    try:
        web.start(app.settings.serve.bind)
        yield app.settings.hub.base_url
    finally:
        web.stop()


@contextmanager
def running_demo(folder: Path) -> Iterator[Site]:
    """Run a demo hub that has seen its portals twice, 45 minutes apart."""
    port, portals_port = free_port(), free_port()
    clock = MovingClock()
    portals = WebServer(portals_app(clock, clock.now()), name="portals")
    with open_hub(demo_config(folder / "config", port, portals_port), clock) as app:
        try:
            portals.start(f"127.0.0.1:{portals_port}")
            app.mail()
            app.collect(everything=True)
            clock.ahead += WHILE
            app.collect(everything=True)
            (preview,) = app.previews("daily", "")
            (folder / "letter.html").write_text(preview.letter.html, encoding="utf-8")
            app.mail()
            with served(app) as base:
                yield Site(base, folder, page_types(app.settings.publish_dir))
        finally:
            portals.stop()


def page_types(public: Path) -> dict[str, str]:
    """Return an address for every type of page, below the base URL."""
    stories = {
        path.parent.name: path.read_text(encoding="utf-8")
        for path in sorted((public / "stories").glob("*/index.html"))
    }
    days = sorted((public / "archive").glob("*/*/*/index.html"))

    def story(*marks: str) -> str:
        return next(
            f"stories/{name}/"
            for name, text in stories.items()
            if all(re.search(mark, text) for mark in marks)
        )

    return {
        "front": "",
        "front in English": "en/",
        "story": story(r'id="printings".*Mọi nguồn'),
        "story with history": story('href="#history"', "<ins", "<h1>"),
        "story in English": "en/" + story('lang="en"'),
        "withdrawn story": story("đã gỡ"),
        "day": f"{days[-2].parent.relative_to(public).as_posix()}/",
        "calendar": "archive/",
        "source": "sources/nguyet-giang/",
        "sources": "sources/",
        "place": "places/thach-van/",
        "places": "places/",
        "topic": "topics/van-hoa/",
        "topics": "topics/",
        "corrections": "corrections/",
        "digests": "digests/",
        "digest": "digests/daily/2026-11-23/",
        "digest in English": "en/digests/daily/2026-11-23/",
        "feeds": "feeds/",
        "status": "status/",
        "statistics": "statistics/",
        "missing page": "stories/nowhere/",
        "missing page in English": "en/nowhere/",
        "search": "search/",
        "search results": "search/?q=cau",
        "search without results": "search/?q=qqzzqq",
    }
