"""Which addresses exist, and which tricks do not work."""

from __future__ import annotations

import pytest
from tests.flow.serving.ground import FILES, Site


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/", "index.html"),
        ("/?utm_source=x", "index.html"),
        ("/index.html", "index.html"),
        ("/en/", "en/index.html"),
        ("/feeds/", "feeds/index.html"),
        ("/feeds/all.atom", "feeds/all.atom"),
        ("/feeds/all%2Eatom", "feeds/all.atom"),
        ("/%66eeds/all.atom", "feeds/all.atom"),
        ("/tin-t%E1%BB%A9c/", "tin-tức/index.html"),
        ("/a%20b&c.html", "a b&c.html"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_published_files_are_found(site: Site, target: str, file: str) -> None:
    reply = site.ask(target)
    assert (reply.status, reply.body) == (200, FILES[file])


def test_the_absolute_form_is_understood_and_its_host_is_not_believed(site: Site) -> None:
    reply = site.ask("http://elsewhere.example/feeds/all.atom")
    assert reply.body == FILES["feeds/all.atom"]
    assert "elsewhere" not in str(reply.fields)
    assert site.ask("http://elsewhere.example").body == FILES["index.html"]


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("/feeds", "/feeds/"),
        ("/en?x=1&y=2", "/en/?x=1&y=2"),
        ("/tin-t%E1%BB%A9c", "/tin-t%E1%BB%A9c/"),
        ("/stories/abc", "/stories/abc/"),
        ("/status", "/status/"),
        ("/en/search?q=a", "/en/search/?q=a"),
    ],
)
def test_a_folder_without_its_slash_is_moved_not_copied(
    site: Site, target: str, where: str
) -> None:
    reply = site.ask(target)
    assert (reply.status, reply["location"]) == (308, where)


@pytest.mark.parametrize(
    "target",
    [
        "/nope",
        "/nope/",
        "/feeds/all",
        "/feeds/all.atom/",
        "/digits.txt/x",
        "/stories/",
        "/static",
        "/FEEDS/ALL.ATOM",
        "/pipe.txt",
    ],
)
def test_what_is_not_there_is_404(site: Site, target: str) -> None:
    reply = site.ask(target)
    assert reply.status == 404
    assert reply["content-type"] == "text/plain; charset=utf-8"
    assert "Không" in reply.body.decode()


@pytest.mark.parametrize("target", ["/stories/gone/", "/stories/gone", "/feeds/gone.atom"])
def test_what_was_taken_away_is_410(site: Site, target: str) -> None:
    assert site.ask(target).status == 410
    assert site.ask(target, method="HEAD").status == 410


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/feeds/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/feeds/%2e%2e/index.html",
        "/feeds/..",
        "/./index.html",
        "/%252e%252e/secret.txt",
        "/feeds/.%2e/.%2e/secret.txt",
        "//secret.txt",
        "//index.html",
        "/feeds//all.atom",
        "//evil.example/",
        "/\\evil.example",
        "/feeds\\all.atom",
        "/feeds%5Call.atom",
        "/feeds%2Fall.atom",
        "/.hidden",
        "/.feedhub/manifest",
        "/.feedhub/",
        "/feeds/.git/config",
        "/%2ehidden",
        "/leak.txt",
        "/leakdir/secret.txt",
        "/leakdir",
        "/index.html%00.txt",
        "/%00",
        "/index.html%0d%0aSet-Cookie:x",
        "/%0aindex.html",
        "/%7f",
        "/%ff%fe",
        "/%c0%ae%c0%ae/secret.txt",
        "/%ed%a0%80",
        "/100%",
        "/%zz",
        "/%u002e",
        "/index.html::$DATA",
        "/index.html;jsessionid=1",
    ],
)
def test_no_trick_reaches_anything(site: Site, target: str) -> None:
    reply = site.ask(target)
    assert reply.status in {400, 404}
    assert b"secret" not in reply.body
    assert reply.get("location") is None
    assert reply.get("set-cookie") is None


@pytest.mark.parametrize("target", ["/%00", "/100%", "/%ff", "/a%0ab", "/%zz"])
def test_what_is_malformed_is_400(site: Site, target: str) -> None:
    assert site.ask(target).status == 400


def test_a_very_long_address_is_414(site: Site) -> None:
    assert site.ask("/" + "a" * 5000).status == 414


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_other_methods_are_405_and_told_what_is_allowed(site: Site, method: str) -> None:
    for target in ("/", "/feeds/all.atom", "/status/"):
        reply = site.ask(target, method=method, content_length="0")
        assert reply.status == 405
        assert reply["allow"] == "GET, HEAD, OPTIONS"


def test_options(site: Site) -> None:
    for target in ("/", "/feeds/all.atom", "/search/", "*"):
        reply = site.ask(target, method="OPTIONS")
        assert reply.status == 204
        assert reply["allow"] == "GET, HEAD, OPTIONS"


def test_trace_gives_nothing_back(site: Site) -> None:
    reply = site.ask("/", method="TRACE", cookie="private=1")
    assert b"private" not in reply.body
