"""The main job through the real command, against loopback towns."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from tests.flow.towns import Hub, Page, Town

ATOM = "{http://www.w3.org/2005/Atom}"
LONG = (
    "Sáng ngày 17 tháng 2, Ủy ban nhân dân phường tổ chức hội nghị tổng kết công tác phòng chống "
    "lụt bão, biểu dương 12 tập thể và 35 cá nhân, đồng thời triển khai kế hoạch năm nay với trọng "
    "tâm là gia cố bờ kè sông, chuẩn bị vật tư tại chỗ và diễn tập sơ tán dân ở vùng thấp trũng."
)


def news(name: str, title: str, text: str = "", day: int = 10) -> dict[str, str]:
    return {
        "title": title,
        "guid": f"tag:town,2026:{name}",
        "link": f"https://town.example/{name}",
        "date": f"Tue, {day} Mar 2026 08:00:00 +0700",
        "text": text or f"{title}. Chi tiết của tin {name}.",
    }


def configure(hub: Hub, towns: Town, *ids: str) -> None:
    sources = "".join(
        f'[[sources]]\nid = "{name}"\nname = "Nguồn {name}"\nplace = "Phường {name}"\n'
        f'url = "{towns.url("/" + name)}"\n'
        for name in ids
    )
    hub.configure(sources, private=towns.address)


def test_collect_then_publish_gives_the_same_stories_in_all_formats(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Sửa đường liên thôn"), news("2", "Thư viện mở cửa chủ nhật"))
    towns.feed("/b", news("3", "Chợ phiên cuối tuần"))
    configure(hub, towns, "a", "b")
    report = hub.collected()
    assert (report["a"]["new"], report["b"]["new"]) == (2, 1)
    hub.run("publish")
    stories = hub.stories()
    assert {story["title"] for story in stories} == {
        "Sửa đường liên thôn",
        "Thư viện mở cửa chủ nhật",
        "Chợ phiên cuối tuần",
    }
    atom = ET.fromstring((hub.public / "feeds/all.atom").read_bytes())
    rss = ET.fromstring((hub.public / "feeds/all.rss").read_bytes())
    ids = {story["id"] for story in stories}
    assert {entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")} == ids
    assert {row.findtext("guid") for row in rss.iter("item")} == ids
    front = (hub.public / "index.html").read_text(encoding="utf-8")
    assert "Thư viện mở cửa chủ nhật" in front


def test_a_second_collect_finds_nothing_and_rewrites_no_file(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Sửa đường liên thôn"))
    configure(hub, towns, "a")
    hub.run("collect")
    hub.run("publish")
    before = hub.files()
    again = hub.collected("--all")
    assert again["a"]["new"] == 0
    assert hub.json("publish")["written"] == 0
    assert hub.files() == before
    assert hub.json("publish", "--full")["written"] == 0
    assert hub.files() == before


def test_a_broken_source_stops_no_other_and_keeps_its_entries(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Sửa đường liên thôn"))
    towns.feed("/b", news("2", "Chợ phiên cuối tuần"))
    configure(hub, towns, "a", "b")
    hub.run("collect")
    towns.pages["/a"] = Page(b"<html><body>Bao tri</body></html>", "text/html")
    towns.feed("/b", news("2", "Chợ phiên cuối tuần"), news("3", "Khai giảng lớp bơi"))
    report = hub.collected("--all", ok=False)
    assert report["a"]["outcome"] == "failed"
    assert report["a"]["message"]
    assert report["b"]["new"] == 1
    hub.run("publish")
    assert len(hub.stories()) == 3
    assert "failing" in hub.run("sources", "list").stdout


def test_the_front_page_tells_when_nothing_can_be_read_any_more(hub: Hub, towns: Town) -> None:
    said = "chưa đọc được nguồn nào"
    towns.feed("/a", news("1", "Sửa đường liên thôn"))
    towns.feed("/b", news("2", "Chợ phiên cuối tuần"))
    configure(hub, towns, "a", "b")

    def front() -> str:
        hub.run("collect", "--all", ok=False)
        hub.run("publish")
        return (hub.public / "index.html").read_text(encoding="utf-8")

    assert said not in front()
    working = dict(towns.pages)
    towns.pages["/a"] = Page(b"", "text/plain", 500)
    assert said not in front(), "one source is still read"
    towns.pages["/b"] = Page(b"", "text/plain", 500)
    assert said in front()
    towns.pages |= working
    assert said not in front()


def test_a_reprint_is_one_story_that_names_both_sources(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Tổng kết công tác phòng chống lụt bão", LONG))
    towns.feed("/b", news("2", "Hội nghị tổng kết phòng chống lụt bão", LONG, day=11))
    configure(hub, towns, "a", "b")
    hub.run("collect")
    hub.run("publish")
    (story,) = hub.stories()
    assert "Nguồn b" in story["content_html"]
    page = (hub.public / "stories" / story["id"].rsplit("/", 1)[1] / "index.html").read_text()
    assert "Nguồn a" in page
    assert "Nguồn b" in page


def test_a_late_reprint_does_not_bump_the_story_nor_change_its_lead(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Tổng kết công tác phòng chống lụt bão", LONG))
    towns.feed("/b", news("9", "Chợ phiên cuối tuần"))
    configure(hub, towns, "a", "b")
    hub.run("collect")
    hub.run("publish")
    before = {story["title"]: story for story in hub.stories()}
    late = news("2", "Hội nghị tổng kết phòng chống lụt bão", LONG, day=12)
    towns.feed("/b", late, news("9", "Chợ phiên cuối tuần"))
    hub.run("collect", "--all")
    hub.run("publish")
    after = {story["title"]: story for story in hub.stories()}
    assert set(after) == set(before)
    title = "Tổng kết công tác phòng chống lụt bão"
    assert after[title]["id"] == before[title]["id"]
    assert after[title]["date_modified"] == before[title]["date_modified"]
    assert "Nguồn b" in after[title]["content_html"]


def test_an_operators_split_and_merge_stick(hub: Hub, towns: Town) -> None:
    towns.feed("/a", news("1", "Tổng kết công tác phòng chống lụt bão", LONG))
    towns.feed("/b", news("2", "Hội nghị tổng kết phòng chống lụt bão", LONG, day=11))
    configure(hub, towns, "a", "b")
    hub.run("collect")
    hub.run("publish")
    (story,) = hub.stories()
    name = story["id"].rsplit("/", 1)[1]
    shown = hub.json("stories", "show", name)
    assert shown["links"][0]["verdict"] == "same"
    assert shown["links"][0]["reasons"]
    other = next(one["id"] for one in shown["entries"] if one["id"] != shown["lead"])
    hub.run("stories", "split", name, other)
    hub.run("collect", "--all")
    hub.run("publish")
    first, second = (one["id"].rsplit("/", 1)[1] for one in hub.stories())
    hub.run("stories", "merge", first, second)
    hub.run("publish")
    (back,) = hub.stories()
    assert back["id"] == story["id"]
    gone = next(one for one in (first, second) if one != name)
    assert name in (hub.public / "stories" / gone / "index.html").read_text()


def test_a_correction_is_kept_shown_and_announced_once(hub: Hub, towns: Town) -> None:
    text = "Ngừng cấp nước từ 8 giờ ngày 12/3 đến 16 giờ ngày 13/3 tại đường Lê Lợi và kiệt 131."
    towns.feed("/a", news("1", "Thông báo ngừng cấp nước", text))
    configure(hub, towns, "a")
    hub.run("collect")
    hub.run("publish")
    towns.feed("/a", news("1", "Thông báo ngừng cấp nước", text.replace("12/3", "15/3")))
    assert hub.collected("--all")["a"]["revised"] == 1
    hub.run("publish")
    (correction,) = hub.stories("corrections")
    assert "15/3" in correction["content_html"]
    (story,) = hub.stories()
    page = (hub.public / "stories" / story["id"].rsplit("/", 1)[1] / "index.html").read_text()
    assert "<del" in page
    assert hub.collected("--all")["a"]["revised"] == 0
    assert hub.json("publish")["written"] == 0


def test_an_entry_edited_on_every_pull_soon_announces_nothing(hub: Hub, towns: Town) -> None:
    configure(hub, towns, "a")
    for number in range(8):
        text = f"Ngừng cấp nước từ 8 giờ ngày {number + 10}/3 tại đường Lê Lợi và kiệt 131."
        towns.feed("/a", news("1", "Thông báo ngừng cấp nước", text))
        hub.run("collect", "--all")
    hub.run("publish")
    assert len(hub.stories("corrections")) == 4
    assert len(hub.stories()) == 1


def test_a_withdrawn_entry_becomes_a_tombstone(hub: Hub, towns: Town) -> None:
    rows = [
        {
            **news(str(n), f"Tin số {n} của phường trong tháng ba", day=20 - n),
            "link": towns.url(f"/{n}"),
        }
        for n in range(4)
    ]
    for n in range(4):
        towns.pages[f"/{n}"] = Page(b"<p>tin</p>", "text/html")
    towns.feed("/a", *rows)
    configure(hub, towns, "a")
    hub.run("collect")
    hub.run("publish")
    assert len(hub.stories()) == 4
    del towns.pages["/1"]
    towns.feed("/a", rows[0], *rows[2:])
    assert hub.collected("--all")["a"]["withdrawn"] == 1
    hub.run("publish")
    assert len(hub.stories()) == 3
    assert b"deleted-entry" in (hub.public / "feeds/all.atom").read_bytes()


def test_an_entry_that_is_merely_unlisted_stays(hub: Hub, towns: Town) -> None:
    rows = [
        {
            **news(str(n), f"Tin số {n} của phường trong tháng ba", day=20 - n),
            "link": towns.url(f"/{n}"),
        }
        for n in range(4)
    ]
    for n in range(4):
        towns.pages[f"/{n}"] = Page(b"<p>tin</p>", "text/html")
    towns.feed("/a", *rows)
    configure(hub, towns, "a")
    hub.run("collect")
    towns.feed("/a", rows[0], *rows[2:])
    assert hub.collected("--all")["a"]["withdrawn"] == 0
    hub.run("publish")
    assert len(hub.stories()) == 4
    assert towns.asked.count("/1") == 1


def test_a_first_pull_is_kept_whole_but_announced_only_in_part(hub: Hub, towns: Town) -> None:
    towns.feed("/a", *(news(str(n), f"Tin riêng số {n} của phường", day=1 + n) for n in range(25)))
    configure(hub, towns, "a")
    assert hub.collected()["a"]["new"] == 25
    hub.run("publish")
    titles = {story["title"] for story in hub.stories()}
    assert titles == {f"Tin riêng số {n} của phường" for n in range(15, 25)}
    kept = [path for path in hub.files() if path.startswith("stories/")]
    assert len(kept) == 25


LISTING = """<html><body><ul class="tin">{}</ul><div class="khac">{}</div></body></html>"""


def listing(*names: str, other: str = "") -> Page:
    rows = "".join(
        f'<li><a href="/tin/{name}.html">Tin {name} của xã ta trong tuần</a> '
        f"<i>1{n}/03/2026</i></li>"
        for n, name in enumerate(names)
    )
    return Page(LISTING.format(rows, other).encode(), "text/html; charset=utf-8")


def test_a_listing_is_read_by_its_rule_and_a_new_rule_is_taken_at_once(
    hub: Hub, towns: Town
) -> None:
    towns.pages["/tin"] = listing("a", "b", other='<p><a href="/x">Thông báo khẩn cấp</a></p>')
    source = (
        f'[[sources]]\nid = "xa"\nkind = "listing"\nurl = "{towns.url("/tin")}"\n'
        "[sources.listing]\nentry = "
    )
    hub.configure(f'{source}"ul.tin li"', private=towns.address)
    assert hub.collected()["xa"]["new"] == 2
    hub.configure(f'{source}".tin li, .khac p"', private=towns.address)
    assert hub.collected("--all")["xa"]["new"] == 1


def test_a_redesigned_listing_is_an_alarm_and_not_news(hub: Hub, towns: Town) -> None:
    names = [f"so-{n}" for n in range(8)]
    towns.pages["/tin"] = listing(*names)
    hub.configure(
        f'[[sources]]\nid = "xa"\nkind = "listing"\nurl = "{towns.url("/tin")}"\n'
        '[sources.listing]\nentry = "ul.tin li"',
        private=towns.address,
    )
    assert hub.collected()["xa"]["new"] == 8
    hub.run("publish")
    towns.pages["/tin"] = listing(*(f"menu-{n}" for n in range(8)))
    row = hub.collected("--all", ok=False)["xa"]
    assert (row["outcome"], row["new"]) == ("held", 0)
    towns.pages["/tin"] = Page(b"<html><body><p>Trang moi</p></body></html>", "text/html")
    assert hub.collected("--all", ok=False)["xa"]["outcome"] == "held"
    assert hub.json("publish")["stories"] == 0
    assert len(hub.stories()) == 8
    towns.pages["/tin"] = listing(*(f"menu-{n}" for n in range(8)))
    assert hub.collected("xa", "--accept")["xa"]["new"] == 8


def test_full_text_is_read_once_per_article_and_chrome_is_learnt(hub: Hub, towns: Town) -> None:
    rows = []
    for n in range(4):
        text = f"Bài {n} kể chuyện riêng của làng {n}. " + " ".join(
            f"Câu thứ {k} của bài {n} nói về mùa vụ và hội làng." for k in range(8)
        )
        page = (
            "<html><body><p>Phường ta văn minh xanh sạch đẹp</p>"
            f"<h1>Chuyện làng số {n} trong tháng ba</h1><p>Ngày đăng: 1{n}/03/2026</p>"
            f"<div><p>{text}</p></div><p>Lượt truy cập: {n}5{n}</p></body></html>"
        )
        towns.pages[f"/bai/{n}"] = Page(page.encode(), "text/html; charset=utf-8")
        rows.append(
            {**news(f"b{n}", f"Chuyện làng số {n} trong tháng ba"), "link": towns.url(f"/bai/{n}")}
        )
    towns.feed("/a", *rows)
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\n[sources.article]\nfull_text = true\n',
        private=towns.address,
    )
    hub.run("collect")
    hub.run("collect", "--all")
    assert [towns.asked.count(f"/bai/{n}") for n in range(4)] == [1] * 4
    hub.run("publish")
    for story in hub.stories():
        assert "mùa vụ và hội làng" in story["content_html"]
        assert "văn minh xanh" not in story["content_html"]
        assert "truy cập" not in story["content_html"]


def test_a_config_error_exits_78_and_says_where(hub: Hub) -> None:
    hub.config.write_text('[hub]\ntitel = "x"\n')
    done = hub.run("collect", ok=False)
    assert done.returncode == 78
    assert "line 2" in done.stderr
    assert "hub.titel" in done.stderr


def test_wrong_usage_exits_2(hub: Hub) -> None:
    assert hub.run("colect", ok=False).returncode == 2


def test_now_runs_as_if_at_that_moment(hub: Hub, towns: Town) -> None:
    row = news("1", "Sửa đường liên thôn")
    del row["date"]
    towns.feed("/a", row)
    configure(hub, towns, "a")
    done = hub.run("--now", "2026-04-01T06:30:00+07:00", "collect", "--json")
    assert json.loads(done.stdout)["total"]["new"] == 1
    hub.run("publish")
    (story,) = hub.stories()
    assert story["date_published"].startswith("2026-03-31T23:30")
