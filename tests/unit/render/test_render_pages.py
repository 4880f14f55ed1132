"""Pages: every kind in every language, safe, small, and the same bytes from the same values."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html
from tests.unit.render import garbage
from tests.unit.render.samples import CARDS, HUB, stored, story
from tests.unit.render.site import site, standings, town_cards, town_pages

from feedhub.edit.cards import story_card
from feedhub.edit.pages import front_page
from feedhub.errors import ConfigError
from feedhub.model.edition import Label, StoryCard
from feedhub.model.page import LabelCount, SourceHealth, StatusPage
from feedhub.render.pages import Pages

PROJECT = Path(__file__).resolve().parents[3]
_PAGES = town_pages()


@pytest.fixture(scope="module")
def pages() -> dict[str, html.HtmlElement]:
    """Every page of the town, parsed."""
    files = site(town_pages())
    return {path: html.fromstring(body) for path, body in files.items() if path.endswith(".html")}


def test_every_page_names_its_language_and_has_one_main_heading(
    pages: dict[str, html.HtmlElement],
) -> None:
    assert len(pages) > 40
    for path, page in pages.items():
        assert page.get("lang") == ("en" if path.startswith("en/") else "vi"), path
        assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1, path


def test_headings_leave_no_rank_out(pages: dict[str, html.HtmlElement]) -> None:
    for path, page in pages.items():
        ranks = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
        steps = itertools.pairwise(ranks)
        assert all(after <= before + 1 for before, after in steps), (path, ranks)


def test_pages_hold_no_script_style_picture_or_form_that_leaves(
    pages: dict[str, html.HtmlElement],
) -> None:
    for path, page in pages.items():
        assert not page.xpath("//script[not(@type='application/ld+json')]"), path
        assert not page.xpath("//style|//iframe|//img|//*[@style]|//@onclick"), path
        for address in page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href|//form/@action"):
            assert str(address).startswith("/"), path


def test_every_page_has_its_twin_in_the_other_language(pages: dict[str, html.HtmlElement]) -> None:
    assert {f"en/{path}" for path in pages if not path.startswith("en/")} == {
        path for path in pages if path.startswith("en/")
    }
    front = pages["index.html"]
    twins = {
        link.get("hreflang"): link.get("href")
        for link in front.xpath("//link[@rel='alternate'][@hreflang]")
    }
    assert twins == {"vi": "https://songmay.example/", "en": "https://songmay.example/en/"}
    assert front.xpath("string(//link[@rel='canonical']/@href)") == "https://songmay.example/"
    toggle = front.xpath("//ul[@class='tongues']//a[@lang='en']")[0]
    assert (toggle.text, toggle.get("href")) == ("English", "/en/")


def test_pages_name_their_feeds(pages: dict[str, html.HtmlElement]) -> None:
    page = pages["sources/thi-tran/index.html"]
    feeds = page.xpath("//link[@rel='alternate'][@type]/@href")
    assert feeds[:3] == [f"/sources/thi-tran/feed.{kind}" for kind in ("atom", "rss", "json")]
    assert "/feeds/all.atom" in feeds


def test_text_in_another_language_says_so(pages: dict[str, html.HtmlElement]) -> None:
    title = pages["stories/s7/index.html"].xpath("//h1")[0]
    assert title.get("lang") == "en"
    assert pages["en/stories/s7/index.html"].xpath("//h1")[0].get("lang") is None
    assert pages["en/stories/s1/index.html"].xpath("//h1")[0].get("lang") == "vi"


def test_a_story_page_credits_and_links_the_original_before_its_text(
    pages: dict[str, html.HtmlElement],
) -> None:
    page = pages["stories/s2/index.html"]
    original = page.xpath("//p[@class='original']/a")[0]
    assert original.get("href") == "https://thitran.example/tin/2"
    order = [element.get("class") for element in page.xpath("//article//*[@class]")]
    assert order.index("credit") < order.index("original") < order.index("text")
    outlets = page.xpath("//ol[@class='printings']/li/p[@class='by']/a/text()")
    assert outlets == ["Cổng thông tin thị trấn Sông Mây", "Phường Cầu Gỗ", "Báo Chợ Cũ"]


def test_a_story_page_shows_what_was_changed(pages: dict[str, html.HtmlElement]) -> None:
    history = pages["stories/s3/index.html"].xpath("//section[@id='history']")[0]
    assert history.xpath(".//del/text()") == ["12", "12"]
    assert history.xpath(".//ins/text()") == ["15", "15"]


def test_a_date_is_shown_as_exactly_as_it_is_known(pages: dict[str, html.HtmlElement]) -> None:
    times = pages["stories/s5/index.html"].xpath("//p[@class='credit']/time")
    assert [(one.get("datetime"), one.text) for one in times] == [("2026-11-20", "20/11/2026")]


def test_names_stand_in_the_order_of_the_alphabet() -> None:
    counts = [
        LabelCount(label=Label(id=name, name=name), stories=1)
        for name in ("Thạch Vân", "Đá Trầm", "Cồn Mai", "Ái Tử", "Hải Ngạn")
    ]
    page = html.fromstring(_PAGES.places(counts, "vi").decode())
    named = page.xpath("//ul[@class='index']//a/text()")
    assert named == ["Ái Tử", "Cồn Mai", "Đá Trầm", "Hải Ngạn", "Thạch Vân"]


def test_a_withdrawn_story_keeps_its_page_with_a_notice(
    pages: dict[str, html.HtmlElement],
) -> None:
    notice = pages["stories/s4/index.html"].xpath("string(//p[@class='notice'])")
    assert "đã gỡ bài này" in notice


def test_machines_are_told_what_a_story_is_based_on(pages: dict[str, html.HtmlElement]) -> None:
    block = pages["stories/s2/index.html"].xpath("//script[@type='application/ld+json']/text()")[0]
    data = json.loads(block)
    assert data["isBasedOn"][0] == "https://thitran.example/tin/2"
    assert len(data["isBasedOn"]) == 3
    assert "author" not in data
    assert "publisher" not in data


def test_searches_and_errors_are_not_for_search_engines(
    pages: dict[str, html.HtmlElement],
) -> None:
    for path in ("search/index.html", "404/index.html", "merged/index.html"):
        assert pages[path].xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_the_style_sheet_is_under_ten_kilobytes_and_named_by_its_content() -> None:
    assets = town_pages().assets()
    name, body = next((name, body) for name, body in assets.items() if "site." in name)
    assert len(body) < 10_000
    assert hashlib.sha256(body).hexdigest()[:12] in name
    assert b"url(" not in body
    assert b"@import" not in body


def test_a_front_page_of_a_hundred_stories_fits_in_sixty_kilobytes_with_everything() -> None:
    text = "Ủy ban nhân dân phường thông báo lịch tiếp công dân và cắt điện để sửa đường dây. "
    cards = [
        story_card(
            story(
                n,
                stored(n, title=f"{text[:60]} lần {n}", text=f"Kỳ {n}. " + text * 5, summary=""),
                stored(1000 + n, "cau-go", story_id=f"s{n}"),
                stored(2000 + n, "cho-cu", story_id=f"s{n}"),
            ),
            CARDS,
        )
        for n in range(1, 101)
    ]
    made = town_pages()
    page = made.front(front_page(cards, HUB.timezone), "vi")
    assert page.count(b"<article") == 100
    everything = [page, *made.assets().values()]
    assert sum(len(gzip.compress(body, 6)) for body in everything) < 60 * 1024


def test_the_site_is_the_same_in_two_processes_whatever_the_hash_seed() -> None:
    program = (
        "import hashlib\n"
        "from tests.golden.test_golden_feeds import editions\n"
        "from feedhub.render.feeds import RENDERERS\n"
        "from tests.unit.render.site import site, town_pages\n"
        "total = hashlib.sha256()\n"
        "for path, body in site(town_pages()).items(): total.update(path.encode() + body)\n"
        "for one in editions().values():\n"
        "    for render in RENDERERS.values(): total.update(render(one))\n"
        "print(total.hexdigest())\n"
    )
    answers = set()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"src{os.pathsep}."}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        answers.add(done.stdout.strip())
    assert len(answers) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(garbage.cards(most=3))
def test_pages_of_garbage_hold_no_foreign_markup(cards: list[StoryCard]) -> None:
    made = _PAGES
    bodies = [made.front(front_page(cards, HUB.timezone), "vi")]
    bodies += [made.story(card, "en") for card in cards]
    for body in bodies:
        page = html.fromstring(body)
        assert not page.xpath("//script[not(@type='application/ld+json')]|//iframe|//img")
        for block in page.xpath("//script/text()"):
            json.loads(block)
        for name in page.xpath("//@*[starts-with(name(), 'on')]"):
            pytest.fail(f"an event handler: {name}")
        for address in page.xpath("//main//a/@href"):
            assert re.match(r"(https?://|mailto:|tel:|[/#])", str(address)), address
        assert len(page.xpath("//main")) == len(page.xpath("//body")) == 1


def test_an_operators_template_and_colours_replace_ours(tmp_path: Path) -> None:
    (tmp_path / "message.html").write_text("Của riêng tôi: {{ frame.title }}", encoding="utf-8")
    (tmp_path / "theme.css").write_text(":root { --accent: #004080 }", encoding="utf-8")
    made = Pages(HUB, overrides=tmp_path)
    assert made.message("Chào <b>", [], "vi").decode() == "Của riêng tôi: Chào &lt;b&gt;"
    sheet = next(body for name, body in made.assets().items() if "site." in name)
    assert b"--accent:#004080" in sheet
    assert set(made.assets()) != set(town_pages().assets())


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("một\nhai {% if %}\n", 2),
        ("{{ card.title }}\n\n{{ card.tilte }}", 3),
        ("{{ card.title }}\n{{ nobody.knows }}", 2),
        ("{% for x in card.title %}\n{{ x }}", 2),
        ("x\n{{ card.published + 1 }}", 2),
        ("x\n{{ ''.__class__.__mro__ }}", 2),
    ],
)
def test_a_broken_template_is_named_with_file_and_line(
    tmp_path: Path, template: str, line: int
) -> None:
    file = tmp_path / "story.html"
    file.write_text(template, encoding="utf-8")
    made = Pages(HUB, overrides=tmp_path)
    with pytest.raises(ConfigError) as caught:
        made.story(town_cards()[0], "vi")
    assert caught.value.file == str(file)
    assert caught.value.line == line
    # the other pages, and every page without the folder, are as before
    assert made.error(404, "vi").startswith(b"<!DOCTYPE html>")


def test_no_template_trusts_a_value_blindly() -> None:
    folder = PROJECT / "src/feedhub/render/templates"
    for file in folder.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), file.name


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Chợ hoa mở cửa", "Chợ hoa mở cửa · Tin phường sông Mây"),
        ("chữ " * 15 + "cuối", "chữ " * 15 + "cuối"),
        ("chữ " * 30, "chữ " * 16 + "chữ…"),
    ],
)
def test_the_title_of_a_document_is_no_longer_than_is_shown(words: str, expected: str) -> None:
    page = html.fromstring(town_pages().message(words.strip(), [], "vi"))
    assert page.findtext(".//title") == expected


def test_a_source_that_is_held_back_is_said_to_be(pages: dict[str, html.HtmlElement]) -> None:
    rows = pages["status/pulls/index.html"].xpath("//tbody/tr/td[1]")
    assert [row.text_content().split("Chỉ")[0].split("Máy")[0].split("Địa")[0] for row in rows] == [
        "đã đọc",
        "không đổi",
        "đang giữ lại",
        "không được",
        "đã ngừng hẳn",
    ]
    held = replace(standings()[0], health=SourceHealth.HELD, message="Chỉ còn 2 tin.")
    page = html.fromstring(_PAGES.status(StatusPage(standings=(held,)), "vi"))
    assert page.xpath("string(//td/span[@class='health held'])") == "đang giữ lại"
    assert page.xpath("//td//span[@lang='en']/text()") == ["Chỉ còn 2 tin."]
    assert not page.xpath("//a[contains(@href, 'pulls')]")  # where nobody could answer
