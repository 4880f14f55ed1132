"""axe-core finds nothing on any type of page, in either scheme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.browser.ground import Site, node_tool

#: rules that axe leaves switched off by default and that WCAG 2.2 AA asks for
_ALSO = {"target-size": {"enabled": True}}


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing(site: Site, browser: Browser, scheme: str, width: int) -> None:
    axe = node_tool("axe-core/axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    found = []
    for name in site.pages:
        page.goto(site.url(name))
        page.evaluate(axe)
        report = page.evaluate(
            "rules => axe.run({rules, resultTypes: ['violations', 'incomplete']})", _ALSO
        )
        assert len(report["passes"]) > 10, "axe did not run"
        found += [
            f"{name}: {broken['id']}: {node['html'][:150]} {node['failureSummary']}"
            for broken in report["violations"]
            for node in broken["nodes"]
        ]
    context.close()
    assert found == []
