"""What the serving tests share: the files of a small site, and raw questions to its server."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli

from feedhub.web import Health

ATOM = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">%s</feed>' % (
    "<title>Tin tức</title>".encode() * 80
)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel>%s</channel></rss>' % (
    "<title>Tin tức</title>".encode() * 80
)
JSON = b'{"version":"https://jsonfeed.org/version/1.1","title":"%s"}' % (b"tin " * 300)
PAGE = b"<!doctype html><html lang=vi><title>Tin</title>" + "<p>Thông báo</p>".encode() * 100
FILES = {
    "index.html": PAGE,
    "en/index.html": b"<!doctype html><title>News</title>",
    "feeds/index.html": b"<!doctype html><title>Feeds</title>",
    "feeds/all.atom": ATOM,
    "feeds/all.rss": RSS,
    "feeds/all.json": JSON,
    "feeds/all/archive/1.atom": ATOM,
    "static/site.0123abcd.css": b"p { color: black }\n" * 60,
    "static/plain.css": b"p { color: black }\n",
    "opml.xml": b'<?xml version="1.0"?><opml version="2.0"></opml>',
    "sitemap.xml": b'<?xml version="1.0"?><urlset/>',
    "robots.txt": b"User-agent: *\nAllow: /\n",
    "stories/abc/index.html": b"<!doctype html><title>abc</title>",
    "stories/abc/data.json": b'{"plain": "json"}',
    "digits.txt": b"0123456789",
    "empty.txt": b"",
    "photo.png": b"\x89PNG" + bytes(range(256)) * 8,
    "icon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "tin-tức/index.html": b"<!doctype html><title>t</title>",
    "a b&c.html": b"<!doctype html><title>space</title>",
    "unknown.kind": b"bytes",
    ".well-known/security.txt": b"Contact: mailto:a@example.org\n",
    "stories/gone/index.html": b"to be removed",
    "feeds/gone.atom": ATOM,
}


class StillLife:
    """Live pages with known answers."""

    healthy = True

    def status_page(self, language: str) -> bytes:
        return f"<!doctype html><title>status {language}</title>".encode()

    def pulls_page(self, language: str, source_id: str) -> bytes | None:
        return f"<!doctype html><title>pulls {source_id}</title>".encode() if source_id else None

    def search_page(self, language: str, query: Mapping[str, str]) -> bytes:
        if query.get("q") == "crash":
            raise RuntimeError("a bug")
        return f"{language} {sorted(query.items())}".encode()

    def search_feed(self, suffix: str, query: Mapping[str, str]) -> bytes | None:
        if "q" not in query:
            return None
        if suffix == "json":
            return b'{"version": "https://jsonfeed.org/version/1.1"}'
        root = {"atom": b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "rss": b"<rss/>"}
        return root[suffix]

    def health(self) -> Health:
        return Health(True, {"uptime": 1})

    def ready(self) -> Health:
        return Health(self.healthy, {"why": "chưa sẵn sàng"})

    def metrics_text(self) -> str:
        return "feedhub_entries 3\n"


@dataclass
class Reply:
    """One answer, as it came over the wire."""

    status: int
    reason: str
    fields: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) == 1, f"{name} came {len(values)} times"
        return values[0]

    def get(self, name: str) -> str | None:
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    def opened(self) -> bytes:
        """The body without its content coding."""
        coding = self.get("content-encoding")
        if coding == "br":
            return bytes(brotli.decompress(self.body))
        return gzip.decompress(self.body) if coding == "gzip" else self.body


def read_reply(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, status, reason = first.split(" ", 2)
    fields = [(name.lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines)]
    return Reply(int(status), reason, fields, body)


class Site:
    """Speaks to one server."""

    def __init__(self, address: str, root: Path, *, quick: bool = False) -> None:
        host, _, port = address.rpartition(":")
        self.place = (host, int(port))
        self.address = address
        self.root = root
        self.brotli = True
        #: ask on a connection that stays, so simple requests take the quick lane
        self.quick = quick

    def send(self, data: bytes, *, timeout: float = 10.0) -> bytes:
        """Send bytes, return everything until the server closes."""
        with socket.create_connection(self.place, timeout=timeout) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def _on_a_connection_that_stays(self, head: str, method: str) -> Reply:
        with socket.create_connection(self.place, timeout=10) as connection:
            connection.sendall(head.encode("latin-1"))
            data = b""
            while b"\r\n\r\n" not in data:
                got = connection.recv(65536)
                assert got, "closed before the head was complete"
                data += got
            reply = read_reply(data)
            bodiless = method == "HEAD" or reply.status in {204, 304}
            size = 0 if bodiless else int(reply["content-length"])
            while len(reply.body) < size:
                got = connection.recv(65536)
                assert got, "closed before the body was complete"
                reply.body += got
            return reply

    def ask(
        self,
        target: str,
        *fields: tuple[str, str],
        method: str = "GET",
        host: str = "",
        **named: str,
    ) -> Reply:
        """One request; header fields as pairs or as names with underscores."""
        pairs = [*fields, *((name.replace("_", "-"), value) for name, value in named.items())]
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or self.address}"]
        lines += [f"{name}: {value}" for name, value in pairs]
        if self.quick:
            reply = self._on_a_connection_that_stays("\r\n".join([*lines, "", ""]), method)
        else:
            head = "\r\n".join([*lines, "Connection: close", "", ""])
            reply = read_reply(self.send(head.encode("latin-1")))
        if method == "HEAD" or reply.status in {204, 304}:
            assert reply.body == b"", "an answer without body had one"
        elif reply.get("content-length") is not None:
            assert len(reply.body) == int(reply["content-length"])
        return reply
