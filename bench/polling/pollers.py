"""Who polls: the hub, and the yardsticks beside it. Each works in a folder of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

__all__ = ["FeedHub", "Naive", "Poller", "Reader", "Sfeed"]

_HERE = Path(__file__).parent
_SOURCES = _HERE.parents[1] / "src"


class Poller:
    """Somebody who polls: ``name``, and ``modes`` that are worth the wait ("" for all)."""

    name = ""
    #: "same" and "restamped" cost those that parse everything again what "cold" costs
    modes: Sequence[str] = ()

    def __init__(self, folder: Path, urls: Sequence[str]) -> None:
        self.folder = folder / self.name
        self.folder.mkdir(parents=True)
        self.urls = urls
        self.rounds = 0
        (self.folder / "urls").write_text("\n".join(urls), encoding="ascii")

    def missing(self) -> str:
        """Make ready; say what is missing where that cannot be."""
        return ""

    def command(self) -> list[str]:
        """Return the command that polls every feed once."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the command's environment."""
        return {"HOME": str(self.folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def stored(self) -> Counter[int]:
        """Return how many entries of each feed are stored, by the feed's number."""
        raise NotImplementedError

    def remark(self) -> str:
        """Say what else is to be said of what was stored."""
        return ""


def _by_feed(database: Path, query: str) -> Counter[int]:
    base = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return Counter({_number(url): count for url, count in base.execute(query)})
    finally:
        base.close()


def _number(address: str) -> int:
    return int(address.rpartition("/")[2].removesuffix(".xml"))


class FeedHub(Poller):
    """The hub as it is shipped: identity, duplicates across sources, sanitising, history, search.

    Its politeness is set to what the others have, none: two seconds between two requests to one
    host would measure nothing but that. Its clock stands where the feeds were written, and moves
    on an hour from poll to poll.
    """

    name = "feedhub"

    def missing(self) -> str:
        """Write the config."""
        lines = [
            f'[hub]\ntitle = "Bench"\ndata_dir = "{self.folder / "var"}"',
            '[collect]\nper_host = 50\nper_host_gap = "0s"\nallow_private = ["127.0.0.1"]',
        ]
        lines += [
            f'[[sources]]\nid = "t{_number(url)}"\nname = "Town {_number(url)}"\nurl = "{url}"'
            for url in self.urls
        ]
        (self.folder / "feedhub.toml").write_text("\n".join(lines), encoding="utf-8")
        return ""

    def command(self) -> list[str]:
        """One whole process, as cron would start it."""
        self.rounds += 1
        now = f"2026-03-01T{6 + self.rounds:02}:00:00Z"
        config = str(self.folder / "feedhub.toml")
        hub = [sys.executable, "-m", "feedhub", "-c", config, "--now", now]
        return [*hub, "collect", "--all", "--json"]

    def environment(self) -> dict[str, str]:
        """Find the sources."""
        return super().environment() | {"PYTHONPATH": str(_SOURCES)}

    def stored(self) -> Counter[int]:
        """Count by source; its id is the feed's number behind a letter."""
        query = "SELECT replace(source_id, 't', ''), count(*) FROM entries GROUP BY source_id"
        return _by_feed(self._database, query)

    @property
    def _database(self) -> Path:
        return self.folder / "var" / "feedhub.sqlite3"

    def remark(self) -> str:
        """Count the stories, which tells that reprints were found, and the bytes on disk."""
        base = sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)
        query = "SELECT count(*) FROM stories WHERE merged_into IS NULL"
        ((stories,),) = base.execute(query).fetchall()
        base.close()
        return f"{stories:,} stories, {self._database.stat().st_size / 1e6:.0f} MB"


class Naive(Poller):
    """``naive.py``: httpx, feedparser, sqlite3."""

    name = "naive"
    modes = ("cold", "304", "changed")

    def command(self) -> list[str]:
        """Run the loop."""
        files = [str(self.folder / "naive.db"), str(self.folder / "urls")]
        return [sys.executable, str(_HERE / "naive.py"), *files]

    def stored(self) -> Counter[int]:
        """Count by feed."""
        query = "SELECT url, count(*) FROM entries GROUP BY url"
        return _by_feed(self.folder / "naive.db", query)


class Reader(Poller):
    """PyPI's ``reader``, in a virtual environment made for it from ``reader.txt``."""

    name = "reader"
    modes = ("cold", "304", "changed")

    def missing(self) -> str:
        """Install it."""
        venv.create(self.folder / "venv", with_pip=True)
        pip = [str(self._python), "-m", "pip", "install", "--quiet", "--require-hashes"]
        options = ["--disable-pip-version-check", "--no-input", "-r", str(_HERE / "reader.txt")]
        done = subprocess.run([*pip, *options], capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else f"pip cannot install it: {done.stderr[-200:]}"

    @property
    def _python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def command(self) -> list[str]:
        """Run the update of all feeds."""
        files = [str(self.folder / "reader.db"), str(self.folder / "urls")]
        return [str(self._python), str(_HERE / "with_reader.py"), *files]

    def stored(self) -> Counter[int]:
        """Count by feed."""
        query = "SELECT feed, count(*) FROM entries GROUP BY feed"
        return _by_feed(self.folder / "reader.db", query)


#: the manual's own way to keep validators ("Caching, incremental data updates")
_SFEEDRC = """\
sfeedpath="$HOME/feeds"
fetch() {{
	etag="$HOME/etags/$1"
	curl -L --max-redirs 0 -H "User-Agent:" -f -s -m 15 \\
		--etag-save "$etag" --etag-compare "$etag" "$2" 2>/dev/null
}}
feeds() {{
{feeds}
}}
"""


class Sfeed(Poller):
    """Debian's ``sfeed``: C programs behind a shell script, eight feeds at a time."""

    name = "sfeed"

    def missing(self) -> str:
        """Write its configuration."""
        for program in ("sfeed_update", "curl"):
            if shutil.which(program) is None:
                return f"there is no {program} (Debian: apt-get install sfeed curl)"
        for name in ("feeds", "etags"):
            (self.folder / name).mkdir()
        feeds = "\n".join(f"\tfeed '{_number(url)}' '{url}'" for url in self.urls)
        rc = _SFEEDRC.format(feeds=feeds)
        (self.folder / "sfeedrc").write_text(rc, encoding="ascii")
        return ""

    def command(self) -> list[str]:
        """Run the update."""
        return ["sfeed_update", str(self.folder / "sfeedrc")]

    def stored(self) -> Counter[int]:
        """Count the lines of each feed's file."""
        files = (self.folder / "feeds").iterdir()
        return Counter({int(file.name): file.read_bytes().count(b"\n") for file in files})
