"""The pages of the desk: every step in every language, and the form with all its choices."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from lxml import html
from tests.unit.render.samples import HUB
from tests.unit.render.site import FEEDS

from feedhub.model.digest import Digest, Rhythm
from feedhub.model.edition import Label
from feedhub.model.signup import (
    ChoicesPage,
    DeskPage,
    DeskStep,
    DigestOption,
    LabelOption,
    WishTrouble,
)
from feedhub.render.desk import render_choices, render_step, sign_up_words
from feedhub.render.pages import Pages
from feedhub.text.zones import timezones

ZONE = "Asia/Ho_Chi_Minh"
PAGES = Pages(HUB, feeds=FEEDS)
HOSTILE = "<b>\"Tin\" & 'bản'</b>"


def option(every: str, *, title: str = "", at: str = "07:00") -> DigestOption:
    rhythm = Rhythm(every=every, at="07:00", on="mon", timezone=ZONE)
    digest = Digest(id=every, title=title, channel="all", rhythm=rhythm)
    return DigestOption(digest=digest, chosen=True, at=at, on="fri")


FORM = ChoicesPage(
    digests=(option("day", at="06:45"), option("week", title=HOSTILE)),
    places=(LabelOption(label=Label(id="hue", name=HOSTILE), chosen=True),),
    topics=(),
    language="en",
    timezone="Europe/Berlin",
    address=HOSTILE,
)


@pytest.mark.parametrize("code", PAGES.languages)
@pytest.mark.parametrize("step", DeskStep)
def test_every_step_has_a_heading_and_a_button_only_where_one_is_to_be_pressed(
    step: DeskStep, code: str
) -> None:
    page = DeskPage(
        step=step,
        address="a…@town.example",
        token="tok",
        change_token="other",
        digests=FORM.digests,
        places=(Label(id="hue", name=HOSTILE),),
        timezone=ZONE,
    )
    made = html.fromstring(render_step(PAGES, page, code).decode())
    assert made.get("lang") == code
    (heading,) = made.xpath("//h1")
    assert made.findtext(".//title").startswith(heading.text_content())
    assert made.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert not made.xpath("//main//b"), "what others wrote is only text"
    forms = made.xpath("//main//form")
    asks = step in {DeskStep.ASK_CONFIRM, DeskStep.ASK_LEAVE}
    assert len(forms) == asks
    if asks:
        (form,) = forms
        assert form.get("method") == "post"
        assert form.xpath(".//input[@name='token']/@value") == ["tok"]
        assert len(form.xpath(".//button")) == 1
    if step in {DeskStep.ASK_CONFIRM, DeskStep.CONFIRMED, DeskStep.ASK_LEAVE}:
        lines = [line.text_content() for line in made.xpath("//ul[@class='chosen']/li")]
        assert len(lines) == 2
        assert "06:45" in lines[0]
    tongues = made.xpath("//ul[@class='tongues']//a/@href")
    carries = step in {
        DeskStep.ASK_CONFIRM,
        DeskStep.CONFIRMED,
        DeskStep.ASK_LEAVE,
        DeskStep.LEFT,
    }
    assert all(address.endswith("?token=tok") == carries for address in tongues)


@pytest.mark.parametrize("code", PAGES.languages)
def test_the_form_shows_what_is_chosen_and_to_what_one_agrees(code: str) -> None:
    made = html.fromstring(render_choices(PAGES, FORM, code).decode())
    (form,) = made.xpath("//main//form")
    assert form.get("action") == ("/subscribe" if code == "vi" else f"/{code}/subscribe")
    assert form.xpath(".//input[@name='address']/@value") == [HOSTILE]
    assert form.xpath(".//input[@name='digest']/@value") == ["day", "week"]
    chosen = {
        select.get("name"): select.xpath(".//option[@selected]/@value")
        for select in form.xpath(".//select")
    }
    assert chosen == {
        "at-day": ["06:45"],
        "at-week": ["07:00"],
        "on-week": ["fri"],
        "zone": ["Europe/Berlin"],
    }
    assert form.xpath(".//input[@name='language' and @checked]/@value") == ["en"]
    assert form.xpath(".//input[@name='place' and @checked]/@value") == ["hue"]
    assert sign_up_words(HUB, code) in form.text_content()
    assert not made.xpath("//main//b")
    for field in form.xpath(".//input[not(@type='hidden')] | .//select"):
        assert form.xpath(f".//label[@for='{field.get('id')}']"), field.get("id")


def test_the_hub_s_own_zone_stands_first_and_is_chosen_once() -> None:
    page = ChoicesPage(digests=(), places=(), topics=(), language="vi", timezone=ZONE)
    made = html.fromstring(render_choices(PAGES, page, "vi").decode())
    options = made.xpath("//select[@id='zone']//option")
    assert (options[0].get("value"), options[0].text_content()) == (ZONE, "Giờ Việt Nam")
    assert [one.get("value") for one in options if one.get("selected") is not None] == [ZONE]
    assert {one.get("value") for one in options} == set(timezones())
    groups = made.xpath("//select[@id='zone']/optgroup/@label")
    assert {"Châu Á", "Châu Âu", "Châu Phi", "Châu Mỹ"} <= set(groups)


def test_an_old_name_of_a_zone_stays_chosen() -> None:
    page = ChoicesPage(digests=(), places=(), topics=(), language="vi", timezone="Asia/Saigon")
    made = html.fromstring(render_choices(PAGES, page, "en").decode())
    chosen = made.xpath("//select[@id='zone']//option[@selected]")
    assert [one.get("value") for one in chosen] == ["Asia/Saigon"]


def test_all_zones_exist() -> None:
    assert len(timezones()) > 300
    for name in timezones():
        assert ZoneInfo(name).key == name
    assert "Asia/Saigon" not in timezones()


@pytest.mark.parametrize("trouble", WishTrouble)
def test_each_trouble_is_told_above_and_beside_its_field(trouble: WishTrouble) -> None:
    page = ChoicesPage(
        digests=FORM.digests,
        places=(),
        topics=(),
        language="xx",
        timezone="Mars/Base",
        troubles=(trouble,),
    )
    made = html.fromstring(render_choices(PAGES, page, "en").decode())
    assert made.findtext(".//title").startswith("Error: ")
    (link,) = made.xpath("//*[@role='alert']//a")
    field = link.get("href").removeprefix("#")
    (beside,) = made.xpath("//p[contains(@class, 'wrong-words')]")
    assert beside.text_content().endswith(link.text_content())
    (described,) = made.xpath(f"//*[@id='{field}']")
    assert beside.get("id") in described.get("aria-describedby").split()


def test_the_page_of_choices_leads_to_the_way_out() -> None:
    page = ChoicesPage(
        digests=FORM.digests,
        places=(),
        topics=(),
        language="en",
        timezone=ZONE,
        address="a…@town.example",
        token="tok",
        leave_token="out",
    )
    made = html.fromstring(render_choices(PAGES, page, "en").decode())
    assert made.xpath("//main//a/@href") == ["/en/unsubscribe?token=out"]
    assert made.xpath("//input[@name='address']") == []
    assert made.xpath("//main//input[@name='token']/@value") == ["tok"]
