"""The portals as an asker sees them."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.demo import PORTALS, TIMELINE, Answer, Fault, FeedFormat, Portal, answer
from feedhub.demo.feeds import feed
from feedhub.demo.showing import showing
from feedhub.demo.timeline import happened

STARTED = datetime(2026, 11, 23, 2, 17, 43, 500_000, tzinfo=UTC)
START, END = timedelta(), timedelta(hours=2)
BASE = "http://127.0.0.1:8001"
MOMENTS = [timedelta(seconds=s) for s in (0, 21, 41, 61, 91, 121, 181, 901, 3601)]
FEEDS = [portal for portal in PORTALS.values() if portal.feed]


def get(address: str, elapsed: timedelta = START, started: datetime = STARTED) -> Answer:
    parts = urlsplit(address)
    return answer(parts.path, parts.query, elapsed, started)


def feed_of(portal: Portal, elapsed: timedelta = START) -> Answer:
    return get(f"/{portal.id}/{portal.feed_path}", elapsed)


def page(address: str, elapsed: timedelta = START) -> str:
    found = get(address, elapsed)
    assert found.status == 200, address
    return found.body.decode()


def links(text: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', text)]


@pytest.mark.parametrize("portal", PORTALS.values(), ids=list(PORTALS))
@pytest.mark.parametrize("elapsed", [START, END], ids=["start", "end"])
def test_every_link_answers(portal: Portal, elapsed: timedelta) -> None:
    waiting, seen = [f"{BASE}/{portal.id}/"], set[str]()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        found = get(address, elapsed)
        assert found.status == 200, address
        kind = found.header("content-type") or ""
        if not kind.startswith("text/html"):
            continue
        for link in links(found.body.decode()):
            target = urljoin(address, link).partition("#")[0]
            if target.startswith(f"{BASE}/{portal.id}/") and target not in seen:
                waiting.append(target)
    assert len(seen) > 8


@pytest.mark.parametrize("elapsed", MOMENTS, ids=str)
def test_same_input_same_bytes_and_no_time_from_the_future(elapsed: timedelta) -> None:
    now = STARTED + elapsed
    for portal in PORTALS.values():
        for path in ("", portal.feed_path):
            first, second = (get(f"/{portal.id}/{path}", elapsed) for _ in range(2))
            assert first == second
            stamp = first.header("last-modified")
            if stamp:
                assert (
                    datetime.strptime(stamp, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=UTC) <= now
                )


@pytest.mark.parametrize("portal", FEEDS, ids=[portal.id for portal in FEEDS])
def test_feeds_are_read_whole(portal: Portal) -> None:
    for elapsed in (START, END):
        body = feed_of(portal, elapsed).body
        if portal.feed is FeedFormat.JSON:
            titles = [row["title"] for row in json.loads(body)["items"]]
        else:
            read = feedparser.parse(body)
            titles = [entry.title for entry in read.entries]
            assert bool(read.bozo) is (Fault.CONTROL_CHARACTER in portal.faults)
        listed = page(f"/{portal.id}/", elapsed)
        assert len(titles) >= 4
        for title in titles:
            words = unicodedata.normalize("NFC", re.sub("<[^>]*>", "", title))
            assert words in unescape(listed)


def test_dates_stay_fresh_whenever_the_demo_starts() -> None:
    for year in (2026, 2031):
        started = datetime(year, 3, 1, 23, 30, tzinfo=UTC)
        body = get("/thach-van/", END, started).body.decode()
        days = [
            date(int(text[6:]), int(text[3:5]), int(text[:2]))
            for text in re.findall(r'class="ngay">\((\d\d/\d\d/\d{4})\)', body)
        ]
        assert len(days) == 8
        assert all(0 <= (date(year, 3, 2) - day).days <= 7 for day in days)


@pytest.mark.parametrize("hour", range(24))
def test_a_front_page_of_the_newest_has_every_portal_at_any_hour(hour: int) -> None:
    started = STARTED.replace(hour=hour, minute=1)
    newest = sorted(
        (
            (shown.published, portal)
            for portal in PORTALS
            for shown in showing(portal, started, 0).articles
        ),
        reverse=True,
    )[:24]
    assert {portal for _, portal in newest} == set(PORTALS)
    assert newest[0][0] <= started


def test_articles_appear_while_one_watches() -> None:
    before, after = (page("/thach-van/", timedelta(seconds=s)) for s in (59, 61))
    assert "Thông xe cầu Nguyệt Kiều" not in before
    assert "Thông xe cầu Nguyệt Kiều" in after


def test_a_notice_is_corrected() -> None:
    city = PORTALS["nguyet-giang"]
    before, after = (feed_of(city, timedelta(seconds=s)).body.decode() for s in (39, 41))
    assert "từ 21 giờ thứ Tư ngày 25/11/2026" in before
    assert "từ 22 giờ thứ Năm ngày 26/11/2026" in after
    assert "từ 21 giờ" not in after


def test_a_notice_is_withdrawn() -> None:
    city = PORTALS["nguyet-giang"]
    found = re.search(r'href="([^"]*tuyen-dung[^"]*)"', page("/nguyet-giang/"))
    assert found is not None
    assert get(found[1], timedelta(seconds=89)).status == 200
    assert get(found[1], timedelta(seconds=91)).status == 410
    assert b"tuyen-dung" in feed_of(city, timedelta(seconds=89)).body
    assert b"tuyen-dung" not in feed_of(city, timedelta(seconds=91)).body


def test_an_article_that_is_not_out_yet_has_no_page() -> None:
    found = re.search(r'href="([^"]*thong-xe[^"]*)"', page("/nguyet-giang/", END))
    assert found is not None
    assert get(found[1]).status == 404


def test_an_article_keeps_its_address() -> None:
    def addresses(elapsed: timedelta) -> set[str]:
        return {link for link in links(page("/dong-ngu/", elapsed)) if "tc=" in link}

    assert addresses(START) < addresses(END)


def test_the_query_names_the_article_in_any_order() -> None:
    link = next(link for link in links(page("/thach-van/")) if "tc=" in link)
    parts = urlsplit(link)
    turned = "&".join(reversed(parts.query.split("&")))
    assert get(f"{parts.path}?{turned}").body == get(link).body
    assert get(f"{parts.path}?gd=4&cn=121&tc=1").status == 404


def test_reprints_carry_the_first_text() -> None:
    def text(portal: str, words: str) -> str:
        link = next(link for link in links(page(f"/{portal}/", END)) if words in link)
        return page(link, END)

    sentence = "Cầu dài 412 mét, rộng 22,5 mét với bốn làn xe"
    listing = page("/thach-van/", END)
    found = re.search(r'href="([^"]*)">Thông xe cầu Nguyệt Kiều', listing)
    assert found is not None
    reprint = page(unescape(found[1]), END)
    assert sentence in text("nguyet-giang", "thong-xe")
    assert sentence in reprint
    assert "Theo Cổng thông tin điện tử thành phố" in reprint


def test_two_wards_notices_differ_only_in_ward_and_day() -> None:
    def notice(portal: str) -> str:
        listing = page(f"/{portal}/")
        found = re.search(r'href="([^"]*)">Thông báo lịch thu gom rác', listing)
        assert found is not None
        return page(unescape(found[1]))

    first, second = notice("thach-van"), notice("dong-ngu")
    assert "vào thứ Sáu ngày 27/11/2026" in first
    assert "vào Chủ nhật ngày 29/11/2026" in second


def test_the_visit_counter_never_rests() -> None:
    link = next(link for link in links(page("/thach-van/")) if "tc=" in link)
    counts = {
        re.findall(r"lượt truy cập ([\d.]+)", page(link, timedelta(seconds=s)))[0] for s in range(5)
    }
    assert len(counts) == 5
    assert get(link).header("etag") is None


def test_faults() -> None:
    def body(portal: str, seconds: int = 0) -> str:
        return feed_of(PORTALS[portal], timedelta(seconds=seconds)).body.decode()

    def guids(text: str) -> list[str]:
        return re.findall(r"<(?:guid|id)[^>]*>([^<]*)</", text)

    assert not set(guids(body("hai-ngan"))) & set(guids(body("hai-ngan", 10)))
    assert "<link>/hai-ngan/pages/" in body("hai-ngan")
    assert "\x0b" in body("hai-ngan")
    assert len(set(guids(body("y-te")))) == 1
    assert feed_of(PORTALS["y-te"]).header("content-type") == "text/xml; charset=windows-1252"
    flips = {guid.partition(":")[0] for s in (0, 15) for guid in guids(body("bao-nguyet-giang", s))}
    assert flips >= {"http", "https"}
    assert "&lt;b&gt;" in body("bao-nguyet-giang", 400)
    assert '"date_published": "2027' in body("van-hoa")
    raw = feed_of(PORTALS["con-mai"]).body
    assert "xã Cồn Mai" in unicodedata.normalize("NFC", raw.decode("cp1258"))
    with pytest.raises(UnicodeDecodeError):
        raw.decode()


def test_a_portal_without_a_feed_writes_none() -> None:
    with pytest.raises(ValueError, match="thach-van"):
        feed(showing("thach-van", STARTED, 0), BASE, START)
    assert get("/thach-van/rss/").status == 404


def test_restless_feeds_have_no_validators_and_calm_ones_do() -> None:
    for portal in FEEDS:
        restless = portal.faults & {Fault.NEW_GUIDS, Fault.FLIPPING_SCHEME}
        assert (feed_of(portal).header("etag") is None) is bool(restless), portal.id


@settings(deadline=None)  # the first example reads the text files
@given(path=st.text(max_size=80), query=st.text(max_size=80), seconds=st.floats(-1e6, 1e6))
def test_any_address_at_any_moment_is_answered(path: str, query: str, seconds: float) -> None:
    for start in ("", "/", "/thach-van/", "/con-mai/1222/"):
        found = answer(start + path, query, timedelta(seconds=seconds), STARTED)
        assert found.status in {200, 301, 404, 410}
        assert found.header("content-type")


@settings(deadline=None)
@given(minutes=st.lists(st.integers(0, 70), min_size=2, max_size=2).map(sorted))
def test_nothing_vanishes_but_what_is_withdrawn(minutes: list[int]) -> None:
    earlier, later = (happened(timedelta(minutes=minute)) for minute in minutes)
    for portal in PORTALS:
        before, after = (showing(portal, STARTED, rows) for rows in (earlier, later))
        kept = {shown.address for shown in (*after.articles, *after.withdrawn)}
        assert {shown.address for shown in before.articles} <= kept
        assert before.changed <= after.changed
        dates = [shown.published for shown in after.articles]
        assert dates == sorted(dates, reverse=True)


def test_what_is_not_there() -> None:
    assert get("/nowhere/").status == 404
    assert get("/thach-van").status == 301
    assert get("/" + "x" * 3000).status == 414
    assert get("/thach-van/?" + "&".join(f"a{n}=1" for n in range(40))).status == 200
    assert b"Allow: /" in get("/robots.txt").body


def test_the_front_page_tells_what_will_happen() -> None:
    front = page("/")
    assert all(portal.name in unescape(front) for portal in PORTALS.values())
    assert front.count("<tr>") == len(TIMELINE)
    assert "<td>0:40</td><td>đính chính</td>" in front
