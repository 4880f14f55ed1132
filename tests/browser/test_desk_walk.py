"""A reader's way to the digests and out of them again, with scripts off, at a telephone's width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.desk import leave_link, letter_link
from tests.browser.ground import Site, node_tool


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A telephone, 320 pixels wide, with scripts off."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, color_scheme="dark"
    )
    context.set_default_timeout(5_000)
    yield context.new_page()
    assert context.cookies() == []
    context.close()


@dataclass(frozen=True)
class Words:
    """What the pages say in one language."""

    way: str
    address: str
    weekly: str
    day: str
    friday: str
    place: str
    sign_up: str
    sent: str
    yes: str
    done: str
    line: str
    change: str
    save: str
    saved: str
    daily: str
    stop: str
    left: str


VIETNAMESE = Words(
    way="Qua e-mail",
    address="Địa chỉ e-mail của bạn",
    weekly="Bản tin hằng tuần",
    day="Ngày (Bản tin hằng tuần)",
    friday="Thứ Sáu",
    place="Thạch Vân",
    sign_up="Đăng ký",
    sent="Hãy mở hộp thư của bạn",
    yes="Đồng ý nhận tin",
    done="Tin sẽ được gửi đến bạn",
    line="Bản tin hằng tuần, lúc 18:00 Thứ Sáu",
    change="Đổi lựa chọn",
    save="Lưu",
    saved="Đã lưu lựa chọn của bạn",
    daily="Bản tin hằng ngày",
    stop="Đừng gửi cho tôi nữa",
    left="Bạn sẽ không nhận thư của chúng tôi nữa",
)
ENGLISH = Words(
    way="By e-mail",
    address="Your e-mail address",
    weekly="Weekly digest",
    day="Day (Weekly digest)",
    friday="Friday",
    place="Thạch Vân",
    sign_up="Sign up",
    sent="Please look into your mailbox",
    yes="Yes, send me the news",
    done="The news will come to you",
    line="Weekly digest, Friday at 18:00",
    change="Change your choices",
    save="Save",
    saved="Your choices are saved",
    daily="Daily digest",
    stop="Send me nothing more",
    left="You get no more mails from us",
)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize(
    ("start", "words", "address"),
    [("", VIETNAMESE, "lan@town.example"), ("en/", ENGLISH, "minh@town.example")],
)
def test_signing_up_confirming_changing_and_leaving(
    site: Site, phone: Page, start: str, words: Words, address: str
) -> None:
    phone.goto(site.base + start)
    navigation = phone.get_by_role("navigation").first
    navigation.get_by_role("link", name=words.way).click()
    phone.get_by_label(words.address).fill(address)
    phone.get_by_label(words.daily, exact=True).uncheck()
    phone.get_by_label(words.weekly, exact=True).check()
    phone.get_by_label(words.day).select_option(label=words.friday)
    phone.locator("#at-weekly").select_option("18:00")
    phone.get_by_label(words.place, exact=True).check()
    phone.get_by_role("button", name=words.sign_up, exact=True).click()
    heading(phone, words.sent)
    expect(phone.get_by_text(address)).to_be_visible()

    phone.goto(letter_link(site, address, "confirm"))
    expect(phone.locator("html")).to_have_attribute("lang", "en" if start else "vi")
    expect(phone.locator(".chosen li")).to_have_text([words.line])
    expect(phone.get_by_text(words.place)).to_be_visible()
    phone.get_by_role("button", name=words.yes).click()
    heading(phone, words.done)
    expect(phone.locator(".chosen li")).to_have_text([words.line])

    phone.get_by_role("link", name=words.change).click()
    expect(phone.get_by_label(words.weekly, exact=True)).to_be_checked()
    expect(phone.locator("#at-weekly")).to_have_value("18:00")
    expect(phone.locator("#on-weekly")).to_have_value("fri")
    expect(phone.get_by_label(words.place, exact=True)).to_be_checked()
    phone.get_by_label(words.daily, exact=True).check()
    phone.get_by_label(words.place, exact=True).uncheck()
    phone.locator("#zone").select_option("Europe/Berlin")
    phone.get_by_role("button", name=words.save, exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(words.saved)
    expect(phone.get_by_label(words.daily, exact=True)).to_be_checked()
    expect(phone.get_by_label(words.place, exact=True)).not_to_be_checked()
    expect(phone.locator("#zone")).to_have_value("Europe/Berlin")

    leave = leave_link(site, address)
    phone.goto(leave)
    expect(phone.locator(".chosen li")).to_have_count(2)
    phone.reload()
    expect(phone.locator(".chosen li")).to_have_count(2)
    phone.get_by_role("button", name=words.stop).click()
    heading(phone, words.left)
    phone.goto(leave)
    heading(phone, words.left)


def test_mistakes_are_told_beside_their_fields_and_nothing_typed_is_lost(
    site: Site, phone: Page
) -> None:
    phone.goto(f"{site.base}subscribe")
    phone.get_by_label("Địa chỉ e-mail của bạn").fill("lan@@town")
    phone.get_by_label("Bản tin hằng ngày", exact=True).uncheck()
    phone.get_by_label("Đông Ngự").check()
    phone.get_by_role("button", name="Đăng ký", exact=True).click()
    assert phone.title().startswith("Lỗi: ")
    summary = phone.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(phone.get_by_label("Địa chỉ e-mail của bạn")).to_have_value("lan@@town")
    expect(phone.get_by_label("Đông Ngự")).to_be_checked()
    summary.get_by_role("link").first.click()
    expect(phone.locator("#address")).to_be_focused()
    described = phone.locator("#address").get_attribute("aria-describedby") or ""
    assert "address-wrong" in described.split()
    summary.get_by_role("link").last.click()
    expect(phone.locator("#digests")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_form_with_mistakes(
    site: Site, browser: Browser, scheme: str
) -> None:
    axe = node_tool("axe-core/axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(f"{site.base}en/subscribe")
    page.locator("#digest-daily").uncheck()
    page.get_by_role("button", name="Sign up", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate(axe)
    report = page.evaluate("axe.run()")
    context.close()
    assert [one["id"] for one in report["violations"]] == []


def test_the_language_is_switched_on_a_personal_page(site: Site, phone: Page) -> None:
    phone.goto(site.url("change"))
    heading(phone, "Lựa chọn của bạn")
    phone.get_by_role("link", name="English", exact=True).click()
    heading(phone, "Your choices")
    expect(phone.get_by_label("Weekly digest", exact=True)).to_be_checked()


def test_links_that_do_not_work_are_told_in_words(site: Site, phone: Page) -> None:
    answer = phone.goto(site.url("bad link"))
    assert answer is not None
    assert answer.status == 404
    heading(phone, "Liên kết này không dùng được")
