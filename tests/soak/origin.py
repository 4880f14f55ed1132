"""Towns that publish as time goes by, on a server that behaves badly now and then."""

from __future__ import annotations

import gzip
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Origin", "guid_of"]

#: a new entry of each town, and how many a feed lists
_EVERY = timedelta(hours=5)
_LISTED = 40
_WORDS = (
    *("phường", "chợ", "cầu", "sông", "đường", "trường", "trạm", "vườn", "đèn", "xe", "họp", "mở"),
    *("sửa", "trồng", "cây", "nước", "điện", "lịch", "tiêm", "thi", "hội", "xuân", "hè", "mưa"),
    *("bão", "nhà", "dân", "bến", "thuyền", "sách", "thư", "sân", "bóng", "trẻ", "em", "già"),
)


def guid_of(town: int, number: int) -> str:
    """Return an entry's guid."""
    return f"urn:town:{town}:{number}"


def _text(town: int, number: int) -> str:
    chance = random.Random(town * 100_003 + number)
    words = " ".join(f"{chance.choice(_WORDS)} {chance.randrange(10_000)}" for _ in range(60))
    return f"Tin {town}-{number}: {words}."


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a hub that is killed hangs up."""


class Origin:
    """The server. ``now`` tells the towns' time; while ``bad``, one answer in three is a fault."""

    def __init__(self, towns: int, start: datetime, now: Callable[[], datetime], seed: int) -> None:
        self.towns = towns
        self.bad = False
        self.requests: Counter[str] = Counter()
        self._start = start
        self._now = now
        self._chance = random.Random(seed)
        origin = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                origin.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def listed(self, town: int) -> range:
        """Return the numbers of the entries that a town lists at this moment."""
        newest = 20 + int((self._now() - self._start) / _EVERY)
        return range(max(0, newest - _LISTED), newest)

    def feed(self, town: int) -> bytes:
        """Return a town's feed at this moment; every seventh entry reprints its neighbour's."""
        rows = []
        for number in reversed(self.listed(town)):
            writer = (town - 1) % self.towns if number % 7 == 3 else town
            moment = self._start - 20 * _EVERY + number * _EVERY + timedelta(minutes=town)
            corrected = number % 11 == 5 and self._now() - moment > timedelta(hours=30)
            text = _text(writer, number) + (" Đính chính: họp lúc 14 giờ 30." if corrected else "")
            rows.append(
                f"<item><title>Tin số {number} của thị trấn {writer}</title>"
                f"<guid>{guid_of(town, number)}</guid>"
                f"<link>http://town{town}.example/{number}</link>"
                f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
                f"<description>{text}</description></item>"
            )
        title = f"<channel><title>Thị trấn {town}</title>"
        return f'<rss version="2.0">{title}{"".join(rows)}</channel></rss>'.encode()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, well or badly."""
        body = self.feed(int(request.path.strip("/")))
        kind = self._chance.choice(_FAULTS) if self.bad and self._chance.random() < 0.34 else "well"
        self.requests[kind] += 1
        headers = {"Content-Type": "application/rss+xml"}
        status, cut = 200, 0
        match kind:
            case "503" | "404" | "500":
                status, body = int(kind), b"not now"
            case "429":
                status, body, headers["Retry-After"] = 429, b"", "60"
            case "empty":
                body = b'<rss version="2.0"><channel><title>x</title></channel></rss>'
            case "page":
                body = b"<!doctype html><title>Login</title><form><input type=password></form>"
            case "rubbish":
                body = self._chance.randbytes(500)
            case "cut":
                cut = len(body) // 2
            case "slow":
                time.sleep(1.5)
            case "gzip":
                body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
            case "hangup":
                request.close_connection = True
                request.connection.close()
                return
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) - cut])
        request.close_connection = bool(cut)


_FAULTS = (
    *("503", "404", "500", "429", "empty", "page", "rubbish", "cut", "slow", "gzip", "hangup"),
)
