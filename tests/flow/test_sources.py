"""Finding, checking and adding sources by command."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.flow.towns import Hub, Page, Town
from typer.testing import CliRunner

from feedhub.cli.main import app

ROWS = "".join(
    f'<li><a href="/tin/bai-{n}-cua-phuong.html">Phường tổ chức hoạt động số {n} cho người dân</a>'
    f" <span>{n + 10}/03/2026</span></li>"
    for n in range(9)
)
MENU = (
    '<nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/lien-he">Liên hệ</a></li></ul></nav>'
)


def page(body: str, head: str = "") -> Page:
    html = f"<html lang=vi><head><title>Phường</title>{head}</head><body>{MENU}{body}</body></html>"
    return Page(html.encode(), "text/html; charset=utf-8")


def empty_hub(hub: Hub, towns: Town) -> None:
    hub.configure("", private=towns.address)
    for n in range(9):
        towns.pages[f"/tin/bai-{n}-cua-phuong.html"] = page(
            f"<h1>Bài {n}</h1><p>{'Lời. ' * 60}</p>"
        )


def test_a_feed_is_added_as_a_feed(hub: Hub, towns: Town) -> None:
    empty_hub(hub, towns)
    towns.feed("/rss", {"title": "Tin một", "guid": "1"}, title="Phường An")
    hub.run("sources", "add", towns.url("/rss"))
    (row,) = hub.collected().values()
    assert row["new"] == 1
    assert "Phường An" in hub.run("sources", "list").stdout
    written = hub.config.read_text()
    again = hub.run("sources", "add", towns.url("/rss"))
    assert f"has the address {towns.url('/rss')} already" in again.stdout
    assert hub.config.read_text() == written


def test_brackets_and_colons_of_strangers_are_shown_as_they_are(hub: Hub, towns: Town) -> None:
    title = "[red]Tin [/b] :fire: [Ảnh] một"
    towns.feed("/rss", {"title": title, "guid": "1"}, title=title)
    source = f'[[sources]]\nid = "a"\nname = "{title}"\nurl = "{towns.url("/rss")}"\n'
    hub.configure(source, private=towns.address)
    for command in (["check"], ["suggest", towns.url("/rss")], ["list"]):
        assert title in hub.run("sources", *command).stdout
    hub.run("collect")
    hub.run("publish")
    (story,) = hub.stories()
    assert title in hub.run("stories", "show", story["id"].rpartition("/")[2]).stdout


def test_a_page_that_names_a_feed_is_added_by_its_feed(hub: Hub, towns: Town) -> None:
    empty_hub(hub, towns)
    towns.feed("/tin.xml", {"title": "Tin một", "guid": "1"})
    link = '<link rel="alternate" type="application/rss+xml" title="Tin" href="/tin.xml">'
    towns.pages["/"] = page(f"<ul>{ROWS}</ul>", link)
    assert "/tin.xml" in hub.run("sources", "suggest", towns.url("/")).stdout
    hub.run("sources", "add", towns.url("/"))
    assert "tin.xml" in hub.config.read_text()
    (row,) = hub.collected().values()
    assert row["new"] == 1


def test_a_site_with_a_feed_in_a_usual_place_is_found(hub: Hub, towns: Town) -> None:
    empty_hub(hub, towns)
    towns.feed("/rss.xml", {"title": "Tin một", "guid": "1"})
    towns.pages["/"] = page(f"<ul>{ROWS}</ul>")
    assert "/rss.xml" in hub.run("sources", "suggest", towns.url("/")).stdout


def test_a_listing_without_a_feed_is_added_with_a_frozen_rule(hub: Hub, towns: Town) -> None:
    empty_hub(hub, towns)
    towns.pages["/tin"] = page(f'<ul class="ds-tin">{ROWS}</ul>')
    shown = hub.run("sources", "suggest", towns.url("/tin")).stdout
    assert "[sources.listing]" in shown
    assert "hoạt động số 3" in shown
    hub.run("sources", "add", towns.url("/tin"), "--name", "Phường Mới")
    assert "[sources.listing]" in hub.config.read_text()
    (row,) = hub.collected().values()
    assert row["new"] == 9
    checked = hub.json("sources", "check")["sources"][0]
    assert len(checked["entries"]) == 9
    assert checked["entries"][0]["precision"] == "day"


def test_an_article_page_is_not_added_as_a_listing(hub: Hub, towns: Town) -> None:
    empty_hub(hub, towns)
    text = "<p>" + "Câu chuyện của làng ven sông. " * 80 + "</p>"
    towns.pages["/bai"] = page(f"<h1>Làng ven sông</h1>{text}")
    done = hub.run("sources", "add", towns.url("/bai"), ok=False)
    assert done.returncode == 1
    assert "[[sources]]" not in hub.config.read_text()


def test_a_changed_listing_gets_a_new_rule_proposed_with_the_difference(
    hub: Hub, towns: Town
) -> None:
    empty_hub(hub, towns)
    towns.pages["/tin"] = page(f'<ul class="ds-tin">{ROWS}</ul>')
    hub.run("sources", "add", towns.url("/tin"))
    hub.run("collect")
    fresh = (
        ROWS.replace("số 8", "số 88")
        .replace("bai-8", "bai-88")
        .replace("<li>", '<div class="row">')
        .replace("</li>", "</div>")
    )
    towns.pages["/tin"] = page(f'<div class="moi">{fresh}</div>')
    row = hub.json("sources", "check", ok=False)["sources"][0]
    assert not row["ok"]
    assert "entry" in row["proposed"]
    assert len(row["kept"]) == 8
    assert row["lost"] == ["Phường tổ chức hoạt động số 8 cho người dân"]
    assert row["gained"] == ["Phường tổ chức hoạt động số 88 cho người dân"]
    assert row["moved"] == []


def test_opml_goes_in_and_comes_out(hub: Hub, towns: Town, tmp_path: Path) -> None:
    empty_hub(hub, towns)
    listing = tmp_path / "list.opml"
    listing.write_text(
        '<opml version="2.0"><head/><body><outline text="Huế">'
        f'<outline text="Phường An" type="rss" xmlUrl="{towns.url("/rss")}"/>'
        "</outline></body></opml>"
    )
    hub.run("sources", "import", str(listing))
    assert "0 sources added, 1 known" in hub.run("sources", "import", str(listing)).stdout
    exported = hub.run("sources", "export").stdout
    assert towns.url("/rss") in exported
    assert "Phường An" in exported
    assert "1970" not in exported


def test_doctor_tells_what_is_wrong(hub: Hub, towns: Town) -> None:
    towns.feed("/rss", {"title": "Tin một", "guid": "1"})
    hub.configure(
        f'[[sources]]\nid = "good"\nurl = "{towns.url("/rss")}"\n'
        f'[[sources]]\nid = "bad"\nurl = "{towns.url("/none")}"\n',
        private=towns.address,
    )
    done = hub.run("doctor", ok=False)
    assert done.returncode == 1
    assert "TROUBLE  bad" in done.stdout
    assert "with 2 sources\n" in done.stdout
    assert "ok       good: 1 entry\n" in done.stdout


def test_doctor_tells_one_trouble_once(hub: Hub) -> None:
    hub.config.write_text('[hub]\ndatabase_url = "mysql://hub@db/hub"\n')
    done = hub.run("doctor", ok=False)
    assert done.returncode == 1
    assert "TROUBLE  database: " in done.stdout
    assert done.stdout.count("not in") == 1


def test_digests_are_told_by_the_hubs_own_clocks(hub: Hub, towns: Town) -> None:
    towns.feed("/rss", {"title": "Tin một", "guid": "1"})
    hub.configure(f'[[sources]]\nid = "a"\nurl = "{towns.url("/rss")}"\n', private=towns.address)
    hub.run("collect")
    hub.run("digest", "preview", "daily")
    letter = (hub.folder / "preview" / "daily.txt").read_text(encoding="utf-8")
    assert "Tin một" in letter
    assert "1970" not in letter
    assert "daily: next not reckoned yet" in hub.run("digest", "status").stdout
    hub.run("digest", "run")
    shown = hub.run("digest", "status", "daily").stdout
    assert re.search(r"^daily: next \d{4}-\d\d-\d\d 07:00$", shown, re.MULTILINE), shown


def test_whether_a_config_can_be_read_is_seen_by_reading_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.configure("", private="127.0.0.1:9")
    # as for a file of somebody else's; the tests may run as root, who may read everything
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    done = CliRunner().invoke(app, ["-c", str(hub.config), "sources", "export"])
    assert done.exit_code == 0, done.output


def test_backup_and_restore_keep_ids(hub: Hub, towns: Town, tmp_path: Path) -> None:
    towns.feed("/rss", {"title": "Tin một", "guid": "1"})
    hub.configure(f'[[sources]]\nid = "a"\nurl = "{towns.url("/rss")}"\n', private=towns.address)
    hub.run("collect")
    hub.run("publish")
    (story,) = hub.stories()
    copy = tmp_path / "copy.sqlite3"
    hub.run("db", "backup", str(copy))
    towns.feed("/rss", {"title": "Tin hai", "guid": "2"}, {"title": "Tin một", "guid": "1"})
    hub.run("collect", "--all")
    hub.run("publish")
    assert len(hub.stories()) == 2
    hub.run("db", "restore", str(copy))
    hub.run("publish")
    assert [one["id"] for one in hub.stories()] == [story["id"]]
    assert "sound" in hub.run("db", "check").stdout
    assert "up to date" in hub.run("db", "migrate").stdout


def test_init_writes_a_config_that_runs(hub: Hub) -> None:
    hub.run("init")
    assert hub.run("collect").stdout.strip() == "no source is due"
    assert hub.run("init", ok=False).returncode == 78
    hub.config = hub.config / "below-a-file" / "feedhub.toml"
    refused = hub.run("init", ok=False)
    assert refused.returncode == 78
    assert "below-a-file/feedhub.toml: cannot be written: " in refused.stderr
