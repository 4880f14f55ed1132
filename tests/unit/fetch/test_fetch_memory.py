"""What a hundred hostile servers at once can cost in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap

import brotli
from tests.unit.fetch.town import Seen, Town, answer_bytes

#: 50 MB in 50 bytes, and bodies just under the limit
BOMB = answer_bytes(200, brotli.compress(bytes(50_000_000)), {"Content-Encoding": "br"})
MOST = 4_900_000

HUB = """
    import sys, threading
    from feedhub.clock import SystemClock
    from feedhub.fetch.client import Fetcher, FetchSettings, Request

    base = sys.argv[1]
    settings = FetchSettings(allow_private=("127.0.0.1",), per_host=200, per_host_gap=0.0,
                             in_flight=200, timeout=60.0)
    wishes = [Request(url=f"{base}{kind}?{number}")
              for number in range(60) for kind in ("endless", "bomb", "large", "quick")]
    whole, left = 0, threading.Semaphore(0)

    def count(future):
        global whole
        whole += future.exception() is None
        left.release()

    with Fetcher(settings, SystemClock()) as fetcher:
        for wish in wishes:
            fetcher.submit(wish).add_done_callback(count)
        for _ in wishes:
            assert left.acquire(timeout=100)
    # getrusage would tell the larger of this process and the one that started it
    lines = open("/proc/self/status").read().splitlines()
    peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    print(whole, int(peak) // 1024)
"""


async def endless(_: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def test_two_hundred_hostile_answers_at_once_stay_below_300_megabytes() -> None:
    with Town() as town:
        large = Town.raw(answer_bytes(200, b"x" * MOST))
        for number in range(60):
            town.behaves(f"/endless?{number}", endless)
            town.behaves(f"/bomb?{number}", Town.raw(BOMB))
            town.behaves(f"/large?{number}", large)
            town.answers(f"/quick?{number}", body=b"x")
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(HUB), town.url("/")],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    whole, megabytes = map(int, done.stdout.split())
    assert whole == 120
    assert megabytes < 300
