"""Faults 26 to 57 that no other test drives: servers that fail, lie, move and change their minds.

One hub over all of them; the real command collects it on four days, so every test also shows that
none disturbs another.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.faults.ground import run_with
from tests.flow.towns import Hub, Page, Town, town
from tests.unit.fetch.conftest import CERTIFICATES, server_context
from tests.unit.fetch.town import Town as TlsTown

from feedhub.app import App
from feedhub.clock import ShiftedClock
from feedhub.config.load import load_settings

pytestmark = pytest.mark.timeout(240)  # the first test waits for all nine commands

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)

COPIED = (
    "Đoạn đường ven sông dài hai cây số đã thông xe trở lại sau ba tháng sửa chữa. Công nhân đã "
    "thay nền đường bị lún, làm lại rãnh thoát nước và trồng hai hàng cây mới dọc bờ kè. Xe buýt "
    "chạy lại lộ trình cũ, còn xe tải trên năm tấn vẫn phải đi vòng qua cầu phía bắc cho đến khi "
    "phần vỉa hè được hoàn thành. Người dân sống gần đó cho biết đường mới êm hơn và không còn "
    "ngập sau mưa. Ban quản lý nhắc mọi người giữ vệ sinh và không đỗ xe trên làn dành cho xe đạp."
)

#: names that end with .invalid are nobody's, whatever resolver this machine has
NO_SUCH_NAME = """
import socket
real = socket.getaddrinfo
def lookup(host, *args, **kwargs):
    if str(host).endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return real(host, *args, **kwargs)
