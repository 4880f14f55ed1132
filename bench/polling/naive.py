"""The plain loop that most would write first: httpx, feedparser, sqlite3, all with defaults.

``naive.py DATABASE URLS``: asks with the validators it holds, parses, inserts or updates each entry
by its id, commits after each feed. No duplicates across feeds, no cleaning, no history.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path

import feedparser
import httpx

IN_FLIGHT = 50
TRIES = 5


def keep(base: sqlite3.Connection, url: str, answer: httpx.Response) -> None:
    """Store one answer."""
    base.execute(
        "INSERT INTO feeds VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET etag = excluded.etag",
        (url, answer.headers.get("etag", "")),
    )
    for entry in feedparser.parse(answer.content).entries:
        content = entry.content[0].value if "content" in entry else ""
        said = (entry.title, entry.link, entry.published, entry.get("summary", ""), content)
        found = base.execute("SELECT 1 FROM entries WHERE url = ? AND id = ?", (url, entry.id))
        if found.fetchone() is None:
            base.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", (url, entry.id, *said))
        else:
            base.execute(
                "UPDATE entries SET title = ?, link = ?, published = ?, summary = ?, content = ?"
                " WHERE url = ? AND id = ?",
                (*said, url, entry.id),
            )
    base.commit()


async def poll(base: sqlite3.Connection, urls: list[str]) -> None:
    """Ask for every feed once."""
    tags = dict(base.execute("SELECT url, etag FROM feeds WHERE etag <> ''"))
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one(client: httpx.AsyncClient, url: str) -> None:
        async with slots:
            headers = {"If-None-Match": tags[url]} if url in tags else {}
            for _ in range(TRIES):  # its pool breaks requests off now and then
                try:
                    answer = await client.get(url, headers=headers)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    keep(base, url, answer)
                return

    async with httpx.AsyncClient(trust_env=False) as client:
        await asyncio.gather(*(one(client, url) for url in urls))


def main() -> None:
    """Open the database and poll."""
    base = sqlite3.connect(sys.argv[1])
    base.executescript(
        "CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT);"
        "CREATE TABLE IF NOT EXISTS entries (url TEXT, id TEXT, title TEXT, link TEXT,"
        " published TEXT, summary TEXT, content TEXT, PRIMARY KEY (url, id));"
    )
    asyncio.run(poll(base, Path(sys.argv[2]).read_text(encoding="ascii").split()))
    base.close()


if __name__ == "__main__":
    main()
