"""The example in docs/deploy/nginx.conf, run by a real nginx over the same folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from tests.flow.serving.ground import FILES, Site, StillLife

from feedhub.clock import SystemClock
from feedhub.deliver import PublishedFolder
from feedhub.web import Look, WebServer, build_site
from feedhub.web.desk import desk_apps

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "deploy" / "nginx.conf"
NGINX = os.environ.get("FEEDHUB_NGINX") or shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")
MODULES = Path(NGINX or "/").resolve().parent.parent / "lib" / "nginx" / "modules"
BROTLI = [f"ngx_http_brotli_{part}_module.so" for part in ("filter", "static")]

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs the Debian package nginx")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def config(base: Path, root: Path, hub: str, port: int, *, brotli: bool) -> Path:
    """Write the example as a whole config of an nginx that leaves nothing outside ``base``."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ("server 127.0.0.1:8000;", f"server {hub};"),
        ("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{port};"),
        ("root /var/lib/feedhub/public;", f"root {root};"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    modules = ""
    if brotli:
        text = text.replace("#brotli", "brotli").replace("disable_symlinks", "#disable_symlinks", 2)
        modules = "".join(f"load_module {MODULES / name};\n" for name in BROTLI)
    temporary = "".join(
        f"{kind}_temp_path {base / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""  # the folder of a test is private
    whole = base / "nginx.conf"
    whole.write_text(
        f"{modules}{user}daemon off;\nworker_processes 1;\npid {base / 'pid'};\n"
        f"error_log {base / 'error.log'};\nevents {{ }}\n"
        f"http {{\naccess_log {base / 'access.log'};\n{temporary}{text}\n}}\n",
        encoding="utf-8",
    )
    return whole


class StillDesk:
    """A desk that says what it was asked."""

    def desk_page(
        self,
        page: str,
        *,
        post: bool,
        language: str,
        fields: Mapping[str, Sequence[str]],
        caller: str,
    ) -> tuple[int, bytes]:
        return 200, f"{page} {post} {language} {dict(fields)} {caller}".encode()

    def too_often_page(self, language: str) -> bytes:
        return language.encode()


@pytest.fixture(scope="module", params=["gzip", "brotli"])
def nginx(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    brotli = request.param == "brotli"
    if brotli and not all((MODULES / name).is_file() for name in BROTLI):
        pytest.skip("needs the Debian packages libnginx-mod-http-brotli-static and -filter")
    base = tmp_path_factory.mktemp("nginx")
    root = base / "public"
    with PublishedFolder(root, packed=True) as folder:
        for path, content in FILES.items():
            folder.write(path, content)
        folder.remove("stories/gone/index.html")
        folder.remove("feeds/gone.atom")
    (base / "secret.txt").write_bytes(b"secret")
    if not brotli:  # see the example: its two protections exclude each other
        (root / "leak.txt").symlink_to(base / "secret.txt")
    look = Look(base_url="http://hub.example/")
    app = build_site(
        root,
        StillLife(),
        clock=SystemClock(),
        look=look,
        gone=folder.was_removed,
        further=desk_apps(StillDesk(), SystemClock()),
    )
    hub = WebServer(app)
    address = hub.start("127.0.0.1:0")
    port = free_port()
    command = [str(NGINX), "-p", str(base), "-e", str(base / "error.log")]
    process = subprocess.Popen(
        [*command, "-c", str(config(base, root, address, port, brotli=brotli))]
    )
    try:
        site = Site(f"127.0.0.1:{port}", root)
        deadline = time.monotonic() + 10
        while True:
            try:
                site.ask("/")
                break
            except ConnectionRefusedError:
                assert process.poll() is None, (base / "error.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        site.brotli = brotli
        yield site
    finally:
        process.terminate()
        process.wait(10)
        assert hub.stop()


@pytest.mark.parametrize(
    ("target", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feeds/all.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/all.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/all.json", "application/feed+json"),
        ("/opml.xml", "text/x-opml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/static/plain.css", "text/css; charset=utf-8"),
        ("/photo.png", "image/png"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/tin-t%E1%BB%A9c/", "text/html; charset=utf-8"),
    ],
)
def test_files_and_their_types(nginx: Site, target: str, media_type: str) -> None:
    reply = nginx.ask(target)
    assert (reply.status, reply["content-type"]) == (200, media_type)
    assert reply.body in FILES.values()


@pytest.mark.parametrize("page", ["subscribe", "confirm", "change", "unsubscribe"])
def test_the_desk_is_reached_and_its_tokens_stay_in_no_log(nginx: Site, page: str) -> None:
    for prefix, language in (("", "vi"), ("/en", "en")):
        for method in ("GET", "POST"):
            more = {"content_length": "0"} if method == "POST" else {}
            target = f"{prefix}/{page}?token=secret-{page}"
            reply = nginx.ask(target, method=method, x_forwarded_for="9.9.9.9", **more)
            said = f"{page} {method == 'POST'} {language} {{'token': ['secret-{page}']}} 127.0.0.1"
            assert (reply.status, reply.body.decode()) == (200, said)
            assert reply["referrer-policy"] == "no-referrer"
            assert reply["cache-control"] == "no-store"
    logged = (nginx.root.parent / "access.log").read_text()
    assert "secret" not in logged
    assert nginx.ask("/digits.txt").status == 200
    assert "GET /digits.txt" in (nginx.root.parent / "access.log").read_text()


def test_packed_copies_come_from_the_disk(nginx: Site) -> None:
    tags = set()
    for coding in ("gzip", "identity"):
        reply = nginx.ask("/feeds/all.atom", accept_encoding=coding)
        assert reply.opened() == FILES["feeds/all.atom"]
        assert reply["vary"] == "Accept-Encoding"
        tags.add(reply["etag"])
    assert len(tags) == 2
    assert not any(tag.startswith("W/") for tag in tags)


def test_the_best_packing_there_is(nginx: Site) -> None:
    reply = nginx.ask("/feeds/all.atom", accept_encoding="gzip, br")
    assert reply["content-encoding"] == ("br" if nginx.brotli else "gzip")
    assert reply.opened() == FILES["feeds/all.atom"]
    assert reply["content-length"] == str(len(reply.body))


def test_conditions_and_ranges(nginx: Site) -> None:
    whole = nginx.ask("/feeds/all.atom")
    assert nginx.ask("/feeds/all.atom", if_none_match=whole["etag"]).status == 304
    assert nginx.ask("/feeds/all.atom", if_none_match='"x"').status == 200
    assert nginx.ask("/feeds/all.atom", if_modified_since=whole["last-modified"]).status == 304
    part = nginx.ask("/digits.txt", range="bytes=2-4")
    assert (part.status, part.body) == (206, b"234")
    assert nginx.ask("/digits.txt", range="bytes=99-").status == 416
    head = nginx.ask("/feeds/all.atom", method="HEAD")
    assert head["content-length"] == str(len(whole.body))


@pytest.mark.parametrize(
    ("target", "cache"),
    [
        ("/", "no-cache"),
        ("/feeds/all.atom", "no-cache"),
        ("/feeds/all/archive/1.atom", "public, max-age=86400"),
        ("/static/site.0123abcd.css", "public, max-age=31536000, immutable"),
        ("/static/plain.css", "public, max-age=3600"),
        ("/nope", "no-store"),
    ],
)
def test_caching(nginx: Site, target: str, cache: str) -> None:
    assert nginx.ask(target)["cache-control"] == cache


def test_feeds_name_themselves_and_are_open_to_scripts(nginx: Site) -> None:
    reply = nginx.ask("/feeds/all.atom", origin="https://reader.example")
    assert reply["link"] == '<https://hub.example/feeds/all.atom>; rel="self"'
    assert reply["access-control-allow-origin"] == "*"
    asked = nginx.ask(
        "/feeds/all.atom",
        method="OPTIONS",
        origin="https://reader.example",
        access_control_request_method="GET",
    )
    assert asked.status == 204
    assert "GET" in asked["access-control-allow-methods"]
    assert "if-none-match" in asked["access-control-allow-headers"].lower()
    assert nginx.ask("/").get("access-control-allow-origin") is None


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/feeds/all.atom", 200),
        ("GET", "/feeds", 301),
        ("GET", "/nope", 404),
        ("GET", "/stories/gone/", 410),
        ("GET", "/feeds/gone.atom", 410),
        ("GET", "/.feedhub/manifest", 404),
        ("GET", "/feeds/all.atom.gz", 404),
        ("GET", "/leak.txt", 404),
        ("GET", "//index.html", 404),
        ("GET", "/metrics", 404),
        ("POST", "/", 405),
        ("PUT", "/opml.xml", 405),
        ("OPTIONS", "/", 204),
        ("GET", "/status/", 200),
        ("GET", "/en/search/?q=a", 200),
        ("GET", "/healthz", 200),
    ],
)
def test_every_answer_protects_its_reader(
    nginx: Site, method: str, target: str, status: int
) -> None:
    reply = nginx.ask(target, method=method)
    assert reply.status == status
    assert "default-src 'none'" in reply["content-security-policy"]
    assert "unsafe" not in reply["content-security-policy"]
    assert reply["x-content-type-options"] == "nosniff"
    assert reply["referrer-policy"] == "strict-origin-when-cross-origin"
    assert reply["x-frame-options"] == "DENY"
    assert reply["cross-origin-opener-policy"] == "same-origin"
    assert reply["cross-origin-resource-policy"] in {"same-origin", "cross-origin"}
    assert "geolocation=()" in reply["permissions-policy"]
    assert reply.get("server") in {None, "nginx"}
    assert b"secret" not in reply.body
    if status >= 400:
        assert reply["content-type"] == "text/plain; charset=utf-8"
    if status in {204, 405}:
        assert reply["allow"] == "GET, HEAD, OPTIONS"


def test_folders_are_moved_on_this_site(nginx: Site) -> None:
    assert nginx.ask("/feeds")["location"] == "/feeds/"


def test_metrics_stay_on_the_machine_of_the_hub(nginx: Site) -> None:
    assert nginx.ask("/metrics", host="127.0.0.1").status == 404
