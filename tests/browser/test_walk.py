"""A reader's way through the site, with scripts off."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect
from tests.browser.ground import Site


def test_front_page_leads_to_the_story_and_the_original(site: Site, page: Page) -> None:
    page.goto(site.base)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"tháng \d+"))
    lead = page.locator(".top .first")
    expect(lead.locator("time")).to_have_count(1)
    expect(lead.locator(".summary")).not_to_be_empty()
    expect(lead).to_contain_text("Nguồn khác:")
    title = lead.get_by_role("heading").inner_text()
    lead.get_by_role("heading").get_by_role("link").click()
    assert re.search(r"/stories/[a-z0-9]+/$", page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    original = page.get_by_role("link", name="Đọc bản gốc")
    assert (original.get_attribute("href") or "").startswith("http://127.0.0.1:")
    first_link = page.locator("article.full a[href^='http']").first
    expect(first_link).to_have_attribute("rel", re.compile("noopener"))
    assert page.locator(".printings > li").count() >= 2
    for printing in page.locator(".printings > li").all():
        expect(printing.locator("time").first).to_be_visible()


def test_a_change_is_shown_as_a_difference(site: Site, page: Page) -> None:
    page.goto(site.url("story with history"))
    page.get_by_role("link", name="Xem đã sửa gì").click()
    assert page.url.endswith("#history")
    expect(page.locator("#history del").first).to_be_visible()
    expect(page.locator("#history ins").first).to_be_visible()


def test_days_are_walked_by_the_calendar_and_by_steps(site: Site, page: Page) -> None:
    page.goto(site.base)
    page.get_by_role("navigation", name="Mục chính").get_by_role("link", name="Theo ngày").click()
    table = page.get_by_role("table").first
    expect(table.get_by_role("columnheader")).to_have_count(7)
    days = page.locator(".month td a")
    assert days.count() >= 3
    days.last.click()
    assert re.search(r"/archive/\d{4}/\d\d/\d\d/$", page.url)
    seen = {page.url}
    earlier = page.locator("a[rel=prev]")
    while earlier.count():
        earlier.click()
        assert page.url not in seen
        assert page.locator("article.story").count() >= 1, "an empty day was not skipped"
        seen.add(page.url)
    assert len(seen) >= 3
    expect(page.locator("a[rel=next]")).to_have_count(1)


def titles_found(page: Page, words: str) -> list[str]:
    page.get_by_role("search").first.get_by_role("searchbox").fill(words)
    page.get_by_role("search").first.get_by_role("button").click()
    return page.locator("article.story h2").all_inner_texts()


def test_search_finds_with_and_without_marks(site: Site, page: Page) -> None:
    page.goto(site.base)
    marked = titles_found(page, "đường Thạch Vân")
    expect(page.locator("mark").first).to_be_visible()
    bare = titles_found(page, "duong thach van")
    assert marked
    assert set(marked) <= set(bare)
    expect(page.locator("mark").first).to_be_visible()
    expect(page.locator("#q")).to_have_value("duong thach van")
    assert titles_found(page, "zzqq xyzzy") == []
    expect(page.locator("main [role=status]")).to_be_visible()


def test_search_is_narrowed_by_source_and_place(site: Site, page: Page) -> None:
    page.goto(site.url("search results"))
    everything = page.locator("article.story").count()
    page.get_by_label("Địa phương").select_option(label="Thạch Vân")
    page.locator("form.ask").get_by_role("button").click()
    some = page.locator("article.story")
    assert 0 < some.count() < everything
    for byline in some.all():
        expect(byline).to_contain_text("Phường Thạch Vân")


def test_source_and_place_are_both_kept_to(site: Site, page: Page) -> None:
    page.goto(f"{site.base}search/?q=phường&place=thach-van&source=dong-ngu")
    expect(page.locator("article.story")).to_have_count(0)
    page.goto(f"{site.base}search/?q=phường&place=thach-van&source=thach-van")
    assert page.locator("article.story").count() > 0


def test_a_search_is_followed_as_a_feed(site: Site, page: Page) -> None:
    page.goto(f"{site.base}search/?q=cầu&place=thach-van&page=1")
    titles = page.locator("article.story h2").all_inner_texts()
    feed = page.request.get(page.url.split("search/")[0] + address(page, "JSON Feed")).json()
    assert {item["title"] for item in feed["items"]} == set(titles)
    for name in ("Atom", "RSS"):
        answer = page.request.get(site.base + address(page, name))
        assert answer.status == 200
        assert titles[0] in answer.text()


def address(page: Page, name: str) -> str:
    link = page.locator("main .feeds").get_by_role("link", name=name, exact=True)
    return (link.get_attribute("href") or "").removeprefix("/")


def test_hostile_words_are_only_words(site: Site, page: Page) -> None:
    page.goto(site.base)
    for words in ('"', "' OR 1=1 --", "NEAR(", "<script>x</script>", "*", "a" * 200):
        titles_found(page, words)
        expect(page.get_by_role("heading", level=1)).to_have_text("Tìm kiếm")
        expect(page.locator("#q")).to_have_value(words)


def test_language_is_switched_on_the_same_page(site: Site, page: Page) -> None:
    page.goto(site.url("story with history"))
    title = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "vi")
    expect(page.get_by_role("link", name="Read the original")).to_be_visible()
    page.get_by_role("link", name="Tiếng Việt", exact=True).click()
    assert page.url == site.url("story with history")


def test_status_tells_of_every_source(site: Site, page: Page) -> None:
    page.goto(site.base)
    page.get_by_role("contentinfo").get_by_role("link", name="Tình trạng các nguồn").click()
    rows = page.locator("table.status tbody tr")
    expect(rows).to_have_count(12)
    for row in rows.all():
        expect(row.locator(".health")).not_to_be_empty()
        expect(row.locator("time")).to_have_count(2)


def test_statistics_count_visits_and_subscribers(site: Site, page: Page) -> None:
    page.goto(site.url("statistics"))
    before = page.locator("main dd").first.inner_text() if page.locator("main dd").count() else "0"
    page.goto(site.base)
    agent = "Feedly/1.0 (+http://feedly.example/; 16 subscribers)"
    page.request.get(site.base + "feeds/all.atom", headers={"user-agent": agent})
    page.goto(site.base)
    page.get_by_role("contentinfo").get_by_role("link", name="Thống kê truy cập").click()
    assert int(page.locator("main dd").first.inner_text()) >= int(before) + 2
    expect(page.get_by_role("img", name="Lượt xem mỗi ngày")).to_be_visible()
    row = page.get_by_role("row", name="Tất cả tin")
    expect(row.get_by_role("cell")).to_have_text(re.compile(r"khoảng (1[6-9]|\d\d\d|[2-9]\d)$"))
    assert page.get_by_role("row", name="Báo Nguyệt Giang").count() == 1
    assert page.context.cookies() == []


def test_a_missing_page_says_so_and_leads_on(site: Site, page: Page) -> None:
    for name, words in (
        ("missing page", "về trang đầu"),
        ("missing page in English", "front page"),
    ):
        answer = page.goto(site.url(name))
        assert answer is not None
        assert answer.status == 404
        assert "no-store" in answer.headers["cache-control"]
        page.get_by_role("link", name=re.compile(words, re.IGNORECASE)).click()
        assert page.url == site.base + ("en/" if "English" in name else "")


def test_every_link_of_the_site_leads_somewhere(site: Site, page: Page) -> None:
    waiting, seen = [site.base], {site.base}
    while waiting:
        address = waiting.pop()
        answer = page.request.get(address)
        assert answer.status == 200, address
        if "text/html" not in answer.headers["content-type"]:
            continue
        for found in re.findall(r'(?:href|src|action)="(/[^"#]*)', answer.text()):
            link = site.base + found.replace("&amp;", "&").removeprefix("/")
            if link not in seen and "/search/" not in link:
                seen.add(link)
                waiting.append(link)
    assert len(seen) > 300


def test_the_sitemap_names_every_page(site: Site, page: Page) -> None:
    robots = page.request.get(site.base + "robots.txt").text()
    assert f"Sitemap: {site.base}sitemap.xml" in robots
    named: set[str] = set()
    for part in addresses(page, site.base + "sitemap.xml"):
        named |= addresses(page, part)
    published = {
        site.base + path.parent.relative_to(site.public).as_posix() + "/"
        for path in site.public.rglob("index.html")
    }
    published = {url.replace("/./", "/") for url in published}
    assert site.base in named
    assert site.base + site.pages["withdrawn story"] not in named
    assert published - named == {
        site.base + prefix + site.pages["withdrawn story"] for prefix in ("", "en/")
    }
    assert named <= published


def addresses(page: Page, sitemap: str) -> set[str]:
    answer = page.request.get(sitemap)
    assert answer.status == 200, sitemap
    return set(re.findall(r"<loc>([^<]+)</loc>", answer.text()))


def test_no_script_no_cookie_no_stranger(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[tuple[str, str]] = []
    missing: set[str] = set()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append((message.location["url"], message.text)))
    page.on("pageerror", lambda error: said.append((page.url, str(error))))
    for name in site.pages:
        answer = page.goto(site.url(name))
        assert answer is not None
        if answer.status == 404:  # a browser remarks on every one
            missing.add(answer.url)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        expect(page.locator("script:not([type='application/ld+json'])")).to_have_count(0)
    assert [url for url in asked if not url.startswith(site.base)] == []
    assert [remark for where, remark in said if where not in missing] == []
    assert len(missing) >= 2
    assert context.cookies() == []
    context.close()
