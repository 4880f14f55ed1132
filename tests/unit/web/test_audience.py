from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.web.audience import PAGES, Audience, subscribers_told

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("agent", "program", "feed", "count"),
    [
        (
            "Feedly/1.0 (+http://feedly.com/f.html; 16 subscribers; like X)",
            "feedly",
            "",
            16,
        ),
        ("Feedbin feed-id:1373711 - 12 subscribers", "feedbin", "1373711", 12),
        (
            "NewsBlur Feed Fetcher - 3 subscribers - http://newsblur.com/1",
            "newsblur",
            "",
            3,
        ),
        (
            "Inoreader/1.0 (+http://inoreader.com/f; 1 subscriber; )",
            "inoreader",
            "",
            1,
        ),
        ("TheOldReader/1.0 (+http://x; 4 subscribers; feed-id=ab12)", "theoldreader", "ab12", 4),
        ("Feed Wrangler/1.0 (1 subscriber; feed-id=99; http://feedwrangler.net)", "?", "99", 1),
        ("BazQux/2.4 (+https://bazqux.com/fetcher; 6 subscribers)", "bazqux", "", 6),
        (
            "YahooFeedSeeker/2.0 (compatible; users 12; views 34)",
            "yahoofeedseeker",
            "",
            12,
        ),
        ("Superfeedr bot/2.0 http://superfeedr.com - subscribers:7", "superfeedr bot", "", 7),
        ("Reader 0 subscribers", "reader", "", 0),
    ],
)
def test_what_reader_services_tell(agent: str, program: str, feed: str, count: int) -> None:
    told = subscribers_told(agent)
    assert told is not None
    assert told[1:] == (feed, count)
    if program != "?":
        assert told[0] == program


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        "Tiny Tiny RSS/23.04 (https://tt-rss.org/)",
        "X/1.0 (99999999 subscribers)",
        "X/1.0 (1234567890123 subscribers)",
        "X/1.0 (many subscribers)",
        "subscribers",
        "Reader/4 users.example.org",
        "a" * 400 + " 5 subscribers",
    ],
)
def test_what_tells_nothing(agent: str) -> None:
    assert subscribers_told(agent) is None


@given(st.text(max_size=400))
def test_any_user_agent_may_come(agent: str) -> None:
    told = subscribers_told(agent)
    assert told is None or told[2] >= 0


def test_people_are_what_services_tell_and_who_comes_alone() -> None:
    audience = Audience()

    def come(agent: str, caller: str, path: str = "/feeds/all.atom") -> None:
        audience.note(path, user_agent=agent, caller=caller, now=NOON)

    come("Feedly/1.0 (10 subscribers)", "192.0.2.1")
    come("Feedly/1.0 (12 subscribers)", "192.0.2.2")  # the newer number counts
    come("Feedbin feed-id:1 - 5 subscribers", "192.0.2.3", "/feeds/all.rss")
    come("Feedbin feed-id:2 - 6 subscribers", "192.0.2.3", "/feeds/all.rss")
    come("NetNewsWire", "192.0.2.9")
    come("NetNewsWire", "192.0.2.9")
    come("NetNewsWire", "192.0.2.10")
    come("Miniflux", "192.0.2.9")
    (seen,) = audience.today()
    assert (seen.channel, seen.day, seen.told, seen.fetchers) == ("all", NOON.date(), 23, 3)
    assert seen.people == 26
    assert seen.services == (("feedly", 12), ("feedbin", 11))


def test_channels_and_pages_are_told_apart() -> None:
    audience = Audience()
    for path in (
        "/feeds/all.atom",
        "/feeds/all.json",
        "/sources/phu-xuan/feed.rss",
        "/feeds/all/archive/3.atom",
        "/index.html",
        "/stories/x/index.html",
        "/opml.xml",
    ):
        audience.note(path, user_agent="x", caller="192.0.2.1", now=NOON)
    audience.note("/index.html", user_agent="Somebot/2.0", caller="192.0.2.9", now=NOON)
    counted = {seen.channel: (seen.requests, seen.people) for seen in audience.today()}
    assert counted == {PAGES: (2, 1), "all": (2, 1), "sources/phu-xuan/feed": (1, 1)}


def test_a_day_is_closed_and_handed_over_once() -> None:
    audience = Audience()
    audience.note("/feeds/all.atom", user_agent="x", caller="192.0.2.1", now=NOON)
    assert audience.take_finished() == ()
    tomorrow = NOON + timedelta(days=1)
    audience.note("/feeds/all.atom", user_agent="x", caller="192.0.2.1", now=tomorrow)
    (finished,) = audience.take_finished()
    assert (finished.day, finished.fetchers) == (NOON.date(), 1)
    assert audience.take_finished() == ()
    assert [seen.day for seen in audience.today()] == [tomorrow.date()]


def test_the_day_is_closed_without_a_visitor_too() -> None:
    audience = Audience()
    audience.note("/feeds/all.atom", user_agent="x", caller="192.0.2.1", now=NOON)
    assert audience.take_finished(NOON + timedelta(days=1))
    assert audience.today() == ()


def test_nothing_about_anybody_is_kept() -> None:
    audience = Audience()
    audience.note("/feeds/all.atom", user_agent="My Reader", caller="192.0.2.123", now=NOON)
    kept = repr(audience.__dict__)
    assert "192.0.2.123" not in kept
    assert "My Reader" not in kept
    other = Audience()
    other.note("/feeds/all.atom", user_agent="My Reader", caller="192.0.2.123", now=NOON)
    one, two = (next(iter(x._channels.values())).fetchers for x in (audience, other))
    assert one != two  # the salt is random: hashes cannot be compared or looked up


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedhub.web.audience._MOST_FETCHERS", 10)
    monkeypatch.setattr("feedhub.web.audience._MOST_PROGRAMS", 10)
    monkeypatch.setattr("feedhub.web.audience._MOST_CHANNELS", 3)
    audience = Audience()
    for number in range(50):
        for agent in (f"R{number}", f"S{number} 1 subscriber", f"S feedid:{number} 1 subscriber"):
            audience.note("/feeds/all.atom", user_agent=agent, caller="192.0.2.1", now=NOON)
            audience.note(f"/feeds/{number}.rss", user_agent=agent, caller="192.0.2.1", now=NOON)
    seen = audience.today()
    assert len(seen) == 3
    assert all(read.fetchers <= 10 and read.told <= 10 for read in seen)
