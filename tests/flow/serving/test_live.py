"""The pages that are answered live, and their limits."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from tests.flow.serving.ground import Site, StillLife

from feedhub.web import Audience


def test_status_in_both_languages(site: Site) -> None:
    assert b"status vi" in site.ask("/status/").body
    assert b"status en" in site.ask("/en/status/").body


def test_a_live_page_has_a_tag(site: Site) -> None:
    tag = site.ask("/status/")["etag"]
    assert site.ask("/status/", if_none_match=tag).status == 304
    assert site.ask("/status/", if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT").status == 200
    assert site.ask("/status/")["cache-control"] == "no-cache"


def test_head_of_a_live_page(site: Site) -> None:
    reply = site.ask("/status/", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply["content-length"]) > 0


def test_search_hands_over_the_words(site: Site) -> None:
    words = quote("đường Nguyễn Huệ")
    assert "đường Nguyễn Huệ" in site.ask(f"/search/?q={words}").body.decode()
    assert site.ask("/en/search/?q=a+b").body == b"en [('q', 'a b')]"
    assert site.ask("/search/").body == b"vi []"
    assert site.ask("/search/?q=1&q=2&empty=").body == b"vi [('q', '2')]"


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ],
)
def test_a_search_is_a_feed_too(site: Site, suffix: str, media_type: str) -> None:
    asker = ("X-Forwarded-For", "192.0.2.78")
    reply = site.ask(f"/search/feed.{suffix}?q=a", asker)
    assert (reply.status, reply["content-type"]) == (200, media_type)
    assert reply["access-control-allow-origin"] == "*"
    again = site.ask(f"/search/feed.{suffix}?q=a", asker, if_none_match=reply["etag"])
    assert again.status == 304
    assert site.ask(f"/search/feed.{suffix}", asker).status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=" + "a" * 200, 200),
        ("q=" + "a" * 201, 400),
        ("q=" + "a" * 5000, 414),
        ("&".join(f"f{n}=1" for n in range(13)), 400),
        ("n" * 41 + "=1", 400),
        ("q=%ff", 400),
        ("q=%zz", 200),
    ],
)
def test_what_may_be_asked_is_bounded(site: Site, query: str, status: int) -> None:
    assert site.ask(f"/search/?{query}", ("X-Forwarded-For", "192.0.2.77")).status == status


def test_searching_too_fast_is_slowed_down_for_that_caller_alone(site: Site) -> None:
    greedy = ("X-Forwarded-For", "203.0.113.5")
    answers = [site.ask("/search/?q=a", greedy) for _ in range(40)]
    assert [answer.status for answer in answers[:25]] == [200] * 25
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert all(int(answer["retry-after"]) >= 1 for answer in refused)
    assert site.ask("/search/?q=a", ("X-Forwarded-For", "203.0.113.6")).status == 200
    assert site.ask("/", greedy).status == 200


def test_health_and_readiness(site: Site) -> None:
    assert json.loads(site.ask("/healthz").body) == {"ok": True, "uptime": 1}
    assert site.ask("/readyz").status == 200
    StillLife.healthy = False
    try:
        reply = site.ask("/readyz")
        assert reply.status == 503
        assert json.loads(reply.body) == {"ok": False, "why": "chưa sẵn sàng"}
    finally:
        StillLife.healthy = True


def test_metrics_are_for_this_machine_alone(site: Site) -> None:
    site.ask("/status/")  # an answer to be counted, whichever test comes first
    text = site.ask("/metrics").body.decode()
    assert "feedhub_entries 3" in text
    assert 'feedhub_http_answers_total{method="GET",status="200"}' in text
    assert site.ask("/metrics", host="localhost").status == 200
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert site.ask("/metrics", (header, "127.0.0.1")).status == 404
    assert site.ask("/metrics", host="hub.example").status == 404  # DNS rebinding
    assert site.ask("/metrics", host="127.0.0.1.evil.example").status == 404


def test_readers_of_feeds_are_counted(site: Site, audience: Audience) -> None:
    site.ask("/feeds/all.rss", user_agent="Feedly/1.0 (+http://feedly.com; 41 subscribers)")
    site.ask("/feeds/all.rss", user_agent="NetNewsWire")
    site.ask("/feeds/nope.rss", user_agent="NetNewsWire")
    seen = {read.channel: read for read in audience.today()}
    assert dict(seen["all"].services)["feedly"] == 41
    assert seen["all"].fetchers >= 1
    assert "nope" not in seen
