"""Loopback towns and the real command, for the tests of this folder."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg

SOURCE_FOLDER = Path(__file__).resolve().parents[2] / "src"


@dataclass
class Page:
    """What a town answers at one path."""

    body: bytes = b""
    content_type: str = "application/rss+xml"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Town:
    """A small web server on a free loopback port; ``pages`` may be changed while it runs."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        town = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                town.asked.append(self.path)
                page = town.pages.get(self.path, Page(b"no such page", "text/plain", 404))
                self.send_response(page.status)
                if page.content_type:
                    self.send_header("Content-Type", page.content_type)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{self.address}{path}"

    def feed(self, path: str, *entries: Mapping[str, str], title: str = "Town") -> None:
        """Answer a path with an RSS feed of these entries: title, link, guid, date, text."""
        rows = "".join(
            "<item>"
            + "".join(
                f"<{tag}>{entry[name]}</{tag}>"
                for name, tag in (
                    ("title", "title"),
                    ("link", "link"),
                    ("guid", "guid"),
                    ("date", "pubDate"),
                    ("text", "description"),
                )
                if name in entry
            )
            + "</item>"
            for entry in entries
        )
        body = f'<rss version="2.0"><channel><title>{title}</title>{rows}</channel></rss>'
        self.pages[path] = Page(body.encode())

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def town() -> Iterator[Town]:
    """Run a town while the block runs."""
    running = Town()
    try:
        yield running
    finally:
        running.close()


class Hub:
    """A hub in a folder of its own, driven by the real command."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.database = database
        self.config = folder / "feedhub.toml"
        self.public = folder / "var" / "public"

    def configure(self, sources: str, *, private: str, more: str = "") -> None:
        """Write the config; ``private`` is the towns' address."""
        self.config.write_text(
            '[hub]\ntitle = "Thử"\ncontact = "mailto:t@example.org"\n'
            f'database_url = "{self.database}"\n'
            f'[collect]\nper_host_gap = "0s"\nper_host = 16\nallow_private = ["{private}"]\n'
            f"{more}\n{sources}",
            encoding="utf-8",
        )

    def command(self, *arguments: str) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-m", "feedhub", "-c", str(self.config), *arguments]

    def run(
        self, *arguments: str, stdin: str | None = None, ok: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; with ``ok`` it must succeed."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            env=environment(),
            cwd=self.folder,
        )
        if ok:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def json(self, *arguments: str, ok: bool = True) -> dict[str, Any]:
        """Run the command and read the JSON it prints."""
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json", ok=ok).stdout)
        return found

    def collected(self, *arguments: str, ok: bool = True) -> dict[str, dict[str, Any]]:
        """Collect and return what was said of each source."""
        report = self.json("collect", *arguments, ok=ok)
        return {row["source"]: row for row in report["sources"]}

    def stories(self, channel: str = "all") -> list[dict[str, Any]]:
        """Return the stories of a published JSON feed."""
        feed = json.loads((self.public / "feeds" / f"{channel}.json").read_bytes())
        items: list[dict[str, Any]] = feed["items"]
        return items

    def column(self, query: str) -> list[Any]:
        """Return the first column of a query: for what no page and no command shows."""
        if self.database:
            with closing(psycopg.connect(self.database)) as connection:
                return [row[0] for row in connection.execute(query.encode())]
        with closing(sqlite3.connect(self.folder / "var" / "feedhub.sqlite3")) as connection:
            return [row[0] for row in connection.execute(query)]

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Return every published file with its change time and content."""
        return {
            str(path.relative_to(self.public)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.public.rglob("*"))
            if path.is_file() and ".feedhub" not in path.parts
        }


def environment() -> dict[str, str]:
    """Return the environment of a command under test."""
    return {**os.environ, "PYTHONPATH": str(SOURCE_FOLDER), "PYTHONWARNINGS": "default"}
