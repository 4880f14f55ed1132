"""Media types, caching, links, other sites' scripts, and the headers that protect readers."""

from __future__ import annotations

import pytest
from tests.flow.serving.ground import Site


@pytest.mark.parametrize(
    ("target", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feeds/all.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/all.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/all.json", "application/feed+json"),
        ("/stories/abc/data.json", "application/json"),
        ("/opml.xml", "text/x-opml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/static/plain.css", "text/css; charset=utf-8"),
        ("/photo.png", "image/png"),
        ("/icon.svg", "image/svg+xml"),
        ("/unknown.kind", "application/octet-stream"),
        ("/status/", "text/html; charset=utf-8"),
        ("/healthz", "application/json"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
    ],
)
def test_media_types(site: Site, target: str, media_type: str) -> None:
    assert site.ask(target)["content-type"] == media_type


@pytest.mark.parametrize(
    ("target", "cache"),
    [
        ("/", "no-cache"),
        ("/feeds/all.atom", "no-cache"),
        ("/feeds/all/archive/1.atom", "public, max-age=86400"),
        ("/static/site.0123abcd.css", "public, max-age=31536000, immutable"),
        ("/static/plain.css", "public, max-age=3600"),
        ("/photo.png", "public, max-age=86400"),
        ("/healthz", "no-store"),
        ("/nope", "no-store"),
    ],
)
def test_caching(site: Site, target: str, cache: str) -> None:
    assert site.ask(target)["cache-control"] == cache


@pytest.mark.parametrize("target", ["/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"])
def test_feeds_name_themselves_and_their_hub(site: Site, target: str) -> None:
    own = f"<https://hub.example{target}>"
    assert site.ask(target)["link"] == f'{own}; rel="self", <https://push.example/>; rel="hub"'
    assert site.ask(target, method="HEAD").get("link")


@pytest.mark.parametrize("target", ["/", "/sitemap.xml", "/opml.xml", "/static/plain.css"])
def test_what_is_no_feed_has_no_hub(site: Site, target: str) -> None:
    assert site.ask(target).get("link") is None


# --- scripts of other sites (Fetch standard, CORS) ---------------------------------------------


@pytest.mark.parametrize("target", ["/feeds/all.atom", "/feeds/all.json", "/opml.xml"])
def test_scripts_anywhere_may_read_feeds(site: Site, target: str) -> None:
    reply = site.ask(target, origin="https://reader.example")
    assert reply["access-control-allow-origin"] == "*"
    assert "ETag" in reply["access-control-expose-headers"]
    assert reply.get("access-control-allow-credentials") is None
    assert reply["cross-origin-resource-policy"] == "cross-origin"


def test_also_when_nothing_changed_and_when_it_is_gone(site: Site) -> None:
    tag = site.ask("/feeds/all.atom")["etag"]
    same = site.ask("/feeds/all.atom", origin="https://r.example", if_none_match=tag)
    assert (same.status, same["access-control-allow-origin"]) == (304, "*")
    gone = site.ask("/feeds/gone.atom", origin="https://r.example")
    assert (gone.status, gone["access-control-allow-origin"]) == (410, "*")
    part = site.ask("/feeds/all.atom", origin="https://r.example", range="bytes=9999999-")
    assert (part.status, part["access-control-allow-origin"]) == (416, "*")


def test_preflight(site: Site) -> None:
    reply = site.ask(
        "/feeds/all.atom",
        method="OPTIONS",
        origin="https://reader.example",
        access_control_request_method="GET",
        access_control_request_headers="if-none-match, range",
    )
    assert reply.status == 204
    assert reply["access-control-allow-origin"] == "*"
    assert "GET" in reply["access-control-allow-methods"]
    allowed = reply["access-control-allow-headers"].lower()
    assert "if-none-match" in allowed
    assert "range" in allowed
    assert int(reply["access-control-max-age"]) > 0


@pytest.mark.parametrize("target", ["/", "/status/", "/search/?q=a", "/healthz", "/metrics"])
def test_pages_are_not_open_to_scripts_of_other_sites(site: Site, target: str) -> None:
    for method in ("GET", "OPTIONS"):
        reply = site.ask(
            target,
            method=method,
            origin="https://evil.example",
            access_control_request_method="GET",
        )
        assert reply.get("access-control-allow-origin") is None
    assert site.ask(target)["cross-origin-resource-policy"] == "same-origin"


# --- protection ------------------------------------------------------------------------------

EVERYTHING = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/feeds/all.atom", 200),
    ("GET", "/photo.png", 200),
    ("GET", "/icon.svg", 200),
    ("GET", "/feeds", 308),
    ("GET", "/nope", 404),
    ("GET", "/stories/gone/", 410),
    ("GET", "/%00", 400),
    ("GET", "/" + "a" * 3000, 414),
    ("POST", "/", 405),
    ("OPTIONS", "/", 204),
    ("OPTIONS", "/feeds/all.atom", 204),
    ("GET", "/status/", 200),
    ("GET", "/search/?q=a", 200),
    ("GET", "/search/?q=crash", 500),
    ("GET", "/search/?" + "q=a&" * 50, 400),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
]


@pytest.mark.parametrize(("method", "target", "status"), EVERYTHING)
def test_every_answer_protects_its_reader(
    site: Site, method: str, target: str, status: int
) -> None:
    reply = site.ask(target, method=method)
    assert reply.status == status
    policy = reply["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "script-src" not in policy
    assert reply["x-content-type-options"] == "nosniff"
    assert reply["referrer-policy"] == "strict-origin-when-cross-origin"
    assert reply["x-frame-options"] == "DENY"
    assert reply["cross-origin-opener-policy"] == "same-origin"
    assert reply["cross-origin-resource-policy"] in {"same-origin", "cross-origin"}
    assert reply["strict-transport-security"].startswith("max-age=")
    assert "geolocation=()" in reply["permissions-policy"]
    assert reply.get("server") is None
    assert reply.get("set-cookie") is None
    assert reply["date"].endswith("GMT")


@pytest.mark.parametrize(
    ("method", "target", "status"), [each for each in EVERYTHING if each[2] >= 400]
)
def test_errors_are_plain_text_that_repeats_nothing(
    site: Site, method: str, target: str, status: int
) -> None:
    reply = site.ask(target, method=method, x_odd="<script>odd</script>")
    assert reply.status == status
    assert reply["content-type"] == "text/plain; charset=utf-8"
    assert reply.body.decode().count("\n") >= 2  # one line in each language
    assert b"script" not in reply.body
    assert b"Traceback" not in reply.body
    assert b"aaaa" not in reply.body


def test_pages_may_load_our_style_sheets_and_send_our_forms(site: Site) -> None:
    policy = site.ask("/")["content-security-policy"]
    assert "style-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "style-src 'self'" in site.ask("/feeds/all.atom")["content-security-policy"]
