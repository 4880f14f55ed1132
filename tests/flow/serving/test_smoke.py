from __future__ import annotations

import http.client
from pathlib import Path

from feedhub.clock import SystemClock
from feedhub.deliver import PublishedFolder
from feedhub.web import WebServer, build_site


def test_two_servers_in_one_process_start_serve_and_stop(tmp_path: Path) -> None:
    servers = []
    for name in ("one", "two"):
        with PublishedFolder(tmp_path / name) as folder:
            folder.write("index.html", name.encode())
        server = WebServer(build_site(tmp_path / name, None, clock=SystemClock()))
        servers.append((name, server, server.start("127.0.0.1:0")))
    try:
        for name, _, address in servers:
            connection = http.client.HTTPConnection(address, timeout=5)
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, name.encode())
            connection.close()
    finally:
        stopped = [server.stop(5.0) for _, server, _ in servers]
    assert stopped == [True, True]
    assert not any(server.alive for _, server, _ in servers)
