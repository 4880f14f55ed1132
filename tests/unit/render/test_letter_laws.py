"""Laws of digests: whatever sources send, letters and pages are whole, safe and say the same."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from tests.unit.render import garbage
from tests.unit.render.digests import DAILY, LINKS, digest_run
from tests.unit.render.samples import HUB
from tests.unit.render.site import town_pages

from feedhub.edit.corrections import corrections
from feedhub.edit.digests import digest_edition
from feedhub.model.edition import StoryCard
from feedhub.render.digest_pages import render_digest
from feedhub.render.letters import HTML_LIMIT, render_digest_letter

_SLOW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
_PAGES = town_pages()
_ADDRESS = re.compile(r"(?:https?|mailto):[^\s]+")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


@_SLOW
@given(garbage.cards(8), st.sampled_from(["vi", "en", "ar", ""]), garbage.words)
def test_a_letter_of_garbage_is_whole_and_both_parts_agree(
    cards: list[StoryCard], language: str, postal: str
) -> None:
    edition = digest_edition(HUB, DAILY, digest_run(), cards, corrections(cards))
    letter = render_digest_letter(
        edition, language=language, timezone=HUB.timezone, links=LINKS, postal_address=postal
    )
    assert 0 < len(letter.subject) <= 78
    shown = (character for character in letter.subject if character not in _JOINERS)
    assert not {unicodedata.category(character) for character in shown} & _INVISIBLE
    assert len(letter.html.encode()) <= HTML_LIMIT
    letter.text.encode()
    page = html.document_fromstring(letter.html)
    linked = {str(link) for link in page.xpath("//a/@href") if not str(link).startswith("#")}
    assert linked <= set(_ADDRESS.findall(letter.text))
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in linked)
    titles = page.xpath("//h3 | //h2[@class='story']")
    assert len(titles) == sum(line.startswith("* ") for line in letter.text.split("\n"))
    assert len(titles) == edition.total + min(len(edition.corrections), 30)
    tags = {str(node.tag) for node in page.iter(etree.Element)}
    assert not tags & {"script", "img", "iframe", "form", "svg", "object", "link", "base"}
    assert not any(name.startswith("on") for node in page.iter() for name in node.attrib)


@_SLOW
@given(garbage.cards(8), st.sampled_from(["vi", "en"]))
def test_a_page_of_garbage_is_whole(cards: list[StoryCard], code: str) -> None:
    edition = digest_edition(HUB, DAILY, digest_run(), cards, corrections(cards))
    page = html.document_fromstring(render_digest(_PAGES, edition, code))
    assert len(page.xpath("//main//h3")) == edition.total + len(edition.corrections)
    assert len(page.xpath("//h1")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
