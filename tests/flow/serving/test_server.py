"""The server as a program: start, stop, hostile clients."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from tests.flow.serving.ground import ATOM, Site, read_reply

from feedhub.clock import SystemClock
from feedhub.deliver import PublishedFolder
from feedhub.errors import ConfigError
from feedhub.web import WebServer, build_site, protocol


def small_server(root: Path) -> WebServer:
    with PublishedFolder(root) as folder:
        folder.write("index.html", b"hello")
    return WebServer(build_site(root, None, clock=SystemClock()))


def test_an_address_in_use_is_said_in_words(tmp_path: Path) -> None:
    first, second = small_server(tmp_path), small_server(tmp_path)
    address = first.start("127.0.0.1:0")
    try:
        with pytest.raises(ConfigError, match="another program already listens") as caught:
            second.start(address)
        assert address in str(caught.value)
        assert second.stop()
    finally:
        assert first.stop()


@pytest.mark.parametrize(
    ("bind", "words"),
    [
        ("8000", "write it like 127.0.0.1:8000"),
        ("127.0.0.1:", "write it like"),
        ("127.0.0.1:http", "write it like"),
        ("127.0.0.1:70000", "write it like"),
        (":8000", "write it like"),
        ("192.0.2.1:8000", "this machine has no address"),
        ("no.such.name.invalid:8000", "is no address of this machine"),
    ],
)
def test_a_useless_address_is_said_in_words(tmp_path: Path, bind: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        small_server(tmp_path).start(bind)


def test_the_port_is_free_again_after_stopping(tmp_path: Path) -> None:
    first = small_server(tmp_path)
    address = first.start("127.0.0.1:0")
    assert Site(address, tmp_path).ask("/").status == 200
    assert first.stop()
    assert not first.alive
    second = small_server(tmp_path)
    assert second.start(address) == address
    assert Site(address, tmp_path).ask("/").status == 200
    assert second.stop()


def test_ipv6(tmp_path: Path) -> None:
    server = small_server(tmp_path)
    try:
        address = server.start("[::1]:0")
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback address")
    try:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("::1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert address.startswith("[::1]:")
    finally:
        assert server.stop()


def test_stopping_closes_idle_connections_at_once(tmp_path: Path) -> None:
    server = small_server(tmp_path)
    address = server.start("127.0.0.1:0")
    site = Site(address, tmp_path)
    with socket.create_connection(site.place, timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(4096)
        begin = time.monotonic()
        assert server.stop(5.0)
        assert time.monotonic() - begin < 2.0
        assert connection.recv(100) == b""


@pytest.mark.parametrize("last", [b"", b"Connection: close\r\n"])
def test_stopping_does_not_wait_for_ever_for_a_reader_who_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: bytes
) -> None:
    monkeypatch.setattr("feedhub.web.server._LINGER_SECONDS", 1)
    server = small_server(tmp_path)
    (tmp_path / "huge.bin").write_bytes(os.urandom(16 << 20))
    (tmp_path / "small.bin").write_bytes(os.urandom(200_000))
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    with (
        socket.create_connection(site.place, timeout=5) as one,
        socket.create_connection(site.place, timeout=5) as other,
    ):
        one.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: x\r\n" + last + b"\r\n")
        other.sendall(b"GET /small.bin HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
        time.sleep(0.3)
        begin = time.monotonic()
        assert server.stop(8.0)
        assert time.monotonic() - begin < 5.0


def test_stopping_before_starting_and_twice(tmp_path: Path) -> None:
    server = small_server(tmp_path)
    assert server.stop()
    server.start("127.0.0.1:0")
    assert server.stop()
    assert server.stop()
    with pytest.raises(RuntimeError):
        server.start("127.0.0.1:0")


CHILD = textwrap.dedent(
    """
    import signal, sys, threading
    from pathlib import Path
    from feedhub.clock import SystemClock
    from feedhub.web import WebServer, build_site
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    server = WebServer(build_site(Path(sys.argv[1]), None, clock=SystemClock()))
    print(server.start("127.0.0.1:0"), flush=True)
    done.wait()
    sys.exit(0 if server.stop() else 1)
    """
)


def test_signals_stay_with_the_service(tmp_path: Path, python_path: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": python_path},
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        assert Site(address, tmp_path).ask("/").status == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


# --- clients that do not behave ---------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",  # TLS on a plain port
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",  # no Host (RFC 9112, 3.2)
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_400_and_looks_like_all_errors(site: Site, data: bytes) -> None:
    reply = read_reply(site.send(data))
    assert reply.status == 400
    assert reply["content-type"] == "text/plain; charset=utf-8"
    assert reply["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply["content-security-policy"]
    assert reply["connection"] == "close"
    assert reply["date"].endswith("GMT")
    assert len(reply.body) == int(reply["content-length"])


def test_http_1_0(site: Site) -> None:
    reply = read_reply(site.send(b"GET /feeds/all.atom HTTP/1.0\r\n\r\n"))
    assert (reply.status, reply.body) == (200, ATOM)


def test_several_requests_on_one_connection_also_sent_ahead(site: Site) -> None:
    one = b"GET /digits.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    data = site.send(one * 3 + last)
    assert data.count(b"HTTP/1.1 200 OK") == 3
    assert data.count(b"0123456789") == 3
    assert data.count(b"HTTP/1.1 404") == 1


def test_simple_and_hard_requests_on_one_connection_are_answered_in_order(site: Site) -> None:
    simple = b"GET /digits.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"HEAD /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    hard = b"POST /hard HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    last = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    data = site.send(simple + head + simple + hard + simple + hard + head + last)
    lines = [line for line in data.split(b"\r\n") if b"HTTP/1.1 " in line]
    statuses = [int(line.partition(b"HTTP/1.1 ")[2][:3]) for line in lines]
    assert statuses == [200, 200, 200, 405, 200, 405, 200, 404]


@pytest.mark.parametrize("cut", [1, 10, 25, 40, 47, 49])
def test_a_request_may_come_in_pieces(site: Site, cut: int) -> None:
    request = b"GET /digits.txt HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\n"
    with socket.create_connection(site.place, timeout=5) as connection:
        for _ in range(3):
            connection.sendall(request + request[:cut])
            time.sleep(0.02)
            connection.sendall(request[cut:])
            data = b""
            while data.count(b"0123456789") < 2:
                got = connection.recv(65536)
                assert got
                data += got
            assert data.count(b"HTTP/1.1 200 OK") == 2


def test_a_flood_of_requests_by_someone_who_does_not_read_is_held_back(site: Site) -> None:
    (site.root / "flood.bin").write_bytes(bytes(200_000))
    with socket.create_connection(site.place, timeout=2) as connection:
        connection.settimeout(0.5)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 100_000:
                connection.sendall(b"GET /flood.bin HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
                sent += 100
        begin = time.monotonic()
        assert site.ask("/").status == 200
        assert time.monotonic() - begin < 2.0
    assert sent < 100_000


def test_an_idle_connection_is_closed_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedhub.web.server._KEEP_ALIVE_SECONDS", 1)
    server = small_server(tmp_path)
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    try:
        with socket.create_connection(site.place, timeout=5) as connection:
            for _ in range(2):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert connection.recv(65536).endswith(b"hello")
                time.sleep(0.3)
            begin = time.monotonic()
            assert connection.recv(100) == b""
            assert 0.3 < time.monotonic() - begin < 3.0
    finally:
        assert server.stop()


def test_a_body_nobody_asked_for_does_no_harm(site: Site) -> None:
    body = b"x" * 200_000
    head = b"GET /digits.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    reply = read_reply(site.send(head % len(body) + body))
    assert (reply.status, reply.body) == (200, b"0123456789")


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
    ],
)
def test_a_request_that_trickles_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: bytes
) -> None:
    monkeypatch.setattr(protocol, "_REQUEST_SECONDS", 0.4)
    server = small_server(tmp_path)
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    try:
        with socket.create_connection(site.place, timeout=5) as connection:
            start = time.monotonic()
            connection.sendall(begin)
            data = b"".join(iter(lambda: connection.recv(65536), b""))
            assert 0.2 < time.monotonic() - start < 3.0
            assert data.count(b"HTTP/1.1 200") == begin.count(b"\r\n\r\nGET")
    finally:
        assert server.stop()


def test_a_reader_who_takes_nothing_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "_STALL_SECONDS", 0.3)
    server = small_server(tmp_path)
    (tmp_path / "huge.bin").write_bytes(os.urandom(16 << 20))
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    try:
        with socket.create_connection(site.place, timeout=5) as connection:
            connection.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            deadline = time.monotonic() + 5
            while server.connections == 0 and time.monotonic() < deadline:
                time.sleep(0.01)
            while server.connections > 0 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert server.connections == 0
        assert site.ask("/").status == 200
    finally:
        assert server.stop()


def test_one_caller_may_not_take_all_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "_MOST_OF_ONE_CALLER", 3)
    server = small_server(tmp_path)
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    try:
        with contextlib.ExitStack() as idle:
            for _ in range(6):  # this machine may: a proxy here speaks for many
                idle.enter_context(socket.create_connection(site.place, timeout=5))
            assert site.ask("/").status == 200
            monkeypatch.setattr(protocol, "is_loopback", lambda _address: False)
            assert site.ask("/").status == 503
    finally:
        assert server.stop()


def test_too_many_connections_are_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "_MOST_CONNECTIONS", 3)
    server = small_server(tmp_path)
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    try:
        idle = [socket.create_connection(site.place, timeout=5) for _ in range(3)]
        time.sleep(0.1)
        with socket.create_connection(site.place, timeout=5) as refused:
            reply = read_reply(b"".join(iter(lambda: refused.recv(4096), b"")))
        assert reply.status == 503
        assert reply["x-content-type-options"] == "nosniff"
        for connection in idle:
            connection.close()
        time.sleep(0.1)
        assert site.ask("/").status == 200
    finally:
        assert server.stop()


def test_a_slow_reader_does_not_hold_up_the_others(site: Site) -> None:
    (site.root / "huge.bin").write_bytes(os.urandom(8 << 20))
    with socket.create_connection(site.place, timeout=5) as slow:
        slow.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert slow.recv(10)
        begin = time.monotonic()
        assert site.ask("/").status == 200
        assert time.monotonic() - begin < 2.0


def test_readers_get_whole_files_while_they_are_replaced(tmp_path: Path) -> None:
    folder = PublishedFolder(tmp_path)
    folder.write("a.html", b"%06d|" % 0 * 4000)
    server = WebServer(build_site(tmp_path, None, clock=SystemClock()))
    site = Site(server.start("127.0.0.1:0"), tmp_path)
    done = threading.Event()

    def publish() -> None:
        number = 0
        while not done.is_set():
            number += 1
            folder.write("a.html", b"%06d|" % number * 4000)
            time.sleep(0.002)

    publisher = threading.Thread(target=publish)
    publisher.start()
    tags: dict[str, bytes] = {}
    try:
        deadline = time.monotonic() + 30
        for turn in range(3000):
            if time.monotonic() > deadline or (turn >= 60 and len(tags) > 5):
                break
            reply = site.ask("/a.html", accept_encoding=("br", "gzip", "")[turn % 3])
            content = reply.opened()
            assert content == content[:7] * 4000
            assert tags.setdefault(reply["etag"], content) == content
    finally:
        done.set()
        publisher.join()
        assert server.stop()
    assert len(tags) > 5
