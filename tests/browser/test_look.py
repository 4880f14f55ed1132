"""Every type of page fits its window, shows where the keyboard is, and prints."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.ground import Site

#: what sticks out of the window to the right; a box that scrolls by itself may
_STICKING_OUT = """() => {
  const edge = document.documentElement.clientWidth;
  const inside = node => node.closest(".scroll, .text table, .unseen, .skip") === null;
  const wide = [...document.querySelectorAll("body *")].filter(inside)
    .filter(node => node.getBoundingClientRect().right > edge + 0.5)
    .map(node => node.tagName + "." + node.className);
  return document.documentElement.scrollWidth > edge ? ["the page", ...wide] : wide;
}"""

#: the element that has the focus: where it is, and how it shows
_FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    what: node.outerHTML.slice(0, 120),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight,
    covered: at !== null && !node.contains(at) && !at.contains(node),
  };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window(
    site: Site, browser: Browser, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    for name in site.pages:
        page.goto(site.url(name))
        assert page.evaluate(_STICKING_OUT) == [], name
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        darkness = sum(int(part) for part in paper.removeprefix("rgb(").rstrip(")").split(","))
        assert (darkness < 200) == (scheme == "dark"), name
    context.close()


def test_text_may_be_twice_as_large(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 720}, java_script_enabled=False)
    page = context.new_page()
    for name in site.pages:
        page.goto(site.url(name))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(_STICKING_OUT) == [], name
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_is_seen_everywhere(site: Site, browser: Browser, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 720},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    for name in ("front", "story with history", "search results", "status", "calendar", "sign up"):
        page.goto(site.url(name))
        stops = 0
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate(_FOCUSED)
            if focused is None:
                break
            assert focused["outline"] >= 2, (name, focused)
            assert focused["seen"], (name, focused)
            assert not focused["covered"], (name, focused)
            stops += 1
        assert stops > 15, name
    context.close()


def test_the_first_stop_skips_to_the_content(site: Site, page: Page) -> None:
    for name in site.pages:
        page.goto(site.url(name))
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_print_leaves_out_what_only_a_screen_needs(site: Site, page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(site.url("story"))
    for screen_only in (".rooms", ".find", ".tongues", ".foot ul"):
        expect(page.locator(screen_only)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    address = page.locator(".original a").get_attribute("href") or ""
    after = page.evaluate(
        "getComputedStyle(document.querySelector('.original a'), '::after').content"
    )
    assert address in after, "a printed page names the original's address"


def test_headings_and_landmarks(site: Site, page: Page) -> None:
    for name in site.pages:
        page.goto(site.url(name))
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for landmark in ("banner", "main", "contentinfo"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(node => +node.tagName[1])"
        )
        steps = list(pairwise(levels))
        assert all(after <= before + 1 for before, after in steps), (name, levels)