socket.getaddrinfo = lookup
"""


def row(
    number: int, *, title: str = "", day: int = 0, text: str = "", guid: str = ""
) -> dict[str, str]:
    moment = START - timedelta(hours=3) + timedelta(days=day, minutes=number)
    return {
        "title": title or f"Thông báo số {number} về cây xanh trên đường phố",
        "guid": guid or f"urn:{number}",
        "link": f"https://town.example/{number}",
        "date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "text": text
        or f"Nội dung của riêng tin {number}: " + " ".join(f"m{number}n{k}" for k in range(25)),
    }


@dataclass
class Story:
    """What four collects said, and the hub they left behind."""

    hub: Hub
    pulls: list[dict[str, dict[str, Any]]]
    standings: list[dict[str, dict[str, Any]]]

    def titles(self, source: str) -> list[str]:
        """The titles in a source's published feed, the newest first."""
        path = self.hub.public / "sources" / source / "feed.json"
        return [one["title"] for one in json.loads(path.read_bytes())["items"]]

    def pages(self, title: str) -> list[str]:
        """The pages of the stories of a title."""
        texts = [
            path.read_text(encoding="utf-8")
            for path in self.hub.public.glob("stories/*/index.html")
        ]
        headings = [re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", text, re.DOTALL) for text in texts]
        return [text for text, h1 in zip(texts, headings, strict=True) if h1 and h1[1] == title]

    def outcomes(self, source: str) -> list[str]:
        """How the four pulls of a source ended."""
        return [pull[source]["outcome"] for pull in self.pulls]

    def new(self, source: str) -> list[int]:
        """How many entries each pull found new."""
        return [pull[source]["new"] for pull in self.pulls]


def serve(towns: Town, day: int) -> None:
    """Let every town do what it does on this day."""
    towns.feed("/usual", *(row(n) for n in range(3 + day, 0, -1)))
    towns.feed("/new-place", row(1))
    towns.pages["/moves"] = Page(b"", status=301, headers={"Location": towns.url("/new-place")})
    towns.feed("/emptied", *(row(n) for n in (2, 1)))
    if day == 1:
        towns.pages["/emptied"] = Page(b"")
    if day >= 2:
        towns.feed("/emptied")
    towns.feed("/long-title", {**row(1), "title": "Dài " * 200_000})
    towns.feed("/guid-churn", *(row(n, guid=f"{n}-{day}") for n in (3, 2, 1)))
    towns.feed("/one-guid", *(row(n, guid="same") for n in (3, 2, 1)))
    towns.feed("/restless", row(1, text=f"Cập nhật lần {day}. " + "nội dung " * 30))
    dates = (
        {**row(1), "date": "Mon, 01 Jan 2099 00:00:00 GMT"},
        {**row(2), "date": "31/02/2026"},
        {key: value for key, value in row(3).items() if key != "date"},
    )
    towns.feed("/dates", *dates)
    marked = '<rss version="2.0"><channel><title>T</title><item><title>{}</title><guid>1</guid>'
    tail = "</item></channel></rss>"
    legacy = (marked.format("Chợ phiên") + tail).encode("utf-16")
    plain = marked.format("Chợ phiên đầu năm") + tail
    bodies = (
        legacy,
        plain.encode().replace("năm".encode(), b"n\xff\xe3m"),
        plain.encode(),
        ("<?xml version='1.0' encoding='iso-8859-1'?>" + plain).encode(),
    )
    towns.pages["/charset"] = Page(bodies[day])
    places = (
        "http://x.example/a?b=1&amp;c=2",
        "https://x.example/a?c=2&amp;b=1",
        "https://www.x.example/a?b=1&amp;c=2&amp;utm_source=z",
        "http://x.example/a?c=2&amp;b=1#top",
    )
    moving = {key: value for key, value in row(1).items() if key != "guid"}
    towns.feed("/address", {**moving, "link": places[day]})
    towns.feed("/copy-1", row(1, title="Đường ven sông thông xe trở lại", text=COPIED))
    edited = COPIED.replace("hoàn thành", "làm xong") + " Theo cổng thông tin của phường."
    towns.feed("/copy-2", row(2, title="Đường ven sông thông xe trở lại", text=edited))
    towns.feed("/same-title-1", row(1, title="Thông báo", text="Lịch tiêm phòng cho trẻ nhỏ. " * 9))
    towns.feed("/same-title-2", row(2, title="Thông báo", text="Cắt điện để sửa lưới điện. " * 9))
    towns.feed("/leaves", row(1))


NAMES = (
    *("usual", "moves", "emptied", "long-title", "guid-churn", "one-guid", "restless"),
    *("dates", "charset", "address", "copy-1", "copy-2", "same-title-1"),
    *("same-title-2", "leaves"),
)
WAITS = {"seconds": "7200", "moment": "Wed, 04 Mar 2026 09:00:00 GMT", "nonsense": "soon",
         "year": "31536000"}  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Collect and publish on four days."""
    hub = Hub(tmp_path_factory.mktemp("hub"))
    with ExitStack() as stack:
        towns = stack.enter_context(town())
        closing = town()
        refusing = closing.__enter__()
        refusing.feed("/a", row(1))
        waiting = {name: stack.enter_context(TlsTown(host=f"127.0.0.{number}"))
                   for number, name in enumerate(WAITS, 21)}  # fmt: skip
        for name, wish in WAITS.items():
            waiting[name].answers("/a", status=429, headers={"Retry-After": wish})
        tls = stack.enter_context(TlsTown(tls=server_context("good")))
        tls.answers("/a", status=302, headers={"Location": towns.url("/usual")})
        sources = [f'id = "{name}"\nurl = "{towns.url("/" + name)}"\n' for name in NAMES]
        sources += [f'id = "refuses"\nurl = "{refusing.url("/a")}"\n']
        sources += ['id = "unknown"\nurl = "http://nobody.invalid/rss"\n']
        sources += [f'id = "{name}"\nurl = "{one.url("/a")}"\n' for name, one in waiting.items()]
        authority = f'ca_file = "{CERTIFICATES / "authority.pem"}"\n'
        sources += [f'id = "downgrades"\nurl = "{tls.url("/a")}"\n{authority}']
        private = [
            towns.address,
            refusing.address,
            tls.site,
            *(one.site for one in waiting.values()),
        ]
        pulls, standings = [], []
        for day in range(4):
            serve(towns, day)
            kept = [one for one in sources if day < 3 or '"leaves"' not in one]
            text = "".join(f"[[sources]]\nbackfill = 5000\n{one}" for one in kept)
            hub.configure(text, private='", "'.join(private))
            now = ("--now", (START + day * DAY).isoformat())
            done = run_with(NO_SUCH_NAME, hub, *now, "collect", "--all", "--json")
            assert done.stdout, done.stderr
            pulls.append({one["source"]: one for one in json.loads(done.stdout)["sources"]})
            if day == 0:
                closing.__exit__(None, None, None)
                hub.run(*now, "publish")
                (hub.folder / "first").mkdir()
                subprocess.run(["cp", "-r", str(hub.public), str(hub.folder / "first")], check=True)
            listed = hub.json(*now, "sources", "list")["sources"]
            standings.append({one["id"]: one for one in listed})
        hub.run("--now", (START + 3 * DAY).isoformat(), "publish")
        yield Story(hub, pulls, standings)


def test_26_a_source_refuses_connections(story: Story) -> None:
    assert story.outcomes("refuses") == ["ok", "failed", "failed", "failed"]
    (one, two) = (story.standings[day]["refuses"] for day in (1, 3))
    assert one["health"] == two["health"] == "failing"
    assert "takes no connections on port" in two["message"]
    assert two["entries"] == 1
    assert len(story.titles("refuses")) == 1
    page = (story.hub.public / "status/index.html").read_text(encoding="utf-8")
    # the command's clock runs on while it starts
    assert "2026-03-03T01:00:0" in page.partition("/sources/refuses/")[2][:600]
    waits = [datetime.fromisoformat(one["next_try"]) - START - DAY,
             datetime.fromisoformat(two["next_try"]) - START - 3 * DAY]  # fmt: skip
    assert waits[1] > waits[0]


def test_27_one_name_is_nobodys(story: Story) -> None:
    """For all names at once see tests/flow/test_watched_sources.py (network down)."""
    assert story.outcomes("unknown") == ["failed"] * 4
    assert "there is no host named nobody.invalid" in story.pulls[0]["unknown"]["message"]
    assert story.standings[3]["unknown"]["health"] == "failing"
    assert story.outcomes("usual") == ["ok"] * 4


def test_29_a_redirect_leads_from_https_to_http(story: Story) -> None:
    assert story.outcomes("downgrades") == ["failed"] * 4
    assert "https" in story.pulls[0]["downgrades"]["message"]


def test_31_a_permanent_redirect_is_followed_remembered_and_shown(story: Story) -> None:
    assert story.outcomes("moves")[0] == "ok"
    assert "moved" not in story.standings[1]["moves"]["message"]
    assert "moved for good to " in story.standings[3]["moves"]["message"]
    assert "put that address into the config" in story.standings[3]["moves"]["message"]


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("seconds", timedelta(hours=2), timedelta(hours=3)),
        ("moment", timedelta(days=1), timedelta(days=2)),
        ("nonsense", timedelta(minutes=1), timedelta(hours=3)),
        ("year", timedelta(hours=20), timedelta(days=2)),
    ],
)
def test_35_a_host_that_asks_for_rest_gets_it_within_a_day(
    story: Story, name: str, least: timedelta, most: timedelta
) -> None:
    wait = datetime.fromisoformat(story.standings[0][name]["next_try"]) - START
    assert min(least, DAY) <= wait <= min(most, timedelta(hours=30)), wait


def test_37_an_emptied_source_loses_nothing(story: Story) -> None:
    """A drop of most of what is usual is flagged: tests/flow/test_watched_sources.py."""
    assert story.outcomes("emptied")[:2] == ["ok", "failed"]
    assert story.standings[3]["emptied"]["entries"] == 2
    assert len(story.titles("emptied")) == 2


def test_41_a_title_without_end(story: Story) -> None:
    assert story.outcomes("long-title")[0] == "ok"
    assert max(map(len, story.titles("long-title"))) <= 500


def test_41_too_many_entries(hub: Hub, towns: Town) -> None:
    towns.feed("/many", *({"title": f"Tin {n}", "guid": f"g{n}"} for n in range(50_000)))
    hub.configure(
        f'[[sources]]\nid = "many"\nurl = "{towns.url("/many")}"\n', private=towns.address
    )
    (read,) = hub.json("sources", "check")["sources"]
    assert len(read["entries"]) == 2000
    assert read["rejected"]


def test_43_guids_change_at_every_pull(story: Story) -> None:
    assert story.new("guid-churn") == [3, 0, 0, 0]
    assert len(story.titles("guid-churn")) == 3


def test_44_one_guid_for_different_entries(story: Story) -> None:
    assert story.new("one-guid") == [3, 0, 0, 0]


def test_45_an_entry_is_edited_at_every_pull(story: Story) -> None:
    """That its history is capped is in tests/contract/test_store.py."""
    assert story.new("restless") == [1, 0, 0, 0]
    assert len(story.titles("restless")) == 1


def test_48_dates_in_the_future_absent_and_impossible(story: Story) -> None:
    feed = json.loads((story.hub.public / "sources/dates/feed.json").read_bytes())
    moments = [datetime.fromisoformat(one["date_published"]) for one in feed["items"]]
    assert len(moments) == 3
    assert all(START - DAY <= moment <= START + DAY for moment in moments), moments


def test_49_charsets_that_are_not_what_they_say(story: Story) -> None:
    assert story.new("charset") == [1, 0, 0, 0]
    assert story.titles("charset") == ["Chợ phiên đầu năm"]
    assert "could not be read" in story.pulls[1]["charset"]["message"]


def test_51_addresses_change_their_spelling(story: Story) -> None:
    assert story.new("address") == [1, 0, 0, 0]


def test_52_two_sources_copy_one_text_with_small_edits(story: Story) -> None:
    (page,) = story.pages("Đường ven sông thông xe trở lại")
    assert "town.example/1" in page
    assert "town.example/2" in page


def test_53_different_stories_of_one_title(story: Story) -> None:
    assert len(story.pages("Thông báo")) == 2


def test_56_a_source_leaves_the_config(story: Story) -> None:
    """Its stories stay where they are; its own feed is gone (410 for readers); no pull any more."""
    assert "leaves" in story.pulls[2]
    assert "leaves" not in story.pulls[3]
    first = story.hub.folder / "first/public"
    assert (first / "sources/leaves/feed.atom").is_file()
    assert not (story.hub.public / "sources/leaves/feed.atom").exists()
    stories = {page.parent.name for page in first.glob("stories/*/index.html")}
    assert stories <= {page.parent.name for page in story.hub.public.glob("stories/*/index.html")}


def test_57_a_source_is_renamed_and_an_id_is_used_twice(hub: Hub, towns: Town) -> None:
    towns.feed("/a", row(1))
    source = f'[[sources]]\nid = "a"\nname = "{{}}"\nurl = "{towns.url("/a")}"\n'
    hub.configure(source.format("Phường A"), private=towns.address)
    assert hub.collected()["a"]["new"] == 1
    hub.configure(source.format("Phường Mới"), private=towns.address)
    assert hub.collected("a")["a"]["new"] == 0
    hub.run("publish")
    assert "Phường Mới" in (hub.public / "sources/a/index.html").read_text(encoding="utf-8")
    hub.configure(source.format("A") + source.format("B"), private=towns.address)
    refused = hub.run("collect", ok=False)
    assert refused.returncode == 78
    assert '"a"' in refused.stderr


def test_42_an_old_archive_comes_at_once(hub: Hub, towns: Town) -> None:
    """Held back first; once accepted it stands on the pages of its days and is news to nobody."""
    towns.feed("/a", *(row(n) for n in range(12, 0, -1)))
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\nbackfill = 3\n', private=towns.address
    )
    for day in range(4):
        towns.feed("/a", *(row(n, day=min(n, day)) for n in range(12 + day, day, -1)))
        app = App(load_settings(hub.config), ShiftedClock(START + day * DAY))
        try:
            app.collect(["a"])
        finally:
            app.close()
    old = [row(n, day=-900) for n in range(200, 100, -1)]
    towns.feed("/a", row(99, day=4), *(row(n, day=3) for n in range(15, 3, -1)), *old)
    now = ("--now", (START + 4 * DAY).isoformat())
    done = hub.run(*now, "collect", "a", ok=False)
    assert "held back" in done.stdout, done.stdout
    assert "held" in hub.run(*now, "sources", "list").stdout
    hub.run(*now, "collect", "a", "--accept")
    hub.run(*now, "publish")
    shown = json.dumps(hub.stories(), ensure_ascii=False)
    assert "số 99 " in shown
    assert "số 150 " not in shown
    days = list(hub.public.glob("archive/2023/*/*/index.html"))
    assert any("số 150 " in page.read_text(encoding="utf-8") for page in days)
    front = (hub.public / "index.html").read_text(encoding="utf-8")
    assert "số 150 " not in front
