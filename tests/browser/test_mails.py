"""Letters as mail programs show them: valid, accessible, no wider than their window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser.ground import Site, node_tool
from tests.browser.markup import html_validate, nu_checker
from tests.golden.test_golden_mails import letters
from tests.unit.render.digests import LINKS, POSTAL, edition, long_edition
from tests.unit.render.hostile import HOSTILE

from feedhub.model.digest import DigestEdition, DigestSection
from feedhub.render.letters import render_digest_letter

#: what sticks out of the window to the right
_STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(node => node.getBoundingClientRect().right > innerWidth + 0.5)
  .map(node => node.tagName + "." + node.className)"""

#: a letter has no landmarks: it stands inside the page of a mail program
_OF_WHOLE_PAGES = {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}


def _html(of: DigestEdition) -> str:
    zone = of.hub.timezone
    letter = render_digest_letter(
        of, language="vi", timezone=zone, links=LINKS, postal_address=POSTAL
    )
    return letter.html


def _hostile() -> DigestEdition:
    one = edition().sections[0].stories[1]
    stories = tuple(
        replace(one, card=replace(one.card, id=f"h{number}", title=title, summary=title))
        for number, title in enumerate(HOSTILE)
    )
    return edition(sections=(DigestSection(label=None, stories=stories),))


@pytest.fixture(scope="module")
def mails(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HTML part of every kind of letter as a file, the demo's digest among them."""
    folder = tmp_path_factory.mktemp("mails")
    made = {name: letter.html for name, letter in letters().items()}
    made["demo"] = site.letter.read_text(encoding="utf-8")
    made |= {"long": _html(long_edition(300)), "hostile": _html(_hostile())}
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


def test_html_validate_finds_nothing_in_letters(mails: Path) -> None:
    # styles in elements are what mail programs keep; every other rule of the pages holds
    assert html_validate(mails, "htmlvalidate-mail.json") == []


def test_nu_checker_finds_nothing_in_letters(mails: Path) -> None:
    assert nu_checker(mails.iterdir()) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 320), ("dark", 1000)])
def test_letters_are_seen_by_everybody(
    mails: Path, browser: Browser, scheme: str, width: int
) -> None:
    axe = node_tool("axe-core/axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    found = []
    for mail in sorted(mails.iterdir()):
        page.goto(mail.as_uri())
        assert page.evaluate(_STICKING_OUT) == [], mail.name
        page.evaluate(axe)
        report = page.evaluate("rules => axe.run({rules})", _OF_WHOLE_PAGES)
        assert len(report["passes"]) > 10, "axe did not run"
        found += [
            f"{mail.name}: {broken['id']}: {node['html'][:150]} {node['failureSummary']}"
            for broken in report["violations"]
            for node in broken["nodes"]
        ]
    context.close()
    assert found == []
    assert [url for url in asked if not url.startswith("file:")] == []
