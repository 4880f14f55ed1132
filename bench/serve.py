"""Requests a second for one feed: our server beside Python's http.server, in the same run.

Each server is a process of its own; one client with a few keep-alive connections asks both in
turn. Prints one line of figures.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
CONNECTIONS = 8
SECONDS = float(os.environ.get("FEEDHUB_BENCH_SECONDS", "3"))

OURS = """
import sys, threading
from pathlib import Path
from feedhub.clock import SystemClock
from feedhub.web import Audience, Look, WebServer, build_site
look = Look(base_url="https://hub.example/", websub_hub="https://push.example/")
app = build_site(Path(sys.argv[1]), None, clock=SystemClock(), look=look, audience=Audience())
print(WebServer(app).start("127.0.0.1:0"), flush=True)
sys.stdin.read()
"""
THEIRS = """
import sys, threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=sys.argv[1]))
print("127.0.0.1:%d" % server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""


class Server:
    """A server process over the folder."""

    def __init__(self, program: str, root: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # http.server tells of every connection we close
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        assert self.process.stdout is not None
        host, _, port = self.process.stdout.readline().decode().strip().rpartition(":")
        self.place = (host, int(port))

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def cpu(self) -> float:
        """Return the CPU seconds the process used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rate(self, *fields: str) -> str:
        """Return requests a second, the CPU of one, and the status it was answered with."""
        lines = ["GET /feeds/all.atom HTTP/1.1", "Host: bench", *fields, "", ""]
        request = "\r\n".join(lines).encode()
        status, size = self._whole(request)
        chosen = selectors.DefaultSelector()
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(self.place)
            connection.sendall(request)
            chosen.register(connection, selectors.EVENT_READ, [0])
        answered, begin, used = 0, time.monotonic(), self.cpu()
        while time.monotonic() - begin < SECONDS:
            for key, _ in chosen.select(1):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                key.data[0] += len(connection.recv(1 << 20))
                if key.data[0] >= size:
                    key.data[0] = 0
                    answered += 1
                    connection.sendall(request)
        rate = answered / (time.monotonic() - begin)
        each = (self.cpu() - used) / answered * 1e6
        for key in list(chosen.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        chosen.close()
        return f"{status} {rate:.0f}/s at {each:.0f} us CPU"

    def _whole(self, request: bytes) -> tuple[int, int]:
        """Return status and bytes of one answer; those after it are as long."""
        with socket.create_connection(self.place) as connection:
            connection.sendall(request)
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(1 << 16)
            head, _, body = data.partition(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            length = 0
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            missing = length - len(body)
            while missing > 0:
                missing -= len(connection.recv(1 << 16))
            return status, len(head) + 4 + length

    def validators(self) -> tuple[str, str]:
        """Return the header fields with which a reader asks again."""
        with socket.create_connection(self.place) as connection:
            connection.sendall(
                b"HEAD /feeds/all.atom HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
            )
            data = b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")
        found = dict(line.split(": ", 1) for line in data.split("\r\n") if ": " in line)
        named = {name.lower(): value for name, value in found.items()}
        tag = named.get("etag", "")
        return (f"If-None-Match: {tag}" if tag else "X: x"), (
            f"If-Modified-Since: {named['last-modified']}"
        )


def main() -> None:
    """Measure both servers."""
    with tempfile.TemporaryDirectory() as root:
        feed = Path(root, "feeds", "all.atom")
        feed.parent.mkdir()
        entry = "<entry><title>Thông báo về việc {0}</title><id>tag:{0}</id></entry>"
        entries = "".join(entry.format(number) for number in range(1000))
        feed.write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
        figures = []
        for name, program in (("feedhub", OURS), ("http.server", THEIRS)):
            server = Server(program, root)
            try:
                full = server.rate("Accept: */*")
                again = server.rate(*server.validators())
                packed = server.rate("Accept-Encoding: gzip, br")
            finally:
                server.stop()
            figures.append(f"{name}: {full}, {again}, asked for br {packed}")
        size = feed.stat().st_size >> 10
    print(f"serve: feed of {size} KiB, {CONNECTIONS} connections; " + "; ".join(figures))


if __name__ == "__main__":
    main()
